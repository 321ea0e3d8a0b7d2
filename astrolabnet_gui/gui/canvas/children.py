"""Children: sessions, batches and tasks drawn near, each at its slot, with stem, mark and words."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter

from ...model.kind import Health
from ...model.thing import Thing
from . import rack, shapes, words
from .ink import NO_BRUSH, Ink
from .plates import stamp, thin
from .scene import Scene
from .table import SESSION, TASK
from .view import View

_CENTRE = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop


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
    kind, zoom = int(scene.kind[row]), view.zoom
    x, y = view.to_screen(*scene.middle(row))
    down = thing.health is Health.GONE
    remembered = thing.stale_since is not None
    painter.save()
    painter.translate(x, y)
    painter.scale(zoom, zoom)
    dashed = remembered or (thing.health is Health.PENDING and kind == SESSION)
    token = "gone" if down else "failed" if thing.health is Health.FAILED and kind == SESSION else "edge"
    painter.setPen(thin(ink, token, zoom, dashed=dashed))
    painter.setBrush(NO_BRUSH if remembered else ink.brush("hover" if hovered else "raised"))
    painter.drawPath(shapes.outline(kind))
    painter.restore()
    if kind == SESSION:
        _language(painter, thing, x, y, zoom, ink)
        if thing.health not in (Health.OK, Health.BUSY) and not remembered:
            stamp(painter, thing.health, x + 10.5 * zoom, y - 10.5 * zoom, 11 * zoom, ink)
    elif thing.health is not Health.BUSY:
        stamp(painter, thing.health, x, y, 11 * zoom, ink)
    if kind == TASK:
        _beside(painter, thing, x, y, zoom, ink)
    else:
        _below(painter, thing, x, y + shapes.RING_R * zoom, zoom, ink)


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


def _language(painter: QPainter, thing: Thing, x: float, y: float, zoom: float, ink: Ink) -> None:
    face = ink.face(10.5 * zoom, strong=True)
    painter.setFont(face.font)
    painter.setPen(ink.colour("gone_text" if thing.health is Health.GONE else "text"))
    side = 2 * shapes.SESSION_R * zoom
    painter.drawText(QRectF(x - side / 2, y - side / 2, side, side), Qt.AlignmentFlag.AlignCenter, words.tongue(thing))


def _below(painter: QPainter, thing: Thing, x: float, y: float, zoom: float, ink: Ink) -> None:
    size, room = 11 * zoom, 60.0 * zoom
    painter.setFont(ink.face(size).font)
    painter.setPen(ink.colour("gone_text" if thing.health is Health.GONE else "text2"))
    text = ink.elide(words.below(thing), size, room)
    painter.drawText(QRectF(x - 40 * zoom, y + 2 * zoom, 80 * zoom, 20 * zoom), _CENTRE, text)


def _beside(painter: QPainter, thing: Thing, x: float, y: float, zoom: float, ink: Ink) -> None:
    """Name of a task and how it goes, to its right; the name gives way first."""
    size = 11 * zoom
    face = ink.face(size)
    painter.setFont(face.font)
    said = ink.elide(words.doing(thing), size, 70 * zoom, middle=False)
    left, room = x + 17 * zoom, 170.0 * zoom - face.metrics.horizontalAdvance(said) - 6 * zoom
    name = ink.elide(thing.label, size, max(30.0, room))
    base = y + face.metrics.ascent() / 2 - 1
    painter.setPen(ink.colour("gone_text" if thing.health is Health.GONE else "text"))
    painter.drawText(QPointF(left, base), name)
    painter.setPen(ink.colour(ink.word(thing.health)))
    painter.drawText(QPointF(left + face.metrics.horizontalAdvance(name) + 6 * zoom, base), said)
