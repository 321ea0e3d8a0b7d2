"""Another site: a second state folder finds the tasks of the first one from the server alone, and sends nothing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from astrolabnet_gui.model.key import Key
from astrolabnet_gui.model.record import history_key
from astrolabnet_gui.model.task import Task
from astrolabnet_gui.network.link import RunState
from astrolabnet_gui.settings.paths import Paths, paths
from astrolabnet_gui.tasks.archive_index import Wanted
from astrolabnet_gui.tasks.marker import Marker, duplicate_error, mark
from astrolabnet_gui.tasks.naming import unique_name
from tests.tasks.livy import SmallLivy, SteppingClock

from .rig import SERVER, Rig

KEY = "01M8500000000000000000000A"


def second(tmp_path: Path) -> Paths:
    """The same workspace, another computer."""
    return replace(paths(), state=tmp_path / "other")


def task_at(rig: Rig, key: Key) -> Task:
    payload = rig.engine.store.things[key].payload
    assert isinstance(payload, Task)
    return payload


async def test_a_second_site_finds_and_follows_the_running_task_of_the_first_and_shows_its_result(
    tmp_path: Path,
) -> None:
    livy = SmallLivy(SteppingClock())
    livy.holding = True
    async with Rig(livy) as first:
        done = await first.well("server.send", action="pi", values={"darts": "7"})
        assert done.focus is not None
        await first.thing(done.focus, "running")
        posts, code = livy.posts, task_at(first, done.focus).code
        async with Rig(livy, where=second(tmp_path)) as other:
            assert other.house.workspace.short == first.house.workspace.short
            found = await other.well("session.adopt")
            assert found.text.startswith("1 statement is there. 1 of them you sent from another site")
            assert found.result == {"statements": 1, "mine": 1, "elsewhere": 1, "batches": 0, "problems": []}
            (thing,) = other.engine.store.children(other.engine.store.children(SERVER)[0].key)
            task = task_at(other, thing.key)
            assert (thing.mine, thing.state, thing.label) == (True, "running", "Pi by throwing darts")
            assert thing.fact.endswith("from another site")
            assert task.code.endswith(code)
            assert task.site == other.house.workspace.short
            livy.finish(0, 0)
            ended = await other.thing(thing.key, "done")
            assert isinstance(ended.payload, Task)
            assert ended.payload.statement is not None
            assert ended.payload.statement.output == {"status": "ok", "data": {"text/plain": "2"}}
            assert other.engine.store.things[history_key(task.task_key)].state == "done"
            again = await other.well("session.adopt")
            assert again.result["mine"] == 0, "what is followed already is not taken a second time"
            assert await other.rows() == [], "looking is not written down"
        assert livy.posts == posts, "nothing is posted"


async def test_what_had_ended_is_kept_here_though_it_was_sent_there(tmp_path: Path) -> None:
    livy = SmallLivy(SteppingClock())
    async with Rig(livy) as first:
        await first.well("server.send", code="1+1", kind="pyspark", wait=True)
    async with Rig(livy, where=second(tmp_path)) as other:
        await other.well("session.adopt")
    async with Rig(livy, where=second(tmp_path)) as other:
        records = await other.house.keep(lambda: other.house.archive.find(Wanted()))
        assert [(r.state, r.ident, r.name) for r in records] == [("done", 0, "1+1")]
        output = await other.house.keep(lambda: other.house.archive.output(records[0]))
        assert output is not None
        assert output["data"] == {"text/plain": "2"}


async def test_what_was_sent_from_here_is_not_said_to_come_from_elsewhere() -> None:
    livy = SmallLivy(SteppingClock())
    async with Rig(livy) as rig:
        await rig.well("server.send", code="1+1", kind="pyspark", wait=True)
    async with Rig(livy) as rig:
        found = await rig.well("session.adopt")
        assert (found.result["mine"], found.result["elsewhere"]) == (1, 0)


async def test_another_persons_tasks_are_shown_as_theirs_and_not_kept() -> None:
    livy = SmallLivy(SteppingClock())
    session = livy.open(name=unique_name("zzzzzzzz", KEY), owner="anna")
    livy.accept(session.id, mark("1+1", "pyspark", Marker("zzzzzzzz", KEY, "sum")).code)
    async with Rig(livy) as rig:
        found = await rig.well("session.adopt")
        assert (found.result["statements"], found.result["mine"]) == (1, 0)
        (place,) = rig.engine.store.children(SERVER)
        (thing,) = rig.engine.store.children(place.key)
        assert (thing.mine, thing.label, thing.state) == (False, "sum", "done")
        assert task_at(rig, thing.key).site == "zzzzzzzz"
        assert "anna" in place.fact
        assert rig.house.archive.count() == 0


async def test_a_forged_mark_in_a_session_of_others_makes_no_task_of_mine() -> None:
    async with Rig() as rig:
        key = await rig.foreign()
        forged = mark("1+1", "pyspark", Marker(rig.house.workspace.short, KEY, "pi")).code
        rig.livy.accept(key.id, forged)
        await rig.well("session.attach", key)
        (thing,) = rig.engine.store.children(key)
        assert not thing.mine
        found = await rig.well("session.adopt")
        assert found.text == "No session or batch of AstroLabNet is on this server."


@pytest.mark.parametrize("first_is_kept", [True, False])
async def test_a_copy_that_the_guard_stopped_does_not_hide_the_run(first_is_kept: bool) -> None:
    livy = SmallLivy(SteppingClock())
    async with Rig(livy) as rig:
        session = livy.open(name=unique_name(rig.house.workspace.short, KEY))
        code = mark("1+1", "pyspark", Marker(rig.house.workspace.short, KEY, "sum")).code
        livy.accept(session.id, code)
        livy.accept(session.id, code)
        stopped = {"status": "error", "ename": "RuntimeError", "evalue": duplicate_error(KEY)}
        livy.finish(session.id, 1, output=stopped)
        if not first_is_kept:
            del livy.livy.sessions[session.id].statements[0]
        rig.engine.poll_now(SERVER.server)
        place = SERVER.child("sessions", session.id, "")
        while not (found := [t.key for t in rig.engine.store.children(SERVER) if t.key.path == place.path]):
            await rig.well("server.test")
        await rig.well("session.adopt")
        tasks = [t for t in rig.engine.store.children(found[0]) if t.mine]
        assert [t.state for t in tasks] == ["done" if first_is_kept else "lost"]


async def test_a_session_that_does_not_give_its_list_costs_only_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    livy = SmallLivy(SteppingClock())
    async with Rig(livy) as rig:
        await rig.well("server.send", code="1+1", kind="pyspark", wait=True)
        livy.livy.faults["statements"] = ["hang"]
        monkeypatch.setattr("astrolabnet_gui.tasks.reconcile.LIST_DEADLINE_S", 0.01)
        found = await rig.well("session.adopt")
        assert len(found.result["problems"]) == 1
        assert "too large" in found.text
        livy.livy.faults["statements"] = ["hang"]
        problem = await rig.ill("session.attach", rig.engine.store.children(SERVER)[0].key)
        assert "does not give its list" in problem.what


async def test_a_task_of_somebody_else_is_cancelled_only_after_a_question_with_its_owner() -> None:
    async with Rig() as rig:
        key = await rig.foreign()
        rig.livy.holding = rig.livy.livy.holding = True
        rig.livy.accept(key.id, "1+1")
        await rig.well("session.attach", key)
        (thing,) = rig.engine.store.children(key)
        assert (thing.mine, thing.state) == (False, "running")
        refused = await rig.do("task.cancel", thing.key, answer="no")
        assert (refused.state, refused.result) == (RunState.DONE, {"done": False})
        assert "belongs to anna" in rig.questions[0]
        assert rig.livy.cancelled == []
        rig.livy.finish(key.id, 0, state="cancelled", output=None)
        await rig.well("task.cancel", thing.key)
        assert rig.livy.cancelled == [(key.id, 0)]
