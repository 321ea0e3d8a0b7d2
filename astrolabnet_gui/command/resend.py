"""What is sent once more: a task or a program again, here or to another server, with values, files and settings."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from ..errors import BadInput, Missing, NotApplicable
from ..journal.row import MASK, Row
from ..model.key import Key
from ..model.livy import Batch, Session
from ..model.record import Record
from ..model.task import Task
from ..model.thing import Thing
from ..tasks.naming import act_of
from ..tasks.send import COMMAND
from .archiving import settings_of
from .batch import NewBatchParams, journalled, made_here, start, whole
from .context import Context
from .finding import TASKS, live
from .needs import HERE, WORDS
from .opening import NewSessionParams, open_session
from .registry import Params, Result, command
from .sending import SendParams, not_ready, send
from .server import send_to_server
from .session import server_up

_FILES = {"file": "program", "jars": "JARs", "pyFiles": "Python files", "files": "files", "archives": "archives"}


def _ask_before_again(thing: Thing, _params: Params) -> str:
    if thing.state in ("sent?", "unknown", "lost", "queued"):
        return f"Nobody knows whether {thing.label} ran. Send it a second time?"
    if thing.state not in thing.kind.terminal:
        return f"{thing.label} is {thing.state}. Send it once more beside it?"
    return ""


@command(
    "task.again", "Send again", on=TASKS, dangerous=_ask_before_again, icon="resume",
    example='net["lal"].sessions[3].tasks[7].again()',
)  # fmt: skip
async def again(ctx: Context, key: Key, params: Params) -> Result:
    """Send the same code or action with the same values once more, as a new task.

    It goes to the same session if that still runs, else to another one of yours in the same language. A program starts
    as a new batch.
    """
    task, record = await _what(ctx, key)
    if record is not None and record.run == "batch":
        program = whole(await journalled(ctx, task.task_key))
        return await start(ctx, _up(ctx, Key(record.server)), program)
    given = await _sent_params(ctx, task, record)
    here = live(ctx, key)
    session = None if here is None or here.parent is None else ctx.engine.store.get(here.parent)
    if session is not None and not not_ready(session):
        return await send(ctx, session.key, given)
    server = _up(ctx, here.root if here is not None else Key("" if record is None else record.server))
    sent: Result = await send_to_server(ctx, server, given)
    return sent


def _up(ctx: Context, server: Key) -> Key:
    """The server of something that is sent there again.

    Raises:
        NotApplicable: it is not there, or takes nothing now.
    """
    thing = ctx.engine.store.get(server)
    if thing is None or server_up(thing):
        reason = "its server is not in the workspace any more." if thing is None else server_up(thing)
        raise NotApplicable(reason, remedy="Send it to another server.")
    return server


class SendToParams(Params):
    """Where to."""

    server: str = Field(title="Server", min_length=1, description="Its name, as lal.")


@command(
    "task.forward", "Send again to…", on=TASKS, params=SendToParams, icon="send",
    dangerous=_ask_before_again, example='net["lal"].sessions[3].tasks[7].forward(server="cern")',
)  # fmt: skip
async def forward(ctx: Context, key: Key, params: SendToParams) -> Result:
    """Send the same code or action with the same values to another server.

    A session with the same memory, files and settings is opened there if the task had any of its own. What may be
    missing there, as files that only the first server sees, is named before anything is sent.
    """
    target = _target(ctx, params.server)
    task, record = await _what(ctx, key)
    if record is not None and record.run == "batch":
        return await _start_there(ctx, await journalled(ctx, task.task_key), record.server, target)
    given = await _sent_params(ctx, task, record)
    settings = _settings(ctx, key, record)
    missing = missing_there(settings, key.server if record is None else record.server, target)
    if given.action and all(action.name != given.action for action in ctx.house.library.actions()):
        missing.append(f"the action {given.action}, which is not in the library any more")
    if not await _all_the_same(ctx, missing, target):
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


@command(
    "batch.forward", "Send again to…", on=("batches",), params=SendToParams, when=made_here, icon="send",
    dangerous=_ask_before_again, example='net["lal"].batches[0].forward(server="cern")',
)  # fmt: skip
async def forward_batch(ctx: Context, batch: Key, params: SendToParams) -> Result:
    """Start the same program with the same arguments, files and settings on another server, as a new batch.

    Files of this computer, also the script or JAR of an action, are brought there. What may be missing there, as files
    that only the first server sees, is named before anything is sent.
    """
    target, program = _target(ctx, params.server), ctx.thing(batch).payload
    assert isinstance(program, Batch)
    return await _start_there(ctx, await journalled(ctx, act_of(program.name or "")), batch.server, target)


async def _start_there(ctx: Context, given: NewBatchParams, server: str, target: Thing) -> Result:
    """Start a program on another server, once a person knows what may be missing there."""
    missing = missing_there({**given.body(), "file": (given.file,)}, server, target)
    if not await _all_the_same(ctx, missing, target):
        return Result(text="Nothing was sent.", data={"done": False, "missing": missing})
    conf = {name: value for name, value in given.conf.items() if value != MASK}
    return await start(ctx, target.key, given.model_copy(update={"conf": conf}))


def _target(ctx: Context, name: str) -> Thing:
    """The server that is meant.

    Raises:
        BadInput: there is none.
        NotApplicable: it takes nothing now.
    """
    servers = ctx.engine.store.servers()
    target = next((s for s in servers if s.label == name), None)
    if target is None:
        known = ", ".join(s.label for s in servers)
        raise BadInput(f"there is no server {name!r}.", field="server", remedy=f"There are: {known}.")
    if reason := server_up(target):
        raise NotApplicable(reason, server=target.label)
    return target


def missing_there(settings: dict[str, Any], server: str, target: Thing) -> list[str]:
    """What something had on a server that another one may not have, in words. What lies here is brought there."""
    words = []
    for word, what in _FILES.items() if server != target.key.server else ():
        given = [str(name) for name in settings.get(word) or () if not str(name).startswith(HERE)]
        names = [name for name in given if "://" not in name] + [n for n in given if n.startswith("file://")]
        if names:
            more = f" and {len(names) - 5} more" if len(names) > 5 else ""
            words.append(f"{', '.join(names[:5])}{more} ({what}, on the first server's own disk)")
    hidden = [name for name, value in settings.get("conf", {}).items() if value == MASK]
    if hidden:
        words.append(f"the secret setting {', '.join(hidden)}, which was not written down")
    return words


async def _all_the_same(ctx: Context, missing: list[str], target: Thing) -> bool:
    """Whether it shall be sent though something may be missing."""
    words = f"On {target.label} there may be missing: {'; '.join(missing)}. Send all the same?"
    return not missing or bool(await ctx.ask(words))


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
