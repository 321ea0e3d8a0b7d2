"""Journal: the face of the room: one writer thread, rows in, history out. Opening it never fails."""

from __future__ import annotations

import contextlib
import queue
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from ..errors import AstroLabNetError, JournalClosed, JournalDamaged, NotApplicable
from ..model.key import Key, Step
from ..settings.files import set_aside
from .database import Database
from .owner import Owner
from .row import OPEN, Row, State
from .salvage import salvaged

T = TypeVar("T")
Job = Callable[[Database], Any]


class Begun(NamedTuple):
    """Where the damaged file lies now, and how many rows of it are in the new one."""

    aside: Path
    rows: int


class Journal:
    """The record of what was meant and what came of it.

    Every call answers with a Future: ``await asyncio.wrap_future(…)`` on a loop, ``.result()`` elsewhere. A Future
    that holds ``JournalClosed`` means that nothing was written, so nothing may be sent. A full disk or a busy file
    is tried anew by the next call.

    Attributes:
        problem: why nothing can be written, as last seen; "" if it can.
    """

    def __init__(self, path: Path, site: str, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.path = path
        self.problem = ""
        self._now = now
        self._site = site
        self._owner: Owner | None = None
        self._jobs: queue.SimpleQueue[tuple[Job, bool, Future[Any]] | None] = queue.SimpleQueue()
        self._closing = False
        self._thread = threading.Thread(target=self._work, name="journal", daemon=True)
        self._thread.start()
        # The first job opens the file, so that ``problem`` says at once how it stands.
        self._ask(lambda _: None).exception()

    @property
    def owner(self) -> str:
        """This process, as its rows name it; "" while the journal can not be opened."""
        return self._owner.name if self._owner else ""

    def intend(
        self,
        act: str,
        run: str,
        command: str,
        key: Key | None,
        params: Mapping[str, Any],
        *,
        line: str = "",
        evidence: Mapping[str, Any] | None = None,
    ) -> Future[Row]:
        """Write that something is about to be done. Only when the Future is done may it be done."""

        def job(db: Database) -> Row:
            row = Row(
                time=self._now(), act=act, run=run, owner=self.owner, command=command, key=key, params=dict(params),
                state=State.INTENT, evidence=dict(evidence or {}), line=line,
            )  # fmt: skip
            return row.model_copy(update={"seq": db.append(row)})

        return self._ask(job)

    def note(self, row: Row, state: State, evidence: Mapping[str, Any] | None = None) -> Future[Row]:
        """Write what came of the act of ``row``; its evidence is kept and added to."""

        def job(db: Database) -> Row:
            new = self._follow(row, state, evidence)
            return new.model_copy(update={"seq": db.append(new)})

        return self._ask(job)

    def claim_open(self) -> Future[tuple[Row, ...]]:
        """Take over the open acts of processes of this site that have ended; each goes to one claimant only."""

        def job(db: Database) -> tuple[Row, ...]:
            claimed: list[Row] = []
            assert self._owner is not None
            for row in db.last_of_each(OPEN):
                if self._owner.is_ours_to_claim(row.owner):
                    new = self._follow(row, State.AMBIGUOUS, {"claimed_from": row.owner})
                    seq = db.claim(new, row.seq)
                    if seq is not None:
                        claimed.append(new.model_copy(update={"seq": seq}))
            self._owner.sweep()
            return tuple(claimed)

        return self._ask(job)

    def once(self, act: str, command: str, key: Key | None, params: Mapping[str, Any]) -> Future[bool]:
        """Whether nobody, in whatever process, has asked this of ``act`` before; a row says that it was."""

        def job(db: Database) -> bool:
            row = Row(
                time=self._now(), act=act, run=act, owner=self.owner, command=command, key=key, params=dict(params),
                state=State.DONE,
            )  # fmt: skip
            return db.claim(row, None) is not None

        return self._ask(job)

    def last(self, states: frozenset[State]) -> Future[tuple[Row, ...]]:
        """Newest row of each act that stands in one of ``states``, oldest first."""
        return self._ask(lambda db: db.last_of_each(states), reads=True)

    def history(self, limit: int = 200, before: int | None = None) -> Future[tuple[Row, ...]]:
        """Rows, newest first; ``before`` is the number of the oldest row already shown."""
        return self._ask(lambda db: db.newest(limit, before), reads=True)

    def of_act(self, act: str) -> Future[tuple[Row, ...]]:
        """All rows about one act, oldest first."""
        return self._ask(lambda db: db.of_act(act), reads=True)

    def acked(self, server: str, path: tuple[Step, ...], limit: int = 50) -> Future[tuple[Row, ...]]:
        """Newest rows that say that something arrived at the thing of this path, whatever its epoch."""
        return self._ask(lambda db: db.acked(server, path, limit), reads=True)

    def begin(self) -> Future[Begun]:
        """Move a damaged file aside and begin a new one, with all rows that can still be read.

        The Future holds ``NotApplicable`` if the file is sound or another process uses it, ``JournalClosed`` if it can
        not be moved.
        """
        return self._ask(_anew)

    def close(self) -> None:
        """Finish what is queued and give the file back. Twice is as once."""
        if not self._closing:
            self._closing = True
            self._jobs.put(None)
        self._thread.join()

    def _follow(self, row: Row, state: State, evidence: Mapping[str, Any] | None) -> Row:
        return row.model_copy(
            update={
                "seq": 0,
                "time": self._now(),
                "state": state,
                "owner": self.owner,
                "evidence": {**row.evidence, **(evidence or {})},
            }
        )

    def _ask(self, job: Callable[[Database], T], *, reads: bool = False) -> Future[T]:
        future: Future[T] = Future()
        if self._closing:
            future.set_exception(JournalClosed("the journal is closed: the program is ending."))
        else:
            self._jobs.put((job, reads, future))
        return future

    def _work(self) -> None:
        db: Database | None = None
        while (item := self._jobs.get()) is not None:
            job, reads, future = item
            if not future.set_running_or_notify_cancel():
                continue
            try:
                db = db or self._open()
                result = job(db)
                self.problem = ""
            except JournalClosed as exc:
                self.problem = str(exc)
                if db is not None:
                    db.close()
                    db = None
                if job is _anew and isinstance(exc, JournalDamaged):
                    self._begin(future)
                else:
                    self._answer(job, reads, future, exc)
            except Exception as exc:  # noqa: BLE001 - the thread must outlive a bug in one job
                future.set_exception(exc)
            else:
                future.set_result(result)
        if db is not None:
            db.close()
        if self._owner is not None:
            self._owner.close()

    def _answer(self, job: Job, reads: bool, future: Future[Any], refusal: JournalClosed) -> None:
        """Answer from a file that can only be read; else with ``refusal``."""
        if not reads:
            future.set_exception(refusal)
            return
        try:
            db = Database(self.path, read_only=True)
        except JournalClosed:
            future.set_exception(refusal)
            return
        try:
            future.set_result(job(db))
        except JournalClosed:
            future.set_exception(refusal)
        finally:
            db.close()

    def _begin(self, future: Future[Any]) -> None:
        try:
            begun = self._move_aside()
            self._open().close()
        except AstroLabNetError as exc:
            future.set_exception(exc)
        else:
            self.problem = ""
            future.set_result(begun)

    def _move_aside(self) -> Begun:
        if not self._own().alone():
            raise NotApplicable("another AstroLabNet uses this journal.", remedy="End it, then try again.")
        # Before anything is moved: without room for it the damaged one stays where it is.
        new = self.path.with_name(f"{self.path.name}.new")
        try:
            rows = self._rows_into(new)
            # First what SQLite keeps beside it to undo a torn write: it must never be applied to the new file.
            beside = _beside(self.path)
            moved = set_aside(beside) is not None if beside.exists() else True
            aside = set_aside(self.path) if moved else None
            if aside is None:
                raise JournalClosed(
                    "the damaged journal can not be moved aside.",
                    remedy=f"Give yourself the right to write in {self.path.parent}.",
                )
            new.replace(self.path)
        except OSError as exc:
            raise JournalClosed(f"the damaged journal can not be replaced: {exc.strerror or exc}.") from exc
        finally:
            for rest in (new, _beside(new)):
                with contextlib.suppress(OSError):
                    rest.unlink(missing_ok=True)
        return Begun(aside, rows)

    def _rows_into(self, new: Path) -> int:
        for old in (new, _beside(new)):
            old.unlink(missing_ok=True)
        rows = salvaged(self.path)
        db = Database(new)
        try:
            db.fill(rows.values())
        finally:
            db.close()
        return len(rows)

    def _own(self) -> Owner:
        if self._owner is None:
            try:
                self._owner = Owner(self.path.parent / "owners", self._site)
            except OSError as exc:
                raise JournalClosed(f"the journal can not be locked: {exc.strerror or exc}.") from exc
        return self._owner

    def _open(self) -> Database:
        db = Database(self.path)
        try:
            self._own()
        except JournalClosed:
            db.close()
            raise
        return db


def _beside(path: Path) -> Path:
    return path.with_name(f"{path.name}-journal")


def _anew(db: Database) -> Begun:
    """Look at every row: a journal that can be read whole is not replaced."""
    db.newest(-1)
    raise NotApplicable("the journal is sound: there is no need for a new one.")
