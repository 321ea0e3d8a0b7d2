"""Reconcile at the start: take over what ended processes of this workspace left open, and follow what they sent."""

from __future__ import annotations

import asyncio
from collections import defaultdict

from pydantic import BaseModel

from ..errors import AstroLabNetError, NotApplicable
from ..journal.row import Row, State
from ..model.key import Key
from ..model.livy import Session, Statement
from ..model.task import Task
from ..network.identity import is_other
from ..tasks.create import BATCH, SESSION, look_again, note
from ..tasks.marker import strip
from ..tasks.reconcile import Fate
from ..tasks.send import COMMAND
from .context import Context

SERVER_WAIT_S = 60.0


class Counts(BaseModel):
    """How many were found, lost, and left open."""

    followed: int = 0
    lost: int = 0
    open: int = 0

    @property
    def sentence(self) -> str:
        """In words."""
        if not (self.followed or self.lost or self.open):
            return "Nothing was left open."
        return f"{self.followed} found again, {self.lost} lost or unknown, {self.open} left open."


async def reconcile(ctx: Context) -> Counts:
    """Find out what became of everything. A server that does not answer yet is waited for in the background."""
    journal, site = ctx.house.journal, f"{ctx.house.workspace.uuid}/"
    claimed = await ctx.written(journal.claim_open())
    arrived = await ctx.written(journal.last(frozenset({State.ACK})))
    by_server: dict[str, list[Row]] = defaultdict(list)
    for row in claimed:
        if row.act == row.run or row.key is None:
            await note(journal, row, State.UNKNOWN, {"why": "the program ended before it was done"})
        else:
            by_server[row.key.server].append(row)
    for row in arrived:
        others = row.owner != journal.owner and row.owner.startswith(site)
        if others and row.command == COMMAND and row.key is not None:
            by_server[row.key.server].append(row)
    looking = [asyncio.create_task(_server(ctx, uuid, rows)) for uuid, rows in by_server.items()]
    for task in looking:
        ctx.house.sender.keep(task)
    if looking:
        await asyncio.wait(looking, timeout=SERVER_WAIT_S)
    flat = [fate for task in looking if task.done() for fate in task.result()]
    return Counts(
        followed=flat.count(Fate.ARRIVED),
        lost=len([f for f in flat if f in (Fate.LOST, Fate.UNKNOWN)]),
        open=sum(map(len, by_server.values())) - len([f for f in flat if f is not None]),
    )


async def _server(ctx: Context, uuid: str, rows: list[Row]) -> list[Fate | None]:
    if all(server.uuid != uuid for server in ctx.engine.servers()):
        for row in rows:
            await note(ctx.house.journal, row, State.UNKNOWN, {"why": "its server is no longer in the workspace"})
        return [Fate.UNKNOWN] * len(rows)
    await ctx.engine.until(Key(uuid), lambda thing: thing is not None and thing.state == "up")
    return list(await asyncio.gather(*(_row(ctx, row) for row in rows)))


async def _row(ctx: Context, row: Row) -> Fate | None:
    try:
        if row.command == COMMAND:
            return await _task(ctx, row)
        if row.command in (SESSION, BATCH) and row.key is not None:
            return await _creation(ctx, row, row.key)
    except AstroLabNetError:
        return None
    await note(ctx.house.journal, row, State.UNKNOWN, {"why": "nobody knows how to look for it"})
    return Fate.UNKNOWN


async def _task(ctx: Context, row: Row) -> Fate | None:
    """A sending: an open one is looked for, one that had arrived is followed to its end."""
    identity = Session.model_validate(row.evidence["session"])
    session = _session_now(ctx, row, identity)
    if session is None:
        why = "its session has ended, or the server has restarted"
        await note(ctx.house.journal, row, State.FAILED, {"fate": Fate.LOST.value, "why": why})
        return Fate.LOST
    row = row.model_copy(update={"key": session})
    params = row.params
    task = Task(
        name=str(params.get("name") or params.get("action") or str(params.get("code", ""))[:40]),
        task_key=row.act, language=str(params.get("kind", "")), code=str(params.get("code", "")),
        line_shift=int(row.evidence.get("line_shift", 0)), sent=row.time,
    )  # fmt: skip
    client = ctx.client(session)
    if row.state is State.AMBIGUOUS:
        return (await ctx.house.sender.resume(client, row, task, ctx.show, ctx.said)).fate
    statement: Statement = await client.statement(identity.id, row.evidence["statement"])
    stripped = strip(statement.code)
    if stripped.marker is None or stripped.marker.key != row.act:
        raise NotApplicable("this number is another statement's now.", server=ctx.alias(session))
    ctx.house.sender.watch(row)
    ctx.show(session, task.model_copy(update={"statement": statement, "code": task.code or stripped.code}))
    return Fate.ARRIVED


def _session_now(ctx: Context, row: Row, identity: Session) -> Key | None:
    """Key of the session in this run of the program: the token of its server's run of ids may be another one now."""
    assert row.key is not None
    for thing in ctx.engine.store.children(row.key.root):
        if (
            thing.key.path == row.key.path
            and isinstance(thing.payload, Session)
            and not is_other(identity, thing.payload)
        ):
            return None if thing.stale_since is not None else thing.key
    return None


async def _creation(ctx: Context, row: Row, server: Key) -> Fate:
    client, journal, clock = ctx.client(server), ctx.house.journal, ctx.house.clock
    if row.command == SESSION:
        return await look_again(journal, row, client.session, clock)
    return await look_again(journal, row, client.batch, clock)
