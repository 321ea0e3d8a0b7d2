"""Children: sessions, batches and tasks drawn near, each at its slot, with stem, mark and words."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QImage, QPainter, QPixmap

from ...model.kind import Health
from ...model.thing import Thing
from . import rack, shapes, words
from .ink import NO_BRUSH, Ink
from .plates import stamp, thin
from .scene import Scene
from .table import HEALTHS, SESSION, TASK
from .view import View


def draw_stems(painter: QPainter, scene: Scene, server: int, view: View, ink: Ink) -> None:
    """Lines from the plate down to the first row of children."""
    thing = scene.things[server]
    down = thing is None or thing.health is Health.GONE
    painter.setPen(ink.pen("gone" if down else "link_wire", 1.0))
    spot = scene.racks[server]
    sx, sy = scene.at[server].tolist()
    for row, slot in spot.slots.items():
        if slot < rack.COLUMNS:
            gap = shapes.RING_R + 1.5 if scene.kind[row] == SESSION else shapes.BATCH_SIDE / 2
            x, top = view.to_screen(sx + scene.offset[row, 0], sy + rack.PLATE_H / 2)
            bottom = view.to_screen(0, sy + scene.offset[row, 1] - gap)[1]
            painter.drawLine(QPointF(round(x) + 0.5, top), QPointF(round(x) + 0.5, bottom))


def draw_child(painter: QPainter, scene: Scene, row: int, view: View, ink: Ink, hovered: bool) -> None:
    """One session, batch or task without its living ring."""
    thing = scene.things[row]
    if thing is None:
        return
    kind, zoom, health = int(scene.kind[row]), view.zoom, HEALTHS[scene.health[row]]
    x, y = view.to_screen(*scene.middle(row))
    device = painter.device()
    ratio = float(device.devicePixelRatio()) if device is not None else 1.0
    key = (kind, words.tongue(thing), health, thing.stale_since is not None, hovered, zoom, ratio)
    body = ink.pictures.get(key) or _body(key, ink)
    half = body.width() / ratio / 2
    painter.drawPixmap(QPointF(round((x - half) * ratio) / ratio, round((y - half) * ratio) / ratio), body)
    if kind == TASK:
        _beside(painter, thing, health, x, y, zoom, ink)
    else:
        _below(painter, thing, health, x, y + shapes.RING_R * zoom, zoom, ink)


Look = tuple[int, str, Health, bool, bool, float, float]


def _body(key: Look, ink: Ink) -> QPixmap:
    """Silhouette with language and mark: drawn once for all that look the same."""
    kind, tongue, health, remembered, hovered, zoom, ratio = key
    side = 2 * math.ceil(20 * zoom + 2)
    image = QImage(round(side * ratio), round(side * ratio), QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(ratio)
    image.fill(0)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(image.width() / ratio / 2, image.height() / ratio / 2)
    down = health is Health.GONE
    painter.save()
    painter.scale(zoom, zoom)
    dashed = remembered or (health is Health.PENDING and kind == SESSION)
    token = "gone" if down else "failed" if health is Health.FAILED and kind == SESSION else "edge"
    painter.setPen(thin(ink, token, zoom, dashed=dashed))
    painter.setBrush(NO_BRUSH if remembered else ink.brush("hover" if hovered else "raised"))
    painter.drawPath(shapes.outline(kind))
    painter.restore()
    if kind == SESSION:
        painter.setFont(ink.face(10.5 * zoom, strong=True).font)
        painter.setPen(ink.colour("gone_text" if down else "text"))
        wide = 2 * shapes.SESSION_R * zoom
        painter.drawText(QRectF(-wide / 2, -wide / 2, wide, wide), Qt.AlignmentFlag.AlignCenter, tongue)
        if health not in (Health.OK, Health.BUSY) and not remembered:
            stamp(painter, health, 10.5 * zoom, -10.5 * zoom, 11 * zoom, ink)
    elif health is not Health.BUSY:
        stamp(painter, health, 0, 0, 11 * zoom, ink)
    painter.end()
    if len(ink.pictures) > 500:
        ink.pictures.clear()
    made = ink.pictures[key] = QPixmap.fromImage(image)
    return made


def draw_more(painter: QPainter, scene: Scene, server: int, view: View, ink: Ink) -> None:
    """ "+7" under a list of tasks that has more than it shows."""
    spot = scene.racks[server]
    if not spot.hidden:
        return
    dx, dy = spot.task_at(rack.TASKS_SHOWN)
    x, y = view.to_screen(scene.at[server, 0] + dx, scene.at[server, 1] + dy)
    painter.setFont(ink.face(11 * view.zoom).font)
    painter.setPen(ink.colour("text3"))
    painter.drawText(QPointF(x - 8 * view.zoom, y), f"+{spot.hidden}")


def _below(painter: QPainter, thing: Thing, health: Health, x: float, y: float, zoom: float, ink: Ink) -> None:
    size, room = 11 * zoom, 60.0 * zoom
    painter.setFont(ink.face(size).font)
    painter.setPen(ink.colour("gone_text" if health is Health.GONE else "text2"))
    text = ink.elide(words.below(thing), size, room)
    left = x - ink.width(text, round(size)) / 2
    painter.drawText(QPointF(left, y + 2 * zoom + ink.face(size).metrics.ascent()), text)


def _beside(painter: QPainter, thing: Thing, health: Health, x: float, y: float, zoom: float, ink: Ink) -> None:
    """Name of a task and how it goes, to its right; the name gives way first."""
    size = 11 * zoom
    face = ink.face(size)
    painter.setFont(face.font)
    said = ink.elide(words.doing(thing), size, 70 * zoom, middle=False)
    left, room = x + 17 * zoom, 170.0 * zoom - face.metrics.horizontalAdvance(said) - 6 * zoom
    name = ink.elide(thing.label, size, max(30.0, room))
    base = y + face.metrics.ascent() / 2 - 1
    painter.setPen(ink.colour("gone_text" if health is Health.GONE else "text"))
    painter.drawText(QPointF(left, base), name)
    painter.setPen(ink.colour(ink.word(health)))
    painter.drawText(QPointF(left + face.metrics.horizontalAdvance(name) + 6 * zoom, base), said)
