"""What keeps a session: alive on request, and other people's sessions followed without keeping them."""

from __future__ import annotations

import asyncio

from ..errors import AstroLabNetError, NotApplicable
from ..model.key import Key
from ..model.livy import Session
from ..model.task import Task
from ..model.thing import Thing
from ..network.idle import idle_limit
from ..tasks.marker import strip
from .context import Context
from .registry import Params, Result, command
from .sending import not_ready

LONGEST_S = 600.0


def _living(thing: Thing) -> str:
    return not_ready(thing)


@command(
    "session.keep", "Keep alive", on=("sessions",), when=_living, idempotent=True, icon="resume", group="change",
    example='net["lal"].sessions[3].keep()',
)  # fmt: skip
async def keep(ctx: Context, session: Key, params: Params) -> Result:
    """Put off the end of an idle session, and keep it alive as long as tasks of yours run there.

    Its server then begins to count its idle time anew. Nothing keeps it alive after your last task has ended.
    """
    thing = ctx.thing(session)
    await ctx.client(session).keep_alive(session.id)
    ctx.engine.poll_now(session.server)
    if not _my_open(ctx, session):
        return Result(text=f"{thing.label} is kept for one more idle time.", focus=session)
    if session not in ctx.house.kept_alive:
        ctx.house.kept_alive.add(session)
        ctx.house.sender.keep(asyncio.create_task(_while_mine(ctx, session)))
    return Result(text=f"{thing.label} is kept alive until your last task there has ended.", focus=session)


async def _while_mine(ctx: Context, session: Key) -> None:
    """Count as activity now and then, until my last task there has ended."""
    try:
        while _my_open(ctx, session):
            payload = ctx.thing(session).payload
            limit = idle_limit(payload) if isinstance(payload, Session) else None
            await ctx.house.clock.sleep(min(LONGEST_S, LONGEST_S if limit is None else limit.total_seconds() / 3))
            if _my_open(ctx, session):
                await ctx.client(session).keep_alive(session.id)
    except AstroLabNetError:
        return  # it is gone, or its server is: its own row says so
    finally:
        ctx.house.kept_alive.discard(session)


def _my_open(ctx: Context, session: Key) -> bool:
    return any(
        t.mine and t.stale_since is None and t.state not in t.kind.terminal for t in ctx.engine.store.children(session)
    )


@command(
    "session.attach", "Show what ran there", on=("sessions",), when=_living, scope="read", idempotent=True,
    icon="search", group="open", example='net["lal"].sessions[3].attach()',
)  # fmt: skip
async def attach(ctx: Context, session: Key, params: Params) -> Result:
    """Show the statements of a session, also of one that others opened; those that still run are followed.

    The server is asked for the list once, for it sends every result it still has. Looking does not keep the session
    from ending by itself.
    """
    if session.kind != "sessions":
        raise NotApplicable("this is no session.")
    own = ctx.thing(session).mine
    ctx.said("asking for what ran there")
    found = await ctx.client(session).statements(session.id)
    known = {t.payload.statement.id for t in ctx.engine.store.children(session) if _has_number(t)}
    for statement in found.statements:
        if statement.id in known:
            continue
        stripped = strip(statement.code)
        # A marker alone is no proof: anybody can write one.
        mine = own and stripped.marker is not None and stripped.marker.workspace == ctx.house.workspace.short
        language = stripped.kind if stripped.marker is not None else ""
        task = Task(
            statement=statement, language=language, code=stripped.code,
            name="" if stripped.marker is None else stripped.marker.slug,
            task_key=stripped.marker.key if mine and stripped.marker is not None else "",
        )  # fmt: skip
        ctx.show(session, task)
    missing = found.total_statements - len(found.statements)
    words = f"{len(found.statements)} statements are there." + (
        f" {missing} more are not shown." if missing > 0 else ""
    )
    return Result(text=words, focus=session)


def _has_number(thing: Thing) -> bool:
    return isinstance(thing.payload, Task) and thing.payload.statement is not None
