"""Berth: a free place for a server nobody has placed yet, near those it knows. Those already placed never move."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

Point = tuple[float, float]
Cell = tuple[int, int]

WIDE, HIGH = 280.0, 230.0


class Berths:
    """Which cells of a coarse grid are taken."""

    def __init__(self) -> None:
        self._taken: set[Cell] = set()

    def take(self, at: Point, box: tuple[float, float, float, float]) -> None:
        """A server stands at ``at`` with its box around it."""
        for column in range(math.floor((at[0] + box[0]) / WIDE), math.floor((at[0] + box[2]) / WIDE) + 1):
            for line in range(math.floor((at[1] + box[1]) / HIGH), math.floor((at[1] + box[3]) / HIGH) + 1):
                self._taken.add((column, line))

    def find(self, near: Iterable[Point]) -> Point:
        """Take the free place nearest to the middle of ``near`` (of the chart, if there are none)."""
        points = list(near)
        x = sum(p[0] for p in points) / len(points) if points else WIDE / 2
        y = sum(p[1] for p in points) / len(points) if points else HIGH / 2
        start = (math.floor(x / WIDE), math.floor(y / HIGH))
        for cell in _outwards(start):
            if cell not in self._taken:
                self._taken.add(cell)
                return (cell[0] + 0.5) * WIDE, (cell[1] + 0.32) * HIGH
        raise AssertionError("the rings never end")


def _outwards(start: Cell) -> Iterator[Cell]:
    """Cells ring by ring; charts are wider than high, so the sides come first."""
    yield start
    ring = 0
    while True:
        ring += 1
        edge = [
            (dx, dy) for dx in range(-ring, ring + 1) for dy in range(-ring, ring + 1) if max(abs(dx), abs(dy)) == ring
        ]
        for dx, dy in sorted(edge, key=lambda d: (abs(d[0]) + 1.5 * abs(d[1]), d[1] < 0, d[0] < 0)):
            yield start[0] + dx, start[1] + dy
