"""A warm spare: a driver that has started before anybody asked, and becomes the next plain session."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from astrolabnet_gui.island import protocol
from astrolabnet_gui.island.driver_process import DriverProcess
from astrolabnet_gui.island.lines import RETAINED_LINES
from astrolabnet_gui.island.session import Session
from astrolabnet_gui.island.undertaker import Undertaker


class Waiting:
    """A driver nobody has asked for yet; it keeps what the driver says for its session to be."""

    def __init__(self, on_end: Callable[[Waiting], None], undertaker: Undertaker) -> None:
        self.driver = DriverProcess(self, undertaker)
        self.over = False
        self.work: Path | None = None
        self.made_with: object = None
        self._on_end = on_end
        self._events: list[protocol.Event] = []
        self._lines: list[str] = []

    @property
    def ready(self) -> bool:
        """Whether Spark is up in it."""
        return any(isinstance(event, protocol.Idle) for event in self._events)

    def event(self, event: protocol.Event) -> None:
        """Keep it."""
        self._events.append(event)

    def line(self, text: str) -> None:
        """Keep it, as long as a session would."""
        self._lines = [*self._lines, text][-RETAINED_LINES:]

    def ended(self, returncode: int, why: str) -> None:
        """It died unused."""
        self.over = True
        self._on_end(self)

    def become(self, session: Session) -> None:
        """Hand the driver and all it has said over to a session."""
        self.driver.listener = session
        session.driver, session.work = self.driver, self.work
        conf = {key: value for key, value in session.request.conf.items() if key.startswith("spark.sql.")}
        self.driver.send(protocol.Adopt(session.name or "", session.kind, conf))
        for line in self._lines:
            session.line(line)
        for event in self._events:
            session.event(event)


class Spare:
    """Keeps one driver waiting. ``launch`` starts the process of a :class:`Waiting`; ``wanted`` says whether to."""

    def __init__(
        self, launch: Callable[[Waiting], Awaitable[None]], wanted: Callable[[], bool], undertaker: Undertaker
    ) -> None:
        self._launch = launch
        self._undertaker = undertaker
        self._wanted = wanted
        self._waiting: Waiting | None = None
        self._failures = 0
        self._task: asyncio.Task[None] | None = None
        self._dropped: asyncio.Task[None] | None = None

    def take(self, session: Session) -> bool:
        """Give the spare to a session; False if there is none."""
        waiting, self._waiting = self._waiting, None
        if waiting is None:
            return False
        waiting.become(session)
        return True

    def drop_unless(self, made_with: object) -> None:
        """Give up one that was started with other settings than sessions get now."""
        if self._waiting is not None and self._waiting.made_with != made_with:
            waiting, self._waiting = self._waiting, None
            self._dropped = asyncio.create_task(waiting.driver.end(), name="spare's end")

    def refill(self, delay_s: float = 0.0) -> None:
        """Start one, unless there is one, or it is not wanted, or it failed twice in a row."""
        if self._waiting is None and (self._task is None or self._task.done()) and self._failures < 2:
            self._task = asyncio.create_task(self._start(delay_s), name="spare")

    async def end(self) -> None:
        """End it; nothing is left."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        self._failures = 2
        waiting, self._waiting = self._waiting, None
        if waiting is not None:
            await waiting.driver.end()

    @property
    def ready(self) -> bool:
        """Whether there is one, and Spark is up in it."""
        return self._waiting is not None and self._waiting.ready

    @property
    def pids(self) -> list[int]:
        """Its processes, for the status page."""
        driver = self._waiting.driver if self._waiting else None
        return [pid for pid in (driver.pid, driver.jvm_pid) if pid] if driver else []

    async def _start(self, delay_s: float) -> None:
        await asyncio.sleep(delay_s)
        if not self._wanted():
            return
        waiting = Waiting(self._gone, self._undertaker)
        try:
            await self._launch(waiting)
        except OSError:
            self._failures += 1
            return
        if not waiting.over:
            self._waiting = waiting

    def _gone(self, waiting: Waiting) -> None:
        self._failures = 0 if waiting.ready else self._failures + 1
        if self._waiting is waiting:
            self._waiting = None
