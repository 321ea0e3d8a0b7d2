"""Scene: what the chart holds; no Qt. Children stand relative to their server, so that moving it is one write."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

import numpy as np

from ...model.key import Key
from ...model.kind import Health
from ...model.server import Server
from ...model.thing import Thing
from ...network.delta import Delta
from . import rack, words
from .ground import SHORE, Ground, Point
from .rack import Rack
from .table import HEALTHS, KINDS, OF_HEALTH, SOURCE, Ints
from .wiring import Wiring

_MANY = 500
# Worst first: what a server's one shape at the far level shows.
_WORST = (Health.FAILED, Health.WARN, Health.UNKNOWN, Health.BUSY)


class Scene(Ground):
    """Things, where they stand and what joins them."""

    def __init__(self) -> None:
        super().__init__()
        self._edges: Ints | None = None

    # ---- taking changes in

    def reset(self, things: Iterable[Thing]) -> None:
        """Hold these things and no others; places are kept."""
        self._kept.update(self.positions())
        self.clear()
        self.rows, self.racks, self.cores, self.wiring = {}, {}, {}, Wiring()
        self._berths = self._edges = None
        everything = list(things)
        for thing in everything:
            self.wiring.put(thing)
        # Roots that have a place come first: a new one must not take it.
        roots = [thing for thing in everything if not thing.key.path or thing.key.kind == "sources"]
        for thing in sorted(roots, key=lambda t: (t.key.kind == "sources", t.key not in self._kept)):
            self._put(thing)
        below = [thing for thing in everything if thing.key.root in self.rows and thing.key.path]
        for thing in sorted(below, key=self._order):
            self._put(thing)
        for row in self.roots().tolist():
            self._renew(row)

    def _order(self, thing: Thing) -> tuple[int, int]:
        """Data that faces left has the first place of its rack; then stand sessions, then batches, then other data."""
        first = thing.key.kind == "datasets" and self._end(thing, self.rows[thing.key.root]) == 0
        return len(thing.key.path), -1 if first else KINDS.index(thing.key.kind) if thing.key.kind in KINDS else 9

    def apply(self, delta: Delta) -> set[int]:
        """Take a change in.

        Returns:
            rows of the servers whose picture changed.
        """
        touched: set[int | None] = set()
        before = len(self.rows)
        gone: set[int] = set()
        for key in delta.removed:
            self.wiring.drop(key)
            gone.add(self.rows.get(key, -1))
            touched.add(self._drop(key))
        for owner in touched:
            spot = None if owner is None else self.racks.get(owner)
            if spot is not None and not gone.isdisjoint(spot.tasks):
                spot.tasks = [row for row in spot.tasks if row not in gone]
        for thing in (*delta.added, *delta.changed):
            self.wiring.put(thing)
            touched.add(self._put(thing))
        owners = {row for row in touched if row is not None}
        # Once for all that came and went: a server may have a hundred thousand sessions.
        for row in owners:
            self._renew(row, resized=bool(delta.removed) or len(self.rows) != before)
        return owners

    def _renew(self, owner: int, *, resized: bool = True) -> None:
        if owner in self.racks:
            if resized:
                self._list_tasks(owner)
            self._sum_up(owner, resized=resized)

    def _put(self, thing: Thing) -> int | None:
        """Take a thing in; the row of its server, which must be summed up, None if it has no place here."""
        key = thing.key
        if key.kind not in KINDS:
            return None
        row = self.rows.get(key)
        if row is None:
            owner = self.rows.get(key.root)
            if owner is None and key.path and key.kind != "sources":
                return None
            row = self._row(thing, owner)
        old, self.things[row] = self.things[row], thing
        self.health[row] = OF_HEALTH[thing.health]
        self.progress[row] = np.nan if thing.progress is None else thing.progress
        owner = int(self.owner[row])
        if row == owner and (old is None or (old.payload is not thing.payload and old.payload != thing.payload)):
            self._edges = None
        return owner

    def _row(self, thing: Thing, owner: int | None) -> int:
        key = thing.key
        if owner is None:
            self._places()  # before the new row is there: it has no place yet
        row = self.rows[key] = self.take(KINDS.index(key.kind), owner)
        if owner is None:
            self.racks[row] = Rack(folded=key in self.folded)
            self._edges = None
            self._moor(row, thing)
        elif key.kind == "statements":
            self.racks[owner].tasks.insert(0, row)
        else:
            self.racks[owner].take(row, self._end(thing, owner))
            self._stand(owner, row)
        return row

    def _stand(self, owner: int, row: int) -> None:
        """Put a child where its slot is; one without a slot is not seen."""
        spot = self.racks[owner]
        self.offset[row] = spot.slot_at(spot.slots.get(row, rack.SLOTS_SHOWN))
        self.shown[row] = row in spot.slots and not spot.folded

    def _end(self, thing: Thing, owner: int) -> int | None:
        """End of the rack that faces where the data goes, so that its line runs straight; the right one if nowhere."""
        if thing.key.kind != "datasets":
            return None
        others = [self.rows[key.root] for key in self.wiring.partners(thing.key) if key.root in self.rows]
        left = bool(others) and all(self.at[other, 0] < self.at[owner, 0] for other in others)
        return 0 if left else rack.COLUMNS - 1 if others else None

    def set_positions(self, positions: Mapping[Key, Point]) -> None:
        """Put roots where they belong; data goes to the end of its rack that faces its line now."""
        super().set_positions(positions)
        for row, spot in self.racks.items():
            slots = {child: thing for child in spot.slots if (thing := self.things[child]) is not None}
            if any(thing.key.kind == "datasets" for thing in slots.values()):
                spot.empty()
                for child, thing in sorted(slots.items(), key=lambda pair: self._order(pair[1])):
                    spot.take(child, self._end(thing, row))
                    self._stand(row, child)
                self._renew(row)

    def _drop(self, key: Key) -> int | None:
        """Let a thing go; the row of its server, which must be summed up."""
        row = self.rows.pop(key, None)
        if row is None:
            return None
        owner = int(self.owner[row])
        if row == owner:
            self._forget_root(key, row)
            self._edges = None
        elif owner in self.racks:
            spot = self.racks[owner]
            heir = spot.leave(row)
            if heir is not None:
                self._stand(owner, heir)
        self.leave(row)
        return owner

    def _list_tasks(self, owner: int) -> None:
        spot = self.racks[owner]
        beyond = np.array(spot.tasks[rack.TASKS_SHOWN :], np.int64)
        self.shown[beyond], self.offset[beyond] = False, spot.task_at(rack.TASKS_SHOWN)
        for place, row in enumerate(spot.tasks[: rack.TASKS_SHOWN]):
            self.shown[row], self.offset[row] = not spot.folded, spot.task_at(place)

    def _sum_up(self, owner: int, *, resized: bool = True) -> None:
        """Box, worst state and mean progress of a server after a change below it.

        Args:
            resized: something came or went, so that the box may be another.
        """
        thing = self.things[owner]
        if thing is None or self.kind[owner] == SOURCE:
            self.worst[owner] = self.health[owner]
            return
        spot = self.racks[owner]
        own = HEALTHS[self.health[owner]]
        if resized:
            self.box[owner] = spot.box(float(self.plate_w[owner]), SHORE if words.is_island(thing) else 0.0)
        rows = [*spot.slots, *spot.waiting, *spot.tasks]
        below = np.array(rows, np.int64)
        if not rows:
            self.children[owner], self.worst[owner], self.progress[owner] = 0, self.health[owner], np.nan
            return
        self.children[owner] = spot.children
        # Many times a second: for some twenty rows numpy's own sets cost ten times as much.
        codes = self.health[below]
        found = set(codes.tolist()) if len(codes) < _MANY else np.nonzero(np.bincount(codes))[0].tolist()
        seen = {HEALTHS[code] for code in found}
        worst = own if own is not Health.OK else next((h for h in _WORST if h in seen), Health.OK)
        self.worst[owner] = OF_HEALTH[worst]
        self.ring[below] = self.progress[below]
        tasks = below[len(rows) - len(spot.tasks) :]
        # Of a hundred thousand tasks only those that run are looked at one by one.
        for row in tasks[(self.health[tasks] == OF_HEALTH[Health.BUSY]) & ~np.isnan(self.progress[tasks])].tolist():
            task = self.things[row]
            if task is not None:
                session = self.rows.get(task.key.parent) if task.key.parent else None
                if session is not None and np.isnan(self.progress[session]):
                    self.ring[session] = task.progress
        moving = self.progress[below]
        moving = moving[~np.isnan(moving)]
        self.progress[owner] = float(moving.mean()) if len(moving) else np.nan

    # ---- what the face sets

    def fold(self, key: Key, folded: bool) -> bool:
        """Fold a server's rack away, or out again; False if it was so."""
        if folded == (key in self.folded):
            return False
        (self.folded.add if folded else self.folded.discard)(key)
        row = self.rows.get(key)
        if row is not None:
            spot = self.racks[row]
            spot.folded = folded
            self.shown[list(spot.slots)] = not folded
            self._list_tasks(row)
            self._sum_up(row)
        return True

    def set_plate(self, row: int, width: float) -> None:
        """A plate's text needs this width."""
        self.plate_w[row] = width
        self._sum_up(row)

    def set_cores(self, key: Key, cores: words.Cores | None) -> int | None:
        """Cores in use and there; returns the server's row if it changed anything."""
        row = self.rows.get(key)
        if row is None or self.cores.get(row) == cores:
            return None
        self.cores.pop(row, None)
        if cores is not None:
            self.cores[row] = cores
        return row

    # ---- what painter and hands ask

    def members(self, server: int) -> Iterator[int]:
        """Shown children of a server: sessions and batches by slot, then tasks as listed."""
        spot = self.racks[server]
        if spot.folded:
            return
        yield from sorted(spot.slots, key=lambda row: spot.slots[row])
        yield from spot.tasks[: rack.TASKS_SHOWN]

    def tasks(self, server: int) -> Iterator[Thing]:
        """Tasks of a server, newest first."""
        return (thing for row in self.racks[server].tasks if (thing := self.things[row]) is not None)

    def edges(self) -> Ints:
        """Pairs of server rows that know each other, each pair once; shape (n, 2)."""
        if self._edges is None:
            pairs = {
                (min(row, other), max(row, other))
                for row in self.racks
                if (thing := self.things[row]) is not None and isinstance(thing.payload, Server)
                for uuid in thing.payload.knows
                if (other := self.rows.get(Key(uuid), row)) != row
            }
            self._edges = np.array(sorted(pairs), np.int64).reshape(-1, 2)
        return self._edges

    def path(self, row: int) -> list[Thing]:
        """The thing's server, …, its parent, itself; empty if it is gone."""
        out: list[Thing] = []
        thing = self.things[row]
        while thing is not None:
            out.append(thing)
            above = thing.key.parent
            thing = None if above is None or above not in self.rows else self.things[self.rows[above]]
        return out[::-1]

    def spoken(self, row: int | None, now: datetime) -> str:
        """Sentence for a screen reader; "" for nothing."""
        if row is None or self.things[row] is None:
            return ""
        held = (
            [thing for child in (*self.racks[row].slots, *self.racks[row].waiting) if (thing := self.things[child])]
            if row in self.racks
            else []
        )
        return words.spoken(self.path(row), held, self.cores.get(row), now)
