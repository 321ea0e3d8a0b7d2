"""Wiring: which things are lines of data, and the wires they make."""

from __future__ import annotations

from ...model.key import Key
from ...model.thing import Thing
from .wire import Wire, seals, wire_of


class Wiring:
    """Channels and datasets as they are known."""

    def __init__(self) -> None:
        self._channels: dict[Key, Thing] = {}
        self._datasets: dict[Key, Thing] = {}
        self._wires: tuple[Wire, ...] | None = ()

    def put(self, thing: Thing) -> None:
        """Take a thing in; most are no wires."""
        kept = {"channels": self._channels, "datasets": self._datasets}.get(thing.key.kind)
        if kept is not None:
            kept[thing.key] = thing
            self._wires = None

    def drop(self, key: Key) -> None:
        """It is gone."""
        if self._channels.pop(key, None) is not None or self._datasets.pop(key, None) is not None:
            self._wires = None

    def wires(self) -> tuple[Wire, ...]:
        """All of them; the same object until something changes."""
        if self._wires is None:
            made = [wire for thing in self._channels.values() if (wire := wire_of(thing)) is not None]
            self._wires = (*made, *seals(self._datasets))
        return self._wires

    def thing(self, key: Key) -> Thing | None:
        """Channel of that key."""
        return self._channels.get(key)

    def partners(self, key: Key) -> list[Key]:
        """Where the lines of a thing go."""
        return [w.target if w.origin == key else w.origin for w in self.wires() if key in (w.origin, w.target)]
