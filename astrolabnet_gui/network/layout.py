"""Layout: where servers stand on the chart. Boxes, not points; a new one takes a free place and nothing else moves.

Pure functions of plain values, to be called off the GUI's thread (igraph releases the GIL); the same input gives the
same picture on every computer.
"""

from __future__ import annotations

import math
import random
import threading
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

import igraph
import numpy as np

from . import grid
from .link import Arranged, Box, Plan, Point

K = TypeVar("K", bound=Hashable)
Size = tuple[float, float]

GAP = 48.0
SEED = 7
# igraph has one random number generator for the whole process.
_DICE = threading.Lock()


def arranged(plan: Plan) -> Arranged:
    """Answer to a face's question."""
    boxes = {spot.key: spot.box for spot in plan.spots}
    fixed = {spot.key: spot.at for spot in plan.spots if spot.at is not None}
    places = arrange(boxes, plan.edges, flows=plan.flows, fixed=fixed, aspect=plan.aspect)
    return Arranged(places=tuple(places.items()))


def arrange(
    boxes: Mapping[K, Box],
    edges: Iterable[tuple[K, K]] = (),
    *,
    flows: Iterable[tuple[K, K]] = (),
    fixed: Mapping[K, Point] | None = None,
    aspect: float = 1.4,
    gap: float = GAP,
) -> dict[K, Point]:
    """Places for all boxes: joined ones near each other, none over another.

    A few sit in rows and columns, many as a free layout puts them. With ``fixed`` ones nothing of these moves: the
    others take the free place nearest to those they are joined with.

    Args:
        boxes: left, top, right, bottom of each from the point that is placed, in the order of their coming.
        edges, flows: pairs that belong together; ends that are no box are left out. A flow has a direction.
        fixed: places that are kept.
        aspect: width by height of the place there is.
        gap: least distance between two boxes.
    """
    names = list(boxes)
    if not names:
        return {}
    if fixed:
        return _beside(boxes, fixed, [*edges, *flows], gap)
    index = {name: i for i, name in enumerate(names)}
    lines, streams = _pairs(edges, index), _pairs(flows, index)
    raw = _free_layout(len(names), [*lines, *streams])
    if len(names) <= grid.FEW:
        found = grid.seats([boxes[name] for name in names], lines, streams, np.array(raw), aspect)
        return dict(zip(names, found, strict=True))
    sizes = [_size(boxes[name]) for name in names]
    wanted = _spread(raw, sizes, gap)
    field = _Field(gap, sizes)
    out: dict[K, Point] = {}
    for i in sorted(range(len(names)), key=lambda i: (math.hypot(*wanted[i]), i)):
        out[names[i]] = _point(field.put(wanted[i], sizes[i]), boxes[names[i]])
    return {name: out[name] for name in names}


def _beside(
    boxes: Mapping[K, Box], fixed: Mapping[K, Point], edges: Sequence[tuple[K, K]], gap: float
) -> dict[K, Point]:
    """Those of ``fixed`` stay, even where they lie over each other; the others stand near those they are joined with,
    or near the middle of all."""
    field = _Field(gap, [_size(box) for box in boxes.values()])
    out = {name: fixed[name] for name in boxes if name in fixed}
    for name, at in out.items():
        field.add(_middle(at, boxes[name]), _size(boxes[name]))
    joined: dict[K, list[K]] = {}
    for a, b in edges:
        joined.setdefault(a, []).append(b)
        joined.setdefault(b, []).append(a)
    for name, box in boxes.items():
        if name not in out:
            near = [out[other] for other in joined.get(name, ()) if other in out] or list(out.values()) or [(0.0, 0.0)]
            wish = (sum(x for x, _ in near) / len(near), sum(y for _, y in near) / len(near))
            out[name] = _point(field.put(wish, _size(box)), box)
    return {name: out[name] for name in boxes}


def _pairs(edges: Iterable[tuple[K, K]], index: Mapping[K, int]) -> list[tuple[int, int]]:
    return [(index[a], index[b]) for a, b in edges if a in index and b in index and a != b]


def _free_layout(count: int, pairs: list[tuple[int, int]]) -> list[list[float]]:
    graph = igraph.Graph(n=count, edges=pairs)
    with _DICE:
        igraph.set_random_number_generator(random.Random(SEED))
        try:
            coords: list[list[float]] = graph.layout_fruchterman_reingold(
                seed=_spiral(count), niter=200, grid=count > 300
            ).coords
        finally:
            igraph.set_random_number_generator(random)
    return coords


def _size(box: Box) -> Size:
    return box[2] - box[0], box[3] - box[1]


def _middle(at: Point, box: Box) -> Point:
    return at[0] + (box[0] + box[2]) / 2, at[1] + (box[1] + box[3]) / 2


def _point(middle: Point, box: Box) -> Point:
    return middle[0] - (box[0] + box[2]) / 2, middle[1] - (box[1] + box[3]) / 2


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
