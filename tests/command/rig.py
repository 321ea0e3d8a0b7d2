"""A house, an engine and a small Livy on one loop: commands run as a face would run them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, Self

from astrolabnet_gui.command.house import House
from astrolabnet_gui.command.looking import TITLE
from astrolabnet_gui.command.run import executor
from astrolabnet_gui.journal.row import OPEN, Row
from astrolabnet_gui.model.key import Key
from astrolabnet_gui.model.server import Server
from astrolabnet_gui.model.thing import Thing
from astrolabnet_gui.network.engine import Engine
from astrolabnet_gui.network.link import RunEvent
from astrolabnet_gui.settings.paths import Paths
from tests.acting import Acting
from tests.tasks.livy import SmallLivy, SteppingClock

# The island has no manners to wait for: tests need not either.
LAL = Server(uuid="1" * 32, alias="lal", url="http://127.0.0.1:1", origin="island")
SERVER = Key(LAL.uuid)


CHANGES = frozenset({
    "create_session", "create_batch", "run_statement", "cancel_statement", "delete_session", "delete_batch",
    "stop_session", "upload_file", "upload_jar", "upload_pyfile", "add_file", "add_jar", "add_pyfile",
})  # fmt: skip
"""Calls that change something at a server. Two POSTs do not: ``complete`` answers while one types; ``keep_alive`` puts
an end off, by the clock too, and twice is once."""


class WrittenFirst:
    """A client before which each change must stand in the journal as an open act (P1); else the test fails.

    What goes to the session for looking at data needs none: it changes nothing and may run twice.
    """

    def __init__(self, livy: SmallLivy, house: House) -> None:
        self._livy, self._house = livy, house

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._livy, name)
        if name not in CHANGES:
            return found

        async def call(*args: Any, **more: Any) -> Any:
            if not self._only_looks(args[0]):
                rows = await asyncio.wrap_future(self._house.journal.last(OPEN))
                assert rows, f"{name}{args} is in no journal"
            return await found(*args, **more)

        return call

    def _only_looks(self, session: Any) -> bool:
        known = self._livy.livy.sessions.get(session) if isinstance(session, int) else None
        looks = self._house.browsing.of(LAL.uuid)
        lent = looks is not None and looks.lent and looks.session == session
        return lent or (known is not None and f"-{TITLE}-" in str(known.body.get("name")))


class Rig(Acting):
    """``async with Rig() as rig``: one server; commands act on it if nothing else is said."""

    def __init__(self, livy: SmallLivy | None = None, state: str = "up", where: Paths | None = None) -> None:
        self.state = state
        self.clock = livy.clock if livy else SteppingClock()
        self.livy = livy or SmallLivy(self.clock)
        house = House(where, clock=self.clock)
        if not house.workspace.servers():
            house.workspace.save_server(LAL)
            house.trusted.meet(LAL)
        engine = Engine(
            house.workspace.servers(), execute=executor(house), connect=lambda _: WrittenFirst(self.livy, house),
            owns=house.owns, memories=house.epochs.memories, spool=house.spool.put,
        )  # fmt: skip
        super().__init__(house, engine)

    async def __aenter__(self) -> Self:
        await super().__aenter__()
        await self.thing(SERVER, self.state)
        return self

    async def do(
        self, command: str, key: Key | None = SERVER, params: Mapping[str, Any] | None = None, answer: str = ""
    ) -> RunEvent:
        """Run a command to its end."""
        return await super().do(command, key, params, answer)

    async def well(self, command: str, key: Key | None = SERVER, **params: Any) -> RunEvent:
        """Run a command that must end well."""
        return await super().well(command, key, **params)

    async def ill(self, command: str, key: Key | None = SERVER, **params: Any) -> Any:
        """Run a command that must fail; its problem."""
        return await super().ill(command, key, **params)

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
