"""An island in this process over fake drivers, asked without a socket."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from astrolabnet_gui.island.core import Island
from astrolabnet_gui.island.jre import Jre
from astrolabnet_gui.island.options import Options
from astrolabnet_gui.island.rest.app import make_app

FAKE = (sys.executable, "-S", str(Path(__file__).with_name("fake_driver.py")))
TOKEN = "a" * 64
PLENTY = 64 * 2**30


class Clock:
    """Time that stands still until a test moves it."""

    def __init__(self) -> None:
        self.now_s = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now_s


@dataclass
class Harbour:
    """The island, a client that has the token, and the clock."""

    island: Island
    client: httpx.AsyncClient
    clock: Clock = field(default_factory=Clock)

    async def ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        """One request."""
        return await self.client.request(method, path, **more)

    async def until(self, true: Callable[[], Any], within_s: float = 10.0) -> Any:
        """The first true answer."""
        end = asyncio.get_running_loop().time() + within_s
        while not (answer := true()):
            assert asyncio.get_running_loop().time() < end, "it did not happen in time"
            await asyncio.sleep(0.01)
        return answer

    async def open(self, **asked: Any) -> int:
        """A new session in its first state but starting."""
        answer = await self.ask("POST", "/sessions", json={"kind": "pyspark"} | asked)
        assert answer.status_code == 201, answer.text
        number = int(answer.json()["id"])
        session = self.island.sessions.get(str(number))
        assert session is not None
        await self.until(lambda: session.state != "starting")
        return number

    async def send(self, number: int, code: str, **more: Any) -> int:
        """Post a statement; its number."""
        answer = await self.ask("POST", f"/sessions/{number}/statements", json={"code": code} | more)
        assert answer.status_code == 201, answer.text
        return int(answer.json()["id"])

    async def state(self, number: int) -> str:
        """State of a session."""
        return str((await self.ask("GET", f"/sessions/{number}/state")).json()["state"])

    async def statement(self, number: int, statement: int, state: str = "available") -> dict[str, Any]:
        """The statement, as soon as it is in that state."""
        session = self.island.sessions.get(str(number))
        assert session is not None
        found = session.statements.get(statement)
        assert found is not None
        await self.until(lambda: found.state == state)
        answer: dict[str, Any] = (await self.ask("GET", f"/sessions/{number}/statements/{statement}")).json()
        return answer


@asynccontextmanager
async def harbour(state: Path, **options: Any) -> AsyncIterator[Harbour]:
    """Open one; nothing of it is left afterwards."""
    clock = Clock()
    free = options.pop("free_bytes", PLENTY)
    settings = Options(state=state, **({"spare": False, "archive": False} | options))
    island = Island(
        settings, Jre(Path("/nowhere"), "17.0.1", "configured"), now=clock, driver=FAKE, free_bytes=lambda: free
    )
    headers = {"Authorization": f"Bearer {TOKEN}", "X-Requested-By": "tests"}
    transport = httpx.ASGITransport(make_app(island, TOKEN))
    await island.open()
    try:
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:1", headers=headers) as client:
            yield Harbour(island, client, clock)
    finally:
        await island.close()
