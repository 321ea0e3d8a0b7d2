"""Packet view: messages as rows, and the chosen one as a tree below them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QSplitter, QTableView, QWidget

from ..style import Dress
from .json_tree import JsonTree
from .packets import Packets


class PacketView(QSplitter):
    """Rows above, tree below; what a person looks at stays while new rows come."""

    def __init__(self, dress: Dress, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Vertical, parent)
        self._dress = dress
        self.model = Packets(self)
        self.table = _table(self.model)
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self._show_tree())
        self.tree: JsonTree | None = None
        self.addWidget(self.table)

    def clear(self) -> None:
        """Nothing is known."""
        self.model.replace(())
        self._drop_tree()

    def take(self, rows: Iterable[Mapping[str, Any]], *, anew: bool) -> int:
        """New rows, oldest first; how many there are now."""
        (self.model.replace if anew else self.model.add)(rows)
        if self.model.rowCount() and not self.table.currentIndex().isValid():
            self.table.selectRow(0)
        return self.model.rowCount()

    def _show_tree(self) -> None:
        row = self.table.currentIndex().row()
        self._drop_tree()
        if 0 <= row < len(self.model.rows) and self.model.rows[row].get("tree") is not None:
            self.tree = JsonTree(self.model.rows[row]["tree"], self._dress)
            self.addWidget(self.tree)
            high = max(400, self.height())
            self.setSizes([high * 2 // 5, high * 3 // 5])

    def _drop_tree(self) -> None:
        if self.tree is not None:
            self.tree.hide()
            self.tree.setParent(None)
            self.tree.deleteLater()
            self.tree = None


def _table(model: Packets) -> QTableView:
    view = QTableView()
    view.setModel(model)
    view.setAccessibleName("Newest messages")
    view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    view.setShowGrid(False)
    view.setWordWrap(False)
    view.verticalHeader().hide()
    view.setTabKeyNavigation(False)
    head = view.horizontalHeader()
    for column in (0, 2):
        head.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
    head.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
    head.setHighlightSections(False)
    return view
