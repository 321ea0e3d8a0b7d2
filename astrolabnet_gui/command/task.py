"""What can be done with tasks."""

from __future__ import annotations

from ..errors import NotApplicable
from ..journal.row import Row
from ..model.key import Key
from ..model.task import Task
from ..model.thing import Thing
from ..tasks.send import COMMAND
from .context import Context
from .reconcile import reconcile
from .registry import Params, Result, command
from .sending import SendParams, not_ready, send
from .server import send_to_server
from .session import owner_of


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
    "task.cancel", "Cancel", on=("statements",), when=_cancellable, dangerous=_ask_before_cancel, idempotent=True,
    icon="cancel", group="change", example='net["lal"].sessions[3].tasks[7].cancel()',
)  # fmt: skip
async def cancel(ctx: Context, key: Key, params: Params) -> Result:
    """Ask the server to stop the task.

    Spark jobs stop soon. Code that is not in Spark (a loop, a sleep) stops on the local island; Apache Livy only
    calls it cancelled while it goes on, so believe the end when the session is idle.
    """
    session = key.parent
    if session is None:
        raise NotApplicable("this is no task.")
    await ctx.client(key).cancel_statement(session.id, key.id)
    ctx.engine.poll_now(key.server)
    return Result(text="Asked to cancel.", focus=key)


def _ask_before_again(thing: Thing, _params: Params) -> str:
    if thing.state in ("sent?", "unknown", "lost", "queued"):
        return f"Nobody knows whether {thing.label} ran. Send it a second time?"
    if thing.state not in thing.kind.terminal:
        return f"{thing.label} is {thing.state}. Send it once more beside it?"
    return ""


@command(
    "task.again", "Send again", on=("statements",), dangerous=_ask_before_again, icon="resume",
    example='net["lal"].sessions[3].tasks[7].again()',
)  # fmt: skip
async def again(ctx: Context, key: Key, params: Params) -> Result:
    """Send the same code or action with the same values once more, as a new task.

    It goes to the same session if that still runs, else to another one of yours in the same language.
    """
    thing = ctx.thing(key)
    task = thing.payload
    if not isinstance(task, Task):
        raise NotApplicable(f"{thing.label} is no task.")
    given = await _sent_params(ctx, task)
    session = None if key.parent is None else ctx.engine.store.get(key.parent)
    if session is not None and not not_ready(session):
        return await send(ctx, session.key, given)
    sent: Result = await send_to_server(ctx, key.root, given)
    return sent


async def _sent_params(ctx: Context, task: Task) -> SendParams:
    """What was sent, from the journal; of what others sent, the code as the server shows it."""
    rows: tuple[Row, ...] = ()
    if task.task_key:
        rows = await ctx.written(ctx.house.journal.of_act(task.task_key))
    for row in rows:
        if row.command == COMMAND:
            return SendParams.model_validate(row.params)
    return SendParams.model_validate({"kind": task.language, "code": task.code, "name": task.name})


@command(
    "task.reconcile", "Look for what was sent", scope="read", idempotent=True, icon="search",
    example="net.task.reconcile()",
)  # fmt: skip
async def look_again(ctx: Context, _key: Key | None, params: Params) -> Result:
    """Find out what became of everything sent before the program ended, and show its results again.

    Runs at each start. Nothing is ever sent by it.
    """
    counts = await reconcile(ctx)
    return Result(text=counts.sentence, data=counts.model_dump(mode="json"))
