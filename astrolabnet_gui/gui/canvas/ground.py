"""Ground: where servers and sources stand: a place somebody gave them, or a free one; no Qt."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ...model.key import Key
from ...model.server import Server
from ...model.thing import Thing
from . import rack, words
from .berth import Berths
from .rack import Rack
from .table import Table
from .wire import Wire
from .wiring import Wiring

SHORE = 11.0
_SOURCE_BOX = (-22.0, -24.0, 92.0, 56.0)

Point = tuple[float, float]


class Ground(Table):
    """Roots and their places.

    Attributes:
        rows: row of each key. racks: slots below each root, by its row. cores: cores in use and there, by row.
        wiring: channels and datasets. folded: servers whose rack is folded, also those that will come.
        placed: servers and sources that somebody put where they are.
    """

    def __init__(self) -> None:
        super().__init__()
        self.rows: dict[Key, int] = {}
        self.racks: dict[int, Rack] = {}
        self.cores: dict[int, words.Cores] = {}
        self.wiring = Wiring()
        self.folded: set[Key] = set()
        self.placed: set[Key] = set()
        self._kept: dict[Key, Point] = {}
        self._berths: Berths | None = None

    def set_positions(self, positions: Mapping[Key, Point]) -> None:
        """Put servers where they belong; those not there yet will come to their place."""
        self._kept.update(positions)
        self.placed.update(positions)
        for key, at in positions.items():
            row = self.rows.get(key)
            if row is not None:
                self.at[row] = at
        self._berths = None

    def positions(self) -> dict[Key, Point]:
        """Where each server and source stands."""
        return {key: self.middle(row) for key, row in self.rows.items() if self.owner[row] == row}

    def unplaced(self) -> set[Key]:
        """Servers and sources that stand where a free place was."""
        return self.positions().keys() - self.placed

    def settle(self, rows: list[int]) -> None:
        """These were moved by hand: their places are kept, and free places are others now."""
        self.placed.update(thing.key for row in rows if (thing := self.things[row]) is not None)
        self._berths = None

    def _moor(self, row: int, thing: Thing) -> None:
        """Give a server its place: the one it had, else a free one near those it knows."""
        source = thing.key.kind == "sources"
        self.box[row] = _SOURCE_BOX if source else self.racks[row].box(rack.PLATE_W, SHORE)
        known = self._kept.get(thing.key)
        berths = self._places()
        if known is None:
            payload = thing.payload
            knows = [Key(uuid) for uuid in payload.knows] if isinstance(payload, Server) else []
            ends = (self.foot(key) for key in (*knows, *self.wiring.partners(thing.key)))
            near = [int(self.owner[end]) for end in ends if end is not None]
            points = [(float(self.at[n, 0]), float(self.at[n, 1])) for n in near if n != row]
            known = berths.find(points, left=source)
        self.at[row] = known
        berths.take(known, _SOURCE_BOX if source else self.racks[row].box(rack.PLATE_W, 0.0))

    def _places(self) -> Berths:
        if self._berths is None:
            self._berths = Berths()
            for row in self.roots().tolist():
                left, top, right, bottom = self.box[row].tolist()
                self._berths.take(self.middle(row), (left, top, right, bottom))
        return self._berths

    def _forget_root(self, key: Key, row: int) -> None:
        """It is gone, but it comes back to its place."""
        self._kept[key] = (float(self.at[row, 0]), float(self.at[row, 1]))
        self.racks.pop(row)
        self.cores.pop(row, None)
        self._berths = None

    def foot(self, key: Key) -> int | None:
        """Row at which a wire of this thing begins: itself, or its server where it is not shown."""
        row = self.rows.get(key)
        if row is None or not self.shown[row]:
            row = self.rows.get(key.root)
        return row

    def wires(self) -> tuple[Wire, ...]:
        """Lines of data, whether or not their ends are on the chart; the same object until something changes."""
        return self.wiring.wires()

    def bounds(self) -> tuple[float, float, float, float] | None:
        """World box around everything; None when there is nothing."""
        rows = self.roots()
        if not len(rows):
            return None
        points = np.concatenate([self.at[rows] + self.box[rows, :2], self.at[rows] + self.box[rows, 2:]])
        (x0, y0), (x1, y1) = points.min(0).tolist(), points.max(0).tolist()
        return x0, y0, x1, y1
