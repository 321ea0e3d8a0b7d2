"""Pulled: a wire under way, painted: what fits is lit, what does not says why (look.md §3)."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen

from . import shapes
from .chart import Chart
from .children import draw_child, draw_source
from .ground import Point
from .ink import NO_BRUSH, NO_PEN, Ink
from .plates import draw_plate
from .pull import Fit, Pull, port_towards
from .table import SERVER, SOURCE
from .view import Level, View

# What does not fit is dimmed to this.
_LEFT = 0.34
_OFF, _PORT = 6.0, 6.0
_HINTS = (
    ("Drop", "on a lit server"), ("Drop in the open", "lists what fits"), ("Tab", "next target"),
    ("Enter", "wires it"), ("Esc", "leaves it"),
)  # fmt: skip


def draw_pull(painter: QPainter, chart: Chart, view: View, pull: Pull) -> None:
    """The whole of it, over the picture that was there."""
    scene, ink = chart.scene, chart.ink
    row = pull.row(scene)
    if row is None:
        return
    painter.fillRect(QRectF(0, 0, view.width, view.height), ink.brush("canvas", 1 - _LEFT))
    home = scene.middle(row)
    end: Point | None = pull.at
    for key, fit in pull.fits.items():
        server = scene.rows.get(key)
        if server is None or not scene.shown[server]:
            continue
        if fit.reason:
            if server != row:
                _say_why(painter, chart, server, fit, view)
            continue
        chosen = key == pull.target
        _light(painter, chart, server, view, chosen)
        port = view.to_screen(*port_towards(scene, server, home[0]))
        _circle(painter, ink, port, filled=chosen)
        end = port if chosen else end
    _again(painter, chart, row, view)
    if end is not None:
        towards = view.to_world(*end)[0]
        begin = view.to_screen(*port_towards(scene, row, towards))
        _line(painter, ink, begin, end)
        _label(painter, ink, pull, end, view)
    _hints(painter, ink, view)


def _light(painter: QPainter, chart: Chart, row: int, view: View, chosen: bool) -> None:
    """A server that fits: as bright as it was, with an outline a little off."""
    scene, ink = chart.scene, chart.ink
    if view.level is not Level.FAR:
        draw_plate(painter, scene, row, view, ink, chart.now(), chosen)
    x, y = view.to_screen(*scene.middle(row))
    painter.save()
    painter.translate(x, y)
    if view.level is Level.FAR:
        path = shapes.hexagon(34.0, 24.0, 9.0)
        scale = 1.0
    else:
        scale = view.zoom
        painter.scale(scale, scale)
        if view.level is Level.MIDDLE:
            painter.scale(*shapes.MIDDLE_STRETCH)
        path = shapes.outline(SERVER, float(scene.plate_w[row]), _OFF / min(1.0, scale))
    pen = QPen(ink.pen("flow", 3.0 if chosen else 1.5))
    pen.setWidthF(pen.widthF() / scale)
    painter.setPen(pen)
    painter.setBrush(ink.brush("flow", 0.22 if chosen else 0.10))
    painter.drawPath(path)
    painter.restore()


def _again(painter: QPainter, chart: Chart, row: int, view: View) -> None:
    """Where it comes from: as bright as it was, in the halo of what is chosen."""
    scene, ink = chart.scene, chart.ink
    kind = int(scene.kind[row])
    if view.level is Level.FAR:
        return
    if kind == SOURCE:
        draw_source(painter, scene, row, view, ink, hovered=True)
    elif kind == SERVER:
        draw_plate(painter, scene, row, view, ink, chart.now(), True)
    elif view.level is Level.NEAR:
        draw_child(painter, scene, row, view, ink, True)
    x, y = view.to_screen(*scene.middle(row))
    painter.save()
    painter.translate(x, y)
    painter.scale(view.zoom, view.zoom)
    pen = QPen(ink.pen("text", 2.0))
    pen.setWidthF(2.0 / view.zoom)
    painter.setPen(pen)
    painter.setBrush(NO_BRUSH)
    painter.drawPath(shapes.outline(kind, float(scene.plate_w[row]), 4.0 / min(1.0, view.zoom)))
    painter.restore()


def _say_why(painter: QPainter, chart: Chart, row: int, fit: Fit, view: View) -> None:
    """Below the server and its rack, in words that are not dimmed."""
    if view.level is not Level.NEAR:
        return
    scene, ink = chart.scene, chart.ink
    x, y = scene.at[row].tolist()
    sx, sy = view.to_screen(x, y + float(scene.box[row, 3]))
    text = ink.elide(fit.reason, 12, 220.0, middle=False)
    face, wide = ink.face(12), ink.width(text, 12)
    place = QRectF(sx - wide / 2 - 4, sy + 5, wide + 8, face.metrics.height())
    painter.fillRect(place, ink.brush("canvas", 0.8))
    painter.setFont(face.font)
    painter.setPen(ink.colour("text2"))
    painter.drawText(place, Qt.AlignmentFlag.AlignCenter, text)


def _line(painter: QPainter, ink: Ink, begin: Point, end: Point) -> None:
    """Dashed, for nothing flows yet."""
    side = 1.0 if end[0] >= begin[0] else -1.0
    reach = max(30.0, abs(end[0] - begin[0]) * 0.5)
    path = QPainterPath(QPointF(*begin))
    path.cubicTo(QPointF(begin[0] + side * reach, begin[1]), QPointF(end[0] - side * reach, end[1]), QPointF(*end))
    pen = QPen(ink.pen("flow", 3.0))
    pen.setDashPattern([3.2, 2.0])
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    painter.setPen(pen)
    painter.setBrush(NO_BRUSH)
    painter.drawPath(path)
    painter.setPen(NO_PEN)
    painter.setBrush(ink.brush("flow"))
    for point in (begin, end):
        painter.drawEllipse(QPointF(*point), 4.5, 4.5)


def _circle(painter: QPainter, ink: Ink, at: Point, *, filled: bool) -> None:
    painter.setPen(ink.pen("flow", 1.5))
    painter.setBrush(ink.brush("flow" if filled else "canvas"))
    painter.drawEllipse(QPointF(*at), _PORT, _PORT)


def _label(painter: QPainter, ink: Ink, pull: Pull, end: Point, view: View) -> None:
    """What would be wired to what, beside the pointer."""
    fit = pull.fits.get(pull.target) if pull.target is not None else None
    note = "lists what fits" if fit is None else fit.note
    head = f"{pull.words} → {'…' if fit is None else _name(pull)}"
    lines = [(head, 12, True, "text"), *([(note, 11, False, "text2")] if note else [])]
    wide = max(ink.width(text, size, strong) for text, size, strong, _ in lines) + 20
    high = 10 + 17.0 * len(lines)
    left = min(end[0] + 18, view.width - wide - 8)
    top = min(end[1] + 16, view.height - high - 60)
    rect = QRectF(max(8.0, left), max(8.0, top), wide, high)
    painter.setPen(ink.pen("flow", 1.0))
    painter.setBrush(ink.brush("raised"))
    painter.drawRoundedRect(rect, 6, 6)
    for n, (text, size, strong, token) in enumerate(lines):
        face = ink.face(size, strong)
        painter.setFont(face.font)
        painter.setPen(ink.colour(token))
        painter.drawText(QPointF(rect.left() + 10, rect.top() + 17 + 16.0 * n), text)


def _name(pull: Pull) -> str:
    return pull.names.get(pull.target, "") if pull.target is not None else ""


def _hints(painter: QPainter, ink: Ink, view: View) -> None:
    """The ways on, at the lower edge."""
    strong, plain = ink.face(12, strong=True), ink.face(12)
    parts = [(key, words, ink.width(key, 12, True), ink.width(words, 12)) for key, words in _HINTS]
    wide = sum(a + 6 + b for _, _, a, b in parts) + 18.0 * (len(parts) - 1) + 28
    if wide > view.width - 16:
        parts = parts[-3:]
        wide = sum(a + 6 + b for _, _, a, b in parts) + 18.0 * (len(parts) - 1) + 28
    rect = QRectF((view.width - wide) / 2, view.height - 46.0, wide, 34.0)
    painter.setPen(ink.pen("border", 1.0))
    painter.setBrush(ink.brush("raised"))
    painter.drawRoundedRect(rect, 6, 6)
    x, base = rect.left() + 14, rect.center().y() + plain.metrics.ascent() / 2 - 2
    for key, words, a, b in parts:
        painter.setFont(strong.font)
        painter.setPen(ink.colour("text"))
        painter.drawText(QPointF(x, base), key)
        painter.setFont(plain.font)
        painter.setPen(ink.colour("text2"))
        painter.drawText(QPointF(x + a + 6, base), words)
        x += a + 6 + b + 18
