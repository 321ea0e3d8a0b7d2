"""Berth: a free place for a server nobody has placed yet, near those it knows. Those already placed never move."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

Point = tuple[float, float]
Cell = tuple[int, int]

WIDE, HIGH = 270.0, 230.0
# How far a server may be put from those it knows, in cells, and how many free places there are compared.
_NEAR, _COMPARED = 9, 6


class Berths:
    """Which cells of a coarse grid are taken."""

    def __init__(self) -> None:
        self._taken: set[Cell] = set()
        self._sum = (0, 0)
        self._walk: Iterator[Cell] | None = None

    def take(self, at: Point, box: tuple[float, float, float, float]) -> None:
        """A server stands at ``at`` with its box around it."""
        for column in range(math.floor((at[0] + box[0]) / WIDE), math.floor((at[0] + box[2]) / WIDE) + 1):
            for line in range(math.floor((at[1] + box[1]) / HIGH), math.floor((at[1] + box[3]) / HIGH) + 1):
                self._mark((column, line))

    def find(self, near: Iterable[Point], *, left: bool = False) -> Point:
        """Take a free place near to ``near`` and to the middle of all; without ``near``, nearest to that middle.

        Args:
            left: what flows comes from there: on the left of ``near`` if it can be, at the same height if it can be.
        """
        points = list(near)
        cell = self._beside(points, left) if points else None
        while cell is None or cell in self._taken:
            self._walk = self._walk or _outwards(self._middle())
            cell = next(self._walk)
        self._mark(cell)
        return (cell[0] + 0.5) * WIDE, (cell[1] + 0.32) * HIGH

    def _beside(self, points: list[Point], left: bool) -> Cell | None:
        x = math.floor(sum(p[0] for p in points) / len(points) / WIDE)
        y = math.floor(sum(p[1] for p in points) / len(points) / HIGH)
        middle = self._middle()
        free: list[tuple[float, Cell]] = []
        if left:
            return next((c for dx, dy in _LEFTWARDS if (c := (x + dx, y + dy)) not in self._taken), None)
        for way, (dx, dy) in _AROUND:
            cell = (x + dx, y + dy)
            if cell not in self._taken:
                free.append((way + 1.5 * _way(cell[0] - middle[0], cell[1] - middle[1]), cell))
                if len(free) == _COMPARED:
                    break
        return min(free)[1] if free else None

    def _middle(self) -> Cell:
        count = len(self._taken)
        return (round(self._sum[0] / count), round(self._sum[1] / count)) if count else (0, 0)

    def _mark(self, cell: Cell) -> None:
        if cell not in self._taken:
            self._taken.add(cell)
            self._sum = (self._sum[0] + cell[0], self._sum[1] + cell[1])


def _way(dx: int, dy: int) -> float:
    return math.hypot(dx * WIDE, dy * HIGH)


_AROUND = sorted(
    (_way(dx, dy), (dx, dy)) for dx in range(-_NEAR, _NEAR + 1) for dy in range(-_NEAR, _NEAR + 1) if dx or dy
)
_LEFTWARDS = sorted((at for _, at in _AROUND), key=lambda d: (d[0] >= 0, _way(d[0], 3 * d[1]), d))


def _outwards(start: Cell) -> Iterator[Cell]:
    """All cells, ring by ring, in each ring the nearest first."""
    yield start
    ring = 0
    while True:
        ring += 1
        reach = range(-ring, ring + 1)
        edge = [(dx, dy) for dx in reach for dy in (reach if abs(dx) == ring else (-ring, ring))]
        for dx, dy in sorted(edge, key=lambda d: (_way(*d), d)):
            yield start[0] + dx, start[1] + dy
