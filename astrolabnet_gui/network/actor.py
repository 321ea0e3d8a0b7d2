"""Actor: one server asked over and over, one question at a time; each answer becomes a Delta."""

from __future__ import annotations

import asyncio
import contextlib
import functools
from datetime import datetime
from typing import cast

from ..errors import AstroLabNetError, Busy, NotFound, NotLivy, Unreachable
from ..model.key import Key
from ..model.livy import Batch, Id, LogPage, Session
from ..model.server import Server
from ..model.task import Task
from .ask import Livy, Unusable
from .breaker import CAP_HIDDEN_S, CAP_OWN_S, CAP_S, Breaker
from .delta import Things, diff
from .follow import Followed
from .known import Known
from .manners import Mannered, Manners
from .pace import Attention
from .schedule import NEVER, Schedule
from .shown import Shown
from .spark_side import SparkSide
from .spooled import seen, spooled
from .world import World

_AGAIN_S = 600.0
_TASK_RETRY_S = 30.0


class Actor:
    """Everything the engine does with one server. All calls in the engine's thread.

    Attributes:
        known: what is known of the server.
        client: for commands; each of its calls keeps the manners.
    """

    def __init__(self, server: Server, world: World) -> None:
        self._world = world
        self.known = Known(server, owns=world.owns, wall=world.wall, memories=world.memories)
        self._breaker = Breaker(world.rng, needed=1 if server.is_island else 2)
        self._shown = Shown("asking")
        self._announced = ""
        self._things: Things = {}
        self._wake = asyncio.Event()
        self._raw: dict[str, bytes | None] = {"sessions": None, "batches": None}
        self._claimed_at, self._good = -NEVER, cast("datetime | None", None)
        self._open(server)
        self._schedule = Schedule(self.known, self.manners, world.clock)

    def _open(self, server: Server) -> None:
        try:
            self._livy: Livy = self._world.connect(server)
        except AstroLabNetError as error:
            self._livy = cast(Livy, Unusable(error))
        self.manners = Manners(self._world.budget, own=server.is_island, clock=self._world.clock)
        self.client = Mannered(self._livy, self.manners, self.known.used)
        log = functools.partial(self._whole_log, self._livy)
        self._spark = SparkSide(self._world.spark, log, self.manners, self._world.clock)

    @staticmethod
    async def _whole_log(livy: Livy, session: Id) -> LogPage:
        return await livy.session_log(session, 0, -1)

    @property
    def server(self) -> Server:
        """Its address and name."""
        return self.known.server

    def attend(self, attention: Attention, looked: frozenset[Key]) -> None:
        """Take in what the person looks at; ``looked`` holds keys of this server only."""
        if self._schedule.attend(attention, looked):
            self._wake.set()

    def poke(self) -> None:
        """Ask everything now, whatever state it is in; a login that was refused is read anew and tried once more."""
        if self._breaker.latched:
            self._livy.login_again()
        self._breaker.retry()
        self._schedule.now()
        self._wake.set()

    def announce(self, state: str) -> None:
        """Show ``starting`` or ``stopped`` until the server answers; "" takes it back."""
        self._announced = state
        self.publish()
        self.poke()

    async def change(self, server: Server) -> None:
        """It was edited: another address, another login."""
        livy, spark = self._livy, self._spark
        if server.url != self.server.url:
            self._good = None
        self._breaker = Breaker(self._world.rng, needed=self._breaker.needed)
        self._open(server)
        self._schedule.manners = self.manners
        self.known.move(server)
        self._raw.update(sessions=None, batches=None)
        self._announced = ""
        self.publish()
        self.poke()
        await spark.close()
        await livy.aclose()

    def claim(self, value: Session | Batch) -> Key:
        """A session or batch of mine was just made."""
        self._claimed_at = self._world.clock()
        key = self.known.claim(value)
        self._schedule.sooner()
        self._wake.set()
        self.publish()
        return key

    def follow(self, session: Key, task: Task, state: str, problem: str) -> Key:
        """A task of mine, before or after it has an id."""
        task = spooled(task, self._world.spool)
        found = self.known.follow(session, task, state, problem, self._world.clock())
        self._wake.set()
        self.publish()
        return found.key

    def forget(self, key: Key) -> None:
        """Drop a task, or what is remembered of a session."""
        self.known.forget(key)
        self.publish()

    def publish(self) -> None:
        """Say what has changed since the last time."""
        self._shown.wish(*self._state(), self._world.clock(), self._world.wall())
        lost = self._breaker.open or self._breaker.latched
        new = self.known.things(
            (self._shown.state, self._shown.problem, self._shown.since), self._good if lost else None
        )
        delta = diff(self.server.uuid, self._things, new)
        if delta:
            self._things = new
            self._world.publish(delta)

    def withdraw(self) -> None:
        """The server was taken out of the workspace: so are its things."""
        delta, self._things = diff(self.server.uuid, self._things, {}), {}
        self._world.publish(delta)

    def disable(self, problem: str) -> None:
        """It failed too often, by our fault: show that, and ask no more until it is poked."""
        self._breaker.latched = "disabled"
        self._breaker.error = AstroLabNetError(problem)
        self.publish()

    async def run(self) -> None:
        """Ask until cancelled."""
        while True:
            self.publish()
            self._wake.clear()
            now = self._world.clock()
            at, what = self._next(now)
            if at > now:
                await self._sleep(min(at, self._shown.due or NEVER) - now)
            elif isinstance(what, Followed):
                await self._ask_task(what)
            elif what == "sessions":
                await self._ask_sessions()
            elif what == "batches":
                await self._ask_batches()
            else:
                await self._ask_version()

    async def close(self) -> None:
        """Close the connections."""
        await self._spark.close()
        await self._livy.aclose()

    async def _sleep(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(None if seconds == NEVER else max(0.0, seconds)):
                await self._wake.wait()

    def _next(self, now: float) -> tuple[float, str | Followed]:
        """When to ask what; a server in trouble is asked only for its sessions."""
        if self._breaker.latched:
            return NEVER, "sessions"
        if self._breaker.open or self._breaker.again_at > now:
            return max(self._breaker.again_at, self.manners.free_at()), "sessions"
        return self._schedule.next()

    async def _ask_sessions(self) -> None:
        began = self._world.clock()
        try:
            async with self.manners.poll(self._schedule.lane()):
                raw, value = await self._livy.sessions_if_changed(self._raw["sessions"])
        except AstroLabNetError as error:
            self._trouble(NotLivy(error.what, remedy=error.remedy) if isinstance(error, NotFound) else error)
            return
        self._answered()
        self._raw["sessions"] = raw
        self._schedule.unchanged += 1
        if value is not None:
            self._schedule.unchanged = 0
            whole = value.total <= len(value.sessions) and began > self._claimed_at
            for task in self.known.listed("sessions", value.sessions, complete=whole):
                if task.id is not None:
                    task.due = self._world.clock()
            if not whole:
                self._raw["sessions"] = None
        self._schedule.plan("sessions", again=self._breaker.open)

    async def _ask_batches(self) -> None:
        began = self._world.clock()
        try:
            async with self.manners.poll(self._schedule.lane()):
                raw, value = await self._livy.batches_if_changed(self._raw["batches"])
        except NotFound:
            # Some speakers of the protocol have no batches.
            self._schedule.due["batches"] = self._world.clock() + _AGAIN_S
            return
        except AstroLabNetError as error:
            # Whether the server is well is for the sessions to say: some lists fail alone.
            self._schedule.plan("batches")
            if isinstance(error, Busy) and error.retry_after_s:
                self.manners.hold(error.retry_after_s)
            elif isinstance(error, Unreachable):
                self._schedule.due["sessions"] = 0.0
            return
        self._raw["batches"] = raw
        if value is not None:
            whole = value.total <= len(value.sessions) and began > self._claimed_at
            self.known.listed("batches", value.sessions, complete=whole)
            if not whole:
                self._raw["batches"] = None
        self._schedule.plan("batches")

    async def _ask_version(self) -> None:
        self._schedule.due["version"] = NEVER
        # A server without /version is a Livy all the same.
        with contextlib.suppress(AstroLabNetError):
            async with self.manners.poll(self._schedule.lane()):
                self.known.version = (await self._livy.version()).version

    async def _ask_task(self, task: Followed) -> None:
        session, ident = self.known.session(task.session), task.id
        if session is None or ident is None:
            task.due = None
            return
        try:
            async with self.manners.poll(self._schedule.lane(task), cost=0 if self._schedule.fast(task) else 1):
                statement = await self._livy.statement(session.id, ident)
        except AstroLabNetError as error:
            task.failed(error, self._world.wall())
            if task.due is not None:
                task.due = self._world.clock() + min(_TASK_RETRY_S, 0.5 * 2.0**task.errors)
            if isinstance(error, Busy):
                self.manners.hold(error.retry_after_s or 1.0)
            elif isinstance(error, Unreachable):
                self._schedule.due["sessions"] = 0.0
            return
        self.known.saw(task, await seen(task.task, statement, self._world.spool), session.state)
        if task.ended:
            self._schedule.ended(task)
            if self.server.is_island or task.task.progress or task.key in self._schedule.looked:
                self._spark.ask(self.server, session, task, stages=True, then=self.publish)
            return
        self._schedule.plan_task(task)
        if self._schedule.spark_due(task):
            stages = self._schedule.looks_at(task)
            self._spark.ask(self.server, session, task, stages=stages, then=self.publish)

    def _answered(self) -> None:
        """The server is well."""
        if self._good is None or self._breaker.open or self._breaker.latched:
            self._schedule.answered()
        self._breaker.ok(self._world.clock())
        self._good = self._world.wall()
        if not self._breaker.open:
            self._announced = ""

    def _trouble(self, error: AstroLabNetError) -> None:
        """The list of sessions did not come."""
        if isinstance(error, Busy) and error.retry_after_s:
            self.manners.hold(error.retry_after_s)
            return
        hidden = self._schedule.attention is Attention.HIDDEN
        cap_s = CAP_OWN_S if self.server.is_island else CAP_HIDDEN_S if hidden else CAP_S
        self._breaker.fail(error, self._world.clock(), cap_s)

    def _state(self) -> tuple[str, str]:
        """State word and problem of the server, as they would be shown if nothing had to be calm."""
        error, state = self._breaker.error, self._breaker.state
        if self._announced:
            return self._announced, ""
        if not state:
            return ("asking" if self._good is None else "up"), ""
        if state == "down" and self.server.is_island:
            return "stopped", "The island does not run."
        words = "" if error is None else " ".join(part for part in (error.what, error.remedy) if part)
        if self._good is not None:
            words += f" Last answer at {self._good.astimezone():%H:%M:%S}."
        return state, words
