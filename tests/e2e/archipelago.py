"""Two real islands, each with a home and a warehouse of its own, and a house that has both as its servers."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

from astrolabnet_gui.command.engine import make_engine
from astrolabnet_gui.command.house import House
from astrolabnet_gui.model.key import Key
from astrolabnet_gui.model.server import Auth, AuthKind, Server
from astrolabnet_gui.network.link import RunEvent
from astrolabnet_gui.settings.paths import Paths
from tests.acting import Acting
from tests.island_fixture import RunningIsland

PATIENCE_S = 200
LYON, FINK = Key("a" * 32), Key("b" * 32)
ALIASES = {LYON: "lyon", FINK: "fink"}


def server_of(key: Key, island: RunningIsland) -> Server:
    """One of them as a server of a workspace; no manners to wait for, as for one's own."""
    token = island.about["token_file"]
    auth = Auth(kind=AuthKind.BEARER, secret=f"file:{token}") if token else Auth()
    return Server(uuid=key.server, alias=ALIASES[key], url=island.url, auth=auth, origin="island")


def out_of_reach(home: Path) -> None:
    """The first server of that house is at an address where nobody answers, at its next start."""
    house = House(Paths(home / "config", home / "data", home / "state", home / "cache"))
    away = house.workspace.servers()[0].model_copy(update={"url": "http://127.0.0.1:9"})
    house.workspace.save_server(away)
    house.trusted.meet(away)
    house.close()


class Archipelago(Acting):
    """``async with Archipelago(home, {LYON: island}) as sea``: house and engine, closed at the end.

    Attributes:
        sql: what was asked in the small sessions, by server.
    """

    patience_s = PATIENCE_S

    def __init__(self, home: Path, islands: dict[Key, RunningIsland]) -> None:
        house = House(Paths(home / "config", home / "data", home / "state", home / "cache"))
        for key, island in islands.items():
            house.workspace.save_server(server_of(key, island))
            house.trusted.meet(server_of(key, island))
        super().__init__(house, make_engine(house))
        self.sql: list[tuple[str, str]] = []

    async def __aenter__(self) -> Self:
        await super().__aenter__()
        for server in self.house.workspace.servers():
            await self.up(Key(server.uuid))
        return self

    async def up(self, server: Key) -> None:
        async with asyncio.timeout(PATIENCE_S):
            await self.engine.until(server, lambda t: t is not None and t.state == "up")

    async def ill(self, command: str, key: Key | None, **params: Any) -> str:
        """The problem in words."""
        return str(await super().ill(command, key, **params))

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
            ask = utility.ask_all

            async def asked(questions: Sequence[str], *more: Any, ask: Any = ask, server: str = key.server) -> Any:
                self.sql += [(server, sql) for sql in questions]
                return await ask(questions, *more)

            utility.ask_all = asked  # type: ignore[method-assign]
