"""Channels: wires painted with casing, chevrons, holes and capsule."""

from __future__ import annotations

import math
from datetime import datetime

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen, QPolygonF

from ...model.kind import Health
from ..icons import icon_pixmap
from .course import Course, piece
from .ink import NO_BRUSH, NO_PEN, Ink
from .plates import stamp
from .view import Level, View
from .wire import Form, Wire

CHEVRON = 44.0
_CASING = 5.0
_HIGH = 24.0
# Half of the hole in a broken line, screen px.
_HOLE = 15.0
_HOLED = (Form.FAILED, Form.GAP, Form.PAUSED, Form.LOST, Form.SEALED)
_NOTE_ROOM = 190.0


def thickness(wire: Wire) -> float:
    """1.5 to 4.5 px by the logarithm of bytes a second, 1 kB/s to 1 GB/s."""
    if wire.form is Form.SEALED or not wire.rate_bytes_s:
        return 2.5 if wire.form in (Form.FAILED, Form.GAP) else 1.5
    return min(4.5, 1.5 + max(0.0, math.log10(max(1.0, wire.rate_bytes_s)) - 3) * 0.5)


def draw_wire(painter: QPainter, run: Course, view: View, ink: Ink) -> None:
    """Line with its casing, so that crossings read as bridges; chevrons and capsule come later, above."""
    wire = run.wire
    wide = thickness(wire)
    far = view.level is Level.FAR
    painter.save()
    painter.translate(view.tx, view.ty)
    painter.scale(view.zoom, view.zoom)
    painter.setBrush(NO_BRUSH)
    if not far:
        painter.setPen(_flat(ink.pen("canvas", wide + 2 * _CASING), view.zoom))
        painter.drawPath(run.casing)
    pen = _flat(ink.pen(wire.health.value, wide, alpha=0.68 if wire.moves and not far else 1.0), view.zoom)
    if wire.form is Form.PAUSED:
        pen.setDashPattern([10 / wide, 6 / wide])
    elif wire.form is Form.LOST:
        pen.setDashPattern([1 / wide, 5 / wide])
    painter.setPen(pen)
    for part in _parts(run, view):
        painter.drawPath(part)
    if far:
        for end, root in zip(run.ends, run.roots, strict=True):
            painter.drawLine(QPointF(*end), QPointF(*root))
    painter.restore()
    if not far:
        painter.setPen(NO_PEN)
        painter.setBrush(ink.brush(wire.health.value))
        radius = 2.5 if wire.form is Form.SEALED else 3.5
        for end in run.ends:
            painter.drawEllipse(QPointF(*view.to_screen(*end)), radius, radius)
        if wire.form is Form.GAP:
            _stops(painter, run, view, ink)


def _parts(run: Course, view: View) -> list[QPainterPath]:
    """The line, or what its hole leaves of it."""
    hole = _hole(run, view)
    return [run.path] if hole is None else [piece(run.path, 0.0, hole[0]), piece(run.path, hole[1], 1.0)]


def _hole(run: Course, view: View) -> tuple[float, float] | None:
    """Where the hole begins and ends, as Qt counts along a path; None = there is none."""
    long = run.path.length()
    if run.wire.form not in _HOLED or view.level is Level.FAR or long * view.zoom < 4 * _HOLE:
        return None
    half = _HOLE / view.zoom
    return run.path.percentAtLength(long / 2 - half), run.path.percentAtLength(long / 2 + half)


def _stops(painter: QPainter, run: Course, view: View, ink: Ink) -> None:
    """Two bars at the edges of the hole: nothing is there to be had between them."""
    painter.setPen(ink.pen("warn", 2.0))
    for at in _hole(run, view) or ():
        point, turn = run.path.pointAtPercent(at), math.radians(run.path.angleAtPercent(at))
        x, y = view.to_screen(point.x(), point.y())
        dx, dy = 7 * math.sin(turn), 7 * math.cos(turn)
        painter.drawLine(QPointF(x - dx, y - dy), QPointF(x + dx, y + dy))


def draw_chevrons(painter: QPainter, run: Course, view: View, ink: Ink, seconds: float) -> None:
    """Arrow heads every 44 px, moved on by the time; none under the capsule."""
    if not run.wire.moves or view.level is Level.FAR:
        return
    long = run.path.length() * view.zoom
    speed = min(80.0, 20.0 + 10.0 * max(0.0, math.log10(run.wire.rate_bytes_s) - 3))
    hole = capsule_rect(run, view, ink)
    size = 4.0 + thickness(run.wire) * 0.5
    pen = QPen(ink.pen(run.wire.health.value, 1.8))
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    painter.setPen(pen)
    painter.setBrush(NO_BRUSH)
    at = (seconds * speed) % CHEVRON + 10
    while at < long - 8:
        share = run.path.percentAtLength(at / view.zoom)
        point = run.path.pointAtPercent(share)
        x, y = view.to_screen(point.x(), point.y())
        if not hole.adjusted(-8, -4, 8, 4).contains(x, y):
            turn = -math.radians(run.path.angleAtPercent(share))
            c, s = math.cos(turn), math.sin(turn)
            arms = [(-size, -size), (0.0, 0.0), (-size, size)]
            painter.drawPolyline(QPolygonF([QPointF(x + c * u - s * v, y + s * u + c * v) for u, v in arms]))
        at += CHEVRON


def capsule_rect(run: Course, view: View, ink: Ink) -> QRectF:
    """Screen rectangle of the capsule; empty where it is not shown. The note gives way first."""
    if view.level is Level.FAR or not run.wire.rate:
        return QRectF()
    x, y = view.to_screen(*run.middle)
    room = run.path.length() * view.zoom - 12
    wide = 38.0 + ink.width(run.wire.rate, 12, True)
    note = 8 + ink.width(run.wire.note, 11)
    if view.level is Level.NEAR and run.wire.note and wide + note <= room:
        wide += note
    return QRectF(x - wide / 2, y - _HIGH / 2, wide, _HIGH) if wide <= room else QRectF()


def draw_capsule(painter: QPainter, run: Course, view: View, ink: Ink, now: datetime) -> None:
    """Mark · rate · lag, and on the lower edge how full the room is in which data waits; for a line that stands, its
    mark in the hole and its words below."""
    rect, wire = capsule_rect(run, view, ink), run.wire
    if rect.isEmpty():
        if view.level is not Level.FAR and wire.form in _HOLED:
            _standing(painter, run, view, ink, now)
        return
    painter.setPen(ink.pen(wire.health.value, 1.5))
    painter.setBrush(ink.brush("raised"))
    painter.drawRoundedRect(rect, _HIGH / 2, _HIGH / 2)
    stamp(painter, wire.health, rect.left() + 15, rect.center().y(), 13, ink)
    face = ink.face(12, strong=True)
    base = rect.center().y() + face.metrics.ascent() / 2 - 2 - (1 if wire.fullness is not None else 0)
    painter.setFont(face.font)
    painter.setPen(ink.colour("text"))
    painter.drawText(QPointF(rect.left() + 26, base), wire.rate)
    if rect.width() > 40 + ink.width(wire.rate, 12, True):
        painter.setFont(ink.face(11).font)
        painter.setPen(ink.colour("text2" if wire.health is Health.FLOW else f"{wire.health.value}_text"))
        painter.drawText(QPointF(rect.left() + 33 + ink.width(wire.rate, 12, True), base), wire.note)
    if wire.fullness is not None:
        bar = QRectF(rect.left() + 14, rect.bottom() - 4.5, rect.width() - 28, 2.0)
        painter.fillRect(bar, ink.colour("border"))
        bar.setWidth(bar.width() * min(1.0, wire.fullness))
        limits = ink.theme.graph["lag"]
        token = "failed" if wire.fullness >= limits["bad"] else "warn" if wire.fullness >= limits["warn"] else "text3"
        painter.fillRect(bar, ink.colour(token))


def _standing(painter: QPainter, run: Course, view: View, ink: Ink, now: datetime) -> None:
    wire = run.wire
    x, y = view.to_screen(*run.middle)
    match wire.form:
        case Form.PAUSED:
            painter.setPen(NO_PEN)
            painter.setBrush(ink.brush("pending"))
            for dx in (-4.5, 1.5):
                painter.drawRect(QRectF(x + dx, y - 5.5, 3.0, 11.0))
        case Form.GAP:
            painter.setFont(ink.face(14, strong=True).font)
            painter.setPen(ink.colour("warn_text"))
            painter.drawText(QRectF(x - 10, y - 10, 20, 20), Qt.AlignmentFlag.AlignCenter, "?")
        case Form.SEALED:
            painter.drawPixmap(QPointF(x - 8, y - 8), icon_pixmap("seal", ink.theme.ok, 16, ink.ratio(painter)))
        case _:
            stamp(painter, wire.health, x, y, 15, ink)
    words = wire.words(now)
    if view.level is not Level.NEAR or not words:
        return
    text = ink.elide(words, 11, _NOTE_ROOM, middle=False)
    face, wide = ink.face(11), ink.width(text, 11)
    place = QRectF(x - wide / 2 - 3, y + 12, wide + 6, face.metrics.height())
    painter.fillRect(place, ink.brush("canvas", 0.8))
    painter.setFont(face.font)
    painter.setPen(ink.colour(f"{wire.health.value}_text"))
    painter.drawText(place, Qt.AlignmentFlag.AlignCenter, text)


def _flat(pen: QPen, zoom: float) -> QPen:
    """As wide on screen at every zoom, on every screen; ends cut at the tip."""
    made = QPen(pen)
    made.setWidthF(pen.widthF() / zoom)
    made.setCapStyle(Qt.PenCapStyle.FlatCap)
    return made
