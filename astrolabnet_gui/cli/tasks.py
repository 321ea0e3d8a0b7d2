"""tasks, journal: what was sent from this workspace, with what became of it: by the journal, and by the archive what
was sent from another site; and all that was done."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from ..command.house import House
from ..command.sent import sent_tasks
from ..journal.row import Row, State
from ..model.task import Task
from ..net.desk import Desk
from ..net.opened import Opened
from .listing import Listing
from .show import address, ago, say

_HEAD = ("ADDRESS", "STATE", "SINCE", "WHAT", "")


def tasks(here: Opened, where: str, most: int, elsewhere: Iterable[Mapping[str, Any]] = ()) -> Listing:
    """The newest tasks, oldest first.

    Args:
        where: only those whose address begins so (``lal``, ``lal/sessions/3``); "" = all.
        most: how many at most.
        elsewhere: what ``there`` found.
    """
    told = sent_tasks(here.house.journal.last(frozenset(State)).result(), here.house.workspace.servers())
    found = here.desk.do("task.find", None, {"limit": min(1000, len(told) + most)}).result or {}
    own = {task["task_key"] for task in told}
    more = {task["task_key"]: task for task in (*found.get("tasks", ()), *elsewhere)}
    told += [task for key, task in more.items() if key not in own]
    told.sort(key=lambda task: str(task["task_key"]))
    return _listing(here.desk, [t for t in told if _is_at(t, where)][-most:])


def found(desk: Desk, data: Mapping[str, Any]) -> Listing:
    """What ``task.find`` found, newest first; what has not ended stands before."""
    return _listing(desk, [*data["not_ended"], *data["tasks"]])


def there(desk: Desk) -> list[dict[str, Any]]:
    """Tasks of mine that the servers tell of, whoever sent them."""
    for server in desk.store.servers():
        if server.state == "up":
            say(f"{server.label}: {desk.do('session.adopt', server.key, {}).text}", sys.stderr)
    mine = [t for t in desk.store.things.values() if t.key.kind == "statements" and t.mine]
    return [
        {"address": address(desk.store, t), "state": t.state, "name": t.label, "problem": t.problem,
         "since": t.since.isoformat() if t.since else "", "task_key": t.payload.task_key, "site": t.payload.site}
        for t in mine if isinstance(t.payload, Task) and t.payload.task_key
    ]  # fmt: skip


def _is_at(task: Mapping[str, Any], where: str) -> bool:
    place = f"{where.rstrip('/')}/"
    return not where or any(f"{at}/".startswith(place) for at in (task["address"], task.get("ran_at", "")))


def _listing(desk: Desk, told: list[dict[str, Any]]) -> Listing:
    cells: list[tuple[str, ...]] = [(t["address"], t["state"], _since(t), t["name"], t["problem"]) for t in told]
    running = {
        address(desk.store, thing): thing.progress
        for thing in desk.store.things.values()
        if thing.key.kind == "statements" and thing.state not in thing.kind.terminal
    }
    return Listing(_HEAD, cells, told, [running.get(t["address"]) for t in told])


def _since(task: Mapping[str, Any]) -> str:
    told = task.get("since") or task.get("completed") or task.get("sent")
    return ago(datetime.fromisoformat(told)) if told else ""


def acts(house: House, most: int) -> Listing:
    """The newest acts of this workspace, oldest first."""
    rows: dict[str, Row] = {}
    for row in house.journal.history(most * 4).result():
        if row.run == row.act:
            rows.setdefault(row.act, row)  # the newest line of an act says how it stands
    found = sorted(rows.values(), key=lambda row: row.act)[-most:]
    told = [
        {"act": row.act, "time": row.time.isoformat(), "command": row.command, "state": row.state.value,
         "python": row.line, "problem": str(row.evidence.get("why") or "")}
        for row in found
    ]  # fmt: skip
    cells: list[tuple[str, ...]] = [
        (t["act"], t["state"].lower(), ago(row.time), t["python"], t["problem"])
        for t, row in zip(told, found, strict=True)
    ]
    return Listing(("ACT", "STATE", "SINCE", "PYTHON", ""), cells, told)
