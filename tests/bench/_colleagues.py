"""Many engines look at one Livy over HTTP; what is asked of that server."""

from __future__ import annotations

import asyncio
import json

import numpy as np

from astrolabnet_gui.client.livy import LivyClient
from astrolabnet_gui.model.server import Server
from astrolabnet_gui.network.engine import Engine
from tests.bench.bench_engine import many_livys
from tests.network.desk import nothing


def measure(count: int, seconds: float) -> dict[str, object]:
    """Requests a second of the busiest colleague and of all, and the most the server counts in a minute."""
    with many_livys(1, 20, 0.1) as (ports, process):
        asked = asyncio.run(_look(ports[0], count, seconds))
        told: list[list[float]] = json.loads(process.communicate()[0])
    times = np.array(sorted(told[0]))
    most = max(int(((times >= at) & (times < at + min(60.0, seconds))).sum()) for at in times)
    return {
        "requests_s_each": round(max(asked) / seconds, 2),
        "requests_s_all": round(sum(asked) / seconds, 1),
        "most_at_the_server_in_a_minute": most,
    }


async def _look(port: int, count: int, seconds: float) -> list[int]:
    lal = Server(uuid="u1", alias="lal", url=f"http://127.0.0.1:{port}")
    engines = [Engine([lal], execute=nothing, connect=LivyClient) for _ in range(count)]
    lives = [asyncio.create_task(engine.main()) for engine in engines]
    await asyncio.sleep(5)
    for engine in engines:
        busy = next(t.key for t in engine.store.things.values() if t.key.kind == "sessions" and t.state == "busy")
        engine.attend(busy, frozenset({busy.root}))
    before = [engine.budget.taken for engine in engines]
    await asyncio.sleep(seconds)
    asked = [engine.budget.taken - taken for engine, taken in zip(engines, before, strict=True)]
    for engine in engines:
        engine.stop()
    await asyncio.gather(*lives)
    return asked
