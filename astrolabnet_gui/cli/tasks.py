"""tasks: what was sent from this workspace, by the journal, with what became of it."""

from __future__ import annotations

from typing import Any

from ..command.house import House
from ..journal.row import Row, State
from ..model.server import Server
from ..tasks.send import COMMAND
from .show import ago, columns, print_json

_WORDS = {
    State.INTENT: "sent?", State.AMBIGUOUS: "sent?", State.ACK: "running", State.REFUSED: "refused",
    State.UNKNOWN: "unknown", State.DONE: "done", State.FAILED: "failed", State.CANCELLED: "cancelled",
}  # fmt: skip


def tasks(house: House, where: str, most: int, *, as_json: bool) -> None:
    """Print the newest tasks, oldest first.

    Args:
        where: only those whose address begins so (``lal``, ``lal/sessions/3``); "" = all.
        most: how many at most.
    """
    servers = {server.uuid: server for server in house.workspace.servers()}
    sent = [row for row in house.journal.last(frozenset(State)).result() if row.command == COMMAND and row.key]
    told = [_task(row, servers) for row in sent]
    chosen = [t for t in told if not where or f"{t['address']}/".startswith(f"{where.rstrip('/')}/")][-most:]
    if as_json:
        for task in chosen:
            print_json(task)
    elif chosen:
        flat = [
            (t["address"], t["state"], ago(row.time), t["name"], t["problem"])
            for t, row in zip(told, sent, strict=True)
            if t in chosen
        ]
        columns(("ADDRESS", "STATE", "SINCE", "WHAT", ""), flat)


def _task(row: Row, servers: dict[str, Server]) -> dict[str, Any]:
    """One task as plain data."""
    assert row.key is not None
    number = row.evidence.get("statement")
    key = row.key if number is None else row.key.child("statements", number)
    known = servers.get(row.key.server)
    params = row.params
    name = str(params.get("name") or params.get("action") or str(params.get("code", "")).strip().partition("\n")[0])
    return {
        "address": key.address(known.alias if known is not None else row.key.server[:8]),
        "state": _WORDS[row.state],
        "since": row.time.isoformat(),
        "name": name,
        "problem": str(row.evidence.get("why") or ""),
        "task_key": row.act,
        "python": row.line,
    }
