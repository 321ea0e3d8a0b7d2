"""P5, P11: a crowd of servers shares the budget by plan: nobody waits in a line, an outage ends without a stampede.

In virtual time, a part of the thousand with the same part of the budget; for real:
``packaging/bench --soak flap``.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from itertools import pairwise

from astrolabnet_gui.errors import Unreachable
from astrolabnet_gui.model.key import Key
from astrolabnet_gui.network.budget import Lane
from astrolabnet_gui.network.engine import Engine
from tests.network.desk import Desk, desk, server
from tests.network.virtual import in_virtual_time

SERVERS, RATE = 150, 30.0
LISTED = [server(f"u{n}", f"s{n}") for n in range(SERVERS)]


def waits_of(engine: Engine) -> list[float]:
    """Seconds that each question will have waited for the budget."""
    take, waits = engine.budget._take, []

    async def timed(lane: Lane) -> None:
        loop = asyncio.get_running_loop()
        began = loop.time()
        await take(lane)
        waits.append(loop.time() - began)

    engine.budget._take = timed  # type: ignore[method-assign]
    return waits


def p99(values: list[float]) -> float:
    return sorted(values)[int(0.99 * len(values))]


def up(there: Desk) -> int:
    return sum(thing.state == "up" for thing in there.engine.store.servers())


async def until_all_are_up(there: Desk, seconds: float) -> float:
    loop = asyncio.get_running_loop()
    began = loop.time()
    async with asyncio.timeout(seconds):
        while up(there) < SERVERS:
            await asyncio.sleep(0.1)
    return loop.time() - began


def test_a_crowd_flaps_and_nobody_is_late() -> None:
    async def live() -> None:
        rng = random.Random(7)

        async def flap(name: str) -> None:
            while True:
                await asyncio.sleep(rng.uniform(5, 60))
                there.livys[name].down = None if there.livys[name].down else Unreachable("away")

        async with desk(*LISTED, rate=RATE) as there:
            waits = waits_of(there.engine)
            there.engine.attend(None, frozenset(Key(one.uuid) for one in LISTED))
            took = await until_all_are_up(there, 60)
            assert took <= 1.5 * SERVERS / (0.75 * RATE), f"all are there after {took} s"
            assert p99(waits) <= 1.0, "also of the first questions, which all are due at once"
            waits.clear()
            flaps = [asyncio.create_task(flap(one.uuid)) for one in LISTED[: int(0.3 * SERVERS)]]
            began, taken = asyncio.get_running_loop().time(), there.engine.budget.taken
            await asyncio.sleep(90)
            for task in flaps:
                task.cancel()
            assert p99(waits) <= 1.0
            assert there.engine.budget.taken - taken <= 90 * RATE
            interval_s = there.engine.budget.floor_s
            for one in LISTED[int(0.3 * SERVERS) :]:
                lists = [at for at, what in there.livys[one.uuid].calls if what == "sessions" and at >= began]
                gaps = [b - a for a, b in pairwise(lists)]
                assert max(gaps) <= 1.5 * interval_s + 2, "a steady server is asked in its turn"

    in_virtual_time(live())


def test_all_come_back_at_once_and_are_green_in_time_without_a_stampede() -> None:
    async def live() -> None:
        async with desk(*LISTED, rate=RATE) as there:
            loop = asyncio.get_running_loop()
            there.engine.attend(None, frozenset(Key(one.uuid) for one in LISTED))
            await until_all_are_up(there, 60)
            for livy in there.livys.values():
                livy.down = Unreachable("the link is cut")
            await asyncio.sleep(180)
            assert up(there) == 0
            waits, returned = waits_of(there.engine), loop.time()
            for livy in there.livys.values():
                livy.down = None
                livy.calls.clear()
            took = await until_all_are_up(there, 120)
            asked = Counter(int(at - returned) for livy in there.livys.values() for at, _ in livy.calls)
            rates = [asked[second] for second in range(int(took))]
            assert took <= 30
            assert p99(waits) <= 2.0
            assert max(rates) <= 2 * sum(rates) / len(rates)

    in_virtual_time(live())
