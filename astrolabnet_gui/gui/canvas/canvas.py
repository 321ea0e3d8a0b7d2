"""Canvas: the graph widget as the window sees it: things in, places in and out; choosing and painting are inherited."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import islice

from PySide6.QtCore import QPointF

from ...model.key import Key
from ...model.thing import Thing
from ...network.delta import Delta
from ...network.link import Plan, Spot
from . import words
from .cores import cores_of
from .described import Described, described, said_of
from .ground import Point
from .hit import wire_at
from .keys import Keys

# Tasks of a server in which its Spark's last word on cores is looked for.
_NEWEST = 1000


class Canvas(Keys):
    """Graph of servers, sessions, tasks, batches and channels. All calls in the GUI thread."""

    def reset(self, things: Iterable[Thing]) -> None:
        """Show these things and no others. Servers keep the places they had, chosen things stay chosen."""
        kept, focus = self.selected_keys(), self.key_of(self.mind.focus)
        self.scene.reset(things)
        self.overlay.rings.forget()
        self.hide_card()
        self.mind.hovered = self.chart.hovered = None
        self.chart.hidden = []
        self.chart.growing.clear()
        rows = self.scene.rows
        self.attend(None if focus is None else rows.get(focus), (rows[k] for k in kept if k in rows), self.mind.wire)
        self._count_cores(self.scene.servers().tolist())
        self.unmeasured.clear()
        self.chart.measure(self.scene.servers())
        self._all_new()
        self.fits_again()

    def apply(self, delta: Delta) -> None:
        """Take a change in."""
        gone = {self.scene.rows[key] for key in delta.removed if key in self.scene.rows}
        empty, known, wired = not self.scene.racks, self.scene.edges(), self.scene.wires()
        touched = self.scene.apply(delta)
        self._forget(gone)
        alive = sorted(row for row in touched if row in self.scene.racks)
        self._count_cores(alive)
        self.unmeasured.update(alive)
        self.fits_again()
        if delta.added and not empty:
            self.grow(thing.key for thing in delta.added)
        if self.scene.edges() is not known or len(alive) < len(touched):
            self._all_new(fit=empty)
            return
        if self.scene.wires() is not wired:
            self.chart.reroute()
            self.spoil()
        if alive:
            self.mend(alive)

    def _count_cores(self, servers: list[int]) -> None:
        for row in servers:
            if not self.scene.racks[row].tasks:
                continue
            server, told = self.scene.things[row], cores_of(islice(self.scene.tasks(row), _NEWEST))
            if server is not None and told is not None:
                self.scene.set_cores(server.key, told)

    def _all_new(self, *, fit: bool = True) -> None:
        self.chart.rebuild()
        if fit:
            self.fit_if_untouched()
        self.spoil()

    def _forget(self, gone: set[int]) -> None:
        """Rows that may mean another thing soon."""
        if not gone:
            return
        self.overlay.rings.forget(gone)
        self.chart.hidden = [row for row in self.chart.hidden if row not in gone]
        self.chart.growing -= gone
        if self.mind.hovered in gone:
            self.mind.hovered = self.chart.hovered = None
            self.hide_card()
        if self.mind.focus in gone or gone & self.mind.selected:
            focus = None if self.mind.focus in gone else self.mind.focus
            self.attend(focus, self.mind.selected - gone, self.mind.wire)

    def select(self, key: Key | None) -> None:
        """Put the halo on a thing (or on nothing); no signal is sent, the view does not move."""
        row = None if key is None else self.scene.rows.get(key)
        self.attend(row, () if row is None else (row,))

    @property
    def flying(self) -> bool:
        """The view is on its way."""
        return self._flight is not None

    def fly_to(self, key: Key) -> None:
        """Bring a thing to the middle, near enough to be read."""
        row = self.scene.rows.get(key)
        if row is not None:
            self.fly((max(1.0, self.view.zoom), *self.scene.middle(row)))

    def positions(self) -> dict[Key, Point]:
        """Where each server's plate has its middle, world px."""
        return self.scene.positions()

    def set_positions(self, positions: Mapping[Key, Point]) -> None:
        """Put servers there; also those that will come."""
        self.scene.set_positions(positions)
        self._all_new()

    def fold(self, key: Key, folded: bool) -> None:
        """Fold a server's rack away, or out again; also of one that will come."""
        if not self.scene.fold(key, folded):
            return
        row = self.scene.rows.get(key)
        if row is not None:
            self.chart.reroute()
            self.spoil()
            self.mend([row])
        self.folded.emit(key, folded)

    def fold_wanted(self, root: int) -> None:
        """A person wants a rack folded away, or out again."""
        key = self.key_of(root)
        if key is not None and not key.path:
            self.fold(key, key not in self.scene.folded)

    def described(self) -> list[Described]:
        """Role, name, state and place of everything on the chart, for a screen reader."""
        return list(described(self.chart, self.view, self.mind))

    def said_at(self, at: QPointF) -> str:
        """A sentence about the wire under a point of the widget, "" where there is none; things have their card."""
        spot = self.felt(at)
        ident = None if self.row_under(at) is not None else wire_at(self.chart, self.view, spot.x(), spot.y())
        return next((said_of(self.chart, run) for run in self.chart.courses if run.wire.ident == ident), "")

    def plan(self) -> Plan:
        """What a layout must know: the box each server needs with its rack, what is joined, what somebody placed."""
        scene = self.scene
        spots = tuple(
            Spot(key=key, box=scene.box[row].tolist(), at=at if key in scene.placed else None)
            for key, at in scene.positions().items()
            if (row := scene.rows[key]) >= 0
        )
        keys = {row: key for key, row in scene.rows.items() if scene.owner[row] == row}
        edges = tuple((keys[a], keys[b]) for a, b in scene.edges().tolist())
        feet = ((scene.foot(wire.origin), scene.foot(wire.target)) for wire in scene.wires())
        flows = tuple(
            (keys[int(scene.owner[a])], keys[int(scene.owner[b])]) for a, b in feet if a is not None and b is not None
        )
        return Plan(spots=spots, edges=edges, flows=flows, aspect=max(0.5, self.width() / max(1, self.height())))

    def set_cores(self, cores: Mapping[Key, words.Cores | None]) -> None:
        """Cores in use and cores there, by server; None = not known any more."""
        rows = [row for key, pair in cores.items() if (row := self.scene.set_cores(key, pair)) is not None]
        if rows:
            self.unmeasured.update(rows)
            self.mend(rows)
