"""What keeps a session alive on request."""

from __future__ import annotations

import asyncio

from ..errors import AstroLabNetError
from ..model.key import Key
from ..model.livy import Session
from ..network.idle import idle_limit
from .context import Context
from .registry import Params, Result, command
from .sending import not_ready

LONGEST_S = 600.0


@command(
    "session.keep", "Keep alive", on=("sessions",), when=not_ready, idempotent=True, icon="resume", group="change",
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
