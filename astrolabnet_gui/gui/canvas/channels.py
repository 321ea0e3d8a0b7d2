"""Channels: wires with chevrons and a capsule, and the triangles of their sources."""

from __future__ import annotations

import math
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPainterPathStroker, QPen, QPolygonF

from ...model.key import Key
from ...model.kind import Health
from . import shapes
from .ink import NO_BRUSH, NO_PEN, Ink
from .plates import stamp
from .scene import Point, Scene
from .view import Level, Rect, View
from .wire import SourceMark, Wire

CHEVRON = 44.0
_CASING = 5.0
_HIGH = 24.0


@dataclass(slots=True)
class Course:
    """Where one wire runs, in world px.

    Attributes:
        path: from tip to tip; ``ends`` are the tips, ``roots`` the middles of the shapes they belong to.
        casing: the part of it that has a casing; near its ends it would cut the links that meet there.
    """

    wire: Wire
    path: QPainterPath
    box: Rect
    ends: tuple[Point, Point]
    roots: tuple[Point, Point]
    casing: QPainterPath

    @property
    def middle(self) -> Point:
        """Where its capsule sits."""
        at = self.path.pointAtPercent(self.path.percentAtLength(self.path.length() / 2))
        return at.x(), at.y()


def course(scene: Scene, wire: Wire) -> Course | None:
    """Way of a wire from tip to tip; None while one of its ends is not on the chart."""
    a, b = _end(scene, wire.origin), _end(scene, wire.target)
    if a is None or b is None:
        return None
    (ax, ay, aw), (bx, by, bw) = a, b
    side = 1.0 if bx >= ax else -1.0
    start, stop = (ax + side * aw, ay), (bx - side * bw, by)
    if (stop[0] - start[0]) * side < 40.0 and aw == bw:
        # One above the other: leave and come in at the same side, in a bow.
        stop = (bx + side * bw, by)
        reach = max(60.0, abs(by - ay) * 0.35)
        bend = (start[0] + side * reach, stop[0] + side * reach)
    else:
        reach = max(24.0, abs(stop[0] - start[0]) * 0.55, abs(stop[1] - start[1]) * 0.25)
        bend = (start[0] + side * reach, stop[0] - side * reach)
    path = QPainterPath(QPointF(*start))
    path.cubicTo(QPointF(bend[0], start[1]), QPointF(bend[1], stop[1]), QPointF(*stop))
    rect = path.boundingRect().adjusted(-90, -20, 90, 20)
    casing = QPainterPath(path.pointAtPercent(0.15))
    for i in range(1, 25):
        casing.lineTo(path.pointAtPercent(0.15 + 0.7 * i / 24))
    box = (rect.left(), rect.top(), rect.right(), rect.bottom())
    return Course(wire, path, box, (start, stop), ((ax, ay), (bx, by)), casing)


def _end(scene: Scene, end: Key | str) -> tuple[float, float, float] | None:
    if isinstance(end, str):
        at = scene.source_at.get(end)
        return None if at is None else (*at, shapes.SOURCE / 2)
    row = scene.rows.get(end.root)
    return None if row is None else (*scene.at[row].tolist(), float(scene.plate_w[row]) / 2)


def thickness(wire: Wire) -> float:
    """1.5 to 4.5 px by the logarithm of bytes a second, 1 kB/s to 1 GB/s."""
    if wire.health is Health.OK:
        return 1.5
    return min(4.5, 1.5 + max(0.0, math.log10(max(1.0, wire.rate_bytes_s)) - 3) * 0.5)


def draw_wire(painter: QPainter, run: Course, view: View, ink: Ink) -> None:
    """Line with its casing, so that crossings read as bridges; chevrons and capsule come later, above."""
    wire = run.wire
    wide = thickness(wire)
    painter.save()
    painter.translate(view.tx, view.ty)
    painter.scale(view.zoom, view.zoom)
    painter.setBrush(NO_BRUSH)
    if view.level is not Level.FAR:
        painter.setPen(_flat(ink.pen("canvas", wide + 2 * _CASING), view.zoom))
        painter.drawPath(run.casing)
    pen = _flat(ink.pen(wire.health.value, wide, alpha=0.68 if moves(wire) and view.level else 1.0), view.zoom)
    if wire.health is Health.PENDING:
        pen.setDashPattern([10 / wide, 6 / wide])
    elif wire.health is Health.GONE:
        pen.setDashPattern([1 / wide, 5 / wide])
    painter.setPen(pen)
    painter.drawPath(run.path)
    if view.level is Level.FAR:
        for end, root in zip(run.ends, run.roots, strict=True):
            painter.drawLine(QPointF(*end), QPointF(*root))
    painter.restore()
    if view.level is not Level.FAR:
        painter.setPen(NO_PEN)
        painter.setBrush(ink.brush(wire.health.value))
        for end in run.ends:
            painter.drawEllipse(QPointF(*view.to_screen(*end)), 3.5, 3.5)


def moves(wire: Wire) -> bool:
    """Data is under way: chevrons are shown."""
    return wire.health in (Health.FLOW, Health.WARN) and wire.rate_bytes_s > 0


def draw_chevrons(painter: QPainter, run: Course, view: View, ink: Ink, seconds: float) -> None:
    """Arrow heads every 44 px, moved on by the time; none under the capsule."""
    if not moves(run.wire) or view.level is Level.FAR:
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
    """Screen rectangle of the capsule; empty where it is not shown."""
    if view.level is Level.FAR or not run.wire.rate:
        return QRectF()
    x, y = view.to_screen(*run.middle)
    note = f" {run.wire.note}" if view.level is Level.NEAR and run.wire.note else ""
    wide = 38.0 + ink.face(12, strong=True).metrics.horizontalAdvance(run.wire.rate)
    if note:
        wide += 6 + ink.face(11).metrics.horizontalAdvance(run.wire.note)
    if run.path.length() * view.zoom < wide + 20:
        return QRectF()
    return QRectF(x - wide / 2, y - _HIGH / 2, wide, _HIGH)


def draw_capsule(painter: QPainter, run: Course, view: View, ink: Ink) -> None:
    """Mark · rate · lag, and the queue's fullness on the lower edge."""
    rect, wire = capsule_rect(run, view, ink), run.wire
    if rect.isEmpty():
        if view.level is not Level.FAR and wire.health in (Health.FAILED, Health.GONE, Health.PENDING, Health.OK):
            stamp(painter, wire.health, *view.to_screen(*run.middle), 14, ink)
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
    if view.level is Level.NEAR and wire.note:
        painter.setFont(ink.face(11).font)
        painter.setPen(ink.colour("text2" if wire.health is Health.FLOW else f"{wire.health.value}_text"))
        painter.drawText(QPointF(rect.left() + 32 + face.metrics.horizontalAdvance(wire.rate), base), wire.note)
    if wire.fullness is not None:
        bar = QRectF(rect.left() + 14, rect.bottom() - 4.5, rect.width() - 28, 2.0)
        painter.fillRect(bar, ink.colour("border"))
        bar.setWidth(bar.width() * min(1.0, wire.fullness))
        limits = ink.theme.graph["lag"]
        token = "failed" if wire.fullness >= limits["bad"] else "warn" if wire.fullness >= limits["warn"] else "text3"
        painter.fillRect(bar, ink.colour(token))


def draw_source(painter: QPainter, mark: SourceMark, at: Point, view: View, ink: Ink) -> None:
    """Triangle that points out, its name and broker below."""
    x, y = view.to_screen(*at)
    near = view.level is Level.NEAR
    scale = view.zoom if view.level is not Level.FAR else 12 / shapes.SOURCE
    painter.save()
    painter.translate(x, y)
    painter.scale(scale, scale)
    pen = QPen(ink.pen(mark.health.value, 1.5))
    pen.setWidthF(1.5 / scale)
    painter.setPen(pen)
    painter.setBrush(ink.brush("raised"))
    painter.drawPath(shapes.triangle())
    painter.restore()
    if view.level is Level.FAR:
        return
    stamp(painter, mark.health, x - 3 * scale, y, 16 * scale, ink)
    left = x - shapes.SOURCE * 0.5 * scale
    lines = [(mark.name, 12.0, True, "text")] + ([(mark.fact, 11.0, False, "text2")] if near and mark.fact else [])
    base = y + (shapes.SOURCE / 2 + 4) * scale
    for text, size, strong, token in lines:
        face = ink.face(size * max(scale, 0.9), strong)
        base += face.metrics.height()
        painter.setFont(face.font)
        painter.setPen(ink.colour(token))
        painter.drawText(QPointF(left, base - face.metrics.descent()), text)


def hits(run: Course, x: float, y: float, reach: float) -> bool:
    """A world point lies on the wire, within ``reach`` world px."""
    stroker = QPainterPathStroker()
    stroker.setWidth(2 * reach)
    return stroker.createStroke(run.path).contains(QPointF(x, y))


def _flat(pen: QPen, zoom: float) -> QPen:
    """As wide on screen at every zoom, on every screen; ends cut at the tip."""
    made = QPen(pen)
    made.setWidthF(pen.widthF() / zoom)
    made.setCapStyle(Qt.PenCapStyle.FlatCap)
    return made
