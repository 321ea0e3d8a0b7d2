"""Children: sessions, batches, data and tasks drawn near, each at its slot, with stem, mark and words; sources too."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QImage, QPainter, QPen, QPixmap, QPolygonF

from ...model.kind import Health
from ...model.source import Source
from ...model.thing import Thing
from ..words import count
from . import rack, shapes, words
from .ink import NO_BRUSH, NO_PEN, Ink
from .plates import stamp, thin
from .scene import Scene
from .table import DATASET, HEALTHS, SESSION, SOURCE, TASK
from .view import Level, View


def draw_stems(painter: QPainter, scene: Scene, server: int, view: View, ink: Ink) -> None:
    """Lines from the plate down to the first row of children."""
    thing = scene.things[server]
    down = thing is None or thing.health is Health.GONE
    painter.setPen(ink.pen("gone" if down else "link_wire", 1.0))
    spot = scene.racks[server]
    if spot.folded:
        return
    sx, sy = scene.at[server].tolist()
    for row, slot in spot.slots.items():
        if slot < rack.COLUMNS:
            gap = shapes.RING_R + 1.5 if scene.kind[row] == SESSION else shapes.DRUM_H / 2
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
    ratio = ink.ratio(painter)
    key = (kind, words.tongue(thing), health, thing.stale_since is not None, hovered, zoom, ratio)
    body = ink.pictures.get(key) or _body(key, ink)
    half = body.width() / ratio / 2
    painter.drawPixmap(QPointF(round((x - half) * ratio) / ratio, round((y - half) * ratio) / ratio), body)
    if kind == TASK:
        _beside(painter, thing, health, x, y, zoom, ink)
    else:
        owner = int(scene.owner[row])
        wide = 2 if owner in scene.racks and scene.racks[owner].alone(row) else 1
        _below(painter, thing, health, x, y + shapes.RING_R * zoom, zoom, ink, room=60.0 * wide * zoom)


Look = tuple[int, str, Health, bool, bool, float, float]


def _body(key: Look, ink: Ink) -> QPixmap:
    """Silhouette with language and mark: drawn once for all that look the same."""
    kind, tongue, health, remembered, hovered, zoom, ratio = key
    sealed = tongue == words.SEALED
    side = 2 * math.ceil(20 * zoom + 2)
    image = QImage(round(side * ratio), round(side * ratio), QImage.Format.Format_ARGB32_Premultiplied)
    grain = ink.theme.text_scale
    image.setDevicePixelRatio(ratio / grain)
    image.fill(0)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(grain, grain)
    painter.translate(image.width() / ratio / 2, image.height() / ratio / 2)
    down = health is Health.GONE
    painter.save()
    painter.scale(zoom, zoom)
    dashed = remembered or (health is Health.PENDING and kind == SESSION)
    token = "gone" if down else "failed" if health is Health.FAILED and kind == SESSION else "edge"
    painter.setPen(thin(ink, token, zoom, dashed=dashed))
    painter.setBrush(NO_BRUSH if remembered else ink.brush("hover" if hovered else "raised"))
    painter.drawPath(shapes.outline(kind))
    if kind == DATASET:
        painter.drawPath(shapes.lid())
    painter.restore()
    if kind == DATASET:
        _proof(painter, health, sealed, zoom, ink)
    elif kind == SESSION:
        face = ink.face(10.5 * zoom, strong=True)
        painter.setFont(face.font)
        painter.setPen(ink.colour("gone_text" if down else "text"))
        wide = 2 * shapes.SESSION_R * zoom
        # "SQL" at the smallest size there is does not go into a small circle.
        shrunk = min(1.0, (wide - 4 * zoom) / max(1, face.metrics.horizontalAdvance(tongue)))
        painter.save()
        painter.scale(shrunk, shrunk)
        painter.drawText(QRectF(-wide, -wide, 2 * wide, 2 * wide), Qt.AlignmentFlag.AlignCenter, tongue)
        painter.restore()
        if health not in (Health.OK, Health.BUSY) and not remembered:
            stamp(painter, health, 10.5 * zoom, -10.5 * zoom, 11 * zoom, ink)
    elif health is not Health.BUSY:
        stamp(painter, health, 0, 0, 11 * zoom, ink)
    painter.end()
    if len(ink.pictures) > 500:
        ink.pictures.clear()
    made = ink.pictures[key] = QPixmap.fromImage(image)
    made.setDevicePixelRatio(ratio)
    return made


def _proof(painter: QPainter, health: Health, sealed: bool, zoom: float, ink: Ink) -> None:
    """Lower right of a drum: a check on a disc where it was proved equal, else its mark if it is not well."""
    at = QPointF(9.0 * zoom, 8.0 * zoom)
    if not sealed:
        if health is not Health.OK:
            stamp(painter, health, at.x(), at.y(), 11 * zoom, ink)
        return
    painter.setPen(NO_PEN)
    painter.setBrush(ink.brush("ok"))
    painter.drawEllipse(at, 6.0 * zoom, 6.0 * zoom)
    pen = QPen(ink.pen("canvas", 1.6 * zoom))
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    painter.setPen(pen)
    tick = ((-2.6, 0.2), (-0.7, 2.1), (2.8, -1.9))
    painter.drawPolyline(QPolygonF([QPointF(at.x() + x * zoom, at.y() + y * zoom) for x, y in tick]))


def draw_source(painter: QPainter, scene: Scene, row: int, view: View, ink: Ink, hovered: bool) -> None:
    """Triangle that points out, its name and where it is below."""
    thing = scene.things[row]
    if thing is None:
        return
    x, y = view.to_screen(*scene.middle(row))
    far = view.level is Level.FAR
    scale = 12 / shapes.SOURCE_SIDE if far else view.zoom
    down = thing.health is Health.GONE
    painter.save()
    painter.translate(x, y)
    painter.scale(scale, scale)
    pen = QPen(ink.pen("gone" if down else "flow", 1.5, dashed=down))
    pen.setWidthF(1.5 / scale)
    painter.setPen(pen)
    painter.setBrush(NO_BRUSH if down else ink.brush("hover" if hovered else "raised"))
    painter.drawPath(shapes.outline(SOURCE))
    painter.restore()
    if far:
        return
    stamp(painter, thing.health, x - 4 * scale, y, 15 * scale, ink)
    fact = thing.payload.place if isinstance(thing.payload, Source) else thing.fact
    lines = [(thing.label, 12.0, True, "text")]
    if fact and view.level is Level.NEAR:
        lines.append((fact, 11.0, False, "text2"))
    base = y + (shapes.SOURCE_SIDE / 2 + 4) * scale
    for text, size, strong, token in lines:
        face = ink.face(size * max(scale, 0.9), strong)
        base += face.metrics.height()
        painter.setFont(face.font)
        painter.setPen(ink.colour("gone_text" if down else token))
        words_fit = ink.elide(text, size * max(scale, 0.9), 150 * max(scale, 0.9), strong=strong)
        painter.drawText(QPointF(x - shapes.SOURCE_SIDE / 2 * scale, base - face.metrics.descent()), words_fit)


def draw_more(painter: QPainter, scene: Scene, server: int, view: View, ink: Ink) -> None:
    """ "+7" where a rack or a list of tasks has more than it shows, or under a folded plate."""
    for hidden, (dx, dy) in scene.racks[server].more:
        x, y = view.to_screen(scene.at[server, 0] + dx, scene.at[server, 1] + dy)
        painter.setFont(ink.face(11 * view.zoom).font)
        painter.setPen(ink.colour("text3"))
        painter.drawText(QPointF(x - 8 * view.zoom, y), f"+{count(hidden)}")


def _below(
    painter: QPainter, thing: Thing, health: Health, x: float, y: float, zoom: float, ink: Ink, room: float
) -> None:
    size = 11 * zoom
    painter.setFont(ink.face(size).font)
    painter.setPen(ink.colour("gone_text" if health is Health.GONE else "text2"))
    # Of six letters cut in the middle nothing is left to read.
    text = ink.elide(words.below(thing), size, room, middle=False)
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
