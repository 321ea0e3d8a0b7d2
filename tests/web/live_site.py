"""A live service for tests: the real HTTP server in a thread of this process, over an engine the test hands in."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import uvicorn

from astrolabnet_gui.gate import LOOPBACK
from astrolabnet_gui.network.link import Link
from astrolabnet_gui.web.app import make_app
from astrolabnet_gui.web.hub import Hub
from astrolabnet_gui.web.keys import Keys
from astrolabnet_gui.web.serve import bind
from tests.web.harbour import history


@dataclass
class Site:
    """Where it is; its secrets."""

    url: str
    keys: Keys


@contextmanager
def live_site(link: Any) -> Iterator[Site]:
    """A service over this engine, until the end of the block."""
    sock = bind("127.0.0.1", 0)
    keys, ready, made = Keys(), threading.Event(), list[uvicorn.Server]()
    hubs = list[Hub]()
    engine: Link = link

    class Server(uvicorn.Server):
        async def shutdown(self, sockets: Any = None) -> None:
            hubs[0].close()  # hearers of events would keep it waiting
            await super().shutdown(sockets)

    async def serve() -> None:
        hubs.append(Hub(engine))
        app = make_app(hubs[0], history, keys, names=LOOPBACK)
        config = uvicorn.Config(app, log_config=None, access_log=False, lifespan="off", timeout_graceful_shutdown=1)
        made.append(Server(config))
        ready.set()
        await made[0].serve(sockets=[sock])
        hubs[0].close()

    thread = threading.Thread(target=lambda: asyncio.run(serve()), name="web service")
    thread.start()
    try:
        assert ready.wait(20)
        yield Site(f"http://127.0.0.1:{sock.getsockname()[1]}", keys)
    finally:
        made[0].should_exit = True
        thread.join(20)
        sock.close()
