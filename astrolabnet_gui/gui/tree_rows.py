"""Rows of the tree: which row stands where, below whom, under the filter. No Qt; the model tells Qt what changes."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Generator, Iterable, Iterator

from ..model.action import Action
from ..model.key import Key
from ..model.kind import KINDS, Health
from ..model.thing import Thing
from ..network.delta import rank
from ..network.store import Store
from .ordering import in_order
from .tree_filter import TreeFilter
from .tree_row import Ident, Order, Row, walk
from .words import language

_KIND_ORDER = {name: n for n, name in enumerate(KINDS)}
SERVERS, TASKS, ACTIONS, JOURNAL = "servers", "tasks", "actions", "journal"
GROUPS = "groups"
FLOWS = ("datasets", "sources", "channels")
"""Groups that are shown only while there is something in them."""
OLDER = "tasks/older"
"""Row below the tasks that are shown: it brings the next page."""
STEP = 32
"""So many things below another are looked at before a breath."""


_TITLES = {
    SERVERS: "Servers", "datasets": "Datasets", "sources": "Sources", "channels": "Channels", ACTIONS: "Actions",
    TASKS: "Tasks", JOURNAL: "Journal",
}  # fmt: skip


class Rows:
    """All rows under a filter, by their idents.

    Attributes:
        root: above the groups; groups: Servers, Sources … Journal, those of FLOWS also while they are not shown.
        by_ident: every shown row.
        found: tasks of the history that the archive found for the filter.
        kept: how many tasks there are in all; more than shown: a row brings older ones.
    """

    def __init__(self, actions: Iterable[Action]) -> None:
        self.root = Row("", (), None)
        self.filter = TreeFilter()
        self.by_ident: dict[Ident, Row] = {}
        self.actions = tuple(actions)
        self._coming: dict[Key, int] = {}
        self._acts = 0
        self.groups: dict[str, Row] = {}
        self.found: frozenset[object] = frozenset()
        self.kept = 0

    def under(self, wanted: TreeFilter) -> Rows:
        """Empty rows for another filter; the rest as here."""
        made = Rows(self.actions)
        made.filter, made.found, made.kept, made._coming = wanted, self.found, self.kept, self._coming
        return made

    def wither(self) -> Iterator[None]:
        """Take the rows apart in steps: as one knot they would be freed in one long pause."""
        self.by_ident.clear()
        standing = [self.root]
        while standing:
            row = standing.pop()
            while row.children:
                for below in row.children[-STEP:]:
                    below.parent = None
                    if below.children:
                        standing.append(below)
                del row.children[-STEP:]
                yield

    def rebuild(self, store: Store, acts: int) -> None:
        """Everything anew; the caller has told Qt."""
        for _ in self.steps(store, acts):
            pass

    def steps(self, store: Store, acts: int) -> Iterator[object]:
        """The same in steps of less than a millisecond; the store may change between them."""
        self.root.children.clear()
        self.by_ident.clear()
        for n, (name, title) in enumerate(_TITLES.items()):
            group = self.groups[name] = Row(name, (n,), self.root)
            group.text = title
            if name in FLOWS:
                things = (thing for thing in store.children(Key("")) if thing.key.kind == name)
                found = (self.subtree(store, thing, group) for thing in things)
                group.children = sorted((row for row in found if row is not None), key=lambda row: row.order)
            if name not in FLOWS or group.children:
                self.by_ident[name] = group
                self.root.children.append(group)
        self._fill_actions()
        for server in store.servers():
            row = yield from self._branch(store, server, self.groups[SERVERS])
            if row is not None:
                at = bisect_left(self.groups[SERVERS].children, row.order, key=lambda r: r.order)
                self.groups[SERVERS].children.insert(at, row)
        self._fill_tasks(store)
        self.count(store, acts)

    def _branch(self, store: Store, thing: Thing, parent: Row, above: str = "") -> Generator[object, None, Row | None]:
        """As ``subtree``, in steps."""
        row, jumbled, here = Row(thing.key, self.order_of(thing), parent), False, f"{above} {thing.label}"
        for n, key in enumerate(store.held(thing.key)):
            if n % STEP == STEP - 1:
                yield n
            child = store.get(key)
            if child is None:
                continue
            many = store.holds(key) > STEP
            below = (
                (yield from self._branch(store, child, row, here)) if many else self.subtree(store, child, row, here)
            )
            if below is not None:
                jumbled = jumbled or (bool(row.children) and below.order < row.children[-1].order)
                row.children.append(below)
        if not row.children and not self._accepts(thing, above):
            return None
        if jumbled:
            row.children = yield from in_order(row.children, lambda r: r.order)
        row.show(thing)
        self.by_ident[thing.key] = row
        return row

    def subtree(self, store: Store, thing: Thing, parent: Row, above: str = "") -> Row | None:
        """Row of a thing with all wanted rows below it, entered but not yet hung up; None if nothing is wanted."""
        children = store.children(thing.key)
        if not children and not self._accepts(thing, above):
            return None  # most rows under a filter: nothing is made for them
        row = Row(thing.key, self.order_of(thing), parent)
        here = f"{above} {thing.label}"
        for child in children:
            below = self.subtree(store, child, row, here)
            if below is not None:
                row.children.append(below)
        if children and not row.children and not self._accepts(thing, above):
            return None
        row.children.sort(key=lambda r: r.order)
        row.show(thing)
        self.by_ident[thing.key] = row
        return row

    def wanted(self, store: Store, thing: Thing) -> bool:
        """The filter lets it through by itself."""
        return self._accepts(thing, self.above(store, thing.key))

    def _accepts(self, thing: Thing, above: str) -> bool:
        if thing.key.kind == TASKS and thing.key.id in self.found:
            return True
        return not self.filter or self.filter.accepts(thing, above)

    def parent_of(self, key: Key) -> Row | None:
        """The row above a thing, if it is shown."""
        if key.kind in (TASKS, GROUPS):
            return self.groups[TASKS]
        if not key.server and key.kind in FLOWS:
            return self.groups[key.kind]
        return self.groups[SERVERS] if key.parent is None else self.by_ident.get(key.parent)

    def older(self) -> Row:
        """The row that brings older tasks, entered but not yet hung up."""
        row = self.by_ident[OLDER] = Row(OLDER, (1,), self.groups[TASKS])
        row.text = "Show older tasks"
        return row

    def older_wanted(self) -> bool:
        """There are tasks that are not shown yet."""
        return not self.filter and 0 < self._tasks() < self.kept

    def _tasks(self) -> int:
        return sum(1 for row in self.groups[TASKS].children if isinstance(row.ident, Key) and row.ident.kind == TASKS)

    def _fill_tasks(self, store: Store) -> None:
        group = self.groups[TASKS]
        rows = (self.subtree(store, t, group) for t in store.children(Key("")) if t.key.kind in (TASKS, GROUPS))
        group.children = sorted((row for row in rows if row is not None), key=lambda row: row.order)
        if self.older_wanted():
            group.children.append(self.older())

    def above(self, store: Store, key: Key) -> str:
        """Names over a thing."""
        names: list[str] = []
        at = key.parent
        while at is not None:
            found = store.get(at)
            names.insert(0, found.label if found else "")
            at = at.parent
        return " ".join(names)

    def order_of(self, thing: Thing) -> Order:
        """Servers as a person put them, else as they came; below them sessions, then batches; old tasks by time."""
        key = thing.key
        if not key.path:
            return (getattr(thing.payload, "place", 0), self._coming.setdefault(key, len(self._coming)))
        if key.kind in (TASKS, GROUPS):
            return tuple(-ord(letter) for letter in str(key.id))  # newest first: their keys sort by time
        if key.kind == "columns":  # as their table has them
            return (getattr(thing.payload, "place", 0), rank(key)[-1])
        return (_KIND_ORDER.get(key.kind, 99), rank(key)[-1])

    def count(self, store: Store, acts: int) -> list[Row]:
        """Renew the facts of the groups; those that changed."""
        servers, up = sum(map(store.standing, Health)), store.standing(Health.OK)
        facts = {
            SERVERS: f"{up} of {servers} up" if servers else "",
            ACTIONS: str(len({a.name for a in self.actions})) if self.actions else "",
            TASKS: str(max(self.kept, self._tasks()) or ""),
            **{name: str(len(self.groups[name].children) or "") for name in FLOWS},
            JOURNAL: f"{acts} act{'' if acts == 1 else 's'}" if acts else "",
        }
        renewed = [self.groups[name] for name, fact in facts.items() if self.groups[name].fact != fact]
        for row in renewed:
            row.fact = facts[str(row.ident)]
        return [row for row in renewed if row.ident in self.by_ident]

    def forget(self, row: Row) -> None:
        """Take a row and all below it out of the index."""
        for gone in walk(row):
            self.by_ident.pop(gone.ident, None)

    def _fill_actions(self) -> None:
        """Actions below their folders; a folder is a row of the word ``actions/Photometry``."""
        by_name: dict[str, list[Action]] = {}
        for action in self.actions:
            by_name.setdefault(action.name, []).append(action)
        for n, same in enumerate(by_name.values()):
            action, languages = same[0], ", ".join(language(a.kind) for a in same)
            text = f"{action.title} {languages} {action.folder} {' '.join(action.tags)}"
            kinds, states = self.filter.kinds, self.filter.states
            if states or (kinds and "actions" not in kinds) or not self.filter.accepts_text(text):
                continue
            above = self._folder_row(action.folder)
            row = Row(action, (1, n), above)
            row.text, row.fact = action.title, languages
            above.children.append(row)

    def _folder_row(self, folder: str) -> Row:
        above, path = self.groups[ACTIONS], ACTIONS
        for word in (word.strip() for word in folder.split("/") if word.strip()):
            path = f"{path}/{word}"
            row = self.by_ident.get(path)
            if row is None:
                row = self.by_ident[path] = Row(path, (0, word.casefold(), word), above)
                row.text = word
                above.children.append(row)
                above.children.sort(key=lambda r: r.order)
            above = row
        return above
