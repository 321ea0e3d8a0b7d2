"""Chart: draws a rectangle of the scene, whole or in small steps. What moves by itself (rings, chevrons, halo) is
not in here but in the overlay, so that this picture can be kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from . import atlas
from .bulk import draw_rects
from .channels import draw_capsule, draw_wire
from .children import draw_child, draw_more, draw_source, draw_stems
from .course import Course, courses
from .ink import NO_PEN, Ink
from .links import CHUNK, Links
from .plates import draw_plate, plate_width
from .scene import Scene
from .table import SERVER, SOURCE, TASK, Floats, Ints
from .view import Level, Rect, View

Step = Callable[[QPainter], None]
_DOTS = 28.0
# World px a server's far or middle shape may reach over its box.
_REACH = 16.0
# How far a child reaches to each side with its words, and a task to the right.
_WORDS, _TASK_WORDS = 42.0, 200.0


class Chart:
    """Painter of the still parts.

    Attributes:
        hidden: rows of servers being dragged; they and their lines are left out.
        growing: rows that just came; they are left out until they have their size.
        hovered: row under the pointer.
    """

    def __init__(self, scene: Scene, ink: Ink) -> None:
        self.scene = scene
        self.links = Links()
        self.courses: list[Course] = []
        self.hidden: list[int] = []
        self.growing: set[int] = set()
        self.hovered: int | None = None
        self._far: dict[float, atlas.Atlas] = {}
        self._middle: tuple[tuple[float, float], atlas.Atlas] | None = None
        self.set_ink(ink)

    def set_ink(self, ink: Ink) -> None:
        """Another theme or font."""
        self.ink = ink
        self._far.clear()
        self._middle = None

    def now(self) -> datetime:
        """Clock for "14 min"; a test may put its own in its place."""
        return datetime.now(UTC)

    # ---- what the scene's changes mean for the picture

    def measure(self, servers: Ints | list[int]) -> bool:
        """Fit plates to their text; needed after a change of name, fact or state. True if one got another width."""
        now, other = self.now(), []
        for row in servers:
            thing = self.scene.things[row]
            if thing is not None:
                wide = plate_width(thing, self.scene.cores.get(int(row)), now, self.ink)
                if wide != self.scene.plate_w[row]:
                    self.scene.set_plate(int(row), wide)
                    other.append(int(row))
        if other:
            self.follow(other)
        return bool(other)

    def rebuild(self) -> None:
        """Servers or edges came or went."""
        self.links.rebuild(self.scene)
        self.reroute()

    def reroute(self) -> None:
        """Wires, sources or places changed."""
        self.courses = courses(self.scene, self.scene.wires())

    def follow(self, servers: list[int]) -> None:
        """These servers moved."""
        self.links.follow(self.scene, self.links.touching(servers))
        if self.courses:
            self.reroute()

    # ---- drawing

    def rows_in(self, view: View, area: Rect, among: Ints | None = None) -> Ints:
        """Servers and sources (all, or some) whose shape meets a world rectangle."""
        scene = self.scene
        servers = scene.roots() if among is None else among
        low = high = scene.at[servers]
        pad = 24.0 / view.zoom
        if view.level is not Level.FAR:
            box, pad = scene.box[servers], _REACH
            low, high = low + box[:, :2], high + box[:, 2:]
        left, top, right, bottom = area
        meets = (high >= (left - pad, top - pad)).all(1) & (low <= (right + pad, bottom + pad)).all(1)
        found = servers[meets]
        away = [*self.hidden, *self.growing]
        return found[~np.isin(found, away)] if away else found

    def steps(self, view: View, rect: QRectF) -> Iterator[Step]:
        """Pieces of work that paint a screen rectangle, each at most about 2 ms. The caller clips."""
        area: Rect = (*view.to_world(rect.left(), rect.top()), *view.to_world(rect.right(), rect.bottom()))
        yield lambda painter: self._ground(painter, view, rect)
        dragged = self.links.touching(self.hidden) if self.hidden else None
        edges = self.links.seen(area, dragged)
        for start in range(0, len(edges), CHUNK):
            piece = edges[start : start + CHUNK]
            yield lambda painter, piece=piece: self.links.draw(painter, piece, view, self.ink, len(edges))  # type: ignore[misc]
        runs = [run for run in self.courses if run.seen(view.level) and _meet(run.box, area) and not self.dragged(run)]
        if runs:
            yield lambda painter: self._wires(painter, runs, view)
        yield from self.servers(view, self.rows_in(view, area), area)
        if runs:
            yield lambda painter: self._capsules(painter, runs, view)

    def servers(self, view: View, rows: Ints, area: Rect) -> Iterator[Step]:
        """Pieces of work that paint servers with their racks."""
        size = {Level.FAR: 3000, Level.MIDDLE: 25, Level.NEAR: 4}[view.level]
        for start in range(0, len(rows), size):
            piece = rows[start : start + size]
            yield lambda painter, piece=piece: self.draw_servers(painter, piece, view, area)  # type: ignore[misc]

    def draw_servers(self, painter: QPainter, rows: Ints, view: View, area: Rect | None = None) -> None:
        """Servers with their racks, at once; of the racks only what reaches into ``area``."""
        if view.level is Level.FAR:
            self._draw_far(painter, rows, view)
            return
        now = self.now()
        for row in rows.tolist():
            if self.scene.kind[row] == SOURCE:
                draw_source(painter, self.scene, row, view, self.ink, row == self.hovered)
                continue
            near = view.level is Level.NEAR
            if near:
                draw_stems(painter, self.scene, row, view, self.ink)
            draw_plate(painter, self.scene, row, view, self.ink, now, row == self.hovered)
            if near:
                for child in self._members(row, area):
                    self.draw_child(painter, child, view)
                draw_more(painter, self.scene, row, view, self.ink)
        if view.level is Level.MIDDLE:
            self._stamp_children(painter, rows, view)

    def draw_child(self, painter: QPainter, row: int, view: View) -> None:
        """One child near, unless it is still growing."""
        if row not in self.growing:
            draw_child(painter, self.scene, row, view, self.ink, row == self.hovered)

    def _members(self, server: int, area: Rect | None) -> Iterator[int]:
        """Children of a server that reach, with their words, into a world rectangle."""
        x, y = self.scene.at[server].tolist()
        for row in self.scene.members(server):
            dx, dy = self.scene.offset[row].tolist()
            right = _TASK_WORDS if self.scene.kind[row] == TASK else _WORDS
            if area is None or (
                x + dx + right >= area[0]
                and x + dx - _WORDS <= area[2]
                and y + dy + _WORDS >= area[1]
                and y + dy - _WORDS <= area[3]
            ):
                yield row

    def _draw_far(self, painter: QPainter, rows: Ints, view: View) -> None:
        for row in rows[self.scene.kind[rows] == SOURCE].tolist():
            draw_source(painter, self.scene, row, view, self.ink, hovered=False)
        rows = rows[self.scene.kind[rows] == SERVER]
        ratio = self.ink.ratio(painter)
        pictures = self._far.get(ratio)
        if pictures is None:
            pictures = self._far[ratio] = atlas.far(self.ink, ratio)
        x = self.scene.at[rows, 0] * view.zoom + view.tx
        y = self.scene.at[rows, 1] * view.zoom + view.ty
        size = np.searchsorted([1, 3, 8], self.scene.children[rows], side="right")
        pictures.stamp(painter, x, y, self.scene.worst[rows], size)
        share = self.scene.progress[rows]
        moving = ~np.isnan(share)
        if moving.any():
            self._bars(painter, x[moving], y[moving], share[moving])

    def _bars(self, painter: QPainter, x: Floats, y: Floats, share: Floats) -> None:
        """Mean progress below each hexagon."""
        painter.setPen(NO_PEN)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        for token, wide in (("border", np.full(len(x), 18.0)), ("busy", np.maximum(2.0, 18.0 * share))):
            painter.setBrush(self.ink.brush(token))
            draw_rects(painter, x - 9, y + 9, wide, 2)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)

    def _stamp_children(self, painter: QPainter, rows: Ints, view: View) -> None:
        scene = self.scene
        here = np.array([child for row in rows.tolist() for child in scene.members(row)], np.int64)
        here = here[~np.isin(here, list(self.growing))] if self.growing else here
        if not len(here):
            return
        key = (round(view.zoom, 2), self.ink.ratio(painter))
        if self._middle is None or self._middle[0] != key:
            self._middle = (key, atlas.middle(self.ink, *key))
        middles = (scene.at[scene.owner[here]] + scene.offset[here]) * view.zoom + (view.tx, view.ty)
        self._middle[1].stamp(painter, middles[:, 0], middles[:, 1], scene.health[here], scene.kind[here])

    def _ground(self, painter: QPainter, view: View, rect: QRectF) -> None:
        painter.fillRect(rect, self.ink.colour("canvas"))
        if view.level is Level.FAR:
            return
        pitch = _DOTS * view.zoom
        while pitch < 20:
            pitch *= 2
        x = np.arange(np.floor((rect.left() - view.tx) / pitch), (rect.right() - view.tx) / pitch + 1) * pitch + view.tx
        y = np.arange(np.floor((rect.top() - view.ty) / pitch), (rect.bottom() - view.ty) / pitch + 1) * pitch + view.ty
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(NO_PEN)
        painter.setBrush(self.ink.brush("border", 0.75))
        x, y = (side.ravel() for side in np.meshgrid(x, y))
        draw_rects(painter, x, y, 1.0, 1.0)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)

    def _wires(self, painter: QPainter, runs: list[Course], view: View) -> None:
        for run in runs:
            draw_wire(painter, run, view, self.ink)

    def _capsules(self, painter: QPainter, runs: list[Course], view: View) -> None:
        now = self.now()
        for run in runs:
            draw_capsule(painter, run, view, self.ink, now)

    def dragged(self, run: Course) -> bool:
        """A wire that follows the hand."""
        return not set(self.hidden).isdisjoint(run.rows)


def _meet(a: Rect, b: Rect) -> bool:
    return a[2] >= b[0] and a[0] <= b[2] and a[3] >= b[1] and a[1] <= b[3]
