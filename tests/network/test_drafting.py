"""The engine lays a chart out beside its loop and answers all who listen."""

from __future__ import annotations

import asyncio
from itertools import pairwise

from astrolabnet_gui.model.key import Key
from astrolabnet_gui.network.carrier import Carrier
from astrolabnet_gui.network.engine import Engine
from astrolabnet_gui.network.link import Arranged, Event, Plan, Spot
from tests.fakeclient import FakeClient
from tests.fakelivy import FakeLivy
from tests.island_fixture import wait_until
from tests.network.desk import nothing

BOX = (-100.0, -24.0, 100.0, 80.0)


def test_a_face_asks_for_places_and_the_loop_goes_on_meanwhile() -> None:
    engine = Engine((), execute=nothing, connect=lambda _: FakeClient(FakeLivy()))
    heard: list[Event] = []
    engine.subscribe(heard.append)
    names = [Key(f"s{n}") for n in range(12)]
    plan = Plan(
        spots=tuple(Spot(key=name, box=BOX) for name in names),
        edges=tuple(pairwise(names)),
    )
    with Carrier(engine):
        engine.arrange(plan)
        wait_until(lambda: any(isinstance(event, Arranged) for event in heard), 30, "the layout")
        assert asyncio.run_coroutine_threadsafe(asyncio.sleep(0, "alive"), _loop(engine)).result(5) == "alive"
    (answer,) = (event for event in heard if isinstance(event, Arranged))
    assert {key for key, _ in answer.places} == set(names)
    assert len({at for _, at in answer.places}) == len(names)


def _loop(engine: Engine) -> asyncio.AbstractEventLoop:
    assert engine._loop is not None
    return engine._loop
