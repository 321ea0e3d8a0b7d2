"""My tasks: asked by id, quick when looked at, ended in words when their session, server or statement goes."""

from __future__ import annotations

import asyncio

import pytest

from astrolabnet_gui.errors import NotApplicable, Refused
from astrolabnet_gui.model.key import Key
from astrolabnet_gui.model.kind import Health
from astrolabnet_gui.model.task import Task
from tests.fakebodies import refused_connection
from tests.fakelivy import FakeLivy
from tests.network.desk import desk, wait_for
from tests.network.sending import ended, send, task_of
from tests.network.virtual import in_virtual_time


def test_a_task_goes_from_queued_over_progress_to_its_result() -> None:
    async def story() -> None:
        livy = FakeLivy(lasts_s=10)
        livy.open()
        async with desk(livy=livy) as one:
            where = one.thing("lal/sessions/0").key
            before = one.engine.follow(where, Task(task_key="T1", name="pi", language="pyspark", code="1+1"))
            assert before.id == "T1"
            assert one.thing("lal/sessions/0/statements/T1").state == "queued"
            key = await send(one)
            assert before not in one.engine.store.things
            fractions: list[float] = []
            began = livy.now()
            while not ended(one, key):
                await asyncio.sleep(0.05)
                fractions += [p for p in [one.engine.store.things[key].progress] if p is not None]
            assert livy.now() - began - 10 <= 0.31, "a finished result is on screen within 0.3 s"
            assert len(set(fractions)) > 20
            assert sorted(fractions) == fractions
            thing = one.engine.store.things[key]
            assert (thing.state, thing.progress, thing.label, thing.fact, thing.mine) == (
                "done",
                None,
                "pi",
                "Python",
                True,
            )
            statement = task_of(thing).statement
            assert statement is not None
            assert statement.output == {"status": "ok", "execution_count": 0, "data": {"text/plain": "1+1"}}
            assert livy.asked("statements") == 0, "the list is never asked"
            done = livy.asked("statement")
            await asyncio.sleep(100)
            assert livy.asked("statement") == done, "what has ended is asked no more"

    in_virtual_time(story())


def test_a_long_task_is_asked_four_times_a_second_for_30_s_then_politely_and_still_shown_in_1_2_s() -> None:
    async def story() -> None:
        livy = FakeLivy(lasts_s=200)
        livy.open()
        async with desk(livy=livy) as one:
            await asyncio.sleep(30)
            key = await send(one)
            began = livy.now()
            await asyncio.sleep(29)
            assert 110 <= livy.asked("statement", since=began) <= 120
            await asyncio.sleep(40)
            later = livy.now()
            await asyncio.sleep(60)
            assert 45 <= livy.asked(since=later) <= 60
            assert livy.asked("sessions", since=later) >= 1
            await asyncio.sleep(60)
            await wait_for(lambda: ended(one, key))
            assert livy.now() - (began + 200) <= 1.3

    in_virtual_time(story())


def test_only_the_first_task_of_a_session_is_asked_quickly() -> None:
    async def story() -> None:
        livy = FakeLivy(lasts_s=10)
        livy.open()
        async with desk(livy=livy) as one:
            keys = [await send(one, key=f"T{i}") for i in range(3)]
            one.engine.attend(one.thing("lal/sessions/0").key, frozenset())
            began = livy.now()
            await asyncio.sleep(9)
            assert livy.asked("statement", since=began) <= 45
            await wait_for(lambda: all(ended(one, key) for key in keys))
            assert livy.now() - began <= 31.5

    in_virtual_time(story())


@pytest.mark.parametrize(
    ("code", "state", "words"), [("1/0", "failed", "ZeroDivisionError: division by zero"), ("2", "done", "")]
)
def test_available_is_told_apart(code: str, state: str, words: str) -> None:
    async def story() -> None:
        livy = FakeLivy()
        livy.open()
        async with desk(livy=livy) as one:
            key = await send(one, code)
            await wait_for(lambda: ended(one, key))
            assert (one.engine.store.things[key].state, one.engine.store.things[key].problem) == (state, words)

    in_virtual_time(story())


def test_a_session_that_dies_under_a_running_task_makes_it_lost_in_words() -> None:
    async def story() -> None:
        livy = FakeLivy(lasts_s=100)
        livy.open()
        async with desk(livy=livy) as one:
            key = await send(one)
            await asyncio.sleep(5)
            livy.kill(0, "26/11/23 11:43:13 ERROR Utils: java.lang.OutOfMemoryError: Java heap space")
            took = await wait_for(lambda: ended(one, key))
            assert took <= 1
            assert one.engine.store.things[key].state == "lost"
            assert "session ended" in one.engine.store.things[key].problem
            await wait_for(lambda: one.thing("lal/sessions/0").state == "dead")
            assert "OutOfMemoryError: Java heap space" in one.thing("lal/sessions/0").problem

    in_virtual_time(story())


def test_a_session_closed_or_a_server_restarted_keeps_what_was_done_and_loses_what_was_not() -> None:
    async def story() -> None:
        livy = FakeLivy(lasts_s=5)
        livy.open(name="aln-1")
        async with desk(livy=livy) as one:
            done = await send(one, key="T1")
            await wait_for(lambda: ended(one, done))
            running = await send(one, key="T2")
            livy.restart()
            livy.open(name="other")
            await wait_for(lambda: ended(one, running))
            one.engine.poll_now("u1")
            await wait_for(lambda: "other" in one.states())
            things = one.engine.store.things
            assert things[done].state == "done"
            assert things[running].state == "lost"
            old = things[running.parent] if running.parent else None
            assert old is not None
            assert (old.state, old.label, old.health.value) == ("gone", "aln-1", "gone")
            one.engine.unfollow(old.key)
            assert one.states() == {"lal": "up", "other": "idle"}

    in_virtual_time(story())


def test_an_evicted_statement_is_lost_and_a_broken_channel_is_told_after_three_tries() -> None:
    async def story() -> None:
        livy = FakeLivy(lasts_s=100)
        livy.open()
        async with desk(livy=livy) as one:
            key = await send(one)
            broken = Refused("RPC channel is closed.", status=500)
            livy.faults["statement"] = [broken, broken, broken]
            await wait_for(lambda: "RPC channel is closed" in one.engine.store.things[key].problem)
            assert not ended(one, key)
            await wait_for(lambda: one.engine.store.things[key].problem == "")
            livy.sessions[0].statements.clear()
            await wait_for(lambda: ended(one, key))
            assert "newest 100" in one.engine.store.things[key].problem

    in_virtual_time(story())


def test_a_server_that_goes_under_a_running_task_leaves_it_greyed_and_takes_it_up_again() -> None:
    async def story() -> None:
        livy = FakeLivy(lasts_s=60)
        livy.open()
        async with desk(livy=livy) as one:
            key = await send(one)
            await asyncio.sleep(2)
            livy.down = refused_connection()
            await wait_for(lambda: one.engine.store.things[key].stale_since is not None)
            assert one.engine.store.things[key].state == "running"
            livy.down = None
            await wait_for(lambda: one.engine.store.things[key].stale_since is None)
            await wait_for(lambda: one.engine.store.things[key].state == "done", 90)

    in_virtual_time(story())


def test_what_my_side_knows_of_a_task_without_an_id_is_shown() -> None:
    async def story() -> None:
        livy = FakeLivy()
        livy.open()
        async with desk(livy=livy) as one:
            where = one.thing("lal/sessions/0").key
            task = Task(task_key="T1", name="pi", language="sql", code="select 1")
            one.engine.follow(where, task)
            key = one.engine.follow(where, task, state="sent?", problem="The reply did not come.")
            thing = one.engine.store.things[key]
            assert (thing.state, thing.problem, thing.fact) == ("sent?", "The reply did not come.", "SQL")
            one.engine.follow(where, task, state="refused", problem="Code type should be specified")
            assert one.engine.store.things[key].state == "refused"
            one.engine.unfollow(key)
            assert key not in one.engine.store.things
            with pytest.raises(NotApplicable):
                one.engine.follow(Key("u1", "old", ("sessions", 9)), task)

    in_virtual_time(story())


def says(livy: FakeLivy, statement: int = 0, *, busy: bool = True, **more: object) -> None:
    """From now on the server says this of a statement, and no more by itself."""
    session = livy.sessions[0]
    session.plan.clear()
    session.free_at = livy.now() + 1e6 if busy else 0.0
    session.statements[statement].update(more)


def test_a_cancelled_task_whose_driver_code_goes_on_says_so_until_its_session_is_free() -> None:
    """Apache Livy: "cancelling" for 30 s, then "cancelled" without an output while the session stays busy."""

    async def story() -> None:
        livy = FakeLivy(lasts_s=300)
        livy.open()
        async with desk(livy=livy) as one:
            key = await send(one)
            await wait_for(lambda: one.engine.store.things[key].state == "running")
            says(livy, state="cancelling")
            await wait_for(lambda: one.engine.store.things[key].state == "cancelling")
            await wait_for(lambda: one.engine.store.things[key].state == "still runs", 8)
            assert "driver code still runs" in one.engine.store.things[key].problem
            says(livy, state="cancelled", progress=1.0)
            await asyncio.sleep(60)
            thing = one.engine.store.things[key]
            assert (thing.state, thing.health) == ("still runs", Health.WARN), "Livy's word is not believed"
            says(livy, busy=False)
            await wait_for(lambda: ended(one, key), 60)
            thing = one.engine.store.things[key]
            assert thing.state == "cancelled"
            assert "to its own end" in thing.problem

    in_virtual_time(story())


@pytest.mark.parametrize("output", [{"status": "error", "ename": "Py4JJavaError", "evalue": "Job 0 cancelled"}, None])
def test_a_task_that_stops_when_asked_is_cancelled(output: dict[str, str] | None) -> None:
    async def story() -> None:
        livy = FakeLivy(lasts_s=300)
        livy.open()
        async with desk(livy=livy) as one:
            key = await send(one)
            await wait_for(lambda: one.engine.store.things[key].state == "running")
            says(livy, busy=False, state="cancelled", output=output, progress=1.0)
            await wait_for(lambda: ended(one, key), 90)
            assert one.engine.store.things[key].state == "cancelled"

    in_virtual_time(story())


def test_what_waited_is_cancelled_though_its_session_is_busy() -> None:
    async def story() -> None:
        livy = FakeLivy(lasts_s=300)
        livy.open()
        async with desk(livy=livy) as one:
            await send(one)
            second = await send(one, key="T2")
            await wait_for(lambda: one.engine.store.things[second].state == "waiting")
            says(livy, 1, state="cancelled", started=0, progress=1.0)
            await wait_for(lambda: ended(one, second), 30)
            assert one.engine.store.things[second].state == "cancelled"

    in_virtual_time(story())
