"""Archiving: the one place where the end of a task of mine is seen: it goes into the archive, then into the journal.

In this order: a program that ends in between finds the task still open in the journal, and looks for it again.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
from collections.abc import Callable
from concurrent.futures import Future
from datetime import UTC, datetime
from functools import partial
from typing import Any

from ..errors import AstroLabNetError, NotApplicable
from ..journal.row import Row, redacted
from ..model.key import Key
from ..model.livy import MADE_NAME, Batch, Session, Statement
from ..model.record import Record, moment
from ..model.server import Server
from ..model.task import Task
from ..model.thing import Thing
from ..network.engine import Engine
from ..network.offload import Offload
from ..tasks.archive import Archive
from ..tasks.spool import output_of
from .needs import WORDS

_logger = logging.getLogger(__name__)
CLOSE_S = 0.5
LOG_LINES = 10_000
# Spark's own first word in the log of a program.
_SPARK = re.compile(r"Running Spark version (\d[\w.-]{0,39})")
# Not an end, but nothing more may ever come of it.
_ENOUGH = frozenset({"unknown"})


class Archiving:
    """Ends of tasks, as the engine's store tells them. ``heard`` in the engine's thread.

    Args:
        site: this workspace, eight letters.
        noted: writes the end into the journal once the result is kept.
    """

    def __init__(self, archive: Archive, site: str, noted: Callable[[Thing], Future[Row] | None]) -> None:
        self._archive, self._site, self._noted = archive, site, noted
        self.pool = Offload(workers=1, waiting=100_000)
        self._seen: dict[str, tuple[Any, ...]] = {}
        self._going: set[Future[Any]] = set()
        self._reading: set[asyncio.Task[None]] = set()

    def heard(self, engine: Engine, thing: Thing) -> None:
        """Keep a thing that has ended; what is kept already in the same words is left alone."""
        if not thing.mine or not (thing.state in thing.kind.terminal or thing.state in _ENOUGH):
            return
        match thing.payload:
            case Task() as task if task.task_key:
                look: tuple[Any, ...] = (thing.state, task.statement, task.progress)
                key = task.task_key
            case Batch() as batch if batch.name and (made := MADE_NAME.fullmatch(batch.name)):
                look, key = (thing.state, batch), made[2].upper()
            case _:
                return
        if self._seen.get(key) == look or thing.key.kind == "tasks":
            return
        put_back = isinstance(thing.payload, Task) and bool(thing.payload.archived) and key not in self._seen
        self._seen[key] = look
        if put_back:
            return
        if isinstance(thing.payload, Batch):
            reading = asyncio.get_running_loop().create_task(self._whole_log(engine, thing, key), name="log of a batch")
            self._reading.add(reading)
            reading.add_done_callback(self._reading.discard)
        else:
            self._put(engine, thing, key)

    async def _whole_log(self, engine: Engine, thing: Thing, key: str) -> None:
        """The list shows the last ten lines of a batch; its server forgets all of them in ten minutes."""
        assert isinstance(thing.payload, Batch)
        try:
            page = await engine.client(thing.key.server).batch_log(thing.payload.id, -1, LOG_LINES)
            whole = page.log or thing.payload.log
            thing = thing.model_copy(update={"payload": thing.payload.model_copy(update={"log": whole})})
        except AstroLabNetError as error:
            _logger.info("the last lines of its log are kept, not all: %s", error)
        finally:
            self._put(engine, thing, key)  # also when the program ends meanwhile: ten lines are better than none

    def _put(self, engine: Engine, thing: Thing, key: str) -> None:
        record, code, output = self._told(engine, thing, key)
        loop = asyncio.get_running_loop()
        future = self.pool.pool.submit(self._keep, thing, record, code, output)
        self._going.add(future)

        def done(_: Future[bool]) -> None:
            self._going.discard(future)
            # At the end of the program there is nobody left to be told.
            with contextlib.suppress(RuntimeError):
                if not future.cancelled() and future.result():
                    seen = partial(engine.show, [record.thing()]) if record.run == "batch" else None
                    loop.call_soon_threadsafe(seen or partial(_mark, engine, thing.key, key))

        future.add_done_callback(done)

    def close(self) -> bool:
        """Finish what is under way; False if the disk did not let it in time (it is kept at the next start)."""
        for future in tuple(self._going):
            try:
                future.exception(CLOSE_S)
            except TimeoutError:
                break
        return self.pool.close(CLOSE_S)

    def _told(self, engine: Engine, thing: Thing, key: str) -> tuple[Record, str, dict[str, Any] | None]:
        server = engine.store.get(thing.key.root)
        above = engine.store.get(thing.key.parent) if thing.key.parent is not None else None
        session = above.payload if above is not None and isinstance(above.payload, Session) else None
        known = server.payload if server is not None and isinstance(server.payload, Server) else None
        where = {
            "task_key": key,
            "name": thing.label,
            "state": "done" if thing.state in ("available", "success") else thing.state,
            "problem": thing.problem,
            "server": thing.key.server,
            "alias": "" if server is None else server.label,
            "url": "" if known is None else known.url,
            "livy": "" if server is None else server.fact.removeprefix("Livy "),
            "site": self._site,
            "completed": thing.since or datetime.now(UTC),
        }
        if isinstance(thing.payload, Task):
            task = thing.payload
            statement = task.statement or Statement(id=0, state="")
            record = Record.model_validate(
                where
                | {
                    "language": task.language,
                    "line_shift": task.line_shift,
                    "sent": task.sent,
                    "started": moment(statement.started),
                    "completed": moment(statement.completed) or where["completed"],
                    "progress": task.progress,
                    "spark": "" if task.progress is None else task.progress.spark,
                    "session": None if thing.key.parent is None else thing.key.parent.id,
                    "session_name": "" if session is None else session.name or "",
                    "session_kind": "" if session is None else session.kind,
                    "settings": {} if session is None else settings_of(session),
                    "app_id": "" if session is None else session.appId or "",
                    "ident": None if task.statement is None else task.statement.id,
                }
            )
            return record, task.code, statement.output
        batch = thing.payload
        assert isinstance(batch, Batch)
        said = "\n".join(batch.log)
        output = {"status": "ok", "data": {"text/plain": said}} if said else None
        version = _SPARK.search(said)
        more = {"run": "batch", "ident": batch.id, "app_id": batch.appId or "", "session_name": batch.name or ""}
        more |= {"spark": "" if version is None else version[1]}
        return Record.model_validate(where | more), "", output

    def _keep(self, thing: Thing, record: Record, code: str, output: dict[str, Any] | None) -> bool:
        """In the pool's thread. A task that could not be kept stays open in the journal: it is tried again."""
        try:
            if isinstance(thing.payload, Task) and thing.payload.spooled:
                output = output_of(thing.payload)
            self._archive.put(record, code, output)
        except AstroLabNetError as problem:
            _logger.warning("a result is not kept: %s", problem)
            return False
        written = self._noted(thing)
        if written is not None:
            written.add_done_callback(_complain)
        return True


def settings_of(session: Session) -> dict[str, Any]:
    """What a session was opened with, as far as the server says it, in Livy's words; secrets masked."""
    told = session.model_dump(mode="json", include=set(WORDS.values()))
    return redacted({name: value for name, value in told.items() if value})


def _mark(engine: Engine, key: Key, task_key: str) -> None:
    """The task says that it is kept; its session may be out of sight by now."""
    now = engine.store.get(key)
    task = None if now is None else now.payload
    if not isinstance(task, Task) or task.task_key != task_key or task.archived or key.parent is None:
        return
    try:
        engine.follow(
            key.parent, task.model_copy(update={"archived": "kept"}), state=now.state if now else "",
            problem=now.problem if now else "",
        )  # fmt: skip
    except NotApplicable:
        return


def _complain(written: Future[Any]) -> None:
    error = written.exception()
    if error is not None:
        _logger.warning("the end of a task could not be written down: %s", error)
