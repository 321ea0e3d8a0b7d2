"""Overlay: all that moves or follows the hand, painted each frame over the kept picture."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter

from ...model.key import Key
from ...model.kind import Health
from . import shapes
from .atlas import LOUD
from .channels import draw_capsule, draw_chevrons, draw_wire
from .chart import Chart
from .growth import Growth
from .ink import NO_BRUSH, Ink
from .pull import Pull, ports, pullable
from .pulled import draw_pull
from .rings import Rings, ringed
from .scene import Scene
from .table import HEALTHS, SERVER
from .view import Level, View

_BUSIEST = 10
# Who they are is asked so often: their numbers change with each answer of a thousand servers.
_BUSIEST_S = 0.5


@dataclass(slots=True)
class Attention:
    """What the person is at.

    Attributes:
        selected: rows with a halo; focus: row with the dashed halo (keyboard); hovered: row under the pointer.
        wire: channel whose wire is chosen.
        band: rubber band in screen px.
        pull: wire that is being drawn.
    """

    selected: set[int] = field(default_factory=set)
    focus: int | None = None
    hovered: int | None = None
    wire: Key | None = None
    band: QRectF | None = None
    pull: Pull | None = None


class Overlay:
    """Painter of the living parts."""

    def __init__(self, chart: Chart) -> None:
        self._chart = chart
        self.rings = Rings()
        self.growth = Growth(chart)
        self.flowing = False
        self._busiest: tuple[float, int, list[int]] = (-1.0, 0, [])

    def draw(self, painter: QPainter, view: View, mind: Attention, seconds: float) -> None:
        """One frame; ``seconds``: a clock that only grows."""
        chart, ink = self._chart, self._chart.ink
        if chart.hidden:
            self._dragged(painter, view)
        self._wires(painter, view, mind, seconds)
        self.growth.draw(painter, view, seconds)
        self.rings.draw(painter, chart.scene, ringed(chart.scene, view), view, ink, seconds)
        hovered = mind.hovered
        if hovered is not None and view.level is Level.NEAR and pullable(chart.scene, hovered):
            self._ports(painter, hovered, view)
        for row in mind.selected:
            halo(painter, chart.scene, row, view, ink, dashed=False)
        if mind.focus is not None and mind.focus not in mind.selected:
            halo(painter, chart.scene, mind.focus, view, ink, dashed=True)
        if view.level is Level.FAR:
            self._names(painter, view, mind, seconds)
        if mind.band is not None:
            painter.setPen(ink.pen("accent", 1.0))
            painter.setBrush(ink.brush("accent", 0.08))
            painter.drawRect(mind.band)
        if mind.pull is not None:
            draw_pull(painter, chart, view, mind.pull)

    def _dragged(self, painter: QPainter, view: View) -> None:
        chart = self._chart
        edges = chart.links.touching(chart.hidden)
        chart.links.draw(painter, edges, view, chart.ink, len(edges))
        runs = [run for run in chart.courses if run.seen(view.level) and chart.dragged(run)]
        for run in runs:
            draw_wire(painter, run, view, chart.ink)
        chart.draw_servers(painter, np.array(chart.hidden, np.int64), view)
        for run in runs:
            draw_capsule(painter, run, view, chart.ink, chart.now())

    def _wires(self, painter: QPainter, view: View, mind: Attention, seconds: float) -> None:
        ink = self._chart.ink
        still = ink.theme.reduced_motion
        x0, y0, x1, y1 = view.seen()
        self.flowing = False
        for run in self._chart.courses:
            if not run.seen(view.level) or run.box[2] < x0 or run.box[0] > x1 or run.box[3] < y0 or run.box[1] > y1:
                continue
            if run.wire.moves and view.level is not Level.FAR:
                self.flowing |= not still
                draw_chevrons(painter, run, view, ink, 0.0 if still else seconds)
            if mind.wire is not None and mind.wire == run.wire.ident:
                painter.save()
                painter.translate(view.tx, view.ty)
                painter.scale(view.zoom, view.zoom)
                pen = ink.pen("text", 2.0 / view.zoom)
                painter.setPen(pen)
                painter.setBrush(NO_BRUSH)
                painter.drawPath(run.path)
                painter.restore()
                draw_capsule(painter, run, view, ink, self._chart.now())

    def _ports(self, painter: QPainter, row: int, view: View) -> None:
        scene, ink = self._chart.scene, self._chart.ink
        painter.setPen(ink.pen("edge", 1.5))
        painter.setBrush(ink.brush("raised"))
        for port in ports(scene, row):
            painter.drawEllipse(QPointF(*view.to_screen(*port)), 4.5, 4.5)

    def _busy(self, view: View, seconds: float) -> list[int]:
        """The ten busiest servers on screen."""
        scene = self._chart.scene
        at, count, busy = self._busiest
        if seconds < at + _BUSIEST_S and count == len(scene.racks) and all(row in scene.racks for row in busy):
            return busy
        rows = self._chart.rows_in(view, (*view.seen(),))
        share = np.nan_to_num(scene.progress[rows], nan=-1.0)
        busy = [int(row) for row in rows[np.lexsort((-scene.children[rows], share < 0))][:_BUSIEST]]
        self._busiest = (seconds, len(scene.racks), busy)
        return busy

    def _names(self, painter: QPainter, view: View, mind: Attention, seconds: float) -> None:
        """Far names: selected, hovered, then the ten busiest; one that would lie on another is left out."""
        scene, ink = self._chart.scene, self._chart.ink
        busy = self._busy(view, seconds)
        first = [r for r in (*sorted(mind.selected), mind.hovered) if r is not None and r in scene.racks]
        face = ink.face(11, strong=True)
        painter.setFont(face.font)
        taken: list[QRectF] = []
        for row in dict.fromkeys([*first, *busy]):
            thing = scene.things[row]
            if thing is None:
                continue
            x, y = view.to_screen(*scene.at[row].tolist())
            text = ink.elide(thing.label, 11, 120, strong=True)
            wide = face.metrics.horizontalAdvance(text)
            over = 11 if thing.health is Health.GONE or HEALTHS[scene.worst[row]] not in LOUD else 25
            place = QRectF(x - wide / 2 - 3, y - over - face.metrics.height(), wide + 6, face.metrics.height())
            if any(place.intersects(other) for other in taken):
                continue
            taken.append(place)
            painter.fillRect(place, ink.brush("canvas", 0.7))
            painter.setPen(ink.colour("text"))
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, text)


def halo(painter: QPainter, scene: Scene, row: int, view: View, ink: Ink, *, dashed: bool) -> None:
    """Selection: ink, never a colour, 4 px off the shape. Dashed: the keyboard is here."""
    if view.level is Level.FAR and scene.owner[row] >= 0:
        row = int(scene.owner[row])
    if not scene.shown[row]:
        return
    x, y = view.to_screen(*scene.middle(row))
    painter.save()
    painter.translate(x, y)
    pen = ink.pen("text", 2.0, dashed=dashed)
    if view.level is Level.FAR:
        path = shapes.hexagon(32.0, 22.0, 9.0)
    else:
        painter.scale(view.zoom, view.zoom)
        if view.level is Level.MIDDLE and scene.kind[row] == SERVER:
            painter.scale(*shapes.MIDDLE_STRETCH)
        path = shapes.outline(int(scene.kind[row]), float(scene.plate_w[row]), 4.0 / min(1.0, view.zoom))
        pen = ink.pen("text", 2.0 / view.zoom, dashed=dashed)
    painter.setPen(pen)
    painter.setBrush(NO_BRUSH)
    painter.drawPath(path)
    painter.restore()
