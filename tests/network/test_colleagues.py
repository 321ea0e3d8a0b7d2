"""Thirty colleagues look at one Livy: it is asked at most once a second by each, and so at most thirty times by all."""

from __future__ import annotations

import asyncio
import random

from astrolabnet_gui.model.key import Key
from astrolabnet_gui.model.livy import NewStatement
from astrolabnet_gui.network.engine import Engine
from tests.fakeclient import FakeClient
from tests.fakelivy import FakeLivy
from tests.network.desk import nothing, server, wall
from tests.network.virtual import in_virtual_time

COLLEAGUES, MINUTES = 30, 3


def test_thirty_colleagues_who_look_at_one_busy_session_ask_at_most_thirty_times_a_second() -> None:
    async def story() -> None:
        livy = FakeLivy(lasts_s=3600.0)
        session = livy.open()
        one = FakeClient(livy)
        await one.run_statement(session, NewStatement(code="work()"))
        engines = [
            Engine(
                [server()], execute=nothing, connect=lambda _: FakeClient(livy), wall=wall, rng=random.Random(seed),
            )
            for seed in range(COLLEAGUES)
        ]  # fmt: skip
        lives = [asyncio.create_task(engine.main()) for engine in engines]
        await asyncio.sleep(5)
        for engine in engines:
            found = next(key for key in engine.store.things if key.kind == "sessions")
            assert engine.store.things[found].state == "busy"
            engine.attend(found, frozenset({Key("u1")}))
        begun, taken = livy.now(), [engine.budget.taken for engine in engines]
        for _ in range(MINUTES):
            await asyncio.sleep(60)
            now = [engine.budget.taken for engine in engines]
            assert all(later - before <= 60 for before, later in zip(taken, now, strict=True))
            assert all(later - before >= 30 for before, later in zip(taken, now, strict=True)), "they do look"
            taken = now
        times = sorted(at for at, _ in livy.calls if at >= begun)
        for start in range(0, 60 * MINUTES - 59, 10):
            minute = sum(begun + start <= at < begun + start + 60 for at in times)
            assert minute <= 60 * COLLEAGUES
        for engine in engines:
            engine.stop()
        await asyncio.gather(*lives)

    in_virtual_time(story())
