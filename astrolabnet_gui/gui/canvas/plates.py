"""Plates: servers drawn near and at middle distance: hexagon, shorelines, waterline, name and second line."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from ...model.kind import Health
from ...model.thing import Thing
from ..marks import mark_pixmap
from . import rack, shapes, words
from .ink import NO_BRUSH, NO_PEN, Ink
from .scene import Scene
from .table import SERVER
from .view import Level, View

_INSET = 32.0
_WATER = 3.5


def plate_width(thing: Thing, cores: words.Cores | None, now: datetime, ink: Ink) -> float:
    """World width a plate needs for its two lines: from 164 to 214 px, in steps of 10, so that it is rarely new."""
    wide = ink.theme.graph["plate_max"]
    name = ink.width(thing.label, 13, True)
    fact = ink.width(words.plate(thing, cores, now), 11)
    return min(float(wide), max(rack.PLATE_W, -(-(_INSET + 22.0 + max(name, fact)) // 10) * 10))


def draw_plate(painter: QPainter, scene: Scene, row: int, view: View, ink: Ink, now: datetime, hovered: bool) -> None:
    """One server. The painter is in screen coordinates."""
    thing = scene.things[row]
    if thing is None:
        return
    x, y = view.to_screen(*scene.at[row].tolist())
    zoom, width = view.zoom, float(scene.plate_w[row])
    down = thing.health is Health.GONE
    painter.save()
    painter.translate(x, y)
    painter.scale(zoom, zoom)
    if view.level is Level.MIDDLE:
        painter.scale(*shapes.MIDDLE_STRETCH)
    if words.is_island(thing):
        alpha = ink.theme.graph["down_alpha"] if down else 1.0
        for grow in (11.0, 6.0) if view.level is Level.NEAR else (6.0,):
            painter.setPen(thin(ink, "gone" if down else "edge", zoom, alpha * (0.45 if grow > 6 else 0.75)))
            painter.setBrush(NO_BRUSH)
            painter.drawPath(shapes.outline(SERVER, width, grow))
    path = shapes.outline(SERVER, width)
    painter.setPen(NO_PEN)
    filled = not down and not ink.theme.high_contrast
    painter.setBrush(ink.brush(("hover" if hovered else "raised") if filled else "canvas"))
    painter.drawPath(path)
    cores = scene.cores.get(row)
    if cores and not down and view.level is Level.NEAR:
        _waterline(painter, width, cores, ink)
    painter.setPen(thin(ink, "gone" if down else "edge", zoom, dashed=down))
    painter.setBrush(NO_BRUSH)
    painter.drawPath(path)
    painter.restore()
    if view.level is Level.NEAR:
        _two_lines(painter, thing, x, y, width, zoom, ink, words.plate(thing, cores, now))
    else:
        _one_line(painter, thing, x, y, width, zoom, ink)


def thin(ink: Ink, token: str, zoom: float, alpha: float = 1.0, dashed: bool = False) -> QPen:
    """A line that is as thin on screen at every zoom."""
    pen = QPen(ink.pen(token, 1.0, dashed=dashed, alpha=alpha))
    pen.setWidthF(pen.widthF() / zoom)
    return pen


def _waterline(painter: QPainter, width: float, cores: words.Cores, ink: Ink) -> None:
    """Cores in use: a bar on the lower edge between the tips."""
    left, long = -width / 2 + shapes.TIP, width - 2 * shapes.TIP
    top = rack.PLATE_H / 2 - _WATER
    painter.fillRect(QRectF(left, top, long, _WATER), ink.colour("border"))
    share = min(1.0, cores[0] / cores[1]) if cores[1] else 0.0
    painter.fillRect(QRectF(left, top, long * share, _WATER), ink.colour("text3"))


def _two_lines(
    painter: QPainter, thing: Thing, x: float, y: float, width: float, zoom: float, ink: Ink, second: str
) -> None:
    down = thing.health is Health.GONE
    left, room = x + (-width / 2 + _INSET + 2) * zoom, (width - _INSET - 20) * zoom
    stamp(painter, thing.health, x + (-width / 2 + 20) * zoom, y - 8 * zoom, 12 * zoom, ink)
    for text, size, strong, token, base in (
        (thing.label, 13 * zoom, True, "text", -3.5 * zoom),
        (second, 11 * zoom, False, "text2", 11.5 * zoom),
    ):
        painter.setFont(ink.face(size, strong).font)
        painter.setPen(ink.colour("gone_text" if down else token))
        painter.drawText(QPointF(left, y + base), ink.elide(text, size, room, strong=strong, middle=strong))


def _one_line(painter: QPainter, thing: Thing, x: float, y: float, width: float, zoom: float, ink: Ink) -> None:
    """Mark and name in the middle of the plate; the name goes where it would not be readable."""
    face = ink.face(11, strong=True)
    room = (width * shapes.MIDDLE_STRETCH[0] - shapes.TIP) * zoom - 4
    stamp_w = 10.0
    name = ink.elide(thing.label, 11, room - stamp_w - 4, strong=True) if room > 34 else ""
    wide = ink.width(name, 11, True)
    left = x - (stamp_w + (4 + wide if name else 0)) / 2
    stamp(painter, thing.health, left + stamp_w / 2, y, stamp_w, ink)
    if name:
        painter.setFont(face.font)
        painter.setPen(ink.colour("gone_text" if thing.health is Health.GONE else "text"))
        top = y - face.metrics.height() / 2
        painter.drawText(
            QRectF(left + stamp_w + 4, top, wide + 4, face.metrics.height()), Qt.AlignmentFlag.AlignVCenter, name
        )


def stamp(painter: QPainter, health: Health, x: float, y: float, size: float, ink: Ink) -> None:
    """A state's mark with its middle at a screen point."""
    side = max(8, round(size))
    pixmap = mark_pixmap(health, ink.theme, side, ink.ratio(painter))
    painter.drawPixmap(QPointF(x - side / 2, y - side / 2), pixmap)
