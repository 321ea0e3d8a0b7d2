"""What can be asked of the history: find tasks, show a result. The archive answers; no server is asked."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from pydantic import Field, field_validator

from ..errors import NotApplicable
from ..model.action import LANGUAGES
from ..model.key import Key
from ..model.output import shortened
from ..model.record import Record, history_key
from ..model.task import Task
from ..model.thing import Thing
from ..tasks.archive_index import Wanted
from ..tasks.spool import output_of
from .context import Context
from .registry import Params, Result, command
from .sent import not_ended

TASKS = ("statements", "tasks")
_AGO = re.compile(r"(\d{1,5})(min|h|d|w)")
_UNITS = {"min": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def task_of(ctx: Context, key: Key) -> Task:
    """Task of mine at a key of the tree or of the history.

    Raises:
        NotApplicable: it is none, or was not sent from here.
    """
    thing = ctx.thing(key)
    if not isinstance(thing.payload, Task) or not thing.payload.task_key:
        raise NotApplicable(f"{thing.label} was not sent from here: the history knows nothing of it.")
    return thing.payload


def live(ctx: Context, key: Key) -> Key | None:
    """Key of the running or just ended task in its session; None if it is only history."""
    if key.kind != "tasks":
        return key
    for thing in ctx.engine.store.things.values():
        if thing.key.kind == "statements" and isinstance(thing.payload, Task) and thing.payload.task_key == key.id:
            return thing.key
    return None


def not_kept(thing: Thing) -> str:
    """Why the archive can do nothing with a task; "" if it holds it."""
    task = thing.payload
    if isinstance(task, Task) and task.archived:
        return ""
    if isinstance(task, Task) and not task.task_key:
        return f"{thing.label} was not sent from here: it is not kept."
    return f"{thing.label} has not ended: there is nothing to keep yet."


class FindParams(Params):
    """What is looked for; all of it must hold."""

    text: str = Field(default="", title="Words", description="In name, code, output, problem or server.")
    state: str = Field(default="", title="State", description="done, failed, cancelled, lost, refused or unknown.")
    server: str = Field(default="", title="Server", description="Its name.")
    language: Literal["", "pyspark", "spark", "sql", "sparkr"] = Field(default="", title="Language")
    since: str = Field(default="", title="Since", description="A date as 2026-11-20, or 3d, 12h, 30min ago.")
    until: str = Field(default="", title="Until", description="A date, or so long ago.")
    task: str = Field(default="", title="Task", description="One task, by its key.")
    before: str = Field(default="", title="Before", description="Go on after this task key.")
    limit: int = Field(default=50, ge=1, le=1000, title="At most")

    @field_validator("since", "until")
    @classmethod
    def _moment(cls, text: str) -> str:
        if text:
            when(text, datetime.now(UTC))
        return text


def when(text: str, now: datetime) -> datetime:
    """A moment in UTC of ``2026-11-20``, ``2026-11-20T18:00`` (local) or ``3d`` (ago).

    Raises:
        ValueError: it is none of them.
    """
    found = _AGO.fullmatch(text.strip())
    if found:
        return now - timedelta(**{_UNITS[found[2]]: int(found[1])})
    try:
        return datetime.fromisoformat(text.strip()).astimezone(UTC)
    except ValueError:
        raise ValueError("give a date as 2026-11-20, or how long ago: 3d, 12h, 30min") from None


@command(
    "task.find", "Find tasks…", params=FindParams, scope="read", idempotent=True, icon="search", group="open",
    example='net.task.find(text="lyman", state="done", since="3d")',
)  # fmt: skip
async def find(ctx: Context, _key: Key | None, params: FindParams) -> Result:
    """Find tasks of the history by words, state, server, language and time, newest first.

    Words are looked for in names, in code and in what the tasks said, as the archive on this computer keeps them; what
    has not ended is told by the journal. No server is asked.
    """
    now, house = datetime.now(UTC), ctx.house
    wanted = Wanted(
        text=params.text, state=params.state, server=params.server, language=params.language,
        since=when(params.since, now) if params.since else None,
        until=when(params.until, now) if params.until else None, before=params.before, limit=params.limit,
    )  # fmt: skip
    going: list[dict[str, Any]] = []
    if params.task:
        one = await house.keep(lambda: house.archive.get(params.task))
        records: tuple[Record, ...] = (one,)
        total = 1
    else:
        records, total = await house.keep(lambda: (house.archive.find(wanted), house.archive.count(wanted)))
        going = [] if params.before else await not_ended(house, wanted)
    house.history.show(ctx.engine, records)
    more = f" of {total}" if total > len(records) else ""
    found = f"{len(records)}{more} task{'' if total == 1 else 's'}" if records else ""
    text = " and ".join(w for w in (found, f"{len(going)} not ended" if going else "") if w)
    data = {"total": total, "tasks": [row_of(record) for record in records], "not_ended": going}
    return Result(text=text or "No task is like that.", data=data)


def row_of(record: Record) -> dict[str, Any]:
    """A record as plain data."""
    took = None
    if record.started and record.completed:
        took = round((record.completed - record.started).total_seconds(), 3)
    return {
        "address": history_key(record.task_key).address(""), "task_key": record.task_key,
        "ran_at": record.ran_at, "name": record.name, "state": record.state, "problem": record.problem,
        "language": LANGUAGES.get(record.language, record.language), "place": record.place,
        "sent": None if record.sent is None else record.sent.isoformat(), "took_s": took,
        "size_bytes": record.size_bytes, "pinned": record.pinned, "site": record.site,
    }  # fmt: skip


class ResultParams(Params):
    """How much of it."""

    brief: bool = Field(
        default=False, title="A large one by its file", json_schema_extra={"advanced": True},
        description="An output over 1 MB is not in the answer; it says in which file of this computer it lies.",
    )  # fmt: skip


def _no_result(thing: Thing) -> str:
    task = thing.payload
    if isinstance(task, Task) and task.gave:
        return ""
    return not_kept(thing)


@command(
    "task.result", "Show the result", on=TASKS, params=ResultParams, when=_no_result, scope="read", idempotent=True,
    icon="task", group="open", example='net.tasks["01JQ…"].result()',
)  # fmt: skip
async def result(ctx: Context, key: Key, params: ResultParams) -> Result:
    """Show code and result of a task as the archive on this computer keeps them. No server is asked."""
    house = ctx.house
    if key.kind != "tasks":
        thing = ctx.thing(key)
        task = thing.payload
        assert isinstance(task, Task)
        output = None if params.brief and task.spooled else await house.keep(lambda: output_of(task))
        told = {"code": task.code, "output": output, "spooled": task.spooled}
        return Result(text=f"{thing.label}: {thing.state}. {thing.problem}".rstrip(), focus=key, data=told)

    def read() -> tuple[Record, str, dict[str, Any] | None, str]:
        record = house.archive.get(str(key.id))
        spooled = house.archive.spooled(record)
        # Of an error its first words are shown wherever it stands.
        whole = not (spooled and params.brief) or record.state == "failed"
        return record, house.archive.code(record), house.archive.output(record) if whole else None, spooled

    record, code, output, spooled = await house.keep(read)
    short = shortened(output) if spooled and output is not None else output
    house.history.open(ctx.engine, record, code, short, spooled)
    output = short if params.brief else output
    data = {"task": row_of(record), "code": code, "output": output, "spooled": spooled}
    return Result(text=f"{record.name}: {record.state}. {record.problem}".rstrip(), focus=key, data=data)
