"""The island itself: its sessions and batches, what they may use, and when they go."""

from __future__ import annotations

import asyncio
import logging
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from astrolabnet_gui.island import expiry, jars, memory, submit
from astrolabnet_gui.island.batch import Batch
from astrolabnet_gui.island.cds import Archive
from astrolabnet_gui.island.driver_process import DRIVER, DriverProcess
from astrolabnet_gui.island.jre import Jre
from astrolabnet_gui.island.options import Options, cache_folder
from astrolabnet_gui.island.protocol import Start
from astrolabnet_gui.island.register import Register
from astrolabnet_gui.island.request import DRIVER_MEMORY, Files, NewBatch, NewSession, Rejected, Resources
from astrolabnet_gui.island.session import Session
from astrolabnet_gui.island.spare import Spare, Waiting
from astrolabnet_gui.island.undertaker import Undertaker

TOO_MANY = "Rejected, too many sessions are being created!"
R = TypeVar("R", bound=Resources)
_TICK_S = 1.0
_REFILL_S = 3.0
_WARM = ("spark", "pyspark", "sql")
log = logging.getLogger("island")


class TooMany(Exception):
    """Memory carries no more sessions."""


class NotYou(Exception):
    """Somebody else than the island's user was asked for; the text is their name."""


class Island:
    """All calls from the server's loop."""

    def __init__(
        self,
        options: Options,
        jre: Jre,
        *,
        now: Callable[[], float] = time.time,
        driver: Sequence[str] = DRIVER,
        free_bytes: Callable[[], int] = memory.available_bytes,
    ) -> None:
        self.options = options
        self.jre = jre
        self.sessions: Register[Session] = Register()
        self.batches: Register[Batch] = Register()
        self.files = Files(options.local_dirs)
        self.max_sessions = options.max_sessions or memory.carried(free_bytes())
        self._now = now
        self._driver = driver
        self.free_bytes = free_bytes
        self.work = options.state / "work"
        self._undertaker = Undertaker()
        self._spare = Spare(self._launch_spare, self._spare_wanted, self._undertaker)
        self._archive = Archive(jre, undertaker=self._undertaker)
        self._ticker: asyncio.Task[None] | None = None
        self._ending: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        """Begin to work.

        Raises:
            OSError: the state folder can not be written.
        """
        shutil.rmtree(self.work, ignore_errors=True)  # of a run that was killed
        self.work.mkdir(parents=True, mode=0o700, exist_ok=True)
        self._ticker = asyncio.create_task(self._tick_for_ever(), name="island ticker")
        self._refill(0.0)

    async def close(self) -> None:
        """End every process; returns when all are gone."""
        if self._ticker is not None:
            self._ticker.cancel()
        ends = [*(one.stop() for one in self.sessions), *(one.end() for one in self.batches), self._spare.end()]
        await asyncio.gather(*ends, self._archive.end(), *self._ending, return_exceptions=True)
        await asyncio.gather(*([self._ticker] if self._ticker else []), return_exceptions=True)
        await asyncio.to_thread(self._undertaker.end)
        shutil.rmtree(self.work, ignore_errors=True)

    async def create_session(self, request: NewSession) -> Session:
        """Begin a session; it comes up by itself.

        Raises:
            TooMany: memory carries no more.
            NotYou: it names a proxyUser.
            Rejected: the request can not be granted.
        """
        if sum(one.active for one in self.sessions) >= self.max_sessions:
            raise TooMany
        number = self.sessions.next_id()
        self.sessions.check_name(request.name, number)
        session = Session(number, request, now=self._now, on_result=self._result)
        usable = self._checked(request)
        self.sessions.add(session)
        self._spare.drop_unless(self._classpath())
        if not (request.plain() and self._spare.take(session)):
            await self._launch(session, replace(usable, name=request.name or f"livy-session-{number}"))
        if request.plain():
            self._refill(_REFILL_S)
        return session

    async def create_batch(self, request: NewBatch) -> Batch:
        """Begin a batch.

        Raises:
            NotYou: it names a proxyUser.
            Rejected: the request can not be granted.
        """
        number = self.batches.next_id()
        self.batches.check_name(request.name, number)
        if not request.file:
            raise Rejected("requirement failed: File is required.")
        usable = replace(self._checked(request), file=self.files.uri(request.file))
        submit.check_r(usable.file or "")
        batch = Batch(number, request, self._undertaker, now=self._now)
        self.batches.add(batch)
        try:
            work = self._folder(f"batch-{number}-")
            start = self._start(usable, work, usable.name or f"livy-batch-{number}")
            command, env = submit.batch_command(usable, start)
            await batch.start(command, cwd=work, env=env | self._results())
        except OSError as error:
            batch.failed(f"The batch could not be started: {_words(error)}.")
        return batch

    async def delete_session(self, session: Session) -> None:
        """End a session and forget it; returns when its processes are gone."""
        await session.stop()
        self.sessions.drop(session)
        self._clear(session.work, self._uploads(session))

    async def delete_batch(self, batch: Batch) -> None:
        """Kill a batch and forget it."""
        await batch.end()
        self.batches.drop(batch)
        self._clear(*self.work.glob(f"batch-{batch.id}-*"))

    def upload_path(self, session: Session, name: str) -> Path:
        """Where an uploaded file goes: a folder of the session, under its own plain name.

        Raises:
            OSError: the disk is full.
        """
        folder = self._uploads(session)
        folder.mkdir(exist_ok=True)
        plain = name.replace("\\", "/").rsplit("/", 1)[-1]
        return folder / (plain if plain.strip(". ") else "file")

    async def tick(self) -> None:
        """End what is overdue, forget what has ended long ago."""
        now = self._now()
        for session in self.sessions:
            why = expiry.overdue(session, now)
            if why:
                log.info("session %s ends: %s", session.id, why)
                self._later(self.delete_session(session))
            elif expiry.forgettable(session.ended_at, now):
                await self.delete_session(session)
        for batch in self.batches:
            if expiry.forgettable(batch.ended_at, now):
                await self.delete_batch(batch)

    @property
    def spare_ready(self) -> bool:
        """Whether the next plain session will be there at once."""
        return self._spare.ready

    def used_bytes(self) -> int:
        """Memory of all processes of sessions, batches and the spare."""
        drivers = [one.driver for one in self.sessions if one.driver is not None]
        pids = [pid for driver in drivers for pid in (driver.pid, driver.jvm_pid) if pid]
        pids += [*self._spare.pids, *(one.pid for one in self.batches if one.pid is not None)]
        return memory.used_bytes(pids)

    # -- inside ----------------------------------------------------------------------------------------------------

    def _checked(self, request: R) -> R:
        """The request with checked addresses of its files."""
        if request.proxyUser:
            raise NotYou(request.proxyUser)
        lists = {
            name: tuple(self.files.uri(one) for one in getattr(request, name)) for name in ("jars", "pyFiles", "files")
        }
        lists["archives"] = tuple(self.files.archive(one) for one in request.archives)
        return replace(request, **lists)  # type: ignore[arg-type]

    async def _launch(self, session: Session, request: Resources) -> None:
        driver = DriverProcess(session, self._undertaker)
        session.driver = driver
        try:
            work = session.work = self._folder(f"session-{session.id}-")
            start = self._start(request, work, request.name or "", kind=session.kind, warm=self._warm(session.kind))
            await driver.start(start, cwd=work, env=self._env(), command=self._driver)
        except OSError as error:
            session.ended(1, f"it could not be started: {_words(error)}")

    async def _launch_spare(self, waiting: Waiting) -> None:
        work = waiting.work = self._folder("spare-")
        waiting.made_with = self._classpath()
        start = self._start(Resources(), work, "livy-session", kind="shared", warm=_WARM)
        await waiting.driver.start(start, cwd=work, env=self._env(), command=self._driver)

    def _env(self) -> dict[str, str]:
        return submit.clean_env() | self._results()

    def _results(self) -> dict[str, str]:
        """R without SparkR does not see Spark's settings."""
        return {"ASTROLABNET_RESULTS": str(self.options.state / "results")}

    def _start(
        self, ask: Resources, work: Path, name: str, *, kind: str = "shared", warm: tuple[str, ...] = ()
    ) -> Start:
        tables = {"spark.sql.warehouse.dir": str(self.options.warehouse or self.options.state / "warehouse")}
        results = {"spark.astrolabnet.results": (self.options.state / "results").absolute().as_uri()}
        fixed = {"spark.local.dir": str(work / "tmp")}
        return Start(
            java_home=str(self.jre.home),
            work_dir=str(work),
            conf=tables | results | self._classpath() | dict(self.options.conf) | fixed | ask.spark_conf(),
            driver_memory=ask.driver_memory() or DRIVER_MEMORY,
            java_args=self._archive.java_args(),
            kind=kind,
            name=name,
            warm=warm,
        )

    @staticmethod
    def _classpath() -> dict[str, str]:
        """Jars that were fetched by ``island fetch``, for what starts from now on."""
        found = jars.there(cache_folder() / "jars", "kafka")
        return {"spark.driver.extraClassPath": os.pathsep.join(map(str, found))} if found else {}

    def _warm(self, kind: str) -> tuple[str, ...]:
        return () if kind == "shared" else (kind,)

    def _folder(self, prefix: str) -> Path:
        return Path(tempfile.mkdtemp(prefix=prefix, dir=self.work))

    def _uploads(self, session: Session) -> Path:
        return self.work / f"session-{session.id}-uploads"

    def _clear(self, *folders: Path | None) -> None:
        for folder in folders:
            if folder is not None:
                shutil.rmtree(folder, ignore_errors=True)

    def _spare_wanted(self) -> bool:
        held = sum(one.active for one in self.sessions)
        return held < self.max_sessions and memory.spare_fits(self.free_bytes())

    def _refill(self, delay_s: float) -> None:
        if self.options.spare:
            self._spare.refill(delay_s)

    def _result(self) -> None:
        """A statement has ended: from now on a class data archive pays, once the computer is idle."""
        if self.options.archive:
            self._archive.build_when_idle(lambda: any(one.state == "busy" for one in self.sessions))

    def _later(self, what: object) -> None:
        task = asyncio.ensure_future(what)  # type: ignore[call-overload]
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)

    async def _tick_for_ever(self) -> None:
        while True:
            await asyncio.sleep(_TICK_S)
            try:
                await self.tick()
            except OSError as error:
                log.warning("the island's round failed: %s", error)


def _words(error: OSError) -> str:
    """What is wrong, and where: "no space" alone does not say which disk."""
    return f"{error.strerror or error}" + (f" ({error.filename})" if error.filename else "")
