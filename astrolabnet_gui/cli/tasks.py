"""tasks: what was sent from this workspace, with what became of it: by the journal, and by the archive what was sent
from another site."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from ..command.sent import sent_tasks
from ..journal.row import State
from ..model.task import Task
from ..net.desk import Desk
from ..net.opened import Opened
from .show import address, ago, columns, print_json, say


def tasks(here: Opened, where: str, most: int, *, elsewhere: bool, as_json: bool) -> None:
    """Print the newest tasks, oldest first.

    Args:
        where: only those whose address begins so (``lal``, ``lal/sessions/3``); "" = all.
        most: how many at most.
        elsewhere: look on the servers for what was sent from another site.
    """
    told = sent_tasks(here.house.journal.last(frozenset(State)).result(), here.house.workspace.servers())
    found = here.desk.do("task.find", None, {"limit": min(1000, len(told) + most)}).result or {}
    own = {task["task_key"] for task in told}
    more = {task["task_key"]: task for task in (*found.get("tasks", ()), *(_there(here.desk) if elsewhere else ()))}
    told += [task for key, task in more.items() if key not in own]
    told.sort(key=lambda task: str(task["task_key"]))
    _print([t for t in told if _is_at(t, where)][-most:], as_json=as_json)


def found(data: Mapping[str, Any]) -> None:
    """Print what ``task.find`` found, newest first; what has not ended stands before."""
    _print([*data["not_ended"], *data["tasks"]], as_json=False)


def _there(desk: Desk) -> list[dict[str, Any]]:
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


def _print(told: Iterable[Mapping[str, Any]], *, as_json: bool) -> None:
    if as_json:
        for task in told:
            print_json(task)
        return
    flat = [(t["address"], t["state"], _since(t), t["name"], t["problem"]) for t in told]
    if flat:
        columns(("ADDRESS", "STATE", "SINCE", "WHAT", ""), flat)


def _since(task: Mapping[str, Any]) -> str:
    told = task.get("since") or task.get("completed") or task.get("sent")
    return ago(datetime.fromisoformat(told)) if told else ""
