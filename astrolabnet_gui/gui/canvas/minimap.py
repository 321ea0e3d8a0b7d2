"""Minimap: the whole archipelago in the lower right corner, and the frame of what is on screen."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QImage, QPainter

from ...model.kind import Health
from .bulk import draw_rects
from .ink import NO_BRUSH, NO_PEN, Ink
from .scene import Scene
from .shapes import hexagon
from .table import HEALTHS, OF_HEALTH, SOURCE
from .view import Rect, View

# With more servers than this their shape is not seen any more.
_SHAPELY = 100
WIDE, HIGH, EDGE, PAD = 141.0, 100.0, 12.0, 10.0


class Minimap:
    """A small picture, kept until the scene says it is old."""

    def __init__(self) -> None:
        self._image: QImage | None = None
        self._map = (1.0, 0.0, 0.0)

    def spoil(self) -> None:
        """Something moved, came, went or changed its colour."""
        self._image = None

    def rect(self, view: View) -> QRectF:
        """Where it is on screen; empty while the window is too small for it."""
        if view.width < 2.4 * WIDE or view.height < 2.4 * HIGH:
            return QRectF()
        return QRectF(view.width - WIDE - EDGE, view.height - HIGH - EDGE, WIDE, HIGH)

    def world(self, view: View, x: float, y: float) -> tuple[float, float] | None:
        """World point under a screen point of the map; None beside it or before it was painted."""
        rect = self.rect(view)
        if not rect.contains(x, y) or self._image is None:
            return None
        scale, left, top = self._map
        return (x - rect.left() - left) / scale, (y - rect.top() - top) / scale

    def draw(self, painter: QPainter, scene: Scene, view: View, ink: Ink) -> None:
        """Paint it, if there is more than one server."""
        rect = self.rect(view)
        if rect.isEmpty() or len(scene.racks) < 2:
            return
        ratio = ink.ratio(painter)
        if self._image is None or self._image.devicePixelRatio() != ratio:
            self._image = self._render(scene, scene.bounds() or view.seen(), ink, ratio)
        painter.drawImage(rect.topLeft(), self._image)
        scale, left, top = self._map
        x0, y0, x1, y1 = view.seen()
        frame = QRectF(QPointF(x0 * scale + left, y0 * scale + top), QPointF(x1 * scale + left, y1 * scale + top))
        frame = frame.translated(rect.topLeft()).intersected(rect.adjusted(4, 4, -4, -4))
        painter.setPen(ink.pen("accent", 1.0))
        painter.setBrush(ink.brush("accent", 0.08))
        painter.drawRect(frame)

    def _render(self, scene: Scene, bounds: Rect, ink: Ink, ratio: float) -> QImage:
        image = QImage(round(WIDE * ratio), round(HIGH * ratio), QImage.Format.Format_ARGB32_Premultiplied)
        image.setDevicePixelRatio(ratio)
        image.fill(0)
        x0, y0, x1, y1 = bounds
        scale = min((WIDE - 2 * PAD) / max(1.0, x1 - x0), (HIGH - 2 * PAD) / max(1.0, y1 - y0), 0.12)
        left, top = WIDE / 2 - scale * (x0 + x1) / 2, HIGH / 2 - scale * (y0 + y1) / 2
        self._map = (scale, left, top)
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(ink.pen("border", 1.0))
        painter.setBrush(ink.brush("surface"))
        painter.drawRoundedRect(QRectF(0.5, 0.5, WIDE - 1, HIGH - 1), 6, 6)
        painter.setPen(NO_PEN)
        rows = scene.servers()
        wide, high = max(2, round(164 * scale)), max(2, round(60 * scale))
        for health in HEALTHS:
            mine = rows[scene.worst[rows] == OF_HEALTH[health]]
            if not len(mine):
                continue
            quiet = health in (Health.OK, Health.PENDING, Health.FLOW)
            painter.setBrush(ink.brush("text3" if quiet else health.value))
            x, y = scene.at[mine, 0] * scale + left, scene.at[mine, 1] * scale + top
            if len(rows) > _SHAPELY:
                draw_rects(painter, x - wide / 2, y - high / 2, wide, high)
                continue
            for spot in zip(x.tolist(), y.tolist(), strict=True):
                painter.drawPath(hexagon(wide, high, wide * 0.25).translated(*spot))
        painter.setBrush(ink.brush("flow"))
        roots = scene.roots()
        for x, y in scene.at[roots[scene.kind[roots] == SOURCE]].tolist():
            painter.drawRect(QRectF(x * scale + left - wide / 4, y * scale + top - high / 2, wide / 2, high))
        painter.setBrush(NO_BRUSH)
        painter.end()
        return image
