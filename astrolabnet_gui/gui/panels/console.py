"""Console: every act as the Python that does the same, when it was, and what came of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFontMetrics, QKeySequence, QPainter, QShortcut
from PySide6.QtWidgets import QListView, QMenu, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from ...command.copied import cli_line, curl_line
from ...command.distilled import distilled
from ...command.script import Done, script_of
from ...errors import BadInput
from ...model.kind import Health
from ...model.server import Server
from ...network.link import RunState
from ..desk import ENDED, UNASKED, Act, Desk
from ..marks import mark_pixmap
from ..safe import fixed_font, plain, text_window, to_clipboard, tooltip
from ..style import Dress
from ..words import clock, one_line, percent, took

Index = QModelIndex | QPersistentModelIndex
NOWHERE = QModelIndex()
KEPT = 5000
_TOKENS = re.compile(r"""(?P<ok_text>"[^"]*"|'[^']*')|(?P<busy_text>\b\d+(?:\.\d+)?\b)|(?P<text>[^"'\d]+|.)""")
FORMS = {"python": "Python", "cli": "CLI", "curl": "curl"}
HINT = "# every act you do by mouse appears here as the Python that does the same"


def outcome(act: Act) -> tuple[str, str]:
    """What came of an act, and the colour token of these words."""
    event = act.last
    seconds = took((act.ended - act.began).total_seconds()) if act.ended else ""
    match act.state:
        case RunState.DONE:
            return (one_line(event.text).rstrip(".") if event and event.text else f"done in {seconds}"), "text2"
        case RunState.FAILED:
            return (str(event.problem) if event and event.problem else "failed"), "failed_text"
        case RunState.CANCELLED:
            return f"cancelled after {seconds}", "gone_text"
        case RunState.ASKING:
            return "waits for your answer", "warn_text"
    if event is not None and event.progress is not None:
        return f"{event.text} {percent(event.progress)}".strip(), "busy_text"
    return (event.text if event and event.text else "⋯"), "busy_text"


def inked(line: str) -> Iterator[tuple[str, str]]:
    """A line of Python in pieces, each with its colour token."""
    if line.startswith("#"):
        yield line, "text3"
        return
    for found in _TOKENS.finditer(line):
        yield found.group(), str(found.lastgroup)


class ConsoleModel(QAbstractListModel):
    """Acts in the order of their beginning."""

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._acts: list[Act] = []
        self._rows: dict[str, int] = {}
        desk.acted.connect(self._acted)

    def rowCount(self, parent: Index = NOWHERE) -> int:
        """Acts there are."""
        return 0 if parent.isValid() else len(self._acts)

    def act(self, row: int) -> Act:
        """Act in a row."""
        return self._acts[row]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Line and outcome."""
        if not index.isValid():
            return None
        act = self._acts[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return line_of(act)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{clock(act.began)} {line_of(act)} {outcome(act)[0]}"
        return tooltip(f"{line_of(act)}\n{outcome(act)[0]}") if role == Qt.ItemDataRole.ToolTipRole else None

    def _acted(self, act: Act) -> None:
        if not act.here and act.command in UNASKED:
            return
        row = self._rows.get(act.run)
        if row is not None:
            self.dataChanged.emit(self.index(row), self.index(row))
            return
        if len(self._acts) >= KEPT:
            self.beginResetModel()
            self._acts = self._acts[KEPT // 5 :]
            self._rows = {a.run: n for n, a in enumerate(self._acts)}
            self.endResetModel()
        at = len(self._acts)
        self.beginInsertRows(QModelIndex(), at, at)
        self._rows[act.run] = at
        self._acts.append(act)
        self.endInsertRows()


def line_of(act: Act) -> str:
    """The act as Python; its name until the engine has said it."""
    return act.last.line if act.last and act.last.line else f"# {act.command}"


class Console(QListView):
    """The strip of lines; the newest stays in sight unless somebody scrolled up.

    Signals:
        prompt_wanted(str): this line shall be at the Python prompt.
        action_wanted(dict): fields of an action made of the chosen acts; distilled_not(str): why there can be none.
    """

    prompt_wanted = Signal(str)
    action_wanted = Signal(object)
    distilled_not = Signal(str)

    def __init__(self, desk: Desk, dress: Dress, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk, self._dress = desk, dress
        self._began = datetime.now().astimezone()
        self.setObjectName("console")
        self.setAccessibleName("Console")
        self.setModel(ConsoleModel(desk, self))
        self.setItemDelegate(_LinePainter(self, dress))
        self.setUniformItemSizes(True)
        self.setSelectionMode(QListView.SelectionMode.ExtendedSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.model().rowsInserted.connect(self._came)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._menu)
        self.activated.connect(self._opened)
        copy = QShortcut(QKeySequence(QKeySequence.StandardKey.Copy), self)
        copy.setContext(Qt.ShortcutContext.WidgetShortcut)
        copy.activated.connect(lambda: self.copy())

    def chosen(self) -> list[Act]:
        """Chosen acts, or the last one."""
        rows = sorted(i.row() for i in self.selectedIndexes()) or [self.model().rowCount() - 1]
        model = self.model()
        assert isinstance(model, ConsoleModel)
        return [model.act(row) for row in rows if row >= 0]

    def copy(self, form: str = "python", acts: Sequence[Act] | None = None) -> str:
        """Acts, the chosen ones or the last one, into the clipboard in one of ``FORMS``; what was copied."""
        text = "\n".join(self.copied(act, form) for act in acts or self.chosen())
        if text:
            to_clipboard(text)
        return text

    def copied(self, act: Act, form: str) -> str:
        """One act in one form; a comment where there is none."""
        values = act.values or {}
        if form == "python":
            return line_of(act)
        if form == "cli":
            alias = "" if act.key is None else self._desk.alias(act.key)
            return cli_line(act.command, act.key, values, alias) or f"# {act.command}: no line can say it"
        root = None if act.key is None else self._desk.thing(act.key.root)
        server = root.payload if root is not None and isinstance(root.payload, Server) else None
        line = curl_line(act.command, act.key, values, server, self._desk.actions)
        return line or f"# {act.command} is no single request"

    def recorded(self) -> str:
        """Chosen acts that were carried out, as a program that does them again; into the clipboard too."""
        text = script_of(
            Done(act.last.line, act.key, act.last.focus)
            for act in self.chosen()
            if act.state is RunState.DONE and act.last is not None and act.last.line
        )
        to_clipboard(text)
        return text

    def distil(self) -> None:
        """Make an action of the code that the chosen acts have sent; a form asks for its name."""
        sent = [(a.command, line_of(a)) for a in self.chosen() if a.state is RunState.DONE and a.last and a.last.line]
        try:
            self.action_wanted.emit(distilled(sent, self._desk.actions))
        except BadInput as problem:
            self.distilled_not.emit(str(problem))

    def _menu(self, at: QPoint) -> None:
        if self.model().rowCount():
            menu = self.menu_of(self.chosen())
            menu.addAction("Copy as a script").triggered.connect(self.recorded)
            menu.addAction("Save as an action…").triggered.connect(self.distil)
            menu.popup(self.viewport().mapToGlobal(at))

    def menu_of(self, acts: Sequence[Act]) -> QMenu:
        """What can be done with the lines of these acts; it goes when it is closed."""
        menu, act = QMenu(self), acts[-1]
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for form, words in FORMS.items():
            menu.addAction(f"Copy as {words}").triggered.connect(lambda _=False, form=form: self.copy(form, acts))
        menu.addAction("Put at the Python prompt").triggered.connect(
            lambda: self.prompt_wanted.emit("\n".join(map(line_of, acts)))
        )
        if act.key is not None and self._desk.thing(act.key) is not None:
            menu.addSeparator()
            menu.addAction("Show the thing").triggered.connect(lambda: self._desk.select(act.key))
        if act.last is not None and act.last.problem is not None:
            menu.addAction("Read the error").triggered.connect(lambda: self._read(act))
        menu.addSeparator()
        return menu

    def _read(self, act: Act) -> None:
        text_window(self, act.command, f"{line_of(act)}\n\n{outcome(act)[0]}").show()

    def _opened(self, index: Index) -> None:
        """Enter or a double click: the error, else the thing."""
        model = self.model()
        assert isinstance(model, ConsoleModel)
        act = model.act(index.row())
        if act.state is RunState.FAILED:
            self._read(act)
        elif act.last is not None and act.last.focus is not None:
            self._desk.select(act.last.focus)
        elif act.key is not None:
            self._desk.select(act.key)

    def _came(self) -> None:
        bar = self.verticalScrollBar()
        if bar.value() >= bar.maximum() - 2:
            self.scrollToBottom()

    def paintEvent(self, event: Any) -> None:
        """The lines; the hint while there are none."""
        super().paintEvent(event)
        if not self.model().rowCount():
            painter = QPainter(self.viewport())
            painter.setFont(fixed_font(self._dress.now.size["small"]))
            painter.setPen(QColor(self._dress.now.text3))
            painter.drawText(12, 22, f"{clock(self._began)}  {HINT}")
            painter.end()


class _LinePainter(QStyledItemDelegate):
    """Time, coloured line, outcome at the right."""

    def __init__(self, view: QListView, dress: Dress) -> None:
        super().__init__(view)
        self._dress = dress

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """A line of 20, higher with large text."""
        now = self._dress.now
        return QSize(100, max(now.space["l"] + 4, QFontMetrics(fixed_font(now.size["small"])).height() + 4))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint one line."""
        now, rect = self._dress.now, QRect(option.rect)
        model = index.model()
        assert isinstance(model, ConsoleModel)
        act = model.act(index.row())
        painter.save()
        live = act.state not in ENDED
        if option.state & QStyle.StateFlag.State_Selected or live:
            painter.fillRect(rect, QColor(now.selected))
        font = fixed_font(now.size["small"])
        metrics = QFontMetrics(font)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setFont(font)
        painter.setPen(QColor(now.text3))
        rect.adjust(12, 0, -12, 0)
        painter.drawText(rect, middle, clock(act.began))
        words, token = outcome(act)
        words = metrics.elidedText(plain(words, 200), Qt.TextElideMode.ElideRight, rect.width() // 2)
        if act.state is RunState.FAILED:
            at = rect.right() - metrics.horizontalAdvance(words) - 18
            ratio = painter.device().devicePixelRatioF()
            painter.drawPixmap(at, rect.center().y() - 5, mark_pixmap(Health.FAILED, now, 12, ratio))
        painter.setPen(QColor(now.colour(token)))
        painter.drawText(rect, middle | Qt.AlignmentFlag.AlignRight, words)
        left = rect.left() + metrics.horizontalAdvance("00:00:00  ")
        room = rect.right() - left - metrics.horizontalAdvance(words) - 16
        line = metrics.elidedText(plain(line_of(act), 400).replace("\n", "⏎"), Qt.TextElideMode.ElideRight, room)
        for piece, ink in inked(line):
            painter.setPen(QColor(now.colour(ink)))
            painter.drawText(QRect(left, rect.top(), room, rect.height()), middle, piece)
            left += metrics.horizontalAdvance(piece)
        painter.restore()
