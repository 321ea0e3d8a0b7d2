"""Two real islands, each with a home and a warehouse of its own, and a house that has both as its servers."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from astrolabnet_gui.command.engine import make_engine
from astrolabnet_gui.command.house import House
from astrolabnet_gui.model.key import Key
from astrolabnet_gui.model.server import Auth, AuthKind, Server
from astrolabnet_gui.network.link import Event, RunEvent, RunState
from astrolabnet_gui.settings.paths import Paths
from tests.island_fixture import RunningIsland

ENDED = (RunState.DONE, RunState.FAILED, RunState.CANCELLED)
PATIENCE_S = 200
LYON, FINK = Key("a" * 32), Key("b" * 32)
ALIASES = {LYON: "lyon", FINK: "fink"}


def server_of(key: Key, island: RunningIsland) -> Server:
    """One of them as a server of a workspace; no manners to wait for, as for one's own."""
    token = island.about["token_file"]
    auth = Auth(kind=AuthKind.BEARER, secret=f"file:{token}") if token else Auth()
    return Server(uuid=key.server, alias=ALIASES[key], url=island.url, auth=auth, origin="island")


class Archipelago:
    """``async with Archipelago(home, {LYON: island}) as sea``: house and engine, closed at the end.

    Attributes:
        questions: what was asked of the person; ``answers`` says what to (default yes).
        sql: what was asked in the small sessions, by server.
    """

    def __init__(self, home: Path, islands: dict[Key, RunningIsland]) -> None:
        self.house = House(Paths(home / "config", home / "data", home / "state", home / "cache"))
        for key, island in islands.items():
            self.house.workspace.save_server(server_of(key, island))
        self.engine = make_engine(self.house)
        self.events: asyncio.Queue[RunEvent] = asyncio.Queue()
        self.questions: list[str] = []
        self.answer: Callable[[str], str] = lambda _: "yes"
        self.sql: list[tuple[str, str]] = []
        self.took_s = 0.0

    async def __aenter__(self) -> Archipelago:
        self.engine.subscribe(self._hear)
        self._main = asyncio.create_task(self.engine.main())
        for server in self.house.workspace.servers():
            await self.up(Key(server.uuid))
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

    async def up(self, server: Key) -> None:
        async with asyncio.timeout(PATIENCE_S):
            await self.engine.until(server, lambda t: t is not None and t.state == "up")

    async def do(self, command: str, key: Key | None, params: dict[str, Any]) -> RunEvent:
        began = time.monotonic()
        run = self.engine.submit(command, key, params)
        async with asyncio.timeout(PATIENCE_S):
            while True:
                event = await self.events.get()
                if event.run != run:
                    continue
                if event.question is not None:
                    self.questions.append(event.question.text)
                    self.engine.answer(run, event.question.id, self.answer(event.question.text))
                if event.state in ENDED:
                    self.took_s = time.monotonic() - began
                    return event

    async def well(self, command: str, key: Key | None, **params: Any) -> RunEvent:
        event = await self.do(command, key, params)
        assert event.state is RunState.DONE, event.problem
        return event

    async def ill(self, command: str, key: Key | None, **params: Any) -> str:
        event = await self.do(command, key, params)
        assert event.state is RunState.FAILED, event
        assert event.problem is not None
        return str(event.problem)

    async def code(self, server: Key, code: str, kind: str = "pyspark") -> RunEvent:
        """Run code in a session of the user."""
        event = await self.well("server.send", server, kind=kind, code=code, wait=True)
        assert event.result["state"] == "done", event.result
        return event

    def listen_to_sql(self) -> None:
        """Write down what the small sessions that are open are asked."""
        for key in (LYON, FINK):
            utility = self.house.browsing.of(key.server)
            if utility is None:
                continue
            ask = utility.ask

            async def asked(sql: str, *more: Any, ask: Any = ask, server: str = key.server) -> Any:
                self.sql.append((server, sql))
                return await ask(sql, *more)

            utility.ask = asked  # type: ignore[method-assign]
