"""Marks: the eight signs of a state. Shape first, colour second; one drawing for tree, panels and graph."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QImage, QPainter, QPainterPath, QPen, QPixmap, QPolygonF

from ..model.kind import Health
from .theme import Theme

_CAP, _JOIN = Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin


def paint_mark(painter: QPainter, rect: QRectF, health: Health, theme: Theme) -> None:
    """Paint the mark of a state into the square in the middle of ``rect``. The painter comes back as it was."""
    side = min(rect.width(), rect.height())
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(rect.center())
    painter.scale(side / 12.0, side / 12.0)
    _DRAWN[health](painter, QColor(theme.mark(health)), QColor(theme.canvas), side)
    painter.restore()


def mark_pixmap(health: Health, theme: Theme, size: int, ratio: float = 1.0) -> QPixmap:
    """Mark of ``size`` logical pixels for a screen of that pixel ratio. Cached; call it in the GUI's thread."""
    key = (health, theme.mark(health), theme.canvas, size, ratio)
    found = _KEPT.get(key)
    if found is None:
        if len(_KEPT) > 512:
            _KEPT.clear()
        image = QImage(round(size * ratio), round(size * ratio), QImage.Format.Format_ARGB32_Premultiplied)
        image.setDevicePixelRatio(ratio)
        image.fill(0)
        painter = QPainter(image)
        paint_mark(painter, QRectF(0, 0, size, size), health, theme)
        painter.end()
        found = _KEPT[key] = QPixmap.fromImage(image)
    return found


_KEPT: dict[tuple[Health, str, str, int, float], QPixmap] = {}

# Each draws on a field from -6 to 6; ``ground`` is cut out of filled shapes; ``side`` is the size on screen.
_Draw = Callable[[QPainter, QColor, QColor, float], None]


def _pen(colour: QColor, width: float) -> QPen:
    return QPen(QBrush(colour), width, Qt.PenStyle.SolidLine, _CAP, _JOIN)


def _disc(painter: QPainter, ink: QColor, _ground: QColor, _side: float) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ink)
    painter.drawEllipse(QPointF(0, 0), 4.0, 4.0)


def _arc(painter: QPainter, ink: QColor, _ground: QColor, _side: float) -> None:
    faint = QColor(ink)
    faint.setAlphaF(0.28)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(_pen(faint, 1.9))
    painter.drawEllipse(QPointF(0, 0), 4.0, 4.0)
    pen = _pen(ink, 1.9)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    painter.setPen(pen)
    painter.drawArc(QRectF(-4, -4, 8, 8), 90 * 16, -270 * 16)


def _dashes(painter: QPainter, ink: QColor, _ground: QColor, _side: float) -> None:
    pen = QPen(QBrush(ink), 1.7, Qt.PenStyle.CustomDashLine, Qt.PenCapStyle.FlatCap)
    # Eight dashes around a circle of radius 4, measured in pen widths.
    step = 25.13 / 8 / 1.7
    pen.setDashPattern([step * 0.58, step * 0.42])
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(pen)
    painter.drawEllipse(QPointF(0, 0), 4.0, 4.0)


def _triangle(painter: QPainter, ink: QColor, ground: QColor, _side: float) -> None:
    painter.setPen(_pen(ink, 1.2))
    painter.setBrush(ink)
    painter.drawPolygon(QPolygonF([QPointF(0, -4.6), QPointF(4.7, 3.8), QPointF(-4.7, 3.8)]))
    painter.setPen(_pen(ground, 1.3))
    painter.drawLine(QPointF(0, -1.9), QPointF(0, 1.0))
    painter.drawPoint(QPointF(0, 2.8))


def _crossed_square(painter: QPainter, ink: QColor, ground: QColor, _side: float) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ink)
    painter.drawRoundedRect(QRectF(-4.8, -4.8, 9.6, 9.6), 1.2, 1.2)
    painter.setPen(_pen(ground, 1.5))
    painter.drawLine(QPointF(-2.1, -2.1), QPointF(2.1, 2.1))
    painter.drawLine(QPointF(-2.1, 2.1), QPointF(2.1, -2.1))


def _slashed_ring(painter: QPainter, ink: QColor, _ground: QColor, _side: float) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(_pen(ink, 1.4))
    painter.drawEllipse(QPointF(0, 0), 3.8, 3.8)
    painter.drawLine(QPointF(-4.9, 4.9), QPointF(4.9, -4.9))


def _diamond(painter: QPainter, ink: QColor, ground: QColor, side: float) -> None:
    painter.setPen(_pen(ink, 0.8))
    painter.setBrush(ink)
    painter.drawPolygon(QPolygonF([QPointF(0, -5.2), QPointF(5.2, 0), QPointF(0, 5.2), QPointF(-5.2, 0)]))
    if side < 16:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ground)
        painter.drawEllipse(QPointF(0, 0), 1.6, 1.6)
        return
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(_pen(ground, 1.1))
    hook = QPainterPath(QPointF(-1.4, -1.2))
    hook.cubicTo(QPointF(-1.4, -3.1), QPointF(1.5, -3.1), QPointF(1.4, -1.2))
    hook.cubicTo(QPointF(1.3, -0.1), QPointF(0, -0.1), QPointF(0, 1.0))
    painter.drawPath(hook)
    painter.drawPoint(QPointF(0, 2.7))


def _chevrons(painter: QPainter, ink: QColor, _ground: QColor, _side: float) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(_pen(ink, 1.8))
    for x in (-3.6, 0.6):
        painter.drawPolyline(QPolygonF([QPointF(x, -3.4), QPointF(x + 3.2, 0), QPointF(x, 3.4)]))


_DRAWN: dict[Health, _Draw] = {
    Health.OK: _disc,
    Health.BUSY: _arc,
    Health.PENDING: _dashes,
    Health.WARN: _triangle,
    Health.FAILED: _crossed_square,
    Health.GONE: _slashed_ring,
    Health.UNKNOWN: _diamond,
    Health.FLOW: _chevrons,
}
