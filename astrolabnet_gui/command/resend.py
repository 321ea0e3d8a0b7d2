"""What is sent once more: a task again, here or to another server, with its values, files and settings."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from ..errors import BadInput, Missing, NotApplicable
from ..journal.row import MASK, Row
from ..model.key import Key
from ..model.livy import Session
from ..model.record import Record
from ..model.task import Task
from ..model.thing import Thing
from ..tasks.send import COMMAND
from .archiving import settings_of
from .context import Context
from .finding import TASKS, live
from .needs import WORDS
from .opening import NewSessionParams, open_session
from .registry import Params, Result, command
from .sending import SendParams, not_ready, send
from .server import send_to_server
from .session import server_up

_FILES = ("jars", "pyFiles", "files", "archives")


def _ask_before_again(thing: Thing, _params: Params) -> str:
    if thing.state in ("sent?", "unknown", "lost", "queued"):
        return f"Nobody knows whether {thing.label} ran. Send it a second time?"
    if thing.state not in thing.kind.terminal:
        return f"{thing.label} is {thing.state}. Send it once more beside it?"
    return ""


def _no_program(thing: Thing) -> str:
    task = thing.payload
    if thing.key.kind == "tasks" and isinstance(task, Task) and not task.language:
        return f"{thing.label} was a batch: run it again where its batch is shown."
    return ""


@command(
    "task.again", "Send again", on=TASKS, dangerous=_ask_before_again, when=_no_program, icon="resume",
    example='net["lal"].sessions[3].tasks[7].again()',
)  # fmt: skip
async def again(ctx: Context, key: Key, params: Params) -> Result:
    """Send the same code or action with the same values once more, as a new task.

    It goes to the same session if that still runs, else to another one of yours in the same language.
    """
    task, record = await _what(ctx, key)
    given = await _sent_params(ctx, task, record)
    here = live(ctx, key)
    session = None if here is None or here.parent is None else ctx.engine.store.get(here.parent)
    if session is not None and not not_ready(session):
        return await send(ctx, session.key, given)
    server = here.root if here is not None else Key("" if record is None else record.server)
    thing = ctx.engine.store.get(server)
    if thing is None or server_up(thing):
        reason = "its server is not in the workspace any more." if thing is None else server_up(thing)
        raise NotApplicable(reason, remedy="Send it to another server.")
    sent: Result = await send_to_server(ctx, server, given)
    return sent


class SendToParams(Params):
    """Where to."""

    server: str = Field(title="Server", min_length=1, description="Its name, as lal.")


@command(
    "task.forward", "Send again to…", on=TASKS, params=SendToParams, when=_no_program, icon="send",
    dangerous=_ask_before_again, example='net["lal"].sessions[3].tasks[7].forward(server="cern")',
)  # fmt: skip
async def forward(ctx: Context, key: Key, params: SendToParams) -> Result:
    """Send the same code or action with the same values to another server.

    A session with the same memory, files and settings is opened there if the task had any of its own. What may be
    missing there, as files that only the first server sees, is named before anything is sent.
    """
    target = next((s for s in ctx.engine.store.servers() if s.label == params.server), None)
    if target is None:
        known = ", ".join(s.label for s in ctx.engine.store.servers())
        raise BadInput(f"there is no server {params.server!r}.", field="server", remedy=f"There are: {known}.")
    reason = server_up(target)
    if reason:
        raise NotApplicable(reason, server=target.label)
    task, record = await _what(ctx, key)
    given = await _sent_params(ctx, task, record)
    settings = _settings(ctx, key, record)
    missing = missing_there(ctx, settings, given, record, target)
    if missing and not await ctx.ask(
        f"On {target.label} there may be missing: {'; '.join(missing)}. Send all the same?"
    ):
        return Result(text="Nothing was sent.", data={"done": False, "missing": missing})
    if not settings:
        sent: Result = await send_to_server(ctx, target.key, given)
        return sent
    ours = {word: name for name, word in WORDS.items()}
    needs: dict[str, Any] = {ours[word]: value for word, value in settings.items()}
    needs["conf"] = {name: value for name, value in needs.get("conf", {}).items() if value != MASK}
    kind = given.kind if given.kind and given.kind != "sql" else "pyspark"
    session = await open_session(ctx, target.key, NewSessionParams.model_validate(needs | {"kind": kind}))
    return await send(ctx, session, given)


def missing_there(
    ctx: Context, settings: dict[str, Any], given: SendParams, record: Record | None, target: Thing
) -> list[str]:
    """What a task had that another server may not have, in words."""
    same = record is not None and record.server == target.key.server
    words = []
    for word in _FILES:
        names = [str(name) for name in settings.get(word) or () if not same and "://" not in str(name)]
        names += [str(name) for name in settings.get(word) or () if not same and str(name).startswith("file://")]
        if names:
            words.append(f"{', '.join(names[:5])} ({word}, on the first server's own disk)")
    hidden = [name for name, value in settings.get("conf", {}).items() if value == MASK]
    if hidden:
        words.append(f"the secret setting {', '.join(hidden)}, which was not written down")
    if given.action and all(action.name != given.action for action in ctx.house.library.actions()):
        words.append(f"the action {given.action}, which is not in the library any more")
    return words


async def _what(ctx: Context, key: Key) -> tuple[Task, Record | None]:
    """The task, with its record if it is kept."""
    thing = ctx.thing(key)
    if not isinstance(thing.payload, Task):
        raise NotApplicable(f"{thing.label} is no task.")
    task, archive = thing.payload, ctx.house.archive
    try:
        if not task.archived:
            return task, None
        record = await ctx.house.keep(lambda: archive.get(task.task_key))
        if not task.code:
            task = task.model_copy(update={"code": await ctx.house.keep(lambda: archive.code(record))})
    except (BadInput, Missing):
        return task, None
    return task, record


async def _sent_params(ctx: Context, task: Task, record: Record | None) -> SendParams:
    """What was sent, from the journal; of what others sent or another computer, the code."""
    rows: tuple[Row, ...] = ()
    if task.task_key:
        rows = await ctx.written(ctx.house.journal.of_act(task.task_key))
    for row in rows:
        if row.command == COMMAND:
            return SendParams.model_validate(row.params)
    if not task.code.strip():
        raise NotApplicable(f"the code of {task.name} is not kept here any more.")
    return SendParams.model_validate({"kind": task.language, "code": task.code, "name": task.name})


def _settings(ctx: Context, key: Key, record: Record | None) -> dict[str, Any]:
    """What its session was opened with, in Livy's words; {} for one that took the server's own."""
    if record is not None:
        return record.settings
    above = None if key.parent is None else ctx.engine.store.get(key.parent)
    return settings_of(above.payload) if above is not None and isinstance(above.payload, Session) else {}
