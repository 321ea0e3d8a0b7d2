"""Rings: progress as it lives on the chart. Each goes to its new value in 160 ms; without one a quarter turns."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QImage, QPainter, QPen, QPixmap

from ...model.kind import Health
from . import shapes
from .bulk import draw_stamps
from .ink import NO_BRUSH, Ink
from .scene import Scene
from .table import BATCH, OF_HEALTH, SESSION, TASK, Floats, Ints
from .view import Level, View

# More than this on screen at once stand still: nobody follows them, and their way would take the frame.
LIVING = 150
_STEPS, _TURNS = 100, 24

# Radius and width on screen, pixel ratio, colour.
Look = tuple[float, float, float, str]


class Rings:
    """Values as they are shown now, by row, and the pictures of rings.

    Attributes:
        moving: a ring is on its way to its value: another frame is wanted at once.
        turning: a ring turns: another frame is wanted soon.
    """

    def __init__(self) -> None:
        self._way: dict[int, tuple[float, float, float]] = {}
        self._pictures: dict[tuple[object, ...], QPixmap] = {}
        self.moving = False
        self.turning = False

    def forget(self, rows: Iterable[int] | None = None) -> None:
        """Rows that no longer mean what they meant (all, if None)."""
        for row in list(self._way) if rows is None else rows:
            self._way.pop(row, None)

    def value(self, row: int, target: float, now_s: float, move_s: float) -> float:
        """Where a ring stands on its way to ``target``."""
        start, goal, since = self._way.get(row, (target, target, now_s))
        if goal != target:
            start, goal, since = _between(start, goal, since, now_s, move_s), target, now_s
        self._way[row] = (start, goal, since)
        shown = _between(start, goal, since, now_s, move_s)
        self.moving |= shown != goal
        return shown

    def draw(self, painter: QPainter, scene: Scene, rows: Ints, view: View, ink: Ink, now_s: float) -> None:
        """Rings of these rows."""
        self.moving = self.turning = False
        if not len(rows):
            return
        still = len(rows) > LIVING or ink.theme.reduced_motion
        move_s, turn_s = ink.theme.motion["move"] / 1000, ink.theme.motion["pulse"] / 1000
        turn = int(now_s / turn_s * _TURNS) % _TURNS if turn_s else 0
        ratio = ink.ratio(painter)
        middles = (scene.at[scene.owner[rows]] + scene.offset[rows]) * view.zoom + (view.tx, view.ty)
        sessions = (scene.kind[rows] == SESSION).tolist()
        looks = (self._look(True, view.zoom, ink, ratio), self._look(False, view.zoom, ink, ratio))
        if still:
            self._stamp(painter, middles, scene, rows, looks, ink)
            return
        for row, (x, y), session, target in zip(
            rows.tolist(), middles.tolist(), sessions, scene.ring[rows].tolist(), strict=True
        ):
            if math.isnan(target):
                step = -1 - turn
                self.turning = True
            else:
                step = round(_STEPS * self.value(row, target, now_s, move_s))
            look = looks[0 if session else 1]
            picture = self._pictures.get((step, *look)) or self._make(step, look, ink)
            half = picture.width() / ratio / 2
            painter.drawPixmap(QPointF(x - half, y - half), picture)

    def _stamp(
        self, painter: QPainter, middles: Floats, scene: Scene, rows: Ints, looks: tuple[Look, Look], ink: Ink
    ) -> None:
        """Rings that stand still: all that look the same in one call."""
        steps = np.rint(np.nan_to_num(scene.ring[rows] * _STEPS, nan=-1.0)).astype(np.int64)
        looked = 2 * steps + (scene.kind[rows] != SESSION)
        for code in np.unique(looked).tolist():
            step, look = code // 2, looks[code % 2]
            picture = self._pictures.get((step, *look)) or self._make(step, look, ink)
            here = middles[looked == code]
            pieces = np.zeros((len(here), 10))
            pieces[:, :2] = here
            pieces[:, 4], pieces[:, 5] = picture.width(), picture.height()
            pieces[:, 6:8] = 1.0 / look[2]
            pieces[:, 9] = 1.0
            draw_stamps(painter, pieces, picture)

    def _look(self, session: bool, zoom: float, ink: Ink, ratio: float) -> Look:
        """Radius and width on screen, in half pixels, so that a zoom needs few new pictures."""
        radius = round(2 * (shapes.RING_R if session else 5.0) * zoom) / 2
        wide = max(1.5, round(2 * (3.0 if session else 2.6) * zoom) / 2)
        return radius, wide, ratio, ink.theme.busy

    def _make(self, step: int, look: Look, ink: Ink) -> QPixmap:
        """Picture of one ring; ``step``: hundredths, or below 0 the place of a turning quarter."""
        radius, wide, ratio, _ = look
        side = math.ceil(2 * radius + wide + 2)
        image = QImage(round(side * ratio), round(side * ratio), QImage.Format.Format_ARGB32_Premultiplied)
        image.setDevicePixelRatio(ratio)
        image.fill(0)
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(NO_BRUSH)
        centre = QPointF(image.width() / ratio / 2, image.height() / ratio / 2)
        painter.setPen(QPen(ink.pen("busy", wide, alpha=0.28)))
        painter.drawEllipse(centre, radius, radius)
        pen = QPen(ink.pen("busy", wide))
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        painter.setPen(pen)
        circle = QRectF(centre.x() - radius, centre.y() - radius, 2 * radius, 2 * radius)
        start, span = (90, -3.6 * step) if step >= 0 else (90 + 360 * (step + 1) / _TURNS, -90)
        painter.drawArc(circle, round(16 * start), round(16 * span))
        painter.end()
        if len(self._pictures) > 1500:
            self._pictures.clear()
        made = self._pictures[(step, *look)] = QPixmap.fromImage(image)
        return made


def _between(start: float, goal: float, since: float, now_s: float, move_s: float) -> float:
    part = 1.0 if move_s <= 0 else min(1.0, (now_s - since) / move_s)
    return start + (goal - start) * (1 - (1 - part) ** 3) if part < 1.0 else goal


def ringed(scene: Scene, view: View) -> Ints:
    """Rows on screen that are at work."""
    if view.level is Level.FAR:
        return scene.owner[:0]
    busy = scene.shown & (scene.health == OF_HEALTH[Health.BUSY])
    rows = np.nonzero(busy & np.isin(scene.kind, (SESSION, TASK, BATCH)))[0]
    x, y = (scene.at[scene.owner[rows]] + scene.offset[rows]).T
    x0, y0, x1, y1 = view.seen()
    found: Ints = rows[(x > x0 - 20) & (x < x1 + 20) & (y > y0 - 20) & (y < y1 + 20)]
    return found
