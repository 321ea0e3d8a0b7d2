"""DataBranch: catalogs, namespaces and tables in the tree are looked into when a person unfolds them, never before."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QObject

from ..model.key import Key
from ..network.link import RunState
from .desk import ENDED, Act, Desk
from .tree_model import TreeModel
from .tree_row import UNFOLDED_BY_HAND, unfolds
from .tree_told import IdentRole
from .tree_view import NEAR, TreeView


class DataBranch(QObject):
    """The data below the servers."""

    def __init__(self, desk: Desk, tree: TreeView) -> None:
        super().__init__(tree)
        self._desk, self._tree = desk, tree
        self._asked: dict[Key, str] = {}
        tree.expanded.connect(self._unfolded)
        tree.verticalScrollBar().valueChanged.connect(lambda _: self._scrolled())
        desk.acted.connect(self._acted)

    def _unfolded(self, index: QModelIndex) -> None:
        """Only what is empty is asked for: rows that are there unfold by themselves too, after a reset."""
        key = index.data(IdentRole)
        if not isinstance(key, Key) or key.kind not in UNFOLDED_BY_HAND or index.model().rowCount(index):
            return
        thing = self._desk.thing(key)
        if thing is not None and unfolds(thing) and thing.stale_since is None and key not in self._asked:
            self._asked[key] = self._desk.submit(_asks(key), key, {}, here=False)

    def _scrolled(self) -> None:
        """Whoever sees the last of the tables that are shown sees the next ones too."""
        row = self._tree.indexAt(self._tree.viewport().rect().bottomLeft())
        if not row.isValid():
            row = self._tree.indexAt(self._tree.viewport().rect().center())
        while row.isValid() and not self._is_table(row) and self._tree.visualRect(row).bottom() >= 0:
            row = self._tree.indexAbove(row)
        if not row.isValid() or not self._is_table(row):
            return
        above = row.parent()
        key = above.data(IdentRole)
        model = self._tree.model()
        assert isinstance(model, TreeModel)
        if not isinstance(key, Key) or row.row() < model.rowCount(above) - NEAR or model.has_more(above):
            return
        thing = self._desk.thing(key)
        if thing is not None and " of " in thing.fact and thing.stale_since is None and key not in self._asked:
            self._asked[key] = self._desk.submit("data.more", key, {}, here=False)

    @staticmethod
    def _is_table(row: QModelIndex) -> bool:
        key = row.data(IdentRole)
        return isinstance(key, Key) and key.kind == "tables"

    def _acted(self, act: Act) -> None:
        if act.key is None or self._asked.get(act.key) != act.run or act.state not in ENDED:
            return
        del self._asked[act.key]
        model = self._tree.model()
        assert isinstance(model, TreeModel)
        if act.state is not RunState.DONE and act.command == _asks(act.key):
            # Folded again, so that unfolding it asks again.
            self._tree.collapse(model.row_of(act.key))


def _asks(key: Key) -> str:
    """Verb that tells what is below a thing."""
    return "table.schema" if key.kind == "tables" else "data.look"
