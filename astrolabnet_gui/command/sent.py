"""Sent: what the journal of this computer tells of tasks: where each went, when, and its last state."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from ulid import ULID

from ..errors import JournalClosed
from ..journal.row import OPEN, Row, State
from ..model.server import Server
from ..tasks.archive_index import Wanted
from ..tasks.send import COMMAND
from .house import House

NOT_ENDED = OPEN | {State.ACK}
_WORDS = {
    State.INTENT: "sent?", State.AMBIGUOUS: "sent?", State.ACK: "running", State.REFUSED: "refused",
    State.UNKNOWN: "unknown", State.DONE: "done", State.FAILED: "failed", State.CANCELLED: "cancelled",
}  # fmt: skip


def sent_tasks(rows: Iterable[Row], servers: Iterable[Server]) -> list[dict[str, Any]]:
    """Each sending as plain data, in the order of the rows."""
    known = {server.uuid: server for server in servers}
    return [_task(row, known) for row in rows if row.command == COMMAND and row.key]


def _task(row: Row, servers: dict[str, Server]) -> dict[str, Any]:
    assert row.key is not None
    number = row.evidence.get("statement")
    key = row.key if number is None else row.key.child("statements", number)
    known = servers.get(row.key.server)
    params = row.params
    name = str(params.get("name") or params.get("action") or str(params.get("code", "")).strip().partition("\n")[0])
    return {
        "address": key.address(known.alias if known is not None else row.key.server[:8]),
        "state": _WORDS[row.state], "since": row.time.isoformat(), "name": name,
        "problem": str(row.evidence.get("why") or ""), "task_key": row.act, "python": row.line,
    }  # fmt: skip


async def not_ended(house: House, wanted: Wanted) -> list[dict[str, Any]]:
    """Sendings that are asked for and of which no end is known here, newest first; the archive has the others.

    Raises:
        Missing: the archive can not be read.
    """
    try:
        rows = await asyncio.wrap_future(house.journal.last(NOT_ENDED))
    except JournalClosed:
        return []
    fit = [row for row in rows if _fits(house, row, wanted)]
    archive = house.archive
    kept = await house.keep(lambda: {row.act for row in fit if archive.has(row.act)})
    left = sorted((row for row in fit if row.act not in kept), key=lambda row: row.act, reverse=True)
    return sent_tasks(left[: wanted.limit], house.workspace.servers())


def _fits(house: House, row: Row, wanted: Wanted) -> bool:
    if row.command != COMMAND or row.key is None:
        return False
    server = next((s for s in house.workspace.servers() if s.uuid == row.key.server), None)
    alias = server.alias if server is not None else ""
    words = " ".join(str(row.params.get(name) or "") for name in ("name", "action", "code")) + f" {alias}"
    moment = _moment(row.act)
    return (
        all(word in words.casefold() for word in wanted.text.casefold().split())
        and wanted.state in ("", _WORDS[row.state])
        and wanted.server in ("", alias, row.key.server)
        and wanted.language in ("", str(row.params.get("kind") or ""))
        and (wanted.since is None or moment >= wanted.since)
        and (wanted.until is None or moment < wanted.until)
    )


def _moment(act: str) -> datetime:
    """When it was sent: a task key begins with its time."""
    try:
        return ULID.from_str(act).datetime
    except ValueError:
        return datetime.fromtimestamp(0, UTC)
