"""The engine's process of ``tests.quitting``: it asks all servers at once, uploads, and then leaves a file."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

from astrolabnet_gui.command.apart import opened
from astrolabnet_gui.network.apart import serve
from astrolabnet_gui.network.engine import Engine
from astrolabnet_gui.settings.paths import paths
from tests.quitting import HANGS, HUNG, UPLOADS

uploading: list[asyncio.Future[Any]] = []


async def _hang(engine: Engine) -> None:
    while engine.budget.taken < HUNG:
        await asyncio.sleep(0.1)
    for n in range(UPLOADS):
        sending = engine.client(f"{n:032d}").upload_file(0, "big.bin", bytes(20 << 20))
        uploading.append(asyncio.ensure_future(sending))
    await asyncio.sleep(0.1)
    (paths().state / HANGS).touch()


def hanging() -> tuple[Engine, Sequence[str], Callable[[], object]]:
    """The engine as it is, but for its budget, for 200 requests must hang before somebody tires."""
    init = Engine.__init__

    def hasty(self: Engine, *args: Any, **more: Any) -> None:
        init(self, *args, **more | {"rate": 10_000.0})

    Engine.__init__ = hasty  # type: ignore[method-assign]
    engine, problems, close = opened()
    engine.hand(lambda: uploading.append(asyncio.ensure_future(_hang(engine))))
    return engine, problems, close


if __name__ == "__main__":
    serve(hanging)
