"""Links: who knows of whom, as thin lines between plates; thousands of them in few calls."""

from __future__ import annotations

import numpy as np
from PySide6.QtGui import QPainter

from .bulk import draw_lines
from .ink import Ink
from .scene import Scene
from .table import Floats, Ints
from .view import Level, Rect, View

# Measured: a line costs 0.6 µs without smoothing, 2 to 25 with; beyond this many nobody sees the stairs.
_SMOOTH = 400
CHUNK = 1200


class Links:
    """End points of all knowledge edges, kept up to date with the scene.

    Attributes:
        pairs: server rows of each edge.
        lines: x1, y1, x2, y2 in world px.
    """

    def __init__(self) -> None:
        self.pairs: Ints = np.zeros((0, 2), np.int64)
        self.lines: Floats = np.zeros((0, 4))
        self._middles: Floats = np.zeros((0, 4))
        self._touching: tuple[list[int], Ints] = ([], np.zeros(0, np.int64))
        self._low: Floats = np.zeros((0, 2))
        self._high: Floats = np.zeros((0, 2))

    def rebuild(self, scene: Scene) -> None:
        """Take all edges anew."""
        self.pairs = scene.edges()
        self._touching = ([], np.zeros(0, np.int64))
        self.lines, self._middles = np.zeros((len(self.pairs), 4)), np.zeros((len(self.pairs), 4))
        self._low, self._high = np.zeros((len(self.pairs), 2)), np.zeros((len(self.pairs), 2))
        self.follow(scene, np.arange(len(self.pairs)))

    def touching(self, rows: list[int]) -> Ints:
        """Edges that end at one of these servers."""
        if self._touching[0] != rows:
            self._touching = (list(rows), np.nonzero(np.isin(self.pairs, rows).any(1))[0])
        return self._touching[1]

    def follow(self, scene: Scene, edges: Ints) -> None:
        """Servers moved: take the ends of these edges anew. A line leaves by the tip that faces its other end."""
        a, b = self.pairs[edges, 0], self.pairs[edges, 1]
        pa, pb = scene.at[a], scene.at[b]
        self._middles[edges, :2], self._middles[edges, 2:] = pa, pb
        way = pb[:, 0] - pa[:, 0]
        half_a, half_b = scene.plate_w[a] / 2, scene.plate_w[b] / 2
        apart = np.abs(way) > half_a + half_b
        side = np.sign(way) * apart
        # One above the other: from right tip to right tip, beside the racks and not through their words.
        right = np.where(apart, 0.0, 1.0)
        self.lines[edges, 0] = pa[:, 0] + (side + right) * half_a
        self.lines[edges, 1] = pa[:, 1]
        self.lines[edges, 2] = pb[:, 0] - (side - right) * half_b
        self.lines[edges, 3] = pb[:, 1]
        self._low[edges] = np.minimum(self.lines[edges, :2], self.lines[edges, 2:])
        self._high[edges] = np.maximum(self.lines[edges, :2], self.lines[edges, 2:])

    def seen(self, area: Rect, hidden: Ints | None = None) -> Ints:
        """Edges whose box meets a world rectangle, without the ``hidden`` ones."""
        meets = (
            (self._high[:, 0] >= area[0])
            & (self._low[:, 0] <= area[2])
            & (self._high[:, 1] >= area[1])
            & (self._low[:, 1] <= area[3])
        )
        if hidden is not None and len(hidden):
            meets[hidden] = False
        return np.nonzero(meets)[0]

    def draw(self, painter: QPainter, edges: Ints, view: View, ink: Ink, crowd: int) -> None:
        """Draw these edges; ``crowd``: how many there are in the whole picture (decides on smoothing)."""
        if not len(edges):
            return
        # Far away a plate is smaller than its tips are apart: lines go to the middles.
        ends = (self._middles[edges] if view.level is Level.FAR else self.lines[edges]) * view.zoom
        ends[:, 0::2] += view.tx
        ends[:, 1::2] += view.ty
        smooth = crowd <= _SMOOTH
        faint = 1.0 if crowd <= _SMOOTH or view.level is Level.NEAR else 0.55
        # A pen of 1.01 px takes Qt's quick way; one of exactly 1 px does not (measured, 2 to 4 times).
        painter.setPen(ink.pen("link_wire", 1.0 if smooth else 1.01, alpha=1.0 if smooth else faint))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, smooth)
        draw_lines(painter, ends, smooth=smooth)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
