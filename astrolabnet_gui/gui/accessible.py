"""Accessible: the graph as a list for screen readers: role, name and state of every node and wire."""

from __future__ import annotations

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QListView

from .canvas import Canvas
from .canvas.described import Described
from .desk import Desk

NOWHERE = QModelIndex()
Index = QModelIndex | QPersistentModelIndex
SOON_MS = 300


class NodeModel(QAbstractListModel):
    """What is on the graph, a row each."""

    def __init__(self, canvas: Canvas, parent: QObject) -> None:
        super().__init__(parent)
        self._canvas = canvas
        self.nodes: list[Described] = []

    def renew(self) -> None:
        """Look at the graph again; a row that only changed its words stays the same row."""
        now = self._canvas.described()
        if [node.key for node in now] != [node.key for node in self.nodes]:
            self.beginResetModel()
            self.nodes = now
            self.endResetModel()
            return
        changed = [n for n, (old, new) in enumerate(zip(self.nodes, now, strict=True)) if old != new]
        self.nodes = now
        for n in changed:
            self.dataChanged.emit(self.index(n), self.index(n))

    def rowCount(self, parent: Index = NOWHERE) -> int:
        """Qt's own question."""
        return 0 if parent.isValid() else len(self.nodes)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Name, and role with state, as a screen reader says them."""
        node = self.nodes[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return node.name
        return f"{node.role}, {node.state}" if role == Qt.ItemDataRole.AccessibleDescriptionRole else None


class GraphList(QListView):
    """Lies under a corner of the canvas, one pixel wide; only those who listen find it.

    Signals:
        picked(Key): a row was chosen by a screen reader.
    """

    picked = Signal(object)

    def __init__(self, canvas: Canvas, desk: Desk) -> None:
        super().__init__(canvas)
        self.setObjectName("graph_list")
        self.setAccessibleName("Graph of the archipelago, as a list")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setGeometry(0, 0, 1, 1)
        self.nodes = NodeModel(canvas, self)
        self.setModel(self.nodes)
        # A reader is rare, a change is not: nothing is described while nobody listens.
        self._soon = QTimer(self, interval=SOON_MS, singleShot=True)
        self._soon.timeout.connect(self.nodes.renew)
        desk.changed.connect(self._stale)
        desk.reset.connect(self._stale)
        desk.selected.connect(self._stale)
        self.activated.connect(self._pick)
        self.clicked.connect(self._pick)

    def _stale(self, *_: object) -> None:
        if QAccessible.isActive() and not self._soon.isActive():
            self._soon.start()

    def _pick(self, index: QModelIndex) -> None:
        self.picked.emit(self.nodes.nodes[index.row()].key)
