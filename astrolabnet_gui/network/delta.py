"""Snapshot, Delta and diff(): what a poll saw, and what changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ..model.key import Key
from ..model.thing import Thing

Things = Mapping[Key, Thing]


@dataclass(frozen=True, slots=True)
class Delta:
    """Change of one server's things. Applying it to the old things gives the new ones exactly.

    Attributes:
        server: uuid.
        removed: deepest first.
        added: parents first.
        changed: parents first, with the new value.
    """

    server: str
    removed: tuple[Key, ...] = ()
    added: tuple[Thing, ...] = ()
    changed: tuple[Thing, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.removed or self.added or self.changed)


def pieces(delta: Delta, most: int) -> Iterator[Delta]:
    """The same change in pieces of at most so many things, to be taken in one after the other."""
    if len(delta.removed) + len(delta.added) + len(delta.changed) <= most:
        yield delta
        return
    for start in range(0, len(delta.removed), most):
        yield Delta(delta.server, removed=delta.removed[start : start + most])
    for start in range(0, len(delta.added), most):
        yield Delta(delta.server, added=delta.added[start : start + most])
    for start in range(0, len(delta.changed), most):
        yield Delta(delta.server, changed=delta.changed[start : start + most])


def rank(key: Key) -> tuple[object, ...]:
    """Sort key: parents before children, 9 before 10, numbers before names."""
    return tuple((0, step, "") if isinstance(step, int) else (1, 0, step) for step in key.path)


def diff(server: str, old: Things, new: Things) -> Delta:
    """Delta that turns ``old`` into ``new``."""
    gone, come = old.keys() - new.keys(), new.keys() - old.keys()
    # Things are built anew only when they change: identity spares most of the comparing.
    stayed = (k for k in old.keys() & new.keys() if old[k] is not new[k] and old[k] != new[k])
    return Delta(
        server=server,
        removed=tuple(sorted(gone, key=lambda k: (len(k.path), rank(k)), reverse=True)),
        added=tuple(new[k] for k in sorted(come, key=rank)),
        changed=tuple(new[k] for k in sorted(stayed, key=rank)),
    )


@dataclass(slots=True)
class Changes:
    """Deltas merged until they are sent: many polls, one signal."""

    by_server: dict[str, Delta] = field(default_factory=dict)

    def add(self, delta: Delta) -> None:
        """Put ``delta`` after those already here."""
        old = self.by_server.get(delta.server)
        self.by_server[delta.server] = delta if old is None else merge(old, delta)

    def take(self) -> tuple[Delta, ...]:
        """All merged deltas that still say something; empties this."""
        out = tuple(delta for delta in self.by_server.values() if delta)
        self.by_server.clear()
        return out


def merge(first: Delta, then: Delta) -> Delta:
    """One delta with the effect of ``first``, then ``then``."""
    removed = dict.fromkeys(first.removed)
    added = {t.key: t for t in first.added}
    changed = {t.key: t for t in first.changed}
    for key in then.removed:
        if added.pop(key, None) is None:
            changed.pop(key, None)
            removed[key] = None
    for thing in then.added:
        if thing.key in removed:
            del removed[thing.key]
            changed[thing.key] = thing
        else:
            added[thing.key] = thing
    for thing in then.changed:
        (added if thing.key in added else changed)[thing.key] = thing
    return Delta(
        first.server,
        tuple(sorted(removed, key=lambda k: (len(k.path), rank(k)), reverse=True)),
        tuple(sorted(added.values(), key=lambda t: rank(t.key))),
        tuple(sorted(changed.values(), key=lambda t: rank(t.key))),
    )
