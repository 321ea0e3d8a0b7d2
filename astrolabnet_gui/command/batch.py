"""What can be done with batches."""

from __future__ import annotations

import hashlib
from pathlib import Path

from pydantic import Field

from ..actions.document import text_of
from ..actions.values import arguments
from ..client.caller import upload_name
from ..errors import AstroLabNetError, BadInput, NotApplicable
from ..journal.row import MASK
from ..model.action import Action
from ..model.key import Key
from ..model.livy import Batch, NewBatch
from ..model.thing import Thing
from ..resources import resource
from ..settings.files import write_whole
from ..tasks.create import BATCH, create
from ..tasks.left import program_in_r, program_words, why_program_not
from ..tasks.naming import act_of
from .action import own_files_only
from .context import Context
from .line import masked
from .manifest import main_class
from .needs import HERE, Needs
from .opening import session_for
from .registry import Params, Result, command
from .sending import SendParams, not_lacking
from .session import LogParams, owner_of, server_up
from .upload import brought


class _Program(Params):
    """What shall run."""

    file: str = Field(
        title="Program", min_length=1, json_schema_extra={"widget": "file"},
        description="Python or R script, or JAR: as the server sees it, or here:/path for a file on this computer.",
    )  # fmt: skip
    class_name: str = Field(default="", title="Main class", description="Of a JAR; empty: the one it names itself.")
    args: tuple[str, ...] = Field(default=(), title="Arguments")
    name: str = Field(default="", title="Name", max_length=40, description="What it is called here and on the server.")


class NewBatchParams(Needs, _Program):
    """A program and what it needs; "" and 0 leave it to the server."""

    keep: bool = Field(
        default=True, title="Keep on the server",
        description="A Python script, or an R script of this computer, writes its output, error and times beside the "
        "data before it ends. A JAR is compiled and an R script there is not seen from here: nothing can be put around "
        "them, their log is kept while AstroLabNet runs.",
    )  # fmt: skip

    def request(self, name: str) -> NewBatch:
        """Body of the request."""
        main = {"className": self.class_name} if self.class_name else {}
        return NewBatch.model_validate({"file": self.file, "args": self.args, "name": name, **main, **self.body()})

    def kept_by(self, wrapper: str, words: str) -> NewBatchParams:
        """The same, run by a program of ours that leaves its result; the own program comes as one of its files."""
        update = {"file": wrapper, "args": (words, *self.args), "py_files": (*self.py_files, self.file)}
        return self.model_copy(update=update)

    def told(self, words: str) -> NewBatchParams:
        """The same, its program given ``words`` before its own arguments."""
        return self.model_copy(update={"args": (words, *self.args)})


@command(
    "batch.new", "New batch…", on=("servers",), params=NewBatchParams, when=server_up, inverse="batch.kill",
    icon="batch", example='net["lal"].new_batch(file="hdfs:///jobs/sky.py", args=("2026",))',
)  # fmt: skip
async def new(ctx: Context, server: Key, params: NewBatchParams) -> Result:
    """Start a program on the server that runs by itself until it ends.

    Every setting given here reaches Spark. The batch has a unique name made here: a lost reply is looked for by it,
    and the program is never started twice. A file on this computer (here:/path) is brought to the server first.
    """
    return await start(ctx, server, params)


async def start(ctx: Context, server: Key, params: NewBatchParams) -> Result:
    """Start a batch; see ``new``.

    Raises:
        Missing: the program is R, and the server has none.
    """
    if params.file.lower().endswith(".r"):
        not_lacking(ctx, server, "sparkr")
    client = ctx.client(server)
    full = params
    if params.file.startswith(HERE) and params.file.lower().endswith(".jar") and not params.class_name:
        named = await ctx.blocking(main_class, Path(params.file.removeprefix(HERE)).expanduser())
        if not named:
            raise BadInput("the JAR names no main class itself.", field="class_name", remedy="Say which one to run.")
        full = params.model_copy(update={"class_name": named})
    title = params.name or Path(params.file.rpartition("/")[2]).stem
    workspace, results = ctx.house.workspace.short, ctx.server(server).results
    keeps, r = params.keep and not why_program_not(params.file), params.file.lower().endswith(".r")
    in_r = keeps and r
    if in_r:
        place = ctx.house.paths.state / "programs"
        full = full.model_copy(
            update={"file": await ctx.blocking(_in_r, params.file, place, title, workspace, results)}
        )
    ready = await brought(ctx, server, full, session_for)
    ctx.said("starting the batch")
    wrapper = await _wrapper(ctx, server) if keeps and not r else ""

    def body(name: str) -> NewBatch:
        if in_r:
            return ready.told(act_of(name)).request(name)
        if not wrapper:
            return ready.request(name)
        return ready.kept_by(wrapper, program_words(act_of(name), ready.file, title, workspace, results)).request(name)

    made = await create(
        ctx.house.journal, ctx.house.workspace.short, ctx.run.id, server, BATCH,
        lambda name: client.create_batch(body(name)), client.batch,
        title=title, params=masked(params), clock=ctx.house.clock, said=ctx.said,
    )  # fmt: skip
    return Result(text=f"Batch {made.id} is starting.", focus=ctx.engine.claim(server.server, made))


def _in_r(file: str, folder: Path, title: str, workspace: str, results: str) -> str:
    """An R script of this computer, inside of one of ours that leaves its result; kept by what it holds.

    Raises:
        BadInput: it can not be read.
    """
    path = Path(file.removeprefix(HERE)).expanduser()
    try:
        code = text_of(path)
    except (OSError, ValueError) as exc:
        why = (exc.strerror if isinstance(exc, OSError) else "") or exc
        raise BadInput(f"{path} can not be read: {why}.", field="file") from exc
    script = program_in_r(code, title, workspace, results).encode()
    place = folder / f"{upload_name(path.stem)}-{hashlib.sha256(script).hexdigest()[:8]}.R"
    if not place.exists():
        write_whole(place, script)
    return f"{HERE}{place}"


async def _wrapper(ctx: Context, server: Key) -> str:
    """Our program that keeps results, as the server sees it; "" if it can not be brought there: the batch runs as well
    without it.
    """
    ours = NewBatchParams(file=f"{HERE}{resource('code', 'keep_batch.py')}")
    try:
        return (await brought(ctx, server, ours, session_for)).file
    except AstroLabNetError as problem:
        ctx.said(f"its result will not be kept on the server: {problem}")
        return ""


async def start_program(ctx: Context, server: Key, action: Action, params: SendParams) -> Result:
    """Start an action that is a script or a JAR."""
    assert action.program is not None
    program = action.program
    own_files_only(ctx, (action,))
    made = NewBatchParams.model_validate(
        {
            **program.needs, "file": program.file, "class_name": program.class_name,
            "args": arguments(action, params.values), "name": (params.name or action.title)[:40],
            "keep": params.keep or "keep" not in params.model_fields_set,
        }
    )  # fmt: skip
    started = await start(ctx, server, made)
    if not params.wait or started.focus is None:
        return started
    ctx.said(f"{action.title}: running")
    thing = await ctx.engine.until(started.focus, lambda t: t is None or t.state in t.kind.terminal)
    batch = None if thing is None else thing.payload
    said = "\n".join(batch.log) if isinstance(batch, Batch) else ""
    state = "gone" if thing is None else "done" if thing.state == "success" else thing.state
    output = {"status": "ok", "data": {"text/plain": said}}
    data = {"state": state, "problem": "" if thing is None else thing.problem, "output": output}
    return Result(text=f"{action.title}: {state}.", focus=started.focus, data=data)


def made_here(thing: Thing) -> str:
    """Why nothing is known of what a batch was started with; "" if it is."""
    batch = thing.payload
    if isinstance(batch, Batch) and thing.mine and act_of(batch.name or ""):
        return ""
    return f"{thing.label} was not started from here: Livy does not tell what it was started with."


@command(
    "batch.again", "Run again", on=("batches",), when=made_here, icon="resume",
    dangerous=lambda t, _: "" if t.state in t.kind.terminal else f"{t.label} is {t.state}. Run it once more beside it?",
    example='net["lal"].batches[0].again()',
)  # fmt: skip
async def again(ctx: Context, batch: Key, params: Params) -> Result:
    """Start the same program once more, with all its arguments, settings and files as before, as a new batch."""
    known = ctx.thing(batch).payload
    given = await journalled(ctx, act_of(known.name or "") if isinstance(known, Batch) else "")
    return await start(ctx, batch.root, whole(given))


async def journalled(ctx: Context, act: str) -> NewBatchParams:
    """What a batch of mine was started with; a secret setting is masked.

    Raises:
        NotApplicable: this computer's journal does not have it.
    """
    rows = await ctx.written(ctx.house.journal.of_act(act)) if act else ()
    if not rows or not rows[0].params:
        raise NotApplicable("the journal on this computer does not tell what it was started with.")
    return NewBatchParams.model_validate(rows[0].params)


def whole(given: NewBatchParams) -> NewBatchParams:
    """The same, if nothing of it was secret.

    Raises:
        BadInput: a setting was, and was not written down.
    """
    hidden = [name for name, value in given.conf.items() if value == MASK]
    if hidden:
        raise BadInput(
            f"the setting {hidden[0]} is secret and was not written down.", field="conf",
            remedy="Start it as a new batch and give it again.",
        )  # fmt: skip
    return given


def _ask_before_kill(thing: Thing, _params: Params) -> str:
    if not thing.mine:
        return f"{thing.label} was not started from here; it belongs to {owner_of(thing)}. End it for everyone?"
    return "" if thing.state in thing.kind.terminal else f"End {thing.label}? What it has not yet written is lost."


@command(
    "batch.kill", "End batch", on=("batches",), dangerous=_ask_before_kill, idempotent=True, icon="close",
    group="remove", example='net["lal"].batches[0].kill()',
)  # fmt: skip
async def kill(ctx: Context, batch: Key, params: Params) -> Result:
    """End the batch and remove it, with its log, from the server."""
    thing = ctx.thing(batch)
    ctx.said(f"ending {thing.label}")
    was_there = await ctx.client(batch).delete_batch(batch.id)
    ctx.engine.poll_now(batch.server)
    return Result(text=f"{thing.label} is ended." if was_there else f"{thing.label} was gone already.")


@command(
    "batch.log", "Log", on=("batches",), params=LogParams, scope="read", idempotent=True, icon="journal",
    group="open", example='net["lal"].batches[0].log()',
)  # fmt: skip
async def log(ctx: Context, batch: Key, params: LogParams) -> Result:
    """Show the newest lines of the batch's log. The server forgets it some minutes after the end."""
    page = await ctx.client(batch).batch_log(batch.id, -1, params.lines)
    return Result(text=f"{len(page.log)} lines", data={"lines": list(page.log), "total": page.total})
