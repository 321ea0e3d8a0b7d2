"""The budget, the manners and the breaker, each alone with its clock."""

from __future__ import annotations

import asyncio
import random

import pytest

from astrolabnet_gui.errors import Busy, LoginNeeded, Unreachable
from astrolabnet_gui.network.breaker import FLOOR_S, Breaker
from astrolabnet_gui.network.budget import Budget, Lane
from astrolabnet_gui.network.manners import RATE, Mannered, Manners
from astrolabnet_gui.network.pace import next_time
from tests.network.virtual import in_virtual_time


def clock() -> float:
    """The loop's."""
    return asyncio.get_running_loop().time()


def test_the_budget_is_kept_over_any_second_and_acts_go_first() -> None:
    async def story() -> None:
        budget = Budget(200, burst=40, reserve=20)
        taken: list[tuple[float, Lane]] = []

        async def take(lane: Lane) -> None:
            async with budget.place(lane):
                taken.append((clock(), lane))

        began = clock()
        polls = [asyncio.create_task(take(Lane.POLL)) for _ in range(1000)]
        await asyncio.sleep(1)
        looked = [asyncio.create_task(take(Lane.LOOKED_AT)) for _ in range(5)]
        acts = [asyncio.create_task(take(Lane.ACT)) for _ in range(15)]
        await asyncio.sleep(0.001)
        assert all(task.done() for task in acts), "an act never waits behind polls"
        await asyncio.sleep(0.2)
        assert all(task.done() for task in looked)
        await asyncio.gather(*polls)
        assert 4.8 <= clock() - began <= 5.2
        times = [at for at, _ in taken]
        for at in times:
            assert sum(1 for other in times if at <= other < at + 1) <= 200 + 40
        assert budget.taken == 1020

    in_virtual_time(story())


def test_a_question_of_several_requests_costs_as_many_also_if_it_fails() -> None:
    async def story() -> None:
        manners = Manners(Budget(200, burst=40, reserve=20), own=False, clock=clock)
        sent: list[str] = []

        async def ask(requests: int) -> None:
            async with manners.counted(lambda: len(sent)):
                sent.extend(["GET"] * requests)
                raise Unreachable("gone")

        for requests in (3, 4):
            with pytest.raises(Unreachable):
                await ask(requests)
        assert manners.free_at() - clock() == pytest.approx((1 + 4) / RATE, abs=0.01)

    in_virtual_time(story())


def test_a_cancelled_wait_takes_no_token() -> None:
    async def story() -> None:
        budget = Budget(10, burst=4, reserve=2)

        async def take() -> None:
            async with budget.place(Lane.POLL):
                pass

        waits = [asyncio.create_task(take()) for _ in range(50)]
        await asyncio.sleep(0)
        for wait in waits[2:49]:
            wait.cancel()
        await asyncio.sleep(0.2)
        assert waits[49].done()
        assert budget.taken == 3
        budget.close()
        await asyncio.gather(*waits, return_exceptions=True)

    in_virtual_time(story())


def test_hung_servers_hold_up_the_well_ones_only_for_a_moment() -> None:
    async def story() -> None:
        budget = Budget(1000, burst=200, reserve=20, at_once=8)
        inside = most = 0

        async def ask(seconds: float, lane: Lane = Lane.POLL) -> None:
            nonlocal inside, most
            async with budget.place(lane):
                inside += 1
                most = max(most, inside)
                await asyncio.sleep(seconds)
                inside -= 1

        well = [asyncio.create_task(ask(0.01)) for _ in range(100)]
        await asyncio.gather(*well)
        assert most == 8
        hung = [asyncio.create_task(ask(1000)) for _ in range(8)]
        await asyncio.sleep(0)
        await asyncio.wait_for(ask(0.01, Lane.ACT), 0.1)
        began = clock()
        await ask(0.01)
        assert 1.9 <= clock() - began <= 2.1
        for task in hung:
            task.cancel()
        await asyncio.gather(*hung, return_exceptions=True)
        refused = asyncio.create_task(ask(1))
        await asyncio.sleep(0)
        refused.cancel()
        await asyncio.gather(refused, return_exceptions=True)
        many = [asyncio.create_task(ask(0.5)) for _ in range(8)]
        await asyncio.wait_for(asyncio.gather(*many), 0.7)

    in_virtual_time(story())


def test_a_reserve_as_large_as_the_burst_is_refused() -> None:
    with pytest.raises(ValueError, match="smaller"):
        Budget(10, burst=4, reserve=4)


def test_no_minute_has_more_than_sixty_counted_polls() -> None:
    async def story() -> None:
        manners = Manners(Budget(), own=False, clock=clock)
        times: list[float] = []
        while len(times) < 300:
            wait = manners.free_at() - clock()
            if wait > 0:
                await asyncio.sleep(wait)
            async with manners.poll():
                times.append(clock())
        assert all(sum(1 for other in times if at <= other < at + 60) <= 60 for at in times)
        assert times[-1] - times[0] <= 320

    in_virtual_time(story())


class Client:
    """Two calls, one of them slow."""

    def __init__(self) -> None:
        self.inside: list[str] = []
        self.most = 0
        self.alias = "lal"

    async def create_session(self, seconds: float) -> str:
        return await self._stay("create", seconds)

    async def statement(self, seconds: float) -> str:
        return await self._stay("statement", seconds)

    async def refuse(self) -> None:
        raise Busy("too many", status=429, retry_after_s=10)

    async def _stay(self, name: str, seconds: float) -> str:
        self.inside.append(name)
        self.most = max(self.most, len(self.inside))
        await asyncio.sleep(seconds)
        self.inside.remove(name)
        return name


def test_slow_acts_go_one_at_a_time_and_leave_room_for_short_ones() -> None:
    async def story() -> None:
        client = Client()
        manners = Manners(Budget(), own=False, clock=clock)
        polite = Mannered(client, manners)
        assert polite.alias == "lal"
        slow = [asyncio.create_task(polite.create_session(150)) for _ in range(3)]
        await asyncio.sleep(1)
        began = clock()
        assert await polite.statement(0.1) == "statement"
        assert clock() - began <= 0.2
        await asyncio.gather(*slow)
        assert client.most == 2
        assert manners.asked == 4

    in_virtual_time(story())


def test_after_a_busy_nothing_is_sent_before_its_time() -> None:
    async def story() -> None:
        client = Client()
        manners = Manners(Budget(), own=False, clock=clock)
        polite = Mannered(client, manners)
        with pytest.raises(Busy, match="too many"):
            await polite.refuse()
        with pytest.raises(Busy, match="10 s more"):
            await polite.statement(1)
        assert client.inside == []
        await asyncio.sleep(10.1)
        assert await polite.statement(1) == "statement"
        manners.hold(1e9)
        assert manners.silent_until() - clock() == pytest.approx(3600)

    in_virtual_time(story())


def test_the_breaker_opens_after_three_closes_after_two_and_waits_longer_each_time() -> None:
    trouble = Unreachable("no answer")
    breaker = Breaker(random.Random(4))
    now, waits = 0.0, []
    for i in range(12):
        breaker.fail(trouble, now)
        assert breaker.open is (i >= 2)
        waits.append(breaker.again_at - now)
        now = breaker.again_at
    assert min(waits) >= FLOOR_S
    assert max(waits) <= 30
    assert max(waits) > 5
    breaker.ok(now)
    assert (breaker.open, breaker.state) == (True, "down")
    breaker.ok(now + 1)
    assert (breaker.open, breaker.state, breaker.error) == (False, "", None)
    breaker.fail(trouble, now + 2)
    assert breaker.state == "no answer"
    breaker.ok(now + 3)
    breaker.ok(now + 124)
    breaker.fail(trouble, now + 125)
    assert breaker.again_at - (now + 125) <= 1, "two minutes of health, and it begins again at one second"


def test_every_second_answer_lost_opens_it_too() -> None:
    breaker = Breaker(random.Random(1))
    for i in range(10):
        breaker.ok(i) if i % 2 else breaker.fail(Unreachable("cut"), i)
    assert not breaker.open
    breaker.fail(Unreachable("cut"), 11)
    assert breaker.open


def test_a_latch_lasts_until_a_person_tries() -> None:
    breaker = Breaker(random.Random(1))
    breaker.fail(LoginNeeded("who are you?", status=401), 0)
    assert (breaker.state, breaker.open) == ("login needed", False)
    breaker.retry()
    assert breaker.latched == ""
    breaker.ok(1)
    assert breaker.state == ""


def test_a_thousand_servers_never_line_up() -> None:
    times = [next_time(1000.0, 10.0, f"server-{i}") - 1000 for i in range(1000)]
    assert min(times) >= 5
    assert max(times) <= 15
    seconds = [sum(1 for t in times if int(t) == s) for s in range(5, 15)]
    assert min(seconds) > 60
    assert max(seconds) < 140
    assert next_time(1000.0, 1.0, "x") == 1001.0


def test_a_crowd_on_screen_is_asked_later_by_plan_and_not_by_a_waiting_line() -> None:
    budget = Budget(200.0)
    budget.crowd(1000, 0)
    assert 4 / 3 * 1000 / budget.floor_s <= 160, "requests a second that are planned"
    budget.crowd(100, 100)
    assert budget.floor_s < 3, "few servers are asked as always"
    budget.crowd(10, 5000)
    assert budget.floor_s < 1, "those out of sight take nothing from those in sight"
    budget.crowd(1000, 0)
    assert Manners(budget, own=True, clock=lambda: 0.0).floor_s(seen=True) == 0
    assert Manners(budget, own=False, clock=lambda: 0.0).floor_s(seen=True) == budget.floor_s
    budget.crowd(10, 5000)
    planned = 4 / 3 * (10 / 3 + 5000 / Manners(budget, own=False, clock=lambda: 0.0).floor_s(seen=False))
    assert planned <= 160, "a crowd out of sight fits as well"
