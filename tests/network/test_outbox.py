"""Events: numbered, in order, not too many, for late faces too."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from astrolabnet_gui.network.link import DeltaEvent, Event, Reset, RunEvent, RunState
from astrolabnet_gui.network.outbox import KEPT
from tests.network.desk import Replica, commands, desk, wait_for
from tests.network.virtual import in_virtual_time


def test_events_are_sent_at_most_thirty_times_a_second_and_progress_is_not_queued() -> None:
    async def story() -> None:
        async with desk(execute=commands) as one:
            times: list[float] = []
            one.engine.subscribe(lambda event: times.append(one.livy.now()))
            await asyncio.sleep(0.1)
            one.engine.submit("count", None, {})
            await wait_for(lambda: one.replica.runs()[-1].state is RunState.DONE if one.replica.runs() else False)
            assert 20 <= len(set(times)) <= 30 * 2 + 3
            assert one.replica.runs()[-2].progress == 199 / 200

    in_virtual_time(story())


def test_a_late_subscriber_gets_what_it_missed_or_everything_anew() -> None:
    async def story() -> None:
        async with desk(execute=commands) as one:
            one.engine.submit("ask", None, {})
            await asyncio.sleep(1)
            seen = one.replica.events[-1].seq
            for i in range(5):
                one.livy.open(name=f"s{i}")
            one.engine.poll_now("u1")
            await asyncio.sleep(1)
            missed, all_anew, restarted = Replica(), Replica(), Replica()
            one.engine.subscribe(missed.hear, seen)
            one.engine.subscribe(all_anew.hear, 0)
            one.engine.subscribe(restarted.hear, 999_999)
            await asyncio.sleep(0.1)
            assert [type(event) for event in missed.events] == [DeltaEvent]
            assert missed.events[0].seq == seen + 1
            for late in (all_anew, restarted):
                assert isinstance(late.events[0], Reset)
                assert dict(late.store.things) == dict(one.engine.store.things)
                (asking,) = late.runs()
                assert asking.state is RunState.ASKING

    in_virtual_time(story())


def test_what_is_not_kept_any_more_comes_as_a_reset() -> None:
    async def story() -> None:
        async with desk(execute=commands) as one:
            for i in range(KEPT + 5):
                one.engine.announce("u1", "starting" if i % 2 else "stopped")
                one.livy.batches[0] = {"id": 0, "state": "running" if i % 2 else "starting", "name": f"b{i}"}
                one.engine.submit("refuse", None, {})
                await asyncio.sleep(0.04)
            late = Replica()
            one.engine.subscribe(late.hear, 1)
            await asyncio.sleep(0.1)
            assert isinstance(late.events[0], Reset)

    in_virtual_time(story())


def test_a_listener_that_fails_is_told_no_more(expect_log: Callable[[str], None]) -> None:
    expect_log("a listener failed")

    async def story() -> None:
        async with desk(execute=commands) as one:
            heard: list[Event] = []

            def failing(event: Event) -> None:
                heard.append(event)
                raise RuntimeError("its window is gone")

            one.engine.subscribe(failing)
            stop = one.engine.subscribe(heard.append)
            await asyncio.sleep(0.1)
            one.engine.submit("refuse", None, {})
            await asyncio.sleep(0.1)
            assert [type(event) for event in heard] == [Reset, Reset, RunEvent, RunEvent]
            stop()
            one.engine.submit("refuse", None, {})
            await asyncio.sleep(0.1)
            assert len(heard) == 4

    in_virtual_time(story())
