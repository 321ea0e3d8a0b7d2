"""Hit: what is under a point, in a rectangle, or next that way. Pure geometry."""

from __future__ import annotations

import numpy as np

from ...model.key import Key
from . import rack, shapes
from .chart import Chart
from .course import hits
from .table import SESSION, SOURCE, TASK, Ints
from .view import Level, View

_FAR_REACH = 14.0
_WAYS = {"left": (-1.0, 0.0), "right": (1.0, 0.0), "up": (0.0, -1.0), "down": (0.0, 1.0)}


def row_at(chart: Chart, view: View, x: float, y: float) -> int | None:
    """Thing under a screen point; the topmost."""
    scene = chart.scene
    wx, wy = view.to_world(x, y)
    rows = chart.rows_in(view, (wx, wy, wx, wy))
    if view.level is Level.FAR:
        if not len(rows):
            return None
        away = np.hypot(*(scene.at[rows] - (wx, wy)).T) * view.zoom
        best = int(away.argmin())
        return int(rows[best]) if away[best] <= _FAR_REACH else None
    for server in rows[::-1].tolist():
        sx, sy = scene.at[server].tolist()
        if scene.kind[server] == SOURCE:
            if abs(wx - sx) <= shapes.SOURCE_SIDE / 2 and abs(wy - sy) <= shapes.SOURCE_SIDE / 2:
                return int(server)
            continue
        if _in_plate(wx - sx, wy - sy, float(scene.plate_w[server])):
            return int(server)
        for child in scene.members(server):
            dx, dy = wx - sx - scene.offset[child, 0], wy - sy - scene.offset[child, 1]
            if _in_child(int(scene.kind[child]), dx, dy, view.level is Level.NEAR):
                return child
    return None


def _in_plate(dx: float, dy: float, width: float) -> bool:
    half = rack.PLATE_H / 2
    return abs(dy) <= half and abs(dx) <= width / 2 - shapes.TIP * abs(dy) / half


def _in_child(kind: int, dx: float, dy: float, words: bool) -> bool:
    if kind == TASK:
        return abs(dy) <= 12 and -13 <= dx <= (170 if words else 13)
    reach = shapes.RING_R + 2 if kind == SESSION else shapes.BATCH_SIDE / 2 + 3
    return (abs(dx) <= reach and abs(dy) <= reach) or (words and abs(dx) <= 30 and reach < dy <= reach + 17)


def wire_at(chart: Chart, view: View, x: float, y: float) -> Key | None:
    """Ident of the wire under a screen point."""
    wx, wy = view.to_world(x, y)
    for run in chart.courses:
        if not run.seen(view.level):
            continue
        if run.box[0] <= wx <= run.box[2] and run.box[1] <= wy <= run.box[3] and hits(run, wx, wy, 6.0 / view.zoom):
            return run.wire.ident
    return None


def rows_within(chart: Chart, view: View, left: float, top: float, right: float, bottom: float) -> list[int]:
    """Servers whose middle lies in a screen rectangle; the children too, where they are drawn by themselves."""
    scene = chart.scene
    x0, y0 = view.to_world(left, top)
    x1, y1 = view.to_world(right, bottom)
    rows = np.nonzero(scene.shown & (scene.owner >= 0))[0]
    if view.level is not Level.NEAR:
        rows = rows[scene.owner[rows] == rows]
    at = scene.at[scene.owner[rows]] + scene.offset[rows]
    inside = (at[:, 0] >= x0) & (at[:, 0] <= x1) & (at[:, 1] >= y0) & (at[:, 1] <= y1)
    return [int(row) for row in rows[inside]]


def next_that_way(chart: Chart, view: View, row: int, way: str) -> int | None:
    """Nearest thing left, right, up or down of a row; None if there is none."""
    scene = chart.scene
    rows: Ints = np.nonzero(scene.shown & (scene.owner >= 0))[0]
    if view.level is Level.FAR:
        rows = rows[scene.owner[rows] == rows]
    aside = rows != row
    if way in ("left", "right") and scene.owner[row] == row:
        # A server's own children are below it: Tab and Down lead there.
        aside &= scene.owner[rows] != row
    rows = rows[aside]
    if not len(rows):
        return None
    dx, dy = (scene.at[scene.owner[rows]] + scene.offset[rows] - scene.middle(row)).T
    ux, uy = _WAYS[way]
    along, off = dx * ux + dy * uy, np.abs(dx * uy + dy * ux)
    cost = np.where((along > 1.0) & (off <= 2.0 * along), along + 2.0 * off, np.inf)
    best = int(cost.argmin())
    return int(rows[best]) if np.isfinite(cost[best]) else None
