"""The engine's process of the window's bench: servers and rate stand in the environment; it tells its own figures."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import psutil

from astrolabnet_gui.client.livy import LivyClient
from astrolabnet_gui.errors import BadInput
from astrolabnet_gui.model.key import Key
from astrolabnet_gui.model.server import Server
from astrolabnet_gui.network.apart import serve
from astrolabnet_gui.network.budget import Lane
from astrolabnet_gui.network.engine import Engine
from astrolabnet_gui.network.runs import Run
from tests.network.desk import Said

ASKED = "ASTROLABNET_BENCH"
FIGURES = "bench.figures"
waits: list[float] = []


async def figures(engine: Engine, _run: Run, command: str, _key: Key | None, _params: Mapping[str, Any]) -> Said:
    """Requests so far, CPU seconds, memory in MB, and how long each question since the last look waited, s."""
    if command != FIGURES:
        raise BadInput(f"a bench has no {command}", field="command")
    late, waits[:] = sorted(waits) or [0.0], []
    return Said(data={
        "taken": engine.budget.taken, "cpu": time.process_time(), "rss_mb": psutil.Process().memory_info().rss / 1e6,
        **{f"late_ms_p{p}": round(1000 * late[int(len(late) * p / 100)]) for p in (50, 99)},
    })  # fmt: skip


def opened() -> tuple[Engine, Sequence[str], Callable[[], object]]:
    """An engine over servers of this computer that notes how long each question waits for its place."""
    asked = json.loads(os.environ[ASKED])
    listed = [
        Server(uuid=f"u{i}", alias=f"s{i}", url=f"http://127.0.0.1:{port}") for i, port in enumerate(asked["ports"])
    ]
    engine = Engine(listed, execute=figures, connect=LivyClient, rate=asked["rate"])
    take = engine.budget._take

    async def timed(lane: Lane) -> None:
        begun = time.perf_counter()
        await take(lane)
        waits.append(time.perf_counter() - begun)

    engine.budget._take = timed  # type: ignore[method-assign]
    return engine, (), lambda: None


if __name__ == "__main__":
    serve(opened)
