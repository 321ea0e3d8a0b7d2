"""A session: Livy's state machine over one driver process."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any

from astrolabnet_gui.island import protocol
from astrolabnet_gui.island.driver_process import DriverProcess
from astrolabnet_gui.island.lines import Lines
from astrolabnet_gui.island.request import NewSession, Rejected, seconds
from astrolabnet_gui.island.statement import RETAINED_STATEMENTS, Statement, Statements

ACTIVE = frozenset({"starting", "idle", "busy", "error"})
_REPLY_S = 60.0


class Inactive(Exception):
    """The session's state does not allow this; the text is Livy's."""


class DriverSaid(Exception):
    """The driver refused an ``add``; the text is its own."""


class Session:
    """States: starting, idle, busy, error (its interpreter died), shutting_down, dead.

    Statements run one at a time, in order; the queue is here, so that what waits can be cancelled at once.
    """

    def __init__(
        self, number: int, request: NewSession, *, now: Callable[[], float] = time.time, on_result: Callable[[], None]
    ) -> None:
        self.id = number
        self.name = request.name
        self.kind = request.kind
        self.request = request
        self.lines = Lines()
        self.statements = Statements(_retained(request))
        self.app_id: str | None = None
        self.ui_url: str | None = None
        self.ended_at: float | None = None
        self.driver: DriverProcess | None = None
        self.work: Path | None = None
        self._now = now
        self._on_result = on_result
        self._phase = "starting"
        self._queue: deque[Statement] = deque()
        self._current: Statement | None = None
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self._next_rid = 0
        self.created = self.last_activity = self.last_heartbeat = now()
        self.ttl_s = seconds(request.ttl) if request.ttl else None
        self.idle_s = seconds(request.idleTimeout) if request.idleTimeout else None

    @property
    def state(self) -> str:
        """The state as Livy would say it."""
        if self._phase == "idle" and self._current is not None:
            return "busy"
        return self._phase

    @property
    def active(self) -> bool:
        """Whether it can still be asked something."""
        return self.state in ACTIVE

    # -- what a client asks ----------------------------------------------------------------------------------------

    def execute(self, code: str, kind: str) -> Statement:
        """Take a piece of code.

        Raises:
            Inactive: the session is not up, or not any more.
        """
        if self._phase not in ("idle", "error"):
            raise Inactive(self.state)
        self.touch()
        statement = self.statements.add(code, kind)
        if self._phase == "error":
            self._bury(statement, "Interpreter died:\n")
        elif kind != "shared":  # Livy lets a statement of kind "shared" wait for ever
            self._queue.append(statement)
            self._run_next()
        return statement

    def cancel(self, number: int) -> None:
        """Cancel a statement: at once while it waits, else as soon as the driver could stop it."""
        self.touch()
        statement = self.statements.get(number)
        if statement is None or statement.finished or statement.state == "cancelling":
            return
        if statement is not self._current:
            if statement in self._queue:
                self._queue.remove(statement)
            statement.finish("cancelled", None, self._now_ms())
            return
        statement.state = "cancelling"
        self._send(protocol.Cancel(number))

    async def complete(self, code: str, kind: str, cursor: int) -> list[str]:
        """Ways to complete the code at the cursor.

        Raises:
            Inactive: the session is not up.
        """
        self._check_up()
        answer = await self._ask(lambda rid: protocol.Complete(rid, kind, code, cursor))
        return list(answer.candidates)

    async def add(self, what: str, path: str) -> None:
        """Give the driver a ``jar``, ``file`` or ``pyfile``.

        Raises:
            Inactive: the session is not up.
            DriverSaid: Spark did not take it.
        """
        self._check_up()
        answer = await self._ask(lambda rid: protocol.Add(rid, what, path))
        if answer.error:
            raise DriverSaid(answer.error)

    async def stop(self) -> None:
        """End the driver; returns when all of it is gone. The entry stays, dead."""
        if self._phase in ("dead", "shutting_down") and self.driver is None:
            return
        if self._phase != "dead":
            self._phase = "shutting_down"
        if self.driver is not None:
            await self.driver.end()
        self._die()

    def touch(self) -> None:
        """Note activity: it puts the idle timeout off."""
        self.last_activity = self._now()

    def heartbeat(self) -> None:
        """Note that a client still asks for this very session."""
        self.last_heartbeat = self._now()

    # -- what the driver says (driver_process.Listener) ------------------------------------------------------------

    def event(self, event: protocol.Event) -> None:
        """Take one event of the driver."""
        match event:
            case protocol.Idle():
                self.app_id, self.ui_url = event.app_id, event.ui_url or None
                self.lines.err(f"R in this session: {event.r}")
                if self._phase == "starting":
                    self._phase = "idle"
                    self.touch()
            case protocol.Running():
                if statement := self._running(event.id):
                    statement.started = event.started
                    if statement.state == "waiting":
                        statement.state = "running"
            case protocol.Progress():
                if statement := self._running(event.id):
                    statement.progress = min(1.0, max(0.0, event.value))
            case protocol.Done():
                self._done(event)
            case protocol.Candidates() | protocol.Added():
                answer = self._waiting.pop(event.rid, None)
                if answer and not answer.done():
                    answer.set_result(event)
            case protocol.Adopted() if event.error:
                self.lines.err(event.error)
            case protocol.Fatal():
                self.lines.err(event.message.splitlines())

    def line(self, text: str) -> None:
        """Take one line of the driver's log."""
        self.lines.err(text)

    def ended(self, returncode: int, why: str) -> None:
        """The driver is gone: as asked, by its own exit in user code (Livy: "error"), or otherwise (dead)."""
        self.driver = None
        wanted = self._phase in ("shutting_down", "dead")
        left_by_code = self._current is not None and self._current.kind == "pyspark" and why.startswith("exit code")
        if not wanted:
            self.lines.err(f"The session's driver has ended: {why.rstrip('.')}.")
        if left_by_code and not wanted:
            self._phase = "error"
            gone, self._current = self._current, None
            if gone:
                self._bury(gone, f"Interpreter died:\n\nThe code ended the Python process ({why}).\n")
            while self._queue:
                self._bury(self._queue.popleft(), "Interpreter died:\n")
        else:
            self._die()
        for answer in self._waiting.values():
            if not answer.done():
                answer.set_exception(Inactive(self.state))
        self._waiting.clear()

    # -- inside ----------------------------------------------------------------------------------------------------

    def _running(self, number: int) -> Statement | None:
        current = self._current
        return current if current is not None and current.id == number else None

    def _done(self, event: protocol.Done) -> None:
        statement = self._running(event.id)
        if statement is None:
            return
        stuck = event.state == "cancelled" and event.output is None and statement.started > 0 and not statement.finished
        state = "cancelled" if statement.finished else event.state
        statement.finish(state, event.output, event.completed)
        self.touch()
        if stuck:  # only labelled: its code still runs, and the driver will report it once more
            return
        self._current = None
        self._run_next()
        self._on_result()

    def _run_next(self) -> None:
        if self._current is None and self._queue and self._phase == "idle":
            self._current = self._queue.popleft()
            self._send(protocol.Run(self._current.id, self._current.kind, self._current.code))

    def _bury(self, statement: Statement, words: str) -> None:
        now = self._now_ms()
        statement.started = statement.started or now
        output = {"status": "error", "execution_count": statement.id, "ename": "Error", "evalue": words}
        statement.finish("available", {**output, "traceback": []}, now)

    def _die(self) -> None:
        self._phase = "dead"
        self.ended_at = self.ended_at or self._now()

    def _check_up(self) -> None:
        if self._phase != "idle":
            raise Inactive(self.state)
        self.touch()

    def _send(self, message: protocol.Request) -> None:
        if self.driver is not None:
            self.driver.send(message)

    async def _ask(self, message: Callable[[int], protocol.Request]) -> Any:
        rid = self._next_rid
        self._next_rid += 1
        answer: asyncio.Future[protocol.Event] = asyncio.get_running_loop().create_future()
        self._waiting[rid] = answer
        self._send(message(rid))
        try:
            return await asyncio.wait_for(answer, _REPLY_S)
        except TimeoutError:
            raise DriverSaid(f"the driver did not answer within {_REPLY_S:.0f} s") from None
        finally:
            self._waiting.pop(rid, None)

    def _now_ms(self) -> int:
        return int(self._now() * 1000)


def _retained(request: NewSession) -> int:
    text = request.conf.get("livy.rsc.retained-statements", str(RETAINED_STATEMENTS))
    try:
        return max(1, int(text))
    except ValueError:
        raise Rejected(f'For input string: "{text}"') from None
