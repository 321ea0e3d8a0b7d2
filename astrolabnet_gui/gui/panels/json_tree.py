"""JsonTree: any JSON value as a tree whose branches are made when they are opened."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt, QTimer
from PySide6.QtGui import QColor, QKeySequence, QShortcut
from PySide6.QtWidgets import QHeaderView, QLineEdit, QTreeView, QVBoxLayout, QWidget

from ..icons import icon
from ..safe import plain, to_clipboard, tooltip
from ..style import Dress
from ..words import plural
from .cells import cell_text, cell_words
from .foot import Foot
from .save import save_bytes

Index = QModelIndex | QPersistentModelIndex
NOWHERE = QModelIndex()
PAGE = 500
SEARCHED = 5_000_000
BREATH = 500
TURN_S = 0.015
Steps = tuple[int, ...]


@dataclass(slots=True)
class Node:
    """A value in its place; ``children`` grow when somebody looks."""

    name: str
    value: Any
    parent: Node | None = None
    row: int = 0
    children: list[Node] = field(default_factory=list)

    @property
    def size(self) -> int:
        """Values directly inside."""
        return len(self.value) if isinstance(self.value, dict | list) else 0

    def grow(self, upto: int) -> None:
        """Make children until there are ``upto``."""
        inside = self.value.items() if isinstance(self.value, dict) else enumerate(self.value)
        for n, (name, value) in enumerate(islice(inside, len(self.children), max(upto, 0)), len(self.children)):
            self.children.append(Node(str(name), value, self, n))

    def path(self) -> str:
        """``$.a[3].b``"""
        if self.parent is None:
            return "$"
        if isinstance(self.parent.value, list):
            return f"{self.parent.path()}[{self.name}]"
        tail = f".{self.name}" if self.name.isidentifier() else f"[{json.dumps(self.name)}]"
        return self.parent.path() + tail


class JsonModel(QAbstractItemModel):
    """Name and value."""

    def __init__(self, value: Any, dress: Dress, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._dress = dress
        self._root = Node("", value)
        if not isinstance(value, dict | list):
            self._root = Node("", [value])
        self._root.grow(PAGE)

    def node(self, index: Index) -> Node:
        """Value behind a row."""
        found = index.internalPointer() if index.isValid() else self._root
        assert isinstance(found, Node)
        return found

    def index(self, row: int, column: int, parent: Index = NOWHERE) -> QModelIndex:
        """Row of a branch."""
        above = self.node(parent)
        if not 0 <= row < len(above.children) or not 0 <= column < 2:
            return NOWHERE
        return self.createIndex(row, column, above.children[row])

    def parent(self, child: Index = NOWHERE) -> QModelIndex:  # type: ignore[override]
        """Branch of a row."""
        above = self.node(child).parent if child.isValid() else None
        return NOWHERE if above is None or above.parent is None else self.createIndex(above.row, 0, above)

    def rowCount(self, parent: Index = NOWHERE) -> int:
        """Rows made so far."""
        return len(self.node(parent).children) if parent.column() <= 0 else 0

    def columnCount(self, _parent: Index = NOWHERE) -> int:
        """Two."""
        return 2

    def hasChildren(self, parent: Index = NOWHERE) -> bool:
        """Also of a branch that was never opened."""
        return parent.column() <= 0 and self.node(parent).size > 0

    def canFetchMore(self, parent: Index) -> bool:
        """There is more inside."""
        node = self.node(parent)
        return len(node.children) < node.size

    def fetchMore(self, parent: Index) -> None:
        """The next rows of a branch."""
        self.reach(
            self.createIndex(parent.row(), 0, self.node(parent)) if parent.isValid() else QModelIndex(),
            len(self.node(parent).children) + PAGE,
        )

    def reach(self, parent: QModelIndex, rows: int) -> None:
        """Rows of a branch until there are so many."""
        node = self.node(parent)
        rows = min(rows, node.size)
        if rows > len(node.children):
            self.beginInsertRows(parent, len(node.children), rows - 1)
            node.grow(rows)
            self.endInsertRows()

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Heads."""
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return ("Name", "Value")[section]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Words of a row."""
        if not index.isValid():
            return None
        node = self.node(index)
        if role == Qt.ItemDataRole.DisplayRole:
            return plain(node.name, 200) if index.column() == 0 else value_words(node.value)
        if role == Qt.ItemDataRole.ForegroundRole and (index.column() == 0 or node.size or node.value is None):
            return QColor(self._dress.now.text3 if index.column() else self._dress.now.text2)
        if role == Qt.ItemDataRole.ToolTipRole:
            inside = "" if isinstance(node.value, dict | list) else cell_words(node.value, 1000)
            return tooltip(f"{node.path()}\n{inside}".strip())
        return None

    def search(self, words: str) -> Iterator[Steps | None]:
        """Steps to each value whose name or words hold ``words``, in their order; not grown, only looked at.

        None comes now and then, to take a breath.
        """
        needle, seen = words.casefold(), 0
        stack: list[tuple[Steps, str, Any]] = [((), "", self._root.value)]
        while stack and seen < SEARCHED:
            steps, name, value = stack.pop()
            seen += 1
            if seen % BREATH == 0:
                yield None
            inside = isinstance(value, dict | list)
            if steps and (needle in name.casefold() or (not inside and needle in cell_text(value).casefold())):
                yield steps
            if inside:
                pairs = value.items() if isinstance(value, dict) else ((str(n), v) for n, v in enumerate(value))
                stack += reversed([((*steps, n), str(k), v) for n, (k, v) in enumerate(pairs)])

    def at(self, steps: Steps) -> QModelIndex:
        """Row at the end of steps; made if it is not there yet."""
        here = QModelIndex()
        for step in steps:
            self.reach(here, step + 1)
            here = self.index(step, 0, here)
        return here


def value_words(value: Any) -> str:
    """A value in a row: the inside of a branch is counted."""
    if isinstance(value, dict):
        return f"{{ {plural(len(value), 'name')} }}" if value else "{ }"
    if isinstance(value, list):
        return f"[ {plural(len(value), 'value')} ]" if value else "[ ]"
    return "null" if value is None else cell_words(value)


class JsonTree(QWidget):
    """The tree, its search and its foot."""

    def __init__(self, value: Any, dress: Dress, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._value = value
        self.model = JsonModel(value, dress, self)
        self.view = QTreeView()
        self.view.setModel(self.model)
        self.view.setUniformRowHeights(True)
        self.view.setAccessibleName("JSON")
        self.view.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Interactive)
        self.view.header().resizeSection(0, 180)
        if self.model.rowCount() == 1:
            self.view.expand(self.model.index(0, 0))
        self.filter = QLineEdit()
        self.filter.setPlaceholderText("Find a name or a value; Enter: the next")
        self.filter.setAccessibleName("Find in the JSON")
        self.filter.setObjectName("filter")
        self.filter.addAction(icon("search"), QLineEdit.ActionPosition.LeadingPosition)
        self.filter.returnPressed.connect(self.seek)
        self._hits: Iterator[Steps | None] = iter(())
        self._hunted, self._again = "", False
        self._turn = QTimer(self, interval=0)
        self._turn.timeout.connect(self._look_on)
        self.foot = Foot()
        self.foot.say(value_words(value))
        self.foot.add_link("Copy path", self.copy_path)
        self.foot.add_link("Copy value", self.copy_value)
        self.foot.add_link("Save…", lambda: save_bytes(self, "result.json", self.text().encode("utf-8", "replace")))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.filter)
        column.addWidget(self.view, 1)
        column.addWidget(self.foot)
        shortcut = QShortcut(QKeySequence("Ctrl+C"), self.view)
        shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)
        shortcut.activated.connect(self.copy_value)

    def text(self) -> str:
        """The whole value, two spaces an indent."""
        return json.dumps(self._value, indent=2, ensure_ascii=False, default=str)

    def seek(self) -> None:
        """The next row with the words; after the last comes the first. A large value is searched in turns."""
        words = self.filter.text()
        if not words:
            return
        if words != self._hunted:
            self._hunted, self._hits = words, self.model.search(words)
        self._again = False
        self.foot.say(f"Looking for {words}")
        self._turn.start()

    def _look_on(self) -> None:
        end = time.monotonic() + TURN_S
        while time.monotonic() < end:
            try:
                steps = next(self._hits)
            except StopIteration:
                self._hits = self.model.search(self._hunted)
                if self._again:
                    self._turn.stop()
                    self.foot.say(f"No match for {self._hunted}")
                    return
                self._again = True
                continue
            if steps is not None:
                self._turn.stop()
                here = self.model.at(steps)
                self.view.setCurrentIndex(here)
                self.view.scrollTo(here)
                self.foot.say(self.model.node(here).path())
                return

    def copy_path(self) -> None:
        """``$.a[3]`` of the chosen row."""
        to_clipboard(self.model.node(self.view.currentIndex()).path())

    def copy_value(self) -> None:
        """The chosen value as JSON; without a choice the whole."""
        here = self.view.currentIndex()
        value = self.model.node(here).value if here.isValid() else self._value
        text = value if isinstance(value, str) else json.dumps(value, indent=2, ensure_ascii=False, default=str)
        to_clipboard(text)
