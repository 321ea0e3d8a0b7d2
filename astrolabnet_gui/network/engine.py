"""Engine: the actors of all servers, the store they fill, and the commands that run beside them, on one asyncio loop.

A face talks to it through ``link.Link``, from any thread. Commands talk to it directly, in its own thread:

    engine.store                         all things as they are now
    engine.client(uuid), server(uuid)    the LivyClient of a server, which keeps the manners; its Server value
    engine.add_server / change_server / remove_server / poll_now / announce
    engine.claim(uuid, Session | Batch)  the reply of a creation: it is mine, and in sight at once -> Key
    engine.follow(session, task)         a task of mine, before and after it has an id -> Key
    engine.until(key, test)              wait until a thing is so; it counts as looked at
"""

from __future__ import annotations

import asyncio
import logging
import random
import threading
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

from ..model.key import Key
from ..model.livy import Batch, Session
from ..model.server import Server
from ..model.task import Task
from ..model.thing import Thing
from .ask import Livy, Spark
from .budget import Budget
from .delta import Delta
from .drafting import draft
from .eyes import Eyes
from .fleet import Fleet
from .lending import Lending
from .link import Listener, Plan
from .memory import Memories
from .outbox import Outbox
from .runs import Outcome, Run, problem_of
from .spooled import Put, nowhere
from .store import Store
from .world import World

if TYPE_CHECKING:
    from ..client.livy import LivyClient

_logger = logging.getLogger(__name__)
Execute = Callable[["Engine", Run, str, Key | None, Mapping[str, Any]], Awaitable[Outcome]]
GOODBYE_S = 0.6


class Engine:
    """See the module; ``main`` is its life.

    Args:
        servers: those of the workspace.
        execute: runs a command (``command.run.execute``).
        connect: makes the client of a server (``client.livy.LivyClient``).
        spark: makes the way to the Spark of a session (``client.spark.SparkClient``).
        owns: says of the name of a session or batch whether this workspace gave it.
        memories: ids of servers as an earlier run of the program saw them.
        spool: keeps large outputs in files.
        rate: requests a second over all servers.
        wall: time of day, UTC.
    """

    def __init__(
        self,
        servers: Iterable[Server] = (),
        *,
        execute: Execute,
        connect: Callable[[Server], Livy],
        spark: Callable[[Server, Session], Spark | None] = lambda _server, _session: None,
        owns: Callable[[str], bool] = lambda _: False,
        memories: Memories | None = None,
        spool: Put = nowhere,
        rate: float = 200.0,
        wall: Callable[[], datetime] = lambda: datetime.now(UTC),
        rng: random.Random | None = None,
    ) -> None:
        self.store = Store()
        self.budget = Budget(rate, burst=max(4.0, rate / 2), reserve=max(2.0, rate / 10))
        world = World(
            connect=connect, spark=spark, budget=self.budget, publish=self._publish, owns=owns, wall=wall,
            clock=lambda: asyncio.get_running_loop().time(), memories=memories or Memories(),
            rng=rng or random.Random(), spool=spool,
        )  # fmt: skip
        self._fleet = Fleet(world)
        self._first = tuple(servers)
        self._execute = execute
        self._runs: dict[str, tuple[Run, asyncio.Task[None]]] = {}
        self._outbox = Outbox(self.store.things.values, lambda: [r.last for r, _ in self._runs.values() if r.last])
        self._awaited: Counter[Key] = Counter()
        self._waits: list[tuple[Key, Callable[[Thing | None], bool], asyncio.Future[Thing | None]]] = []
        self._eyes = Eyes()
        self._lending = Lending(self, self._outbox.tell)
        self._gate = threading.Lock()
        self._early: deque[Callable[[], None]] | None = deque()
        self._loop: asyncio.AbstractEventLoop | None = None
        # Leaving: its process ends with it; what is asked of servers is spared a goodbye, the system cuts it sooner.
        self._stop, self.leaving, self.spared = asyncio.Event(), False, frozenset[asyncio.Task[None]]()

    # --- the Link: from any thread

    def submit(self, command: str, key: Key | None, params: Mapping[str, Any], ident: str = "") -> str:
        """Start a command; the answer is its run id, ``ident`` if one is given."""
        run = Run(command, key, dict(params), self._outbox.news, ident)
        self.hand(lambda: self._start(run))
        return run.id

    def answer(self, run: str, question: str, choice: str) -> None:
        """Answer a Question of a run."""
        self.hand(lambda: self._answer(run, question, choice))

    def cancel(self, run: str) -> None:
        """Stop waiting for a run; what was sent stays sent."""
        self.hand(lambda: self._cancel(run))

    def attend(self, looked_at: Key | None, visible: frozenset[Key], hidden: bool = False, who: str = "") -> None:
        """Say what the person looks at, or another one: each has eyes of their own."""
        self.hand(lambda: self._attend(who, looked_at, visible, hidden))

    def arrange(self, plan: Plan) -> None:
        """Lay the chart out beside everything else; listeners hear an ``Arranged``."""
        self.hand(lambda: draft(plan, self._outbox.tell))

    def lend(self) -> None:
        """Let other processes of this user in; listeners hear a ``Lent``."""
        self.hand(self._lending.open)

    def subscribe(self, listener: Listener, from_seq: int = 0) -> Callable[[], None]:
        """Hear events after ``from_seq``, in the engine's thread. Returns the way to stop."""
        self.hand(lambda: self._outbox.subscribe(listener, from_seq))
        return lambda: self.hand(lambda: self._outbox.unsubscribe(listener))

    def stop(self) -> None:
        """End ``main``; returns at once."""
        self.hand(self._stop.set)

    # --- for commands: in the engine's thread

    def server(self, uuid: str) -> Server:
        """Address and name of a server."""
        return self._fleet.actor(uuid).server

    def servers(self) -> list[Server]:
        """All of them, in the order of their coming."""
        return self._fleet.servers()

    def client(self, uuid: str) -> LivyClient:
        """What ``connect`` made for a server; every call of it counts for the manners."""
        return cast("LivyClient", self._fleet.actor(uuid).client)

    def add_server(self, server: Server) -> Key:
        """Take a server in and ask it from now on.

        Raises:
            BadInput: uuid or alias is taken.
        """
        return self._fleet.add(server)

    async def change_server(self, server: Server) -> None:
        """It was edited; a latched state is tried again."""
        await self._fleet.change(server)

    async def remove_server(self, uuid: str) -> None:
        """Take a server out; its things go, what runs on it goes on."""
        await self._fleet.remove(uuid)

    def poll_now(self, uuid: str) -> None:
        """Ask a server at once, whatever state it is in."""
        self._fleet.actor(uuid).poke()
        self._fleet.live(uuid)

    def announce(self, uuid: str, state: str) -> None:
        """Show a server as ``starting`` or ``stopped`` until it answers; "" takes that back."""
        self._fleet.actor(uuid).announce(state)

    def claim(self, uuid: str, value: Session | Batch) -> Key:
        """Take in the reply of a creation: it is mine, and in sight before the next list."""
        return self._fleet.actor(uuid).claim(value)

    def follow(self, session: Key, task: Task, *, state: str = "queued", problem: str = "") -> Key:
        """Show and follow a task of mine, again as more of its ``task_key`` is known; its Key changes with its id.

        Args:
            task: with a statement: asked by its id until it ends. Without: shown as ``state``.
            state: state word while there is no statement: queued, sent?, refused, lost.
            problem: why, in a sentence.

        Raises:
            NotApplicable: the session is not known (any more).
        """
        return self._fleet.actor(session.server).follow(session, task, state, problem)

    def unfollow(self, key: Key) -> None:
        """Drop a task from sight, or a session that is gone with its tasks."""
        self._fleet.actor(key.server).forget(key)

    def show(self, things: Iterable[Thing], gone: Iterable[Key] = (), server: str = "") -> None:
        """Show things of the workspace, or those of one server that its polls do not see, or take them out of sight."""
        self._publish(self.store.difference(things, gone, server))

    async def until(self, key: Key, test: Callable[[Thing | None], bool]) -> Thing | None:
        """Wait until ``test`` holds for a thing (None: it is not there); meanwhile it counts as looked at."""
        place: asyncio.Future[Thing | None] = asyncio.get_running_loop().create_future()
        wait = (key, test, place)
        if test(found := self.store.get(key)):
            return found
        self._waits.append(wait)
        self._awaited[key] += 1
        self._attend_again()
        try:
            return await place
        finally:
            self._waits.remove(wait)
            self._awaited -= Counter([key])
            self._attend_again()

    # --- its life

    async def main(self) -> None:
        """Run until ``stop``; then everything is cancelled and closed within ``GOODBYE_S``."""
        self._loop = asyncio.get_running_loop()
        self._fleet.begin(self._first)
        with self._gate:
            early, self._early = self._early or deque(), None
            for call in early:
                self._loop.call_soon(call)
        try:
            await self._stop.wait()
        finally:
            await self._goodbye()

    async def _goodbye(self) -> None:
        with self._gate:
            loop, self._loop = asyncio.get_running_loop(), None
        self.spared = frozenset(self._fleet.lives() if self.leaving else ())
        tasks = {*self._fleet.lives(), *(task for _, task in self._runs.values())} - self.spared
        for task in tasks:
            task.cancel()
        deadline = loop.time() + GOODBYE_S
        if tasks:
            await asyncio.wait(tasks, timeout=GOODBYE_S)
        self._outbox.flush()
        self._lending.close()
        await self._fleet.close(max(0.05, deadline - loop.time()), self.leaving)
        self.budget.close()

    def _start(self, run: Run) -> None:
        run.progress(None)
        task = asyncio.create_task(self._carry_out(run), name=f"{run.command} {run.id}")
        self._runs[run.id] = (run, task)
        # Not in _carry_out: of a task that is cancelled before its first step nothing runs.
        task.add_done_callback(lambda _: self._over(run))

    def _answer(self, run: str, question: str, choice: str) -> None:
        if run in self._runs:
            self._runs[run][0].answered(question, choice)

    def _cancel(self, run: str) -> None:
        if run in self._runs:
            self._runs[run][1].cancel()

    async def _carry_out(self, run: Run) -> None:
        try:
            run.done(await self._execute(self, run, run.command, run.key, run.params))
        except Exception as error:
            problem = problem_of(error)
            if problem.type == "Bug":
                _logger.exception("command %s", run.command)
            run.failed(problem)

    def _over(self, run: Run) -> None:
        self._runs.pop(run.id, None)
        if not run.ended:
            run.cancelled()

    def _publish(self, delta: Delta) -> None:
        self.store.apply(delta)
        self._outbox.delta(delta)
        for key, test, place in self._waits:
            if key.server == delta.server and not place.done() and test(self.store.get(key)):
                place.set_result(self.store.get(key))

    def _attend(self, *look: Any) -> None:
        self._eyes.turn(*look)
        self._attend_again()

    def _attend_again(self) -> None:
        self._fleet.attend(frozenset(self._awaited) | self._eyes.looked, self._eyes.visible, self._eyes.hidden)

    def hand(self, call: Callable[[], Any]) -> None:
        """Let the engine's thread do it; before ``main`` it waits, after the end it is dropped."""
        with self._gate:
            if self._early is not None:
                self._early.append(call)
            elif self._loop is not None:
                self._loop.call_soon_threadsafe(call)
