"""What can be done with tasks that are kept: never drop, compare, take away, write as one file."""

from __future__ import annotations

import difflib
import json
from pathlib import Path
from typing import Any

from pydantic import Field

from ..errors import BadInput
from ..model.action import LANGUAGES
from ..model.key import Key
from ..model.output import Failure, Image, Json, Table, Text, parse
from ..model.record import Record, history_key
from ..model.task import Task
from ..settings.files import write_whole
from .context import Context
from .finding import TASKS, not_kept, task_of
from .registry import Params, Result, command

FORMAT = 1
_MOST_LINES = 20_000


class KeepParams(Params):
    """Whether it is kept for good."""

    pinned: bool | None = Field(default=None, title="For good", description="Left out: the other way round.")


@command(
    "task.keep", "Keep for good", on=TASKS, params=KeepParams, when=not_kept, idempotent=True, icon="seal",
    group="change", inverse="task.keep", example='net["lal"].sessions[3].tasks[7].keep()',
)  # fmt: skip
async def keep(ctx: Context, key: Key, params: KeepParams) -> Result:
    """Never drop the result of a task from the archive to make room, or let it be dropped again.

    The archive drops the oldest results first when it is full; code, times and state always stay.
    """
    task, house = task_of(ctx, key), ctx.house
    pinned = task.archived != "pinned" if params.pinned is None else params.pinned
    record = await house.keep(lambda: house.archive.pin(task.task_key, pinned))
    for thing in tuple(ctx.engine.store.things.values()):
        payload = thing.payload
        if isinstance(payload, Task) and payload.task_key == task.task_key:
            changed = payload.model_copy(update={"archived": "pinned" if pinned else "kept"})
            if thing.key.kind == "tasks":
                ctx.engine.show([thing.model_copy(update={"payload": changed})])
            elif thing.key.parent is not None:
                ctx.show(thing.key.parent, changed, thing.state, thing.problem)
    words = "is kept for good" if pinned else "may be dropped when the archive is full"
    return Result(text=f"{record.name} {words}.", focus=key)


@command(
    "task.delete", "Delete from history", on=TASKS, when=not_kept, idempotent=True, icon="close", group="remove",
    dangerous=lambda thing, _: f"Delete {thing.label} with code and result from this computer? This can not be undone.",
    example='net["lal"].sessions[3].tasks[7].delete()',
)  # fmt: skip
async def delete(ctx: Context, key: Key, params: Params) -> Result:
    """Forget code and result of a task on this computer. Nothing changes on the server; the journal still tells that
    it was sent.
    """
    task, house = task_of(ctx, key), ctx.house
    await house.keep(lambda: house.archive.drop(task.task_key))
    house.history.forget(ctx.engine, task.task_key)
    if key.kind == "statements":
        ctx.engine.unfollow(key)
    return Result(text=f"{task.name} is deleted.")


class ExportParams(Params):
    """Where to."""

    file: str = Field(min_length=1, title="File", description="A new file; it is JSON.", max_length=4096)


@command(
    "task.export", "Export…", on=TASKS, params=ExportParams, when=not_kept, idempotent=True, icon="file", group="copy",
    example='net["lal"].sessions[3].tasks[7].export(file="pi.json")',
)  # fmt: skip
async def export(ctx: Context, key: Key, params: ExportParams) -> Result:
    """Write a task as one file: what was sent, where and when, what came of it, and Spark's account."""
    task, house = task_of(ctx, key), ctx.house
    file = Path(params.file).expanduser()

    def write() -> Record:
        if file.exists():
            raise BadInput(f"{file.name} is there already; nothing is written over.", field="file")
        record = house.archive.get(task.task_key)
        code, output = house.archive.code(record), house.archive.output(record)
        document = {"astrolabnet": "task", "format": FORMAT, "task": json.loads(record.text())}
        write_whole(file, json.dumps(document | {"code": code, "output": output}, indent=1).encode())
        return record

    record = await house.keep(write)
    return Result(text=f"{record.name} is in {file.name}.", data={"file": str(file)})


class CompareParams(Params):
    """With what."""

    other: str = Field(min_length=1, title="With", description="Key of another task, as the history names it.")


@command(
    "task.compare", "Compare with…", on=TASKS, params=CompareParams, when=not_kept, scope="read", idempotent=True,
    icon="table", group="open", example='net["lal"].sessions[3].tasks[7].compare(other="01JQ…")',
)  # fmt: skip
async def compare(ctx: Context, key: Key, params: CompareParams) -> Result:
    """Lay two tasks side by side: what differs in their code and in what they said, and how long they took.

    Both are read from the archive on this computer.
    """
    task, house = task_of(ctx, key), ctx.house

    def side(task_key: str) -> tuple[Record, list[str], list[str]]:
        record = house.archive.get(task_key)
        return record, house.archive.code(record).splitlines(), said(house.archive.output(record))

    other = params.other.rpartition("/")[2]
    (a, code_a, said_a), (b, code_b, said_b) = await house.keep(lambda: (side(task.task_key), side(other)))
    named = ("State", "Server", "Language", "Sent", "Took", "Spark tasks")
    facts = [row for row in ([name, _fact(a, name), _fact(b, name)] for name in named) if any(row[1:])]
    data = {
        "names": [f"{r.name} · {r.task_key[-6:]}" for r in (a, b)], "facts": facts,
        "code": _difference(code_a, code_b), "output": _difference(said_a, said_b),
    }  # fmt: skip
    same = [what for what in ("code", "output") if not data[what]]
    words = f"{' and '.join(same)} {'is' if len(same) == 1 else 'are'} the same" if same else "code and output differ"
    return Result(text=f"{a.name} and {b.name}: {words}.", focus=history_key(a.task_key), data=data)


def said(output: dict[str, Any] | None) -> list[str]:
    """What a task said, as lines that can be compared."""
    lines: list[str] = []
    for part in parse(output):
        match part:
            case Text():
                lines += part.text.splitlines()
            case Failure():
                lines += [f"{part.name}: {part.message}", *"".join(part.traceback).splitlines()]
            case Table():
                lines.append("\t".join(column.name for column in part.columns))
                lines += ["\t".join(map(str, row)) for row in part.rows]
            case Json():
                lines += json.dumps(part.value, indent=1, ensure_ascii=False, default=str).splitlines()
            case Image():
                lines.append(f"a picture ({part.mime}), {len(part.base64)} letters")
    return lines[:_MOST_LINES]


def _difference(one: list[str], other: list[str]) -> list[str]:
    """Lines of a unified difference, without its two file names; [] if nothing differs."""
    return list(difflib.unified_diff(one, other, lineterm="", n=3))[2:]


def _fact(record: Record, name: str) -> str:
    match name:
        case "State":
            return f"{record.state}. {record.problem}".rstrip(". ") if record.problem else record.state
        case "Server":
            return record.place
        case "Language":
            return LANGUAGES.get(record.language, record.language)
        case "Sent":
            return "" if record.sent is None else record.sent.strftime("%Y-%m-%d %H:%M:%S UTC")
        case "Took":
            if record.started is None or record.completed is None:
                return ""
            return f"{(record.completed - record.started).total_seconds():.2f} s"
    progress = record.progress
    return "" if progress is None or not progress.tasks_total else f"{progress.tasks_done} of {progress.tasks_total}"
