"""TreeView: the Archipelago: what is unfolded, chosen, under the pointer; keys and the context menu."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QDragMoveEvent, QDropEvent, QKeyEvent, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHeaderView, QTreeView, QWidget

from ..model.key import Key
from ..network.delta import Delta
from .style import Dress
from .theme import Theme
from .tree_ground import TreeGround
from .tree_model import TreeModel
from .tree_paint import RowPainter
from .tree_rows import SERVERS
from .tree_told import IdentRole
from .tree_words import NAME, SINCE, STATE

Index = QModelIndex | QPersistentModelIndex

# Below this width ages are left out; above the other a state of two words has its room.
NARROW, ROOMY = 290, 340
NEAR = 30
"""So many rows before the last one the next page comes."""


class TreeView(TreeGround):
    """The tree of things.

    Signals:
        picked(ident): a row was chosen; opened(ident): Enter or a double click.
        menu_wanted(ident, QPoint): the menu is asked for, at a global point.
        place_wanted(Key, int): a server shall stand there in the list, 1 is the first.
        verb_wanted(ident, letter): S, R, N, E, W or Delete was pressed on a row.
    """

    picked = Signal(object)
    opened = Signal(object)
    menu_wanted = Signal(object, QPoint)
    verb_wanted = Signal(object, str)
    place_wanted = Signal(object, int)

    def __init__(self, model: TreeModel, dress: Dress, parent: QWidget | None = None) -> None:
        super().__init__(dress, parent)
        self._following = False
        self._seen: frozenset[Key] | None = None
        self.setObjectName("tree")
        self.setAccessibleName("Archipelago")
        self.setModel(model)
        self.setItemDelegate(RowPainter(self, dress))
        self.setUniformRowHeights(True)
        self.setIndentation(dress.now.space["indent"])
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setEditTriggers(QTreeView.EditTrigger.NoEditTriggers)
        self.setExpandsOnDoubleClick(False)
        self.setDragDropMode(QTreeView.DragDropMode.InternalMove)
        self.viewport().setAcceptDrops(True)
        head = self.header()
        head.setStretchLastSection(False)
        head.setMinimumSectionSize(40)
        head.setSectionResizeMode(NAME, QHeaderView.ResizeMode.Stretch)
        for column in (STATE, SINCE):
            head.setSectionResizeMode(column, QHeaderView.ResizeMode.Fixed)
        self._measure()
        self.customContextMenuRequested.connect(self._menu_at)
        self.doubleClicked.connect(self._open)
        self.selectionModel().currentChanged.connect(self._current_changed)
        model.modelReset.connect(self.unfold)
        model.rowsInserted.connect(self._rows_came)
        # Ages grow by themselves: one repaint of what is seen, no signal for any row.
        self._reach_soon = QTimer(self, interval=0, singleShot=True)
        self._reach_soon.timeout.connect(self._reach)
        self.verticalScrollBar().valueChanged.connect(lambda _: self._reach_soon.start())
        self._ages = QTimer(self, interval=1000)
        self._ages.timeout.connect(self._grow_older)
        self._closed: set[object] = set()
        self.collapsed.connect(lambda index: self._closed.add(index.data(IdentRole)))
        self.expanded.connect(lambda index: self._closed.discard(index.data(IdentRole)))
        dress.changed.connect(self._redress)

    # --- what is unfolded: servers and sessions, unless a person folded them

    def unfold(self) -> None:
        """After a reset: open what was not folded by hand."""
        model = self.model()
        wanted = [model.index(n, 0) for n in range(model.rowCount())]
        while wanted:
            index = wanted.pop()
            if self._unfolds(index) and 0 < model.rowCount(index) <= 400:
                self.expand(index)
                wanted += [model.index(n, 0, index) for n in range(model.rowCount(index))]

    def _rows_came(self, parent: QModelIndex, first: int, last: int) -> None:
        model = self.model()
        if parent.isValid() and self._unfolds(parent) and not self.isExpanded(parent):
            self.expand(parent)
        for n in range(first, last + 1):
            index = model.index(n, 0, parent)
            if model.rowCount(index) and self._unfolds(index):
                self.expand(index)

    def _unfolds(self, index: QModelIndex) -> bool:
        """By itself: what no person folded, but what is nested in a column waits for one."""
        ident = index.data(IdentRole)
        return ident not in self._closed and not (isinstance(ident, Key) and ident.kind == "columns")

    def apply(self, delta: Delta) -> None:
        """Let the model follow; Qt chooses a neighbour of a row that goes, but no person chose it."""
        model = self.model()
        assert isinstance(model, TreeModel)
        self._following = True
        model.apply(delta)
        self._following = False

    # --- choosing

    def choose(self, ident: object) -> None:
        """Make the row of ``ident`` the current one; nothing if it is not shown."""
        model = self.model()
        assert isinstance(model, TreeModel)
        index = model.bring(ident) if isinstance(ident, Key) else QModelIndex()
        if index.isValid() and index.data(IdentRole) != self.currentIndex().data(IdentRole):
            self.setCurrentIndex(index)
            self.scrollTo(index)
        elif not index.isValid():
            self.clearSelection()

    def dataChanged(self, first: Index, last: Index, roles: Sequence[int] = ()) -> None:
        """Only rows on screen matter: for each other one Qt would look through all rows, 3 ms in a long tree."""
        if self._seen is None:
            self._seen = self.visible_keys()
        ident = first.data(IdentRole)
        if not isinstance(ident, Key) or ident in self._seen:
            super().dataChanged(first, last, list(roles))

    def paintEvent(self, event: QPaintEvent) -> None:
        """What is painted is what is on screen, until something moves."""
        self._seen = None
        super().paintEvent(event)

    def visible_keys(self) -> frozenset[Key]:
        """Things whose rows are on screen now."""
        return frozenset(ident for row in self._visible() if isinstance(ident := row.data(IdentRole), Key))

    def _visible(self) -> Iterator[QModelIndex]:
        """Rows on screen, found by points: Qt knows at once what lies there."""
        first = self.indexAt(QPoint(4, 1))
        high = max(1, self.visualRect(first).height()) if first.isValid() else self.viewport().height() + 1
        return (self.indexAt(QPoint(4, y)) for y in range(1, self.viewport().height(), high))

    def _reach(self) -> None:
        """Whoever sees the last of the rows that are told is told the next page."""
        model = self.model()
        assert isinstance(model, TreeModel)
        above = [(row.parent(), row.row()) for row in self._visible() if row.isValid()]
        for parent, at in above:
            if parent.isValid() and at >= model.rowCount(parent) - NEAR and model.has_more(parent):
                model.tell_more(parent)

    def _current_changed(self, now: QModelIndex, _before: QModelIndex) -> None:
        if now.isValid() and not self._following:
            self.picked.emit(now.data(IdentRole))

    def _open(self, index: QModelIndex) -> None:
        ident = index.data(IdentRole)
        if isinstance(ident, str):
            self.setExpanded(index.siblingAtColumn(0), not self.isExpanded(index.siblingAtColumn(0)))
        self.opened.emit(ident)

    def _menu_at(self, at: QPoint) -> None:
        index = self.indexAt(at)
        if index.isValid():
            self.menu_wanted.emit(index.data(IdentRole), self.viewport().mapToGlobal(at))
        else:
            self.menu_wanted.emit(SERVERS, self.viewport().mapToGlobal(at))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Single letters act on the row; type-ahead is off, ``/`` replaces it."""
        index = self.currentIndex()
        ident = index.data(IdentRole) if index.isValid() else None
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        letter = {Qt.Key.Key_Delete: "Delete"}.get(Qt.Key(event.key()), event.text().upper())
        if event.modifiers() == Qt.KeyboardModifier.AltModifier and self._shift(index, event.key()):
            return
        if plain and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and index.isValid():
            self._open(index)
        elif plain and event.key() == Qt.Key.Key_Backspace and index.parent().isValid():
            self.setCurrentIndex(index.parent())
        elif plain and (letter == "M" or event.key() == Qt.Key.Key_Menu) and ident is not None:
            self.menu_wanted.emit(ident, self.viewport().mapToGlobal(self.visualRect(index).bottomLeft()))
        elif plain and letter in ("S", "R", "N", "E", "W", "Delete"):
            self.verb_wanted.emit(ident, letter)
        elif event.text().strip() and plain and event.text() not in "+-*":
            event.ignore()
        else:
            super().keyPressEvent(event)

    # --- the order of servers

    def _shift(self, index: QModelIndex, key: int) -> bool:
        """Alt+Up and Alt+Down move a server."""
        way = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(key))
        ident = index.data(IdentRole)
        if way is None or not isinstance(ident, Key) or ident.path:
            return False
        to = index.row() + way
        if 0 <= to < self.model().rowCount(index.parent()):
            self.place_wanted.emit(ident, to + 1)
        return True

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Only from here, and only among the servers."""
        super().dragMoveEvent(event)
        event.setAccepted(event.source() is self)

    def dropEvent(self, event: QDropEvent) -> None:
        """A dragged server stands where it is dropped; the model follows when it is done."""
        ident = self.currentIndex().data(IdentRole)
        if event.source() is self and isinstance(ident, Key) and not ident.path:
            self.place_wanted.emit(ident, self._drop_place(event.position().toPoint()))
        event.setDropAction(Qt.DropAction.IgnoreAction)
        event.accept()

    def _drop_place(self, at: QPoint) -> int:
        index = self.indexAt(at).siblingAtColumn(0)
        while index.isValid() and index.parent().isValid() and index.parent().parent().isValid():
            index = index.parent()
        if not index.isValid() or index.parent().data(IdentRole) != SERVERS:
            first = index.isValid() and index.data(IdentRole) == SERVERS
            return 1 if first else max(1, self.model().rowCount(self.model().index(0, 0)))
        return index.row() + 1

    # --- sizes

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where it is narrow, names go before ages."""
        super().resizeEvent(event)
        self._share()

    def showEvent(self, event: QShowEvent) -> None:
        """Ages are counted only while seen."""
        self._ages.start()
        super().showEvent(event)

    def _grow_older(self) -> None:
        if self.isVisible():
            self.viewport().update()
        else:
            self._ages.stop()

    def _measure(self) -> None:
        """Columns as wide as their words."""
        scale = self._dress.now.text_scale
        self.setMinimumWidth(round(180 * scale))
        self.header().resizeSection(SINCE, round(56 * scale))
        self.setIndentation(self._dress.now.space["indent"])
        self._share()

    def _share(self) -> None:
        scale, wide = self._dress.now.text_scale, self.viewport().width()
        # The longest of the usual words, "verified equal", is whole where there is room for it; a name has more right.
        roomy = max(112, round(self.fontMetrics().horizontalAdvance("verified equal") / scale) + 24)
        usual = roomy if wide >= ROOMY * scale else 96
        self.header().resizeSection(STATE, max(round(66 * scale), min(round(usual * scale), wide - round(150 * scale))))
        self.setColumnHidden(SINCE, wide < round(NARROW * scale))

    def _redress(self, _theme: Theme) -> None:
        self._measure()
        self.scheduleDelayedItemsLayout()
        self.viewport().update()
