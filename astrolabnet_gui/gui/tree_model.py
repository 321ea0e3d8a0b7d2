"""TreeModel: the store as rows for Qt, with exact row signals for every Delta and a filter of its own."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable

from PySide6.QtCore import QObject

from ..model.action import Action
from ..model.key import Key
from ..model.thing import Thing
from ..network.delta import Delta
from ..network.store import Store
from .tree_filter import TreeFilter
from .tree_row import Order, Row
from .tree_rows import OLDER, TASKS
from .tree_sieve import FEW, TreeSieve
from .tree_told import TreeTold


class TreeModel(TreeTold):
    """Rows: groups, below them servers, sessions and batches, tasks; and the actions of the library."""

    def __init__(self, actions: Iterable[Action] = (), parent: QObject | None = None) -> None:
        super().__init__(actions, parent)
        self._next = self._rows
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
        self._anew()

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
        self._let_go(delta.removed)
        self._put_in(delta.added)
        for thing in delta.changed:
            self._renew(thing)
        if not delta.server or Key(delta.server) in (*delta.removed, *(t.key for t in delta.added + delta.changed)):
            self._recount()

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

    def _let_go(self, keys: Iterable[Key]) -> None:
        """One signal for each run of neighbours; they come from the last to the first."""
        first, number = None, 0
        for key in keys:
            row = self._rows.by_ident.get(key)
            if row is None:
                continue
            if first is None or row.parent is not first.parent or row.place != first.place - 1:
                if first is not None:
                    self._take_out(first, number)
                number = 0
                if key not in self._rows.by_ident:
                    first = None
                    continue
            first, number = row, number + 1
        if first is not None:
            self._take_out(first, number)

    def _take_out(self, row: Row, number: int = 1) -> None:
        """With them goes what stood there for their sake only."""
        super()._take_out(row, number)
        parent = row.parent
        if self._rows.filter and parent is not None and parent.thing is not None and not parent.children:
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

    def _recount(self) -> None:
        for row in self._rows.count(self._store, self._acts):
            self._tell(row)
        older = self._rows.by_ident.get(OLDER)
        if older is None and self._rows.older_wanted():
            self._insert([self._rows.older()])
        elif older is not None and not self._rows.older_wanted():
            self._take_out(older)
