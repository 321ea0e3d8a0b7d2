"""Words on the chart: what stands on a plate, below a session, beside a task, and what a screen reader says."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from ...model.dataset import Replica
from ...model.kind import Health
from ...model.server import Server
from ...model.thing import Thing
from ..words import since
from .wire import Form, Wire

Cores = tuple[int, int]

SEALED = "="
_TONGUES = {"pyspark": "Py", "spark": "Sc", "sql": "SQL", "sparkr": "R", "shared": "All"}


def tongue(thing: Thing) -> str:
    """Letters inside a shape: two or three for the language of a session, the seal's of a dataset, else none."""
    if isinstance(thing.payload, Replica):
        return SEALED if thing.payload.equal_to else ""
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
    """What stands under a session (``3 nightly``), a batch or data (its name)."""
    if thing.key.kind in ("batches", "datasets") or thing.label == f"session {thing.key.id}":
        return thing.label
    return f"{thing.key.id} {thing.label}"


def doing(thing: Thing) -> str:
    """How a task or batch goes: ``62 %`` while it moves, else its state as the server wrote it."""
    if thing.stale_since is None and thing.progress is not None and thing.health is Health.BUSY:
        return f"{int(thing.progress * 100)} %"
    return "last seen" if thing.stale_since is not None else thing.state.replace("_", " ")


def spoken(path: Sequence[Thing], held: Sequence[Thing], cores: Cores | None, now: datetime) -> str:
    """One sentence for a screen reader: ``server lal, up, 12 of 16 cores, 2 sessions``.

    Args:
        path: from the server down to the thing itself.
        held: what stands in its rack.
    """
    thing = path[-1]
    where = " on " + path[0].label if len(path) > 1 else ""
    kind = "island" if is_island(thing) else thing.kind.label.lower()
    parts = [f"{kind} {thing.label}{where}", doing(thing) if thing.key.path else thing.state]
    if not thing.key.path and thing.health is not Health.OK:
        parts[1] = plate(thing, cores, now)
    elif cores and not thing.key.path:
        parts.append(f"{cores[0]} of {cores[1]} cores")
    for kinds, one, many in (("sessions", "session", "sessions"), ("batches", "batch", "batches"),
                             ("datasets", "dataset", "datasets")):  # fmt: skip
        number = sum(child.key.kind == kinds for child in held)
        if number:
            parts.append(f"{number} {one if number == 1 else many}")
    return ", ".join(part for part in parts if part)


def spoken_wire(wire: Wire, ends: tuple[str, str], now: datetime) -> str:
    """One sentence for a screen reader: ``channel from cc-lyon to lal, behind, 64 MB/s, lag 6 min``."""
    form = {Form.GAP: "data missing", Form.SEALED: "verified equal" if wire.note == "equal" else "done"}
    state = form.get(wire.form, wire.form.name.lower())
    what = f"channel from {ends[0]} to {ends[1]}" if wire.note != "equal" else f"replicas {ends[0]} and {ends[1]}"
    parts = (what, state, wire.rate, wire.note if wire.form not in (Form.SEALED, Form.LOST) else "")
    return ", ".join(part for part in parts if part)
