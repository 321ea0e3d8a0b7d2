"""A session without a name that comes back under its number after a restart is known for another one by evidence."""

from __future__ import annotations

import asyncio

from astrolabnet_gui.model.key import Key
from astrolabnet_gui.model.livy import NewStatement
from astrolabnet_gui.model.task import Task
from astrolabnet_gui.tasks.marker import Marker, mark
from tests.fakelivy import FakeLivy
from tests.network.desk import Desk, desk, wait_for
from tests.network.virtual import in_virtual_time

ROOT = Key("u1")
ULID = "01M8500000000000000000000A"
OLD_LOG = ["stdout: ", "\nstderr: ", "26/11/23 10:00:01 INFO Utils: Successfully started service on port 40001"]
NEW_LOG = ["stdout: ", "\nstderr: ", "26/11/23 11:30:07 INFO Utils: Successfully started service on port 41999"]


async def sent(one: Desk, livy: FakeLivy) -> tuple[Key, Key]:
    """A marked task of mine in a session of others; the session and the task."""
    session = one.thing("lal/sessions/0").key
    marked = mark("1+1", "pyspark", Marker("01234567", ULID))
    statement = await one.engine.client("u1").run_statement(0, NewStatement(code=marked.code, kind="pyspark"))
    task = Task(task_key=ULID, code="1+1", language="pyspark", line_shift=marked.line_shift, statement=statement)
    return session, one.engine.follow(session, task)


def come_back(livy: FakeLivy, log: list[str], *, busy: bool) -> None:
    livy.restart()
    livy.open(log=log)
    if busy:
        livy.accept(0, "somebody else's code")


def test_other_code_under_my_number_and_another_log_make_it_another_session() -> None:
    async def story() -> None:
        livy = FakeLivy(lasts_s=1)
        livy.open(log=OLD_LOG)
        async with desk(livy=livy) as one:
            one.engine.attend(ROOT, frozenset({ROOT}))
            session, task = await sent(one, livy)
            await wait_for(lambda: one.engine.store.things[task].state == "done")
            come_back(livy, NEW_LOG, busy=True)
            await wait_for(lambda: one.engine.store.things[session].state == "gone")
            (now,) = [t for t in one.engine.store.children(ROOT) if t.key.kind == "sessions" and t.state != "gone"]
            assert now.key.path == session.path
            assert now.key.epoch != session.epoch
            assert one.engine.store.things[task].state == "done", "what had ended had ended"

    in_virtual_time(story())


def test_a_running_task_whose_number_is_another_ones_is_lost_not_mixed_up() -> None:
    async def story() -> None:
        livy = FakeLivy(lasts_s=1000)
        livy.open(log=OLD_LOG)
        async with desk(livy=livy) as one:
            one.engine.attend(ROOT, frozenset({ROOT}))
            _, task = await sent(one, livy)
            await wait_for(lambda: one.engine.store.things[task].state == "running")
            livy.lasts_s = 0
            come_back(livy, OLD_LOG, busy=True)
            await wait_for(lambda: one.engine.store.things[task].state == "lost")
            assert "restarted" in one.engine.store.things[task].problem

    in_virtual_time(story())


def test_a_session_that_only_wrote_much_in_its_log_stays_what_it_is() -> None:
    async def story() -> None:
        livy = FakeLivy(lasts_s=1)
        livy.open(log=OLD_LOG)
        async with desk(livy=livy) as one:
            one.engine.attend(ROOT, frozenset({ROOT}))
            session, task = await sent(one, livy)
            await wait_for(lambda: one.engine.store.things[task].state == "done")
            asked = livy.asked("statement")
            livy.sessions[0].body["log"] = NEW_LOG
            await wait_for(lambda: livy.asked("statement") > asked)
            await asyncio.sleep(60)
            assert one.thing("lal/sessions/0").key == session
            assert one.engine.store.things[task].state == "done"
            livy.sessions[0].statements.clear()
            livy.sessions[0].body["log"] = OLD_LOG
            await asyncio.sleep(60)
            assert one.engine.store.things[task].state == "done", "a forgotten result is no lost one"

    in_virtual_time(story())
