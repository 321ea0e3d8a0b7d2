"""TreeModel: the store as rows for Qt, with exact row signals for every Delta and a filter of its own."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from PySide6.QtCore import QAbstractItemModel, QMimeData, QModelIndex, QObject, QPersistentModelIndex, Qt

from ..model.action import Action
from ..model.key import Key
from ..model.thing import Thing
from ..network.delta import Delta
from ..network.store import Store
from .safe import tooltip
from .tree_filter import TreeFilter
from .tree_hint import hint_of
from .tree_rows import FLOWS, OLDER, TASKS, Ident, Order, Row, Rows, is_unasked
from .tree_sieve import FEW, TreeSieve
from .tree_words import NAME, SINCE, STATE, cell_text

Index = QModelIndex | QPersistentModelIndex
HEADS = ("Name", "State", "Since")
IdentRole = Qt.ItemDataRole.UserRole
NOWHERE = QModelIndex()


class TreeModel(QAbstractItemModel):
    """Rows: groups, below them servers, sessions and batches, tasks; and the actions of the library."""

    def __init__(self, actions: Iterable[Action] = (), parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows = self._next = Rows(actions)
        self._store, self._wanted = Store(), TreeFilter()
        self._acts = 0
        self._rows.rebuild(self._store, 0)
        self.sieve = TreeSieve(self)
        self.sieve.done.connect(self._sieved)

    # --- what it shows

    def show_store(self, store: Store) -> None:
        """Everything anew."""
        self.beginResetModel()
        self.sieve.stop()
        self._store, self._rows.filter = store, self._wanted
        self._rows.rebuild(store, self._acts)
        self.endResetModel()

    def set_actions(self, actions: Iterable[Action]) -> None:
        """The library has changed."""
        self._rows.actions = tuple(actions)
        self.show_store(self._store)

    def set_filter(self, wanted: TreeFilter) -> None:
        """Show only what ``wanted`` lets through, and what stands above it; of many rows, a while later."""
        if wanted != self._wanted:
            self._wanted = wanted
            self._anew()

    def _anew(self) -> None:
        if len(self._store.things) > FEW:
            self._next = self._rows.under(self._wanted)
            self.sieve.begin(self._next.steps(self._store, self._acts))
        else:
            self.show_store(self._store)

    def _sieved(self) -> None:
        self.beginResetModel()
        self._next.kept, self._next.found = self._rows.kept, self._rows.found
        old, self._rows = self._rows, self._next
        self.endResetModel()
        self.sieve.when_idle(old.wither())
        for delta in self.sieve.missed:
            self.apply(delta)

    def set_history(self, kept: int, found: frozenset[object]) -> None:
        """How many tasks the archive keeps, and which of them it found for the filter."""
        self._rows.kept = kept
        if found != self._rows.found:
            self._rows.found = found
            self._anew()
        self._recount()

    @property
    def oldest_task(self) -> str:
        """Key of the oldest task shown, "" if there is none."""
        return next((str(r.ident.id) for r in self._rows.groups[TASKS].children[::-1] if isinstance(r.ident, Key)), "")

    @property
    def filtered(self) -> bool:
        """A filter holds."""
        return bool(self._rows.filter)

    @property
    def shows_a_thing(self) -> bool:
        """At least one row is not a group."""
        return any(group.children for group in self._rows.groups.values())

    def set_acts(self, number: int) -> None:
        """How many acts the journal counts."""
        self._acts = number
        self._recount()

    def apply(self, delta: Delta) -> None:
        """Follow a change which the store has taken in."""
        if self.sieve.busy:
            self.sieve.missed.append(delta)
        for key in delta.removed:
            row = self._rows.by_ident.get(key)
            if row is not None:
                self._take_out(row)
        self._put_in(delta.added)
        for thing in delta.changed:
            self._renew(thing)
        if not delta.server or Key(delta.server) in (*delta.removed, *(t.key for t in delta.added + delta.changed)):
            self._recount()

    def row_of(self, ident: Ident) -> QModelIndex:
        """Index of the row of a thing, an action or a group; invalid if it is not shown."""
        return self._index_of(self._rows.by_ident.get(ident, self._rows.root))

    # --- keeping the rows

    def _put_in(self, things: Iterable[Thing]) -> None:
        """One signal for each run of new neighbours; a new server comes with everything below it at once."""
        run: list[Row] = []
        for thing in things:
            if thing.key in self._rows.by_ident:
                continue
            if self._rows.filter and not self._rows.wanted(self._store, thing):
                continue
            parent = self._parent_row(thing.key)
            if thing.key in self._rows.by_ident:
                continue
            row = self._rows.subtree(self._store, thing, parent, self._rows.above(self._store, thing.key))
            if row is None:
                continue
            if run and (run[-1].parent is not parent or run[-1].order > row.order or run[-1].place != row.place):
                self._insert(run)
                run = []
            run.append(row)
        self._insert(run)

    def _parent_row(self, key: Key) -> Row:
        """Row above a thing; one the filter hid is shown for its child's sake."""
        known = self._rows.parent_of(key)
        if known is not None:
            return known
        assert key.parent is not None
        above = self._parent_row(key.parent)
        brought = self._rows.by_ident.get(key.parent)
        if brought is not None:
            return brought
        thing = self._store.get(key.parent)
        assert thing is not None
        # With the filter the row brings all its wanted children, the one we came for among them.
        row = self._rows.subtree(self._store, thing, above, self._rows.above(self._store, key.parent))
        assert row is not None
        self._insert([row])
        return row

    def _insert(self, run: list[Row]) -> None:
        if not run:
            return
        parent = run[0].parent
        assert parent is not None
        if parent.ident in FLOWS and parent.ident not in self._rows.by_ident:
            parent.children, self._rows.by_ident[parent.ident] = run, parent
            run, parent = [parent], self._rows.root
        at = run[0].place
        self.beginInsertRows(self._index_of(parent), at, at + len(run) - 1)
        parent.children[at:at] = run
        self.endInsertRows()

    def _take_out(self, row: Row) -> None:
        parent = row.parent
        assert parent is not None
        at = row.place
        self.beginRemoveRows(self._index_of(parent), at, at)
        del parent.children[at]
        self._rows.forget(row)
        self.endRemoveRows()
        if parent.ident in FLOWS and not parent.children:
            self._take_out(parent)
        elif self._rows.filter and parent.thing is not None and not parent.children:
            thing = self._store.get(parent.thing.key)
            if thing is None or not self._rows.wanted(self._store, thing):
                self._take_out(parent)

    def _renew(self, thing: Thing) -> None:
        row = self._rows.by_ident.get(thing.key)
        if row is None:
            self._put_in((thing,))
            return
        if self._rows.filter and not row.children and not self._rows.wanted(self._store, thing):
            self._take_out(row)
            return
        row.show(thing)
        self._put_elsewhere(row, self._rows.order_of(thing))
        self._tell(row)

    def _put_elsewhere(self, row: Row, order: Order) -> None:
        """A person gave it another place in the list."""
        parent = row.parent
        if order == row.order or parent is None:
            return
        at, others = row.place, [other for other in parent.children if other is not row]
        to = bisect_left(others, order, key=lambda other: other.order)
        if to != at:
            above = self._index_of(parent)
            self.beginMoveRows(above, at, at, above, to + (to > at))
        row.order, parent.children[:] = order, [*others[:to], row, *others[to:]]
        if to != at:
            self.endMoveRows()

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        """What a dragged server is to others: its name."""
        made = QMimeData()
        made.setText("\n".join(str(index.data()) for index in indexes if index.column() == NAME))
        return made

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Servers can be dragged to another place in the list."""
        usual = super().flags(index)
        own = isinstance(ident := index.data(IdentRole), Key) and not ident.path
        return usual | Qt.ItemFlag.ItemIsDragEnabled if own else usual

    def _recount(self) -> None:
        for row in self._rows.count(self._store, self._acts):
            self._tell(row)
        older = self._rows.by_ident.get(OLDER)
        if older is None and self._rows.older_wanted():
            self._insert([self._rows.older()])
        elif older is not None and not self._rows.older_wanted():
            self._take_out(older)

    def _tell(self, row: Row) -> None:
        self.dataChanged.emit(self._index_of(row), self._index_of(row, SINCE))

    def _index_of(self, row: Row, column: int = 0) -> QModelIndex:
        return QModelIndex() if row.parent is None else self.createIndex(row.place, column, row)

    # --- what Qt asks

    def _row(self, index: Index) -> Row:
        if not index.isValid():
            return self._rows.root
        row = index.internalPointer()
        assert isinstance(row, Row)
        return row

    def index(self, row: int, column: int, parent: Index = NOWHERE) -> QModelIndex:
        """Qt's own question."""
        children = self._row(parent).children
        if not 0 <= row < len(children) or not 0 <= column < len(HEADS) or (parent.isValid() and parent.column()):
            return QModelIndex()
        return self.createIndex(row, column, children[row])

    def parent(self, index: Index = NOWHERE) -> QModelIndex:  # type: ignore[override]
        """Qt's own question."""
        above = self._row(index).parent
        return QModelIndex() if above is None else self._index_of(above)

    def rowCount(self, parent: Index = NOWHERE) -> int:
        """Qt's own question."""
        return 0 if parent.isValid() and parent.column() else len(self._row(parent).children)

    def hasChildren(self, parent: Index = NOWHERE) -> bool:
        """Also what is asked for only when it is unfolded."""
        return bool(self._row(parent).children) or is_unasked(self._row(parent))

    def columnCount(self, parent: Index = NOWHERE) -> int:
        """Name, State, Since."""
        return len(HEADS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Head of a column."""
        if orientation == Qt.Orientation.Horizontal and 0 <= section < len(HEADS):
            if role == Qt.ItemDataRole.DisplayRole:
                return HEADS[section]
            if role == Qt.ItemDataRole.TextAlignmentRole and section == SINCE:
                return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Words of a cell: what the delegate paints, what a screen reader says, what the pointer is told."""
        if not index.isValid():
            return None
        row = self._row(index)
        if role == Qt.ItemDataRole.DisplayRole:
            return cell_text(row, index.column(), datetime.now(UTC))
        if role == Qt.ItemDataRole.ToolTipRole:
            return tooltip(hint_of(row, index.column())) or None
        if role == Qt.ItemDataRole.AccessibleTextRole and index.column() == NAME:
            words = (row.text, row.fact, cell_text(row, STATE, datetime.now(UTC)))
            return ", ".join(word for word in words if word)
        return row.ident if role == IdentRole else None
