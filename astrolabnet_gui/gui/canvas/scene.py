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
from .berth import Berths
from .rack import Rack
from .table import HEALTHS, KINDS, OF_HEALTH, Ints, Table
from .wire import SourceMark, Wire

# Worst first: what a server's one shape at the far level shows.
_WORST = (Health.FAILED, Health.WARN, Health.UNKNOWN, Health.BUSY)
SHORE = 11.0
_SOURCE_BOX = (-60.0, -30.0, 60.0, 50.0)

Point = tuple[float, float]


class Scene(Table):
    """Things, where they stand and what joins them.

    Attributes:
        rows: row of each key. racks: slots below each server, by its row. cores: cores in use and there, by row.
        wires, sources, source_at: channels, sources by name, and where these stand.
    """

    def __init__(self) -> None:
        super().__init__()
        self.rows: dict[Key, int] = {}
        self.racks: dict[int, Rack] = {}
        self.cores: dict[int, words.Cores] = {}
        self.wires: tuple[Wire, ...] = ()
        self.sources: dict[str, SourceMark] = {}
        self.source_at: dict[str, Point] = {}
        self._kept: dict[Key, Point] = {}
        self._berths: Berths | None = None
        self._edges: Ints | None = None

    # ---- taking changes in

    def reset(self, things: Iterable[Thing]) -> None:
        """Hold these things and no others; places are kept."""
        self._kept.update(self.positions())
        self.clear()
        self.rows, self.racks, self.cores = {}, {}, {}
        self._berths = self._edges = None
        # Servers that have a place come first: a new one must not take it. Sessions stand before batches.
        everything = sorted(things, key=lambda t: (len(t.key.path), t.key.kind != "sessions", t.key not in self._kept))
        for thing in everything:
            self._put(thing)

    def apply(self, delta: Delta) -> set[int]:
        """Take a change in.

        Returns:
            rows of the servers whose picture changed.
        """
        touched: set[int] = set()
        for key in delta.removed:
            touched |= self._drop(key)
        for thing in (*delta.added, *delta.changed):
            touched |= self._put(thing)
        return touched

    def _put(self, thing: Thing) -> set[int]:
        key = thing.key
        if key.kind not in KINDS:
            return set()
        row = self.rows.get(key)
        if row is None:
            owner = self.rows.get(key.root)
            if owner is None and key.path:
                return set()
            row = self._row(thing, owner)
        old, self.things[row] = self.things[row], thing
        self.health[row] = OF_HEALTH[thing.health]
        self.progress[row] = np.nan if thing.progress is None else thing.progress
        owner = int(self.owner[row])
        if row == owner and (old is None or old.payload != thing.payload):
            self._edges = None
        self._sum_up(owner)
        return {owner}

    def _row(self, thing: Thing, owner: int | None) -> int:
        key = thing.key
        if owner is None:
            self._places()  # before the new row is there: it has no place yet
        row = self.rows[key] = self.take(KINDS.index(key.kind), owner)
        if owner is None:
            self.racks[row] = Rack()
            self._edges = None
            self._moor(row, thing)
        elif key.kind == "statements":
            self.racks[owner].tasks.insert(0, row)
            self._list_tasks(owner)
        else:
            spot = self.racks[owner]
            lines = spot.lines
            self.offset[row] = spot.slot_at(spot.take(row))
            if spot.lines != lines:
                self._list_tasks(owner)
        return row

    def _moor(self, row: int, thing: Thing) -> None:
        """Give a server its place: the one it had, else a free one near those it knows."""
        self.box[row] = self.racks[row].box(rack.PLATE_W, SHORE)
        known = self._kept.get(thing.key)
        berths = self._places()
        if known is None:
            payload = thing.payload
            near = (
                [self.rows[Key(u)] for u in payload.knows if Key(u) in self.rows] if isinstance(payload, Server) else []
            )
            known = berths.find((float(self.at[n, 0]), float(self.at[n, 1])) for n in near if n != row)
        self.at[row] = known
        berths.take(known, self.racks[row].box(rack.PLATE_W, 0.0))

    def _places(self) -> Berths:
        if self._berths is None:
            self._berths = Berths()
            for row in self.servers().tolist():
                left, top, right, bottom = self.box[row].tolist()
                self._berths.take(self.middle(row), (left, top, right, bottom))
            for x, y in self.source_at.values():
                self._berths.take((x, y), _SOURCE_BOX)
        return self._berths

    def _drop(self, key: Key) -> set[int]:
        row = self.rows.pop(key, None)
        if row is None:
            return set()
        owner = int(self.owner[row])
        if row == owner:
            self._kept[key] = (float(self.at[row, 0]), float(self.at[row, 1]))
            self.racks.pop(row)
            self.cores.pop(row, None)
            self._edges = self._berths = None
        elif owner in self.racks:
            spot = self.racks[owner]
            if row in spot.tasks:
                spot.tasks.remove(row)
            spot.leave(row)
        self.leave(row)
        if owner in self.racks:
            self._list_tasks(owner)
            self._sum_up(owner)
        return {owner}

    def _list_tasks(self, owner: int) -> None:
        spot = self.racks[owner]
        for place, row in enumerate(spot.tasks):
            self.shown[row] = place < rack.TASKS_SHOWN
            self.offset[row] = spot.task_at(min(place, rack.TASKS_SHOWN))

    def _sum_up(self, owner: int) -> None:
        """Box, worst state and mean progress of a server after a change below it."""
        thing = self.things[owner]
        if thing is None:
            return
        spot = self.racks[owner]
        own = HEALTHS[self.health[owner]]
        shore = SHORE if words.is_island(thing) else 0.0
        self.box[owner] = spot.box(float(self.plate_w[owner]), shore)
        below = [*spot.slots, *spot.tasks]
        if not below:
            self.children[owner], self.worst[owner], self.progress[owner] = 0, self.health[owner], np.nan
            return
        self.children[owner] = len(spot.slots)
        seen = {HEALTHS[self.health[row]] for row in below}
        worst = own if own is not Health.OK else next((h for h in _WORST if h in seen), Health.OK)
        self.worst[owner] = OF_HEALTH[worst]
        self.ring[below] = self.progress[below]
        for row in spot.tasks:
            task = self.things[row]
            if task is not None and task.progress is not None and task.health is Health.BUSY:
                session = self.rows.get(task.key.parent) if task.key.parent else None
                if session is not None and np.isnan(self.progress[session]):
                    self.ring[session] = task.progress
        moving = self.progress[below]
        moving = moving[~np.isnan(moving)]
        self.progress[owner] = float(moving.mean()) if len(moving) else np.nan

    # ---- what the face sets

    def set_positions(self, positions: Mapping[Key, Point]) -> None:
        """Put servers where they belong; those not there yet will come to their place."""
        self._kept.update(positions)
        for key, at in positions.items():
            row = self.rows.get(key)
            if row is not None:
                self.at[row] = at
        self._berths = None

    def positions(self) -> dict[Key, Point]:
        """Where each server stands."""
        return {key: (float(self.at[row, 0]), float(self.at[row, 1])) for key, row in self.rows.items() if not key.path}

    def set_plate(self, row: int, width: float) -> None:
        """A plate's text needs this width."""
        self.plate_w[row] = width
        self._sum_up(row)

    def set_wires(self, wires: Iterable[Wire], sources: Iterable[SourceMark], at: Mapping[str, Point]) -> None:
        """Channels and sources, all anew; a source nobody has placed gets a free place near where it flows to."""
        self.wires = tuple(wires)
        self.sources = {source.name: source for source in sources}
        self.source_at = {
            name: at.get(name) or self.source_at[name] for name in self.sources if name in at or name in self.source_at
        }
        self._berths = None
        for name in self.sources:
            if name not in self.source_at:
                ends = [self.rows.get(w.target) for w in self.wires if w.origin == name and isinstance(w.target, Key)]
                self.source_at[name] = self._places().find(self.middle(end) for end in ends if end is not None)

    def settle(self) -> None:
        """Servers were moved by hand: free places are others now."""
        self._berths = None

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
        yield from sorted(spot.slots, key=lambda row: spot.slots[row])
        yield from spot.tasks[: rack.TASKS_SHOWN]

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

    def bounds(self) -> tuple[float, float, float, float] | None:
        """World box around everything; None when there is nothing."""
        rows = self.servers()
        corners = [self.at[rows] + self.box[rows, :2], self.at[rows] + self.box[rows, 2:]]
        corners += [
            np.array([[x + _SOURCE_BOX[0], y - 24.0], [x + 60.0, y + 50.0]]) for x, y in self.source_at.values()
        ]
        points = np.concatenate(corners)
        if not len(points):
            return None
        (x0, y0), (x1, y1) = points.min(0).tolist(), points.max(0).tolist()
        return x0, y0, x1, y1

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
        count = len(self.racks[row].slots) if row in self.racks else 0
        return words.spoken(self.path(row), count, self.cores.get(row), now)
