"""Course: where a wire runs on the chart, in world px; parallel ones side by side near, bundled further away."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainterPath, QPainterPathStroker

from ...model.kind import Health
from . import shapes
from .ground import Point
from .scene import Scene
from .table import DATASET, SOURCE
from .view import Level, Rect
from .wire import Form, Wire

# Parallel wires keep this far from each other.
_BESIDE = 34.0
_WORST = (Health.FAILED, Health.WARN, Health.GONE, Health.PENDING, Health.FLOW, Health.OK)


@dataclass(slots=True)
class Course:
    """Where one wire runs, in world px.

    Attributes:
        path: from tip to tip; ``ends`` are the tips, ``roots`` the middles of the shapes they belong to.
        rows: servers or sources it hangs on.
        casing: the part of it that has a casing; near its ends it would cut the links that meet there.
        near: True: only seen near (one of several); False: only further away (a bundle); None: always.
    """

    wire: Wire
    path: QPainterPath
    box: Rect
    ends: tuple[Point, Point]
    roots: tuple[Point, Point]
    rows: tuple[int, int]
    casing: QPainterPath
    near: bool | None = None

    @property
    def middle(self) -> Point:
        """Where its capsule sits."""
        at = self.path.pointAtPercent(self.path.percentAtLength(self.path.length() / 2))
        return at.x(), at.y()

    def seen(self, level: Level) -> bool:
        """It is drawn at this level."""
        return self.near is None or self.near == (level is Level.NEAR)


def courses(scene: Scene, wires: Iterable[Wire]) -> list[Course]:
    """Ways of all wires whose ends are on the chart."""
    parallel: dict[tuple[int, int], list[tuple[Wire, int, int]]] = {}
    for wire in wires:
        a, b = scene.foot(wire.origin), scene.foot(wire.target)
        if wire.form is not Form.SEALED:
            # Data in flow comes out of the server's tip; equal replicas are joined drum to drum.
            a, b = (None if end is None else int(scene.owner[end]) for end in (a, b))
        if a is not None and b is not None and a != b:
            parallel.setdefault((min(a, b), max(a, b)), []).append((wire, a, b))
    out: list[Course] = []
    for group in parallel.values():
        for n, (wire, a, b) in enumerate(group):
            run = _course(scene, wire, a, b, (n - (len(group) - 1) / 2) * _BESIDE)
            run.near = True if len(group) > 1 else None
            out.append(run)
        if len(group) > 1:
            _, a, b = group[0]
            out.append(_course(scene, _bundle([wire for wire, _, _ in group]), a, b, 0.0))
            out[-1].near = False
    return out


def _bundle(wires: list[Wire]) -> Wire:
    worst = min(wires, key=lambda wire: _WORST.index(wire.health))
    amount = sum(wire.rate_bytes_s for wire in wires)
    form = worst.form if worst.form not in (Form.FAILED, Form.GAP) else Form.BEHIND
    return replace(
        worst, form=form, rate=f"{len(wires)} channels", note="", rate_bytes_s=amount, fullness=None, many=len(wires)
    )


def _course(scene: Scene, wire: Wire, a: int, b: int, aside: float) -> Course:
    (ax, ay), (bx, by) = scene.middle(a), scene.middle(b)
    side = 1.0 if bx >= ax else -1.0
    aw, bw = _reach(scene, a), _reach(scene, b)
    start, stop = (ax + side * aw, ay), (bx - side * bw, by)
    if (stop[0] - start[0]) * side < 40.0:
        # One above the other: leave and come in at the same side, in a bow.
        stop = (bx + side * bw, by)
        far = max(start[0] * side, stop[0] * side) + max(60.0, abs(by - ay) * 0.35) + abs(aside)
        bend = (far * side, far * side)
    else:
        reach = max(24.0, abs(stop[0] - start[0]) * 0.55, abs(stop[1] - start[1]) * 0.25)
        bend = (start[0] + side * reach, stop[0] - side * reach)
    path = QPainterPath(QPointF(*start))
    path.cubicTo(QPointF(bend[0], start[1] + 1.6 * aside), QPointF(bend[1], stop[1] + 1.6 * aside), QPointF(*stop))
    rect = path.boundingRect().adjusted(-110, -40, 110, 40)
    casing = QPainterPath(path.pointAtPercent(0.15))
    for i in range(1, 25):
        casing.lineTo(path.pointAtPercent(0.15 + 0.7 * i / 24))
    box = (rect.left(), rect.top(), rect.right(), rect.bottom())
    roots = (int(scene.owner[a]), int(scene.owner[b]))
    return Course(wire, path, box, (start, stop), ((ax, ay), (bx, by)), roots, casing)


def _reach(scene: Scene, row: int) -> float:
    """From the middle of a shape to its tip."""
    if scene.kind[row] == SOURCE:
        return shapes.SOURCE_SIDE / 2
    return shapes.DRUM_W / 2 + 4 if scene.kind[row] == DATASET else float(scene.plate_w[row]) / 2


def piece(path: QPainterPath, begin: float, end: float) -> QPainterPath:
    """Part of a way between two shares of its length."""
    steps = max(2, math.ceil((end - begin) * 40))
    out = QPainterPath(path.pointAtPercent(begin))
    for i in range(1, steps + 1):
        out.lineTo(path.pointAtPercent(begin + (end - begin) * i / steps))
    return out


def hits(run: Course, x: float, y: float, reach: float) -> bool:
    """A world point lies on the wire, within ``reach`` world px."""
    stroker = QPainterPathStroker()
    stroker.setWidth(2 * reach)
    return stroker.createStroke(run.path).contains(QPointF(x, y))
