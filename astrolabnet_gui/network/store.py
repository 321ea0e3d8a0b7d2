"""Store: what is known now, and who wants to hear of changes. Each face holds a replica of its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

from ..errors import BadInput
from ..model.key import Key, split_address
from ..model.kind import Health
from ..model.server import Server
from ..model.thing import Thing
from .delta import Delta, diff, rank

Listener = Callable[[Delta], None]


class Store:
    """All things by key. One thread applies deltas; only that thread reads.

    Some states of a thing may never appear here, but those that appear come in their order. Values are frozen.
    """

    def __init__(self) -> None:
        self._things: dict[Key, Thing] = {}
        self._children: dict[Key, dict[Key, None]] = {}
        self._servers: dict[Key, None] = {}
        self._standing: Counter[tuple[Health, str]] = Counter()
        self._listeners: list[Listener] = []

    @property
    def things(self) -> Mapping[Key, Thing]:
        """Every known thing."""
        return MappingProxyType(self._things)

    def get(self, key: Key) -> Thing | None:
        """Thing at ``key``, or None."""
        return self._things.get(key)

    def servers(self) -> list[Thing]:
        """Servers in the order of their coming."""
        return [self._things[key] for key in self._servers]

    def standing(self, health: Health, state: str = "") -> int:
        """How many servers have this mark (and state word). Counted as they change: a face asks many times a second."""
        return sum(n for (mark, word), n in self._standing.items() if mark is health and state in ("", word))

    def children(self, key: Key) -> list[Thing]:
        """Children of a thing, sorted by id."""
        found = self._children.get(key)
        return [self._things[k] for k in sorted(found, key=rank)] if found else []

    def held(self, key: Key) -> list[Key]:
        """Keys of the children of a thing, in no order."""
        return list(self._children.get(key, ()))

    def holds(self, key: Key) -> int:
        """How many children a thing has."""
        return len(self._children.get(key, ()))

    def find(self, address: str) -> Thing:
        """Thing at a printed address ``lal/sessions/3``, or of the workspace, ``/actions/pi``.

        Raises:
            BadInput: no such server or thing; the message says which part was not found.
        """
        alias, steps = split_address(address)
        if address.startswith("/"):
            for thing in self.children(Key("")):
                if (thing.key.kind, str(thing.key.id)) == (alias, *steps):
                    return thing
            raise BadInput(f"there is no {address} in the workspace", field="address")
        for root in self.servers():
            if isinstance(root.payload, Server) and root.payload.alias == alias:
                break
        else:
            raise BadInput(f"there is no server {alias!r}", field="address")
        here = root
        for i in range(0, len(steps) - 1, 2):
            collection, ident = steps[i], steps[i + 1]
            for child in self.children(here.key):
                if child.key.kind == collection and str(child.key.id) == ident:
                    here = child
                    break
            else:
                raise BadInput(f"there is no {'/'.join(steps[: i + 2])}", server=alias, field="address")
        if len(steps) % 2:
            raise BadInput(f"{address!r} ends in a collection, not in a thing", server=alias, field="address")
        return here

    def difference(self, things: Iterable[Thing], gone: Iterable[Key] = (), server: str = "") -> Delta:
        """Delta that brings ``things`` in and takes ``gone`` out: those of the workspace, or of one server that its
        polls do not see (its data).
        """
        new = {thing.key: thing for thing in things}
        return diff(server, {key: self._things[key] for key in (*new, *gone) if key in self._things}, new)

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call ``listener`` after each change; returns the way to stop it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def apply(self, delta: Delta) -> None:
        """Take a change in, then tell the listeners."""
        for key in delta.removed:
            self._count(self._things.pop(key, None), -1)
            self._children.pop(key, None)
            self._servers.pop(key, None)
            if key.parent is not None:
                self._children.get(key.parent, {}).pop(key, None)
        for thing in delta.added:
            self._count(self._things.get(thing.key), -1)
            self._count(thing, 1)
            self._things[thing.key] = thing
            if thing.key.parent is not None:
                self._children.setdefault(thing.key.parent, {})[thing.key] = None
            else:
                self._servers[thing.key] = None
        for thing in delta.changed:
            self._count(self._things.get(thing.key), -1)
            self._count(thing, 1)
            self._things[thing.key] = thing
        for listener in tuple(self._listeners):
            listener(delta)

    def _count(self, thing: Thing | None, by: int) -> None:
        if thing is not None and not thing.key.path:
            self._standing[thing.health, thing.state] += by

    def apply_all(self, deltas: Iterable[Delta]) -> None:
        """Take several changes in, in order."""
        for delta in deltas:
            self.apply(delta)
