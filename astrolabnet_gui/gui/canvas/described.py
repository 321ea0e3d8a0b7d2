"""Described: what is on the chart, for those who hear it: role, name, state and place of every node and wire."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from PySide6.QtCore import QRectF

from ...model.key import Key
from . import shapes, words
from .chart import Chart
from .course import Course
from .overlay import Attention
from .scene import Scene
from .table import SERVER
from .view import Level, View


@dataclass(frozen=True, slots=True)
class Described:
    """One node or wire.

    Attributes:
        role: its kind in a word: "server", "session", "channel" …
        name: one sentence: "server lal, up, 12 of 16 cores, 2 sessions".
        state: its state word.
        rect: where it is on the widget, logical px; it may lie outside of what is seen.
        chosen: it has the halo.
    """

    key: Key
    role: str
    name: str
    state: str
    rect: QRectF
    chosen: bool


def described(chart: Chart, view: View, mind: Attention) -> Iterator[Described]:
    """Servers and sources each followed by what they hold, then wires; what is folded away is left out."""
    scene, now = chart.scene, chart.now()
    for root in scene.roots().tolist():
        for row in (root, *(() if view.level is Level.FAR else scene.members(root))):
            thing = scene.things[row]
            if thing is not None:
                role = "island" if words.is_island(thing) else thing.kind.label.lower()
                name = scene.spoken(row, now)
                yield Described(thing.key, role, name, thing.state, rect_of(scene, row, view), row in mind.selected)
    for run in chart.courses:
        if run.seen(view.level):
            wire, name = run.wire, said_of(chart, run)
            x, y = view.on_widget(*run.middle)
            rect = QRectF(x - 12, y - 12, 24, 24)
            yield Described(wire.ident, "channel", name, wire.form.name.lower(), rect, wire.ident == mind.wire)


def said_of(chart: Chart, run: Course) -> str:
    """One sentence about a wire."""
    ends = (_name(chart.scene, run.wire.origin), _name(chart.scene, run.wire.target))
    return words.spoken_wire(run.wire, ends, chart.now())


def rect_of(scene: Scene, row: int, view: View) -> QRectF:
    """Shape of a row on the widget."""
    x, y = view.on_widget(*scene.middle(row))
    rect = shapes.outline(int(scene.kind[row]), float(scene.plate_w[row])).boundingRect()
    zoom = view.zoom if view.level is not Level.FAR else 22.0 / rect.width()
    wide, high = rect.width() * zoom * view.grain, rect.height() * zoom * view.grain
    return QRectF(x - wide / 2, y - high / 2, wide, high)


def _name(scene: Scene, key: Key) -> str:
    row = scene.rows.get(key)
    thing = None if row is None else scene.things[row]
    server = scene.rows.get(key.root)
    home = None if server is None or scene.kind[server] != SERVER else scene.things[server]
    if thing is None:
        return str(key.id) if home is None else home.label
    return thing.label if home is None or home is thing else f"{thing.label} on {home.label}"
