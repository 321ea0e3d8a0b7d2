"""Layout: where servers stand on the chart. Boxes, not points; a new one takes a free place and nothing else moves.

Pure functions of plain values, to be called off the GUI's thread (igraph releases the GIL); the same input gives the
same picture on every computer.
"""

from __future__ import annotations

import math
import random
import threading
from collections.abc import Hashable, Iterable, Iterator, Mapping
from typing import TypeVar

import igraph

K = TypeVar("K", bound=Hashable)
Point = tuple[float, float]
Size = tuple[float, float]

GAP = 48.0
SEED = 7
# igraph has one random number generator for the whole process.
_DICE = threading.Lock()


def arrange(boxes: Mapping[K, Size], edges: Iterable[tuple[K, K]] = (), *, gap: float = GAP) -> dict[K, Point]:
    """Centres for all boxes, laid out anew: joined ones near each other, none over another.

    Args:
        boxes: width and height of each, in the order of their coming.
        edges: pairs that belong together; ends that are no box are left out.
        gap: least distance between two boxes.
    """
    names = list(boxes)
    if not names:
        return {}
    index = {name: i for i, name in enumerate(names)}
    pairs = [(index[a], index[b]) for a, b in edges if a in index and b in index and a != b]
    graph = igraph.Graph(n=len(names), edges=pairs)
    with _DICE:
        igraph.set_random_number_generator(random.Random(SEED))
        try:
            raw = graph.layout_fruchterman_reingold(seed=_spiral(len(names)), niter=200, grid=len(names) > 300).coords
        finally:
            igraph.set_random_number_generator(random)
    wanted = dict(zip(names, _spread(raw, list(boxes.values()), gap), strict=True))
    field = _Field(gap, boxes.values())
    out: dict[K, Point] = {}
    for name in sorted(names, key=lambda n: (math.hypot(*wanted[n]), index[n])):
        out[name] = field.put(wanted[name], boxes[name])
    return {name: out[name] for name in names}


def place(
    boxes: Mapping[K, Size], fixed: Mapping[K, Point], edges: Iterable[tuple[K, K]] = (), *, gap: float = GAP
) -> dict[K, Point]:
    """Centres for all boxes: those of ``fixed`` stay where they are, new ones take the free place nearest to the
    boxes they are joined with (to the middle of all, if with none)."""
    field = _Field(gap, boxes.values())
    out = {name: fixed[name] for name in boxes if name in fixed}
    for name, at in out.items():
        field.add(at, boxes[name])
    joined: dict[K, list[K]] = {}
    for a, b in edges:
        joined.setdefault(a, []).append(b)
        joined.setdefault(b, []).append(a)
    for name, size in boxes.items():
        if name not in out:
            near = [out[other] for other in joined.get(name, ()) if other in out] or list(out.values()) or [(0.0, 0.0)]
            wish = (sum(x for x, _ in near) / len(near), sum(y for _, y in near) / len(near))
            out[name] = field.put(wish, size)
    return {name: out[name] for name in boxes}


class _Field:
    """Boxes on a grid of cells, to find free places quickly."""

    def __init__(self, gap: float, sizes: Iterable[Size]) -> None:
        self._gap = gap
        self._cell = max([1.0, *(max(size) + gap for size in sizes)])
        self._cells: dict[tuple[int, int], list[tuple[Point, Size]]] = {}

    def add(self, at: Point, size: Size) -> None:
        """Take a place, free or not."""
        for cell in self._around(at, size):
            self._cells.setdefault(cell, []).append((at, size))

    def put(self, wish: Point, size: Size) -> Point:
        """Take the free place nearest to a wish."""
        for at in self._rings(wish, size):
            if self._free(at, size):
                self.add(at, size)
                return at
        raise AssertionError("rings never end")

    def _rings(self, wish: Point, size: Size) -> Iterator[Point]:
        """Places further and further away: half a box apart at first, then wider, for a crowd must be left quickly."""
        yield wish
        step = (min(size) + self._gap) / 2
        radius, ring = 0.0, 0
        while True:
            ring += 1
            radius += step * (1 + ring / 8)
            count = min(64, max(8, round(math.tau * radius / step / 2)))
            for i in range(count):
                angle = math.tau * (i + ring % 2 / 2) / count
                # Charts are wider than high.
                yield (wish[0] + 1.4 * radius * math.cos(angle), wish[1] + radius * math.sin(angle))

    def _free(self, at: Point, size: Size) -> bool:
        for cell in self._around(at, size):
            for other, (width, height) in self._cells.get(cell, ()):
                wide = (size[0] + width) / 2 + self._gap
                high = (size[1] + height) / 2 + self._gap
                if abs(at[0] - other[0]) < wide and abs(at[1] - other[1]) < high:
                    return False
        return True

    def _around(self, at: Point, size: Size) -> Iterator[tuple[int, int]]:
        half = (size[0] / 2 + self._gap, size[1] / 2 + self._gap)
        for column in range(math.floor((at[0] - half[0]) / self._cell), math.floor((at[0] + half[0]) / self._cell) + 1):
            for row in range(
                math.floor((at[1] - half[1]) / self._cell), math.floor((at[1] + half[1]) / self._cell) + 1
            ):
                yield column, row


def _spiral(count: int) -> list[list[float]]:
    """Start of the layout: a sunflower, the same each time."""
    turn = math.pi * (3 - math.sqrt(5))
    return [[math.sqrt(i + 0.5) * math.cos(i * turn), math.sqrt(i + 0.5) * math.sin(i * turn)] for i in range(count)]


def _spread(points: list[list[float]], sizes: list[Size], gap: float) -> list[Point]:
    """The same points with as much room as their boxes need, everywhere: kept in their direction from the middle and
    in the order of their distance, else a crowd in the middle would have to be pushed out box by box."""
    middle = (sum(x for x, _ in points) / len(points), sum(y for _, y in points) / len(points))
    polar = [(math.hypot(x - middle[0], y - middle[1]), math.atan2(y - middle[1], x - middle[0])) for x, y in points]
    area, out = 0.0, [(0.0, 0.0)] * len(points)
    for i in sorted(range(len(points)), key=lambda i: (polar[i][0], i)):
        radius = math.sqrt(area / math.pi) if area else 0.0
        area += (sizes[i][0] + gap) * (sizes[i][1] + gap) * 1.3
        out[i] = (radius * math.cos(polar[i][1]), radius * math.sin(polar[i][1]))
    return out
