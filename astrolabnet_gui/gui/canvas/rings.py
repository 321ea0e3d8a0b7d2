"""Rings: progress as it lives on the chart. Each goes to its new value in 160 ms; without one a quarter turns."""

from __future__ import annotations

import math
from collections.abc import Iterable

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from ...model.kind import Health
from . import shapes
from .ink import NO_BRUSH, Ink
from .scene import Scene
from .table import OF_HEALTH, SERVER, SESSION, Ints
from .view import Level, View

# More than this on screen at once stand still, for their drawing would take the frame.
LIVING = 150


class Rings:
    """Values as they are shown now, by row."""

    def __init__(self) -> None:
        self._way: dict[int, tuple[float, float, float]] = {}
        self.moving = False
        self.turning = False

    def forget(self, rows: Iterable[int] | None = None) -> None:
        """Rows that no longer mean what they meant (all, if None)."""
        if rows is None:
            self._way.clear()
        else:
            for row in rows:
                self._way.pop(row, None)

    def value(self, row: int, target: float, now_s: float, move_s: float) -> float:
        """Where a ring stands on its way to ``target``."""
        start, goal, since = self._way.get(row, (target, target, now_s))
        if goal != target:
            start, goal, since = self._between(start, goal, since, now_s, move_s), target, now_s
        self._way[row] = (start, goal, since)
        shown = self._between(start, goal, since, now_s, move_s)
        self.moving |= shown != goal
        return shown

    @staticmethod
    def _between(start: float, goal: float, since: float, now_s: float, move_s: float) -> float:
        part = 1.0 if move_s <= 0 else min(1.0, (now_s - since) / move_s)
        return start + (goal - start) * (1 - (1 - part) ** 3) if part < 1.0 else goal

    def draw(self, painter: QPainter, scene: Scene, rows: Ints, view: View, ink: Ink, now_s: float) -> None:
        """Rings of these rows; says in ``moving`` and ``turning`` whether another frame is wanted."""
        self.moving = self.turning = False
        still = len(rows) > LIVING or ink.theme.reduced_motion
        move_s = 0.0 if still else ink.theme.motion["move"] / 1000
        turn_s = ink.theme.motion["pulse"] / 1000
        painter.setBrush(NO_BRUSH)
        for row in rows.tolist():
            x, y = view.to_screen(*scene.middle(row))
            session = scene.kind[row] == SESSION
            radius = (shapes.RING_R if session else 5.0) * view.zoom
            wide = max(1.5, (3.0 if session else 2.6) * view.zoom)
            circle = QRectF(x - radius, y - radius, 2 * radius, 2 * radius)
            painter.setPen(QPen(ink.pen("busy", wide, alpha=0.28)))
            painter.drawEllipse(QPointF(x, y), radius, radius)
            pen = QPen(ink.pen("busy", wide))
            pen.setCapStyle(Qt.PenCapStyle.FlatCap)
            painter.setPen(pen)
            target = running(scene, row)
            if math.isnan(target):
                turn = 0.0 if still or not turn_s else (now_s / turn_s) % 1.0
                self.turning |= not still
                painter.drawArc(circle, round((90 - 360 * turn) * 16), -90 * 16)
            else:
                painter.drawArc(circle, 90 * 16, -round(360 * 16 * self.value(row, target, now_s, move_s)))


def running(scene: Scene, row: int) -> float:
    """Progress of a thing, or of the task that runs in a session; NaN = not known."""
    own = float(scene.progress[row])
    thing = scene.things[row]
    if not math.isnan(own) or thing is None or scene.kind[row] != SESSION:
        return own
    for task in scene.racks[int(scene.owner[row])].tasks:
        child = scene.things[task]
        if child is not None and child.progress is not None and child.key.parent == thing.key:
            return child.progress
    return math.nan


def ringed(scene: Scene, view: View) -> Ints:
    """Rows on screen that are at work."""
    if view.level is Level.FAR:
        return scene.owner[:0]
    rows = (scene.shown & (scene.kind != SERVER) & (scene.health == OF_HEALTH[Health.BUSY])).nonzero()[0]
    middles = scene.at[scene.owner[rows]] + scene.offset[rows]
    x0, y0, x1, y1 = view.seen()
    inside = (
        (middles[:, 0] > x0 - 20) & (middles[:, 0] < x1 + 20) & (middles[:, 1] > y0 - 20) & (middles[:, 1] < y1 + 20)
    )
    found: Ints = rows[inside]
    return found
