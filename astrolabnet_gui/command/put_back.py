"""Put back: at the start, ended tasks of mine stand under their sessions again, with their results from the archive."""

from __future__ import annotations

from datetime import UTC, datetime

from ..errors import AstroLabNetError
from ..model.livy import Session, Statement
from ..model.record import Record
from ..model.task import Task
from ..model.thing import Thing
from ..tasks.archive_index import Wanted
from .context import Context
from .session import server_up

NEWEST = 30


async def put_back(ctx: Context) -> int:
    """Show them; how many. A session is known again by its number, its name and its Spark application."""
    house, count = ctx.house, 0
    for server in [s for s in ctx.engine.store.servers() if not server_up(s)]:
        sessions = [t for t in ctx.engine.store.children(server.key) if t.key.kind == "sessions" and t.mine]
        if not sessions:
            continue
        wanted = Wanted(server=server.key.server, limit=200)
        try:
            records = await house.keep(lambda wanted=wanted: house.archive.find(wanted))  # type: ignore[misc]
        except AstroLabNetError:
            return count
        for session in sessions:
            own = [record for record in records if _of(record, session)][:NEWEST]
            for record in own:
                count += await _show(ctx, session, record)
    return count


def _of(record: Record, thing: Thing) -> bool:
    session = thing.payload
    return (
        isinstance(session, Session)
        and record.run == "statement"
        and record.ident is not None
        and record.session == session.id
        and record.session_name == (session.name or "")
        and bool(record.session_name)
        and record.app_id in ("", session.appId or "")
    )


async def _show(ctx: Context, session: Thing, record: Record) -> int:
    archive = ctx.house.archive
    shown = (t.payload for t in ctx.engine.store.children(session.key))
    if any(isinstance(task, Task) and task.task_key == record.task_key for task in shown):
        return 0
    try:
        # A large one stays where it is; of an error the first words are shown.
        spooled = archive.spooled(record) if record.state != "failed" else ""
        code, output = await ctx.house.keep(lambda: (archive.code(record), None if spooled else archive.output(record)))
    except AstroLabNetError:
        return 0  # the history says what is damaged, when it is looked at
    state = "available" if record.state in ("done", "failed") else record.state
    assert record.ident is not None
    statement = Statement(
        id=record.ident, code=code, state=state, output=output, started=_ms(record.started),
        completed=_ms(record.completed),
    )  # fmt: skip
    task = Task(
        statement=statement, spooled=spooled, name=record.name, task_key=record.task_key, language=record.language,
        code=code, line_shift=record.line_shift, progress=record.progress, sent=record.sent,
        archived="pinned" if record.pinned else "kept",
    )  # fmt: skip
    ctx.show(session.key, task)
    return 1


def _ms(moment: datetime | None) -> int:
    return 0 if moment is None else int(moment.astimezone(UTC).timestamp() * 1000)
