"""Shapes: one outline per kind of thing, around the point (0, 0), in world pixels."""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainterPath, QPolygonF

from .rack import PLATE_H
from .table import BATCH, DATASET, SERVER, SESSION, SOURCE, TASK

TIP = 16.0
SESSION_R = 14.0
TASK_SIDE = 18.0
BATCH_SIDE = 20.0
RING_R = SESSION_R + 3.5
SOURCE_SIDE = 34.0
DRUM_W, DRUM_H = 22.0, 22.0
# At the middle level a plate is a little larger than life, for its name.
MIDDLE_STRETCH = (1.1, 1.22)


@cache
def hexagon(width: float, height: float, tip: float) -> QPainterPath:
    """Long hexagon with its tips left and right."""
    w, h = width / 2, height / 2
    return _closed([(-w, 0), (-w + tip, -h), (w - tip, -h), (w, 0), (w - tip, h), (-w + tip, h)])


@cache
def outline(kind: int, width: float = 0.0, grow: float = 0.0) -> QPainterPath:
    """Silhouette of a kind, ``grow`` px larger all around; ``width`` is a server's plate."""
    path = QPainterPath()
    if kind == SERVER:
        # A hexagon grown by g at all sides gets tips g × 1.22 further out (for tips 16 deep, 46 high).
        return hexagon(width + 2.45 * grow, PLATE_H + 2 * grow, TIP + 0.7 * grow)
    if kind == SESSION:
        r = SESSION_R + grow
        path.addEllipse(QPointF(0, 0), r, r)
    elif kind == TASK:
        half = TASK_SIDE / 2 + grow
        path.addRoundedRect(QRectF(-half, -half, 2 * half, 2 * half), 4.5 + grow / 2, 4.5 + grow / 2)
    elif kind == BATCH:
        h, cut = BATCH_SIDE / 2 + grow, 6.0 + grow * 0.4
        return _closed([(-h, -h), (h - cut, -h), (h, -h + cut), (h, h), (-h, h)])
    elif kind == DATASET:
        w, h, lid = DRUM_W / 2 + grow, DRUM_H / 2 + grow, 4.0
        path.moveTo(-w, -h + lid)
        path.arcTo(QRectF(-w, -h, 2 * w, 2 * lid), 180, -180)
        path.lineTo(w, h - lid)
        path.arcTo(QRectF(-w, h - 2 * lid, 2 * w, 2 * lid), 0, -180)
        path.closeSubpath()
    elif kind == SOURCE:
        h = SOURCE_SIDE / 2 + grow * 1.3
        return _closed([(-h * 0.9, -h), (h, 0), (-h * 0.9, h)])
    return path


@cache
def lid() -> QPainterPath:
    """Lower rim of a drum's lid."""
    path = QPainterPath()
    w, h, deep = DRUM_W / 2, DRUM_H / 2, 4.0
    path.arcMoveTo(QRectF(-w, -h, 2 * w, 2 * deep), 180)
    path.arcTo(QRectF(-w, -h, 2 * w, 2 * deep), 180, 180)
    return path


def _closed(points: list[tuple[float, float]]) -> QPainterPath:
    path = QPainterPath()
    path.addPolygon(QPolygonF([QPointF(x, y) for x, y in points]))
    path.closeSubpath()
    return path
