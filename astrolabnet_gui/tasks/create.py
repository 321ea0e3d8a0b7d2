"""Create: sessions and batches made at most once: a unique name, INTENT, POST; a lost reply is looked for by name."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar

from ulid import ULID

from ..errors import JournalClosed
from ..journal.journal import Journal
from ..journal.row import Row, State
from ..model.key import Key
from ..model.livy import Batch, Session
from .clock import Clock, RealClock
from .naming import unique_name
from .reconcile import CREATION_QUIET_S, Fate, find_created, left_of
from .verdict import certainly_not_done, words

SESSION, BATCH = "session.made", "batch.made"
Made = TypeVar("Made", Session, Batch)


async def create(
    journal: Journal,
    workspace: str,
    run: str,
    server: Key,
    command: str,
    post: Callable[[str], Awaitable[Made]],
    get: Callable[[str], Awaitable[Made]],
    *,
    title: str = "",
    name: str = "",
    params: Mapping[str, Any] | None = None,
    clock: Clock | None = None,
    said: Callable[[str], None] = lambda _: None,
) -> Made:
    """Make one.

    Args:
        workspace: first eight letters of the workspace's uuid.
        run: ULID of the command's run.
        command: SESSION or BATCH, as the rows name it.
        post: creates it under the name it is given.
        get: finds it by that name.
        title: what a person calls it; it stands at the end of the name.
        name: its name, where that is its lock and so not made here; nothing of that name may be left there.
        params: what was asked for, secrets masked, so that the same can be asked again.

    Raises:
        JournalClosed: nothing was sent.
        Refused, Unreachable, Untrusted, BadInput: it was not made.
        Ambiguous: (as raised by ``post``) it has not shown itself in time.
    """
    act = str(ULID())
    name = name or unique_name(workspace, act, title)
    row = await asyncio.wrap_future(journal.intend(act, run, command, server, params or {}, evidence={"name": name}))
    try:
        made = await post(name)
    except BaseException as exc:
        if certainly_not_done(exc):
            await note(journal, row, State.REFUSED, {"why": words(exc)})
            raise
        await note(journal, row, State.AMBIGUOUS, {"why": words(exc)})
        if not isinstance(exc, Exception):
            raise
        said(f"{words(exc)} Looking for it by its name.")
        found = await find_created(get, name, clock or RealClock(), said=said)
        if found is None:
            await note(journal, row, State.UNKNOWN, {"why": "it has not shown itself"})
            raise
        made = found
    await note(journal, row, State.ACK, {"id": made.id})
    return made


async def look_again(journal: Journal, row: Row, get: Callable[[str], Awaitable[Made]], clock: Clock) -> Fate:
    """What became of one that an ended process left open: it is looked for by its name, never made again."""
    # A server may still be busy starting what was asked for just before the program ended.
    quiet_s = left_of(CREATION_QUIET_S, row.time)
    made = await find_created(get, str(row.evidence.get("name", "")), clock, quiet_s=quiet_s)
    if made is None:
        await note(journal, row, State.UNKNOWN, {"why": "there is none of that name"})
        return Fate.UNKNOWN
    await note(journal, row, State.ACK, {"id": made.id})
    return Fate.ARRIVED


async def note(journal: Journal, row: Row, state: State, evidence: dict[str, object]) -> None:
    """Write what came of it if that is possible; else it stays open and is looked for at the next start."""
    try:
        await asyncio.wrap_future(journal.note(row, state, evidence))
    except JournalClosed:
        return
