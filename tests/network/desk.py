"""A desk for tests: an engine over fake Livys in virtual time, a replica fed by its events, everything it said."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from astrolabnet_gui.errors import BadInput, Refused
from astrolabnet_gui.model.key import Key
from astrolabnet_gui.model.livy import NewSession
from astrolabnet_gui.model.server import Server
from astrolabnet_gui.model.thing import Thing
from astrolabnet_gui.network.delta import Delta
from astrolabnet_gui.network.engine import Engine
from astrolabnet_gui.network.link import DeltaEvent, Event, Question, Reset, RunEvent
from astrolabnet_gui.network.runs import Run
from astrolabnet_gui.network.store import Store
from tests.fakeclient import FakeClient
from tests.fakelivy import FakeLivy

START = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Said:
    """What a command gives back."""

    text: str = ""
    focus: Key | None = None
    data: Any = None


def server(uuid: str = "u1", alias: str = "lal", **more: Any) -> Server:
    """A Server value."""
    return Server(uuid=uuid, alias=alias, url=more.pop("url", "http://127.0.0.1:8998"), **more)


def wall() -> datetime:
    """Time of day that goes with the loop's clock."""
    return START + timedelta(seconds=asyncio.get_running_loop().time())


class Replica:
    """What a face keeps: a Store made from events alone."""

    def __init__(self) -> None:
        self.store = Store()
        self.events: list[Event] = []

    def hear(self, event: Event) -> None:
        """Take an event in, as a face does."""
        self.events.append(event)
        if isinstance(event, Reset):
            self.store = Store()
            for thing in sorted(event.things, key=lambda t: len(t.key.path)):
                self.store.apply(Delta(thing.key.server, added=(thing,)))
        elif isinstance(event, DeltaEvent):
            self.store.apply_all(event.deltas)

    def runs(self) -> list[RunEvent]:
        """What runs said."""
        return [event for event in self.events if isinstance(event, RunEvent)]


@dataclass
class Desk:
    """The engine and what stands around it."""

    engine: Engine
    livys: dict[str, FakeLivy]
    replica: Replica
    clients: list[FakeClient] = field(default_factory=list)

    @property
    def livy(self) -> FakeLivy:
        """The only server."""
        (one,) = self.livys.values()
        return one

    def thing(self, address: str) -> Thing:
        """Thing at a printed address."""
        return self.engine.store.find(address)

    def states(self) -> dict[str, str]:
        """State word by label."""
        return {thing.label: thing.state for thing in self.engine.store.things.values()}


async def nothing(_engine: Engine, _run: Run, _command: str, _key: Key | None, _params: Mapping[str, Any]) -> Said:
    """A command that does nothing."""
    return Said("done")


Params = Mapping[str, Any]


async def commands(engine: Engine, run: Run, command: str, key: Key | None, params: Params) -> Said:
    """A small command table."""
    run.line = f"net.{command}()"
    if command == "open":
        run.progress(0.5, "opening")
        made = await engine.client("u1").create_session(NewSession(kind="pyspark", name="aln-1"))
        focus = engine.claim("u1", made)
        await engine.until(focus, lambda thing: thing is not None and thing.state == "idle")
        return Said("It is open.", focus, {"id": made.id})
    if command == "ask":
        choice = await run.ask(Question(id="q1", text="Really?"))
        return Said(f"you said {choice}")
    if command == "refuse":
        raise Refused("no", status=400, server="lal", remedy="Ask nicely.")
    if command == "field":
        raise BadInput("too long", field="name")
    if command == "wait":
        await asyncio.Event().wait()
    if command == "count":
        for i in range(200):
            run.progress(i / 200, f"step {i}")
            await asyncio.sleep(0.01)
        return Said("counted")
    raise KeyError("a bug")


@asynccontextmanager
async def desk(
    *servers: Server, livy: FakeLivy | None = None, execute: Any = nothing, seed: int = 1, **more: Any
) -> AsyncIterator[Desk]:
    """A running engine; ended, with all tasks over, at the end."""
    listed = servers or (server(),)
    livys = {one.uuid: (livy if i == 0 and livy else FakeLivy()) for i, one in enumerate(listed)}
    clients: list[FakeClient] = []

    def connect(one: Server) -> FakeClient:
        clients.append(FakeClient(livys.setdefault(one.uuid, FakeLivy()), one.alias))
        return clients[-1]

    engine = Engine(
        listed, execute=execute, connect=connect, owns=lambda name: name.startswith("aln-"), wall=wall,
        rng=random.Random(seed), **more,
    )  # fmt: skip
    replica = Replica()
    engine.subscribe(replica.hear)
    life = asyncio.create_task(engine.main())
    await asyncio.sleep(0.1)
    try:
        yield Desk(engine, livys, replica, clients)
    finally:
        engine.stop()
        await life


async def wait_for(test: Callable[[], bool], within_s: float = 60.0) -> float:
    """Wait in virtual time until something holds; seconds it took."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    while not test():
        assert loop.time() - began < within_s, "it did not come true in time"
        await asyncio.sleep(0.01)
    return loop.time() - began
