"""Grid: seats for a few boxes in rows and columns, so that their lines run straight, cross little and pass no box."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

from .link import Box, Point

Pair = tuple[int, int]
Floats = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
Ints = np.ndarray[tuple[int, ...], np.dtype[np.int64]]

# Room between two columns is for a wire with its words, between two rows for a line.
GAP_X, GAP_Y = 132.0, 64.0
# A rack will fill: room for its first row and two tasks is kept from the start.
LEAST_HIGH = 168.0
# More boxes than this are no longer looked at one by one, and the search would take seconds.
FEW = 40
_TRIES, _POINTS = 3000, 11
# What a line costs, in columns of its length: crossing another, passing a box, standing upright, a flow going back.
_CROSS, _OVER, _UPRIGHT, _BACK, _SLOPE = 2.5, 5.0, 1.6, 0.4, 0.15


def seats(
    boxes: Sequence[Box], lines: Sequence[Pair], flows: Sequence[Pair], raw: Floats, aspect: float
) -> list[Point]:
    """Places for boxes, by the point each is measured from.

    Args:
        boxes: left, top, right, bottom from that point.
        lines, flows: pairs of boxes that are joined; a flow goes from its first to its second, rather to the right.
        raw: where a free layout would put them, shape (n, 2).
        aspect: width by height of the place there is.
    """
    search = _Search(boxes, lines, flows, aspect)
    return search.places(search.best(raw))


class _Search:
    """Looks for the best seating: from a few starts downhill by moving a box or changing two."""

    def __init__(self, boxes: Sequence[Box], lines: Sequence[Pair], flows: Sequence[Pair], aspect: float) -> None:
        self._boxes = np.array(boxes, np.float64)
        self._boxes[:, 3] = np.maximum(self._boxes[:, 3], self._boxes[:, 1] + LEAST_HIGH)
        wide = float((self._boxes[:, 2] - self._boxes[:, 0]).max()) + GAP_X
        high = float(np.median(self._boxes[:, 3] - self._boxes[:, 1])) + GAP_Y
        count = len(boxes)
        self._columns = min(range(1, count + 1), key=lambda n: max(n * wide / aspect, -(-count // n) * high))
        self._rows = -(-count // self._columns)
        cells = np.arange(self._columns * self._rows)
        self._at = np.stack([cells % self._columns * wide, cells // self._columns * high], 1)
        self._pitch = np.array([wide, high])
        self._half = (self._boxes[:, 2] - self._boxes[:, 0]) / 2
        pairs = [*lines, *flows]
        self._ends: Ints = np.array(pairs, np.int64).reshape(-1, 2)
        self._flow = np.arange(len(pairs)) >= len(lines)
        apart = (self._ends[:, None, :, None] != self._ends[None, :, None, :]).all((2, 3))
        self._rivals = np.triu(apart, 1)
        self._strange = np.ones((len(pairs), count), bool)
        for side in (0, 1):
            self._strange[np.arange(len(pairs)), self._ends[:, side]] = False

    def best(self, raw: Floats) -> Ints:
        """Cell of each box."""
        found: list[tuple[float, int, Ints]] = []
        tries = _TRIES
        for n, start in enumerate(self._starts(raw)):
            tries, cost, seated = self._downhill(start, tries)
            found.append((cost, n, seated))
            if tries <= 0:
                break
        return min(found)[2]

    def places(self, seated: Ints) -> list[Point]:
        """Points of the boxes: each column as wide, each row as high as what sits in it needs."""
        column, row = seated % self._columns, seated // self._columns
        out = np.zeros((len(seated), 2))
        for axis, line, gap in ((0, column, GAP_X), (1, row, GAP_Y)):
            at, below = 0.0, 0.0
            for n, k in enumerate(np.unique(line).tolist()):
                mine = line == k
                before = float(self._boxes[mine, axis].min())
                at = 0.0 if not n else at + below + gap - before
                below = float(self._boxes[mine, axis + 2].max())
                out[mine, axis] = at
        out -= (out.min(0) + out.max(0)) / 2
        return [(round(x, 1), round(y, 1)) for x, y in out.tolist()]

    def _starts(self, raw: Floats) -> Iterator[Ints]:
        """The free layout, turned and mirrored, pressed into rows."""
        count = len(self._boxes)
        for turn in (0.0, 0.5, 1.0, 1.5):
            for mirror in (1.0, -1.0):
                c, s = math.cos(turn * math.pi), math.sin(turn * math.pi)
                x, y = raw[:, 0] * mirror * c - raw[:, 1] * s, raw[:, 0] * mirror * s + raw[:, 1] * c
                order = np.argsort(y, kind="stable")
                seated = np.zeros(count, np.int64)
                borders = [*range(0, count, self._columns), count]
                for row, (first, end) in enumerate(pairwise(borders)):
                    line = order[first:end]
                    seated[line[np.argsort(x[line], kind="stable")]] = row * self._columns + np.arange(end - first)
                yield seated

    def _downhill(self, seated: Ints, tries: int) -> tuple[int, float, Ints]:
        cost, better = self._cost(seated), True
        count, cells = len(seated), len(self._at)
        while better and tries > 0:
            better = False
            for box in range(count):
                for cell in range(cells):
                    if cell == seated[box]:
                        continue
                    other = np.nonzero(seated == cell)[0]
                    if len(other) and other[0] < box:
                        continue
                    was = int(seated[box])
                    seated[box] = cell
                    seated[other] = was
                    tries -= 1
                    found = self._cost(seated)
                    if found < cost - 1e-9:
                        cost, better = found, True
                    else:
                        seated[other] = cell
                        seated[box] = was
                    if tries <= 0:
                        return 0, cost, seated
        return tries, cost, seated

    def _cost(self, seated: Ints) -> float:
        at = self._at[seated]
        middle = (self._at[0] + self._at[-1]) / 2
        stray = float(np.abs((at - middle) / self._pitch).sum()) * 0.02
        if not len(self._ends):
            return stray
        a, b = at[self._ends[:, 0]], at[self._ends[:, 1]]
        way = (b - a) / self._pitch
        long = np.hypot(way[:, 0], way[:, 1])
        upright = np.abs(way[:, 0]) < 0.5
        cost = stray + float((long * (1.0 + self._flow) + _UPRIGHT * upright + _SLOPE * (way[:, 1] != 0)).sum())
        cost += _BACK * float((self._flow * (way[:, 0] < 0.5)).sum())
        # From tip to tip; upright ones run beside the boxes, at the right.
        side = np.where(upright, 0.0, np.sign(way[:, 0]))
        half_a, half_b = self._half[self._ends[:, 0]], self._half[self._ends[:, 1]]
        ax, bx = a[:, 0] + np.where(upright, half_a, side * half_a), b[:, 0] + np.where(upright, half_b, -side * half_b)
        ay, by = a[:, 1], b[:, 1]
        cost += _CROSS * float((_crossing(ax, ay, bx, by) & self._rivals).sum())
        share = np.linspace(0.0, 1.0, _POINTS)
        x, y = ax[:, None] + (bx - ax)[:, None] * share, ay[:, None] + (by - ay)[:, None] * share
        left, top, right, bottom = (at[:, [0, 1, 0, 1]] + self._boxes).T
        inside = (x[:, :, None] > left) & (x[:, :, None] < right) & (y[:, :, None] > top) & (y[:, :, None] < bottom)
        return cost + _OVER * float((inside.any(1) & self._strange).sum())


def _crossing(ax: Floats, ay: Floats, bx: Floats, by: Floats) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """Which straight lines cross which, shape (n, n)."""

    def turn(px: Floats, py: Floats) -> Floats:
        out: Floats = (bx - ax)[:, None] * (py - ay[:, None]) - (by - ay)[:, None] * (px - ax[:, None])
        return out

    sides = turn(ax[None, :], ay[None, :]) * turn(bx[None, :], by[None, :]) < 0
    crossed: np.ndarray[tuple[int, ...], np.dtype[np.bool_]] = sides & sides.T
    return crossed
