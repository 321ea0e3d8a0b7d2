"""What can be done with batches."""

from __future__ import annotations

from pydantic import Field
from pydantic.config import JsonDict

from ..model.key import Key
from ..model.livy import NewBatch
from ..model.thing import Thing
from ..tasks.create import BATCH, create
from .context import Context
from .registry import Params, Result, command
from .session import LogParams, owner_of, server_up

_MEMORY = r"^(\d+[kmgtKMGT]?)?$"
_ADVANCED: JsonDict = {"advanced": True}


class NewBatchParams(Params):
    """A program and what it needs; "" and 0 leave it to the server."""

    file: str = Field(title="Program", min_length=1, description="Python file or JAR, as the server sees it.")
    class_name: str = Field(default="", title="Main class", description="Of a JAR.")
    args: tuple[str, ...] = Field(default=(), title="Arguments")
    driver_memory: str = Field(default="", title="Driver memory", pattern=_MEMORY, description="As 2g or 512m.")
    driver_cores: int = Field(default=0, ge=0, title="Driver cores", json_schema_extra=_ADVANCED)
    executors: int = Field(default=0, ge=0, title="Executors", json_schema_extra=_ADVANCED)
    executor_memory: str = Field(default="", title="Executor memory", pattern=_MEMORY, json_schema_extra=_ADVANCED)
    executor_cores: int = Field(default=0, ge=0, title="Executor cores", json_schema_extra=_ADVANCED)
    queue: str = Field(default="", title="Queue", json_schema_extra=_ADVANCED)
    proxy_user: str = Field(default="", title="Act as user", json_schema_extra=_ADVANCED)
    conf: dict[str, str] = Field(default_factory=dict, title="Spark settings", json_schema_extra=_ADVANCED)
    jars: tuple[str, ...] = Field(default=(), title="JARs", json_schema_extra=_ADVANCED)
    py_files: tuple[str, ...] = Field(default=(), title="Python files", json_schema_extra=_ADVANCED)
    files: tuple[str, ...] = Field(default=(), title="Files", json_schema_extra=_ADVANCED)
    archives: tuple[str, ...] = Field(default=(), title="Archives", json_schema_extra=_ADVANCED)

    def request(self, name: str) -> NewBatch:
        """Body of the request."""
        return NewBatch(
            file=self.file, className=self.class_name or None, args=self.args, name=name,
            driverMemory=self.driver_memory or None, driverCores=self.driver_cores or None,
            executorMemory=self.executor_memory or None, executorCores=self.executor_cores or None,
            numExecutors=self.executors or None, queue=self.queue or None, proxyUser=self.proxy_user or None,
            conf=self.conf, jars=self.jars, pyFiles=self.py_files, files=self.files, archives=self.archives,
        )  # fmt: skip


@command(
    "batch.new", "New batch…", on=("servers",), params=NewBatchParams, when=server_up, inverse="batch.kill",
    icon="batch", example='net["lal"].new_batch(file="hdfs:///jobs/sky.py", args=("2026",))',
)  # fmt: skip
async def new(ctx: Context, server: Key, params: NewBatchParams) -> Result:
    """Start a program on the server that runs by itself until it ends.

    Every setting given here reaches Spark. The batch has a unique name made here: a lost reply is looked for by it,
    and the program is never started twice.
    """
    client = ctx.client(server)
    ctx.said("starting the batch")
    made = await create(
        ctx.house.journal, ctx.house.workspace.short, ctx.run.id, server, BATCH,
        lambda name: client.create_batch(params.request(name)), client.batch,
        clock=ctx.house.clock, said=ctx.said,
    )  # fmt: skip
    return Result(text=f"Batch {made.id} is starting.", focus=ctx.engine.claim(server.server, made))


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
