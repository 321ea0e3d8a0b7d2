"""Steps: where each key leads on the chart, and how one walks from thing to thing without a mouse."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt

from ...model.key import Key
from . import hit
from .chart import Chart
from .table import SERVER
from .view import Level, View

STEPS: dict[int, str] = {
    Qt.Key.Key_Left: "left",
    Qt.Key.Key_Right: "right",
    Qt.Key.Key_Up: "up",
    Qt.Key.Key_Down: "down",
    Qt.Key.Key_Backspace: "parent",
    Qt.Key.Key_Return: "open",
    Qt.Key.Key_Enter: "open",
    Qt.Key.Key_Space: "card",
    Qt.Key.Key_M: "menu",
    Qt.Key.Key_F: "fit",
    Qt.Key.Key_0: "life",
    Qt.Key.Key_Plus: "closer",
    Qt.Key.Key_Equal: "closer",
    Qt.Key.Key_Minus: "further",
    Qt.Key.Key_C: "fold",
    Qt.Key.Key_W: "wire",
    Qt.Key.Key_P: "turn",
    Qt.Key.Key_BracketLeft: "slower",
    Qt.Key.Key_BracketRight: "faster",
    Qt.Key.Key_Escape: "away",
}


class Walk:
    """Finds the next thing."""

    def __init__(self, chart: Chart) -> None:
        self._chart = chart

    def step(self, view: View, row: int | None, way: str) -> int | None:
        """Row one step ``left``, ``right``, ``up``, ``down``, to the ``parent``, to the next ``child``; None = stay.

        With nothing in focus the first step goes to the server nearest to the middle of the screen.
        """
        scene = self._chart.scene
        if row is None:
            servers = scene.servers()
            if not len(servers):
                return None
            return int(servers[np.hypot(*(scene.at[servers] - view.centre).T).argmin()])
        owner = int(scene.owner[row])
        if way == "parent":
            thing = scene.things[row]
            return None if thing is None or thing.key.parent is None else scene.rows.get(thing.key.parent)
        if way == "child":
            members = [] if view.level is Level.FAR else list(scene.members(owner))
            later = (
                members if scene.kind[row] == SERVER else members[members.index(row) + 1 :] if row in members else []
            )
            return later[0] if later else None
        return hit.next_that_way(self._chart, view, row, way)

    def wire(self, row: int | None, now: Key | None) -> Key | None:
        """The wire after ``now`` among those of a thing's server; all wires, if nothing has the keyboard."""
        scene, chart = self._chart.scene, self._chart
        root = None if row is None else int(scene.owner[row])
        idents = [
            run.wire.ident for run in chart.courses if run.near is not False and (root is None or root in run.rows)
        ]
        if not idents:
            return None
        return idents[(idents.index(now) + 1) % len(idents)] if now in idents else idents[0]
