"""Cores: how many of a server's cores work now, as the Sparks of its sessions said when they were last asked."""

from __future__ import annotations

from collections.abc import Iterable

from ...model.key import Key
from ...model.kind import Health
from ...model.spark import Progress
from ...model.task import Task
from ...model.thing import Thing
from .words import Cores


def cores_of(tasks: Iterable[Thing]) -> Cores | None:
    """Cores in use and cores there, over the sessions of one server; None if no Spark has told.

    Sessions that work in their driver (a local master) share the cores of its computer; executors have their own.
    """
    newest: dict[Key | None, tuple[bool, str, Progress]] = {}
    for thing in tasks:
        account = thing.payload.progress if isinstance(thing.payload, Task) else None
        if account is None or not account.workers:
            continue
        said = (thing.health is Health.BUSY, f"{thing.key.id:>12}", account)
        if said[:2] >= newest.get(thing.key.parent, (False, ""))[:2]:
            newest[thing.key.parent] = said
    if not newest:
        return None
    computers: dict[str, int] = {}
    own = used = 0
    for running, _, account in newest.values():
        for worker in account.workers:
            used += worker.activeTasks if running else 0
            if worker.id == "driver":
                host = worker.hostPort.rpartition(":")[0]
                computers[host] = max(computers.get(host, 0), worker.totalCores)
            else:
                own += worker.totalCores
    there = own + sum(computers.values())
    return min(used, there), there
