"""What can be done with Spark's executors: read their logs."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from ..errors import BadInput, NotApplicable
from ..model.key import Key
from ..model.spark import Executor
from ..model.task import Task
from ..model.thing import Thing
from .context import Context
from .registry import Params, Result, command

_NONE = "Spark names no logs of executors: in local mode the driver does the work, and its log is the session's."


class ExecutorLogParams(Params):
    """Whose log, and which."""

    executor: str = Field(default="", title="Executor", description="Empty: where a try failed last, else the first.")
    stream: Literal["stderr", "stdout"] = Field(
        default="stderr", title="Stream", json_schema_extra={"widget": "choice"}
    )


def with_logs(thing: Thing) -> tuple[Executor, ...]:
    """Executors that worked for a task and have a log somewhere."""
    progress = thing.payload.progress if isinstance(thing.payload, Task) else None
    return () if progress is None else tuple(one for one in progress.executors if one.executorLogs)


def _no_logs(thing: Thing) -> str:
    return "" if with_logs(thing) else _NONE


@command(
    "task.log", "Executor log", on=("statements",), params=ExecutorLogParams, when=_no_logs, scope="read",
    idempotent=True, icon="journal", group="open", example='net["lal"].sessions[3].tasks[7].log(executor="1")',
)  # fmt: skip
async def log(ctx: Context, key: Key, params: ExecutorLogParams) -> Result:
    """Show the newest lines of the log of a Spark executor, as its worker gives them.

    They are asked where Spark says they are: on Livy's own host, or where the server's rewriting of Spark UI addresses
    leads.
    """
    executor = _chosen(ctx.thing(key), params.executor)
    address = executor.executorLogs.get(params.stream)
    if address is None:
        raise NotApplicable(f"executor {executor.id} has no {params.stream}.", server=ctx.alias(key))
    lines = await ctx.client(key).executor_log(address)
    name = f"executor {executor.id}, {params.stream}"
    return Result(text=f"{name}: {len(lines)} lines", data={"lines": list(lines), "total": len(lines), "of": name})


def _chosen(thing: Thing, wanted: str) -> Executor:
    found = {one.id: one for one in with_logs(thing)}
    if wanted:
        if wanted not in found:
            raise BadInput(f"there is no executor {wanted!r}.", field="executor", remedy=f"One of: {', '.join(found)}.")
        return found[wanted]
    assert isinstance(thing.payload, Task)
    assert thing.payload.progress is not None
    failed = [found[one.executor] for one in thing.payload.progress.failures if one.executor in found]
    return (failed or list(found.values()))[0]
