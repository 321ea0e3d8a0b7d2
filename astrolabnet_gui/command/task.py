"""What can be done with tasks."""

from __future__ import annotations

import asyncio

from ..errors import NotApplicable
from ..model.key import Key
from ..model.task import Task
from ..model.thing import Thing
from ..network.follow import STILL_RUNS
from .collect import fetch_lost
from .context import Context
from .finding import TASKS, live
from .opened import ask_for_its_tasks
from .put_back import put_back
from .reconcile import reconcile
from .registry import Params, Result, command
from .session import owner_of

# A little longer than it takes until a task that can not be stopped is called so.
CANCEL_WAIT_S = 12.0


def _cancellable(thing: Thing) -> str:
    if thing.state in thing.kind.terminal:
        return f"{thing.label} has ended: {thing.state}."
    if isinstance(thing.payload, Task) and thing.payload.statement is None:
        return "it has no number on the server yet: nothing there can be cancelled."
    return ""


def _ask_before_cancel(thing: Thing, _params: Params) -> str:
    if thing.mine:
        return ""
    return f"{thing.label} was not sent from here; it belongs to {owner_of(thing)}. Cancel it all the same?"


@command(
    "task.cancel", "Cancel", on=TASKS, when=_cancellable, dangerous=_ask_before_cancel, idempotent=True,
    icon="cancel", group="change", example='net["lal"].sessions[3].tasks[7].cancel()',
)  # fmt: skip
async def cancel(ctx: Context, key: Key, params: Params) -> Result:
    """Ask the server to stop the task, and say what came of it.

    Spark jobs stop soon. Code that is not in Spark (a loop, a sleep) stops on the local island; Apache Livy only
    calls it cancelled while it goes on. Then the task is shown as "still runs" until its session is free again.
    """
    here = live(ctx, key)
    if here is None or here.parent is None:
        raise NotApplicable("its session is out of sight: nothing there can be cancelled.")
    await ctx.client(here).cancel_statement(here.parent.id, here.id)
    ctx.engine.poll_now(here.server)
    ctx.said("asked to cancel; waiting for what comes of it")
    return Result(text=await _what_came_of_it(ctx, here), focus=key)


async def _what_came_of_it(ctx: Context, key: Key) -> str:
    def told(thing: Thing | None) -> bool:
        return thing is None or thing.state == STILL_RUNS or thing.state in thing.kind.terminal

    waits = asyncio.ensure_future(ctx.engine.until(key, told))
    patience = asyncio.ensure_future(ctx.house.clock.sleep(CANCEL_WAIT_S))
    try:
        await asyncio.wait((waits, patience), return_when=asyncio.FIRST_COMPLETED)
        if not waits.done():
            return "Asked to cancel; the server has not said yet what came of it."
        thing = waits.result()
    finally:
        waits.cancel()
        patience.cancel()
    if thing is None or thing.state == "cancelled":
        return "Cancelled."
    if thing.state == STILL_RUNS:
        return "Asked; driver code still runs. It ends by itself, or with its session."
    return f"Nothing to cancel: it ended as {thing.state}."


@command(
    "task.reconcile", "Look for what was sent", scope="read", idempotent=True, icon="search",
    example="net.task.reconcile()",
)  # fmt: skip
async def look_again(ctx: Context, _key: Key | None, params: Params) -> Result:
    """Find out what became of everything sent before the program ended, and show its results again.

    Runs at each start. Nothing is ever sent by it.
    """
    ask_for_its_tasks(ctx)
    counts = await reconcile(ctx)
    await put_back(ctx)
    waiting = await fetch_lost(ctx)
    more = f" {waiting} kept on their server: choose Fetch kept results there." if waiting else ""
    return Result(text=counts.sentence + more, data=counts.model_dump(mode="json"))
