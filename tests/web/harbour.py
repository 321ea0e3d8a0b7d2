"""The web service in this process over a fake engine, asked without a socket."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import Future
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx

from astrolabnet_gui.gate import LOOPBACK
from astrolabnet_gui.journal.row import Row
from astrolabnet_gui.web.app import make_app
from astrolabnet_gui.web.hub import Hub
from astrolabnet_gui.web.keys import Keys
from tests.cli.fakes import FakeLink

HOME = "http://127.0.0.1:8790"


def history(limit: int, before: int | None) -> Future[tuple[Row, ...]]:
    """A journal with nothing in it."""
    out: Future[tuple[Row, ...]] = Future()
    out.set_result(())
    return out


@dataclass
class Harbour:
    """A service, its engine, its secrets, and a client that bears the run token."""

    link: FakeLink
    hub: Hub
    keys: Keys
    client: httpx.AsyncClient


@asynccontextmanager
async def harbour(link: FakeLink) -> AsyncIterator[Harbour]:
    """A service over this engine."""
    hub, keys = Hub(link), Keys()
    app = make_app(hub, history, keys, names=LOOPBACK)
    headers = {"Authorization": f"Bearer {keys.tokens['run']}"}
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=HOME, headers=headers) as client:
        # The engine's first word is handed over from its thread: let the loop take it.
        await asyncio.sleep(0)
        yield Harbour(link, hub, keys, client)
    hub.close()
