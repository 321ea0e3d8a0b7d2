"""A house, an engine and a small Livy on one loop: commands run as a face would run them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import astrolabnet_gui.command  # noqa: F401  (fills the table)
from astrolabnet_gui.command.house import House
from astrolabnet_gui.command.run import executor
from astrolabnet_gui.journal.row import Row
from astrolabnet_gui.model.key import Key
from astrolabnet_gui.model.server import Server
from astrolabnet_gui.model.thing import Thing
from astrolabnet_gui.network.engine import Engine
from astrolabnet_gui.network.link import Event, RunEvent, RunState
from astrolabnet_gui.settings.paths import Paths
from tests.tasks.livy import SmallLivy, SteppingClock

ENDED = (RunState.DONE, RunState.FAILED, RunState.CANCELLED)
# The island has no manners to wait for: tests need not either.
LAL = Server(uuid="1" * 32, alias="lal", url="http://127.0.0.1:1", origin="island")
SERVER = Key(LAL.uuid)


class Rig:
    """``async with Rig() as rig``: everything is opened, and closed at the end."""

    def __init__(self, livy: SmallLivy | None = None, state: str = "up", where: Paths | None = None) -> None:
        self.state = state
        self.clock = livy.clock if livy else SteppingClock()
        self.livy = livy or SmallLivy(self.clock)
        self.house = House(where, clock=self.clock)
        if not self.house.workspace.servers():
            self.house.workspace.save_server(LAL)
        self.engine = Engine(
            self.house.workspace.servers(), execute=executor(self.house), connect=lambda _: self.livy,
            owns=self.house.owns, memories=self.house.epochs.memories,
        )  # fmt: skip
        self.events: asyncio.Queue[RunEvent] = asyncio.Queue()
        self.questions: list[str] = []
        self.said: list[str] = []

    async def __aenter__(self) -> Rig:
        self.engine.subscribe(self._hear)
        self._main = asyncio.create_task(self.engine.main())
        await self.thing(SERVER, self.state)
        return self

    async def __aexit__(self, *_exc: object) -> None:
        await self.house.browsing.aclose()
        self.engine.stop()
        await self._main
        await self.house.sender.aclose()
        self.house.close()

    def _hear(self, event: Event) -> None:
        if isinstance(event, RunEvent):
            self.events.put_nowait(event)

    async def do(
        self, command: str, key: Key | None = SERVER, params: Mapping[str, Any] | None = None, answer: str = "yes"
    ) -> RunEvent:
        """Run a command to its end."""
        run = self.engine.submit(command, key, params or {})
        async with asyncio.timeout(20):
            while True:
                event = await self.events.get()
                if event.run != run:
                    continue
                self.said.append(event.text)
                if event.question is not None:
                    self.questions.append(event.question.text)
                    self.engine.answer(run, event.question.id, answer)
                if event.state in ENDED:
                    return event

    async def well(self, command: str, key: Key | None = SERVER, **params: Any) -> RunEvent:
        """Run a command that must end well."""
        event = await self.do(command, key, params)
        assert event.state is RunState.DONE, event.problem
        return event

    async def ill(self, command: str, key: Key | None = SERVER, **params: Any) -> Any:
        """Run a command that must fail; its problem."""
        event = await self.do(command, key, params)
        assert event.state is RunState.FAILED, event
        assert event.problem is not None
        return event.problem

    async def thing(self, key: Key, state: str) -> Thing:
        """The thing, once it is in that state."""
        async with asyncio.timeout(20):
            found = await self.engine.until(key, lambda t: t is not None and t.state == state)
        assert found is not None
        return found

    async def foreign(self, **fields: object) -> Key:
        """A session of somebody else, once it is in sight."""
        session = self.livy.open(name="theirs", owner="anna", **fields)
        self.engine.poll_now(LAL.uuid)
        key = next(iter(self.engine.store.servers())).key
        async with asyncio.timeout(20):
            while True:
                for thing in self.engine.store.children(key):
                    if thing.key.kind == "sessions" and thing.key.id == session.id:
                        return thing.key
                await asyncio.sleep(0.01)

    async def rows(self) -> list[Row]:
        """The journal, oldest first."""
        return list(reversed(await asyncio.wrap_future(self.house.journal.history(1000))))
