"""Graph: which servers know which, and where they stand on the chart, as in the window."""

from __future__ import annotations

from ..model.channel import Channel
from ..model.key import Key
from ..model.thing import Thing
from ..network.layout import arrange
from ..network.topology import between_servers, topology
from .desk import Desk

#: Box of a server around its place: left, top, right, bottom.
BOX = (-88.0, -32.0, 88.0, 32.0)


class Graph:
    """The archipelago at one moment: ``net.graph``."""

    def __init__(self, desk: Desk) -> None:
        desk.settle(0.0)
        self._store = desk.store
        self.servers: tuple[Thing, ...] = tuple(desk.store.servers())
        own = {thing.key for thing in self.servers}
        channels = (thing.payload for thing in desk.store.things.values() if isinstance(thing.payload, Channel))
        ends = ((channel.origin.root, channel.target.root) for channel in channels)
        #: What flows from server to server.
        self.flows: tuple[tuple[Key, Key], ...] = tuple((a, b) for a, b in ends if a != b and {a, b} <= own)
        self.edges: tuple[tuple[Key, Key], ...] = between_servers(topology(desk.store.things.values()))

    def sessions(self, server: Thing) -> list[Thing]:
        """Sessions of a server, in the order of their numbers."""
        return [t for t in self._store.children(server.key) if t.key.kind == "sessions"]

    def places(self) -> dict[Key, tuple[float, float]]:
        """Middle of each server's box."""
        return arrange({thing.key: BOX for thing in self.servers}, self.edges, flows=self.flows)

    def __repr__(self) -> str:
        return f"<graph of {len(self.servers)} servers, {len(self.edges)} edges>"
