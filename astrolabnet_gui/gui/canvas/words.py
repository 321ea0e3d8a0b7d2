"""Words on the chart: what stands on a plate, below a session, beside a task, and what a screen reader says."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from ...model.kind import Health
from ...model.server import Server
from ...model.thing import Thing
from ..words import since

Cores = tuple[int, int]

_TONGUES = {"pyspark": "Py", "spark": "Sc", "sql": "SQL", "sparkr": "R", "shared": "All"}


def tongue(thing: Thing) -> str:
    """Two or three letters for the language of a session; "" for other things or if not known."""
    kind = str(getattr(thing.payload, "kind", "") or "")
    return _TONGUES.get(kind, kind[:3].title()) if thing.key.kind == "sessions" else ""


def is_island(thing: Thing) -> bool:
    """A server started by us on this computer."""
    return isinstance(thing.payload, Server) and thing.payload.is_island


def plate(thing: Thing, cores: Cores | None, now: datetime) -> str:
    """Second line of a server's plate: its cores or version while it is well, else how and since when it is not."""
    if thing.health is Health.OK and thing.state == "up":
        known = f"{cores[0]} of {cores[1]} cores" if cores else thing.fact
        return " · ".join(word for word in ("island" if is_island(thing) else "", known) if word) or thing.state
    words = f"{thing.state} {since(thing.stale_since or thing.since, now)}".strip()
    return f"{words}, {thing.problem}" if thing.problem else words


def below(thing: Thing) -> str:
    """What stands under a session (``3 nightly``) or a batch (its name)."""
    if thing.key.kind == "batches" or thing.label == f"session {thing.key.id}":
        return thing.label
    return f"{thing.key.id} {thing.label}"


def doing(thing: Thing) -> str:
    """How a task or batch goes: ``62 %`` while it moves, else its state as the server wrote it."""
    if thing.stale_since is None and thing.progress is not None and thing.health is Health.BUSY:
        return f"{int(thing.progress * 100)} %"
    return "last seen" if thing.stale_since is not None else thing.state.replace("_", " ")


def spoken(path: Sequence[Thing], children: int, cores: Cores | None, now: datetime) -> str:
    """One sentence for a screen reader: ``server lal, up, 12 of 16 cores, 2 children``.

    Args:
        path: from the server down to the thing itself.
        children: how many things it holds.
    """
    thing = path[-1]
    where = " on " + path[0].label if len(path) > 1 else ""
    kind = "island" if is_island(thing) else thing.kind.label.lower()
    parts = [f"{kind} {thing.label}{where}", doing(thing) if len(path) > 1 else thing.state]
    if len(path) == 1 and thing.health is not Health.OK:
        parts[1] = plate(thing, cores, now)
    elif cores and len(path) == 1:
        parts.append(f"{cores[0]} of {cores[1]} cores")
    if children:
        parts.append(f"{children} {'child' if children == 1 else 'children'}")
    return ", ".join(part for part in parts if part)
