"""Table: one row of numbers per thing, as numpy columns that grow; rows are used again."""

from __future__ import annotations

import numpy as np

from ...model.kind import Health
from ...model.thing import Thing
from . import rack

KINDS = ("servers", "sessions", "statements", "batches", "datasets", "sources")
SERVER, SESSION, TASK, BATCH, DATASET, SOURCE = range(6)
HEALTHS = tuple(Health)
OF_HEALTH = {health: i for i, health in enumerate(HEALTHS)}

Floats = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
Ints = np.ndarray[tuple[int, ...], np.dtype[np.int64]]
Bools = np.ndarray[tuple[int, ...], np.dtype[np.bool_]]


class Table:
    """Columns.

    Attributes:
        things: thing of each row, None where the row is free.
        at: plate's middle of each root's row (servers and sources), world px; meaningless for other rows.
        offset: middle of each row from its server's middle.
        owner: row of the server each row belongs to (itself for a root), -1 = free.
        kind, health: codes of KINDS and HEALTHS; ``worst``: health of a server's far shape.
        progress: 0..1 or NaN; for a server the mean of its running children.
        ring: what the ring shows: progress, for a session that of the task it runs; NaN = not known.
        box: left, top, right, bottom of plate and rack from the plate's middle.
        plate_w: width of the plate. children: number of sessions and batches of a server.
        shown: False for tasks behind the "+7".
    """

    at: Floats
    offset: Floats
    box: Floats
    owner: Ints
    kind: Ints
    health: Ints
    worst: Ints
    progress: Floats
    ring: Floats
    plate_w: Floats
    children: Ints
    shown: Bools

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """No rows."""
        self.things: list[Thing | None] = []
        self._free: list[int] = []
        self._roots: Ints | None = None
        self._grow(64)

    def _grow(self, size: int) -> None:
        old = len(self.things)
        fresh: dict[str, Floats | Ints | Bools] = {
            "at": np.zeros((size, 2)), "offset": np.zeros((size, 2)), "box": np.zeros((size, 4)),
            "owner": np.full(size, -1, np.int64), "kind": np.zeros(size, np.int64),
            "health": np.zeros(size, np.int64), "worst": np.zeros(size, np.int64),
            "progress": np.full(size, np.nan), "ring": np.full(size, np.nan), "plate_w": np.full(size, rack.PLATE_W),
            "children": np.zeros(size, np.int64), "shown": np.zeros(size, np.bool_),
        }  # fmt: skip
        for name, column in fresh.items():
            if old:
                column[:old] = getattr(self, name)
            setattr(self, name, column)
        self.things.extend([None] * (size - old))
        self._free.extend(range(size - 1, old - 1, -1))

    def take(self, kind: int, owner: int | None) -> int:
        """A free row for a thing of a server (None: it is one)."""
        if not self._free:
            self._grow(2 * len(self.things))
        row = self._free.pop()
        self.kind[row] = kind
        self.owner[row] = row if owner is None else owner
        self.offset[row] = 0.0
        self.plate_w[row] = rack.PLATE_W
        self.shown[row] = True
        self._roots = None
        return row

    def leave(self, row: int) -> None:
        """The thing is gone."""
        self.things[row] = None
        self.owner[row] = -1
        self.shown[row] = False
        self._free.append(row)
        self._roots = None

    def roots(self) -> Ints:
        """Rows of all that stand by themselves: servers and sources."""
        if self._roots is None:
            self._roots = np.nonzero(self.owner == np.arange(len(self.owner)))[0]
        return self._roots

    def servers(self) -> Ints:
        """Rows of all servers."""
        roots = self.roots()
        found: Ints = roots[self.kind[roots] == SERVER]
        return found

    def middle(self, row: int) -> tuple[float, float]:
        """World point of a row."""
        owner = self.owner[row]
        return float(self.at[owner, 0] + self.offset[row, 0]), float(self.at[owner, 1] + self.offset[row, 1])
