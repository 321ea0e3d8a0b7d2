"""P14: jumps of the clock, sleep and a suspended process end nothing, and nobody is younger than now."""

from __future__ import annotations

import asyncio
import sys
from datetime import timedelta

import pytest

from tests.bench._suspended import suspended
from tests.fakelivy import FakeLivy
from tests.network.desk import START, desk
from tests.network.virtual import in_virtual_time


@pytest.mark.parametrize("jump", [timedelta(days=1), timedelta(days=-1)], ids=["forward", "back"])
def test_a_day_more_or_less_on_the_wall_changes_no_state(jump: timedelta, monkeypatch: pytest.MonkeyPatch) -> None:
    async def story() -> None:
        livy, off = FakeLivy(), [timedelta()]
        livy.open()

        def wall() -> object:
            return START + timedelta(seconds=asyncio.get_running_loop().time()) + off[0]

        monkeypatch.setattr("tests.network.desk.wall", wall)
        async with desk(livy=livy) as one:
            await asyncio.sleep(30)
            before, polls = one.thing("lal/sessions/0"), livy.asked("sessions")
            off[0] = jump
            await asyncio.sleep(60)
            after = one.thing("lal/sessions/0")
            assert one.thing("lal").state == "up"
            assert after.state == before.state
            assert after.stale_since is None
            assert after.since == before.since, "a state that did not change did not begin again"
            assert 3 <= livy.asked("sessions") - polls <= 25, "the pace is that of the monotonic clock"

    in_virtual_time(story())


@pytest.mark.skipif(sys.platform == "win32", reason="platform: no SIGSTOP")
def test_a_suspended_process_wakes_without_false_alarms() -> None:
    """A sleep in the middle of polling, by SIGSTOP; three seconds, for the test must end (long: ``--soak sleep``)."""
    woken = suspended(3)
    assert woken.said == "", "the server was never shown as anything but up"
    assert 2 <= woken.burst <= 6, "what was missed is not made up for"
