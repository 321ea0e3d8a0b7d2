"""Sessions kept alive on request, followed, found when nobody uses them, and their settings kept as presets."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta

import pytest

from astrolabnet_gui.client.capabilities import written
from astrolabnet_gui.command.holding import held, holds, orphans
from astrolabnet_gui.model.key import Key
from astrolabnet_gui.model.livy import NewSession, Session
from astrolabnet_gui.model.server import Server
from astrolabnet_gui.model.task import Task
from astrolabnet_gui.network.delta import Delta
from astrolabnet_gui.network.store import Store
from astrolabnet_gui.network.things import server_thing, session_thing, task_thing
from astrolabnet_gui.settings.presets import Presets

from .rig import LAL, SERVER, Rig

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def store_of(*sessions: tuple[int, str, int, bool]) -> Store:
    """A store with sessions: number, state, minutes in that state, mine."""
    store = Store()
    root = server_thing(Server(uuid="u", alias="lal", url="http://h"), "up")
    things = [
        session_thing(
            Key("u", "e", ("sessions", n)),
            Session(id=n, state=state, owner="anna", driverMemory="2g", numExecutors=4, executorMemory="5g"),
            since=NOW - timedelta(minutes=minutes), mine=mine,
        )
        for n, state, minutes, mine in sessions
    ]  # fmt: skip
    store.apply(Delta("u", added=(root, *things)))
    return store


def test_orphans_are_the_idle_and_the_broken_mine_first_longest_first() -> None:
    store = store_of((1, "idle", 30, False), (2, "idle", 20, True), (3, "idle", 40, True), (4, "busy", 90, True),
                     (5, "idle", 5, True), (6, "error", 1, False), (7, "dead", 99, True))  # fmt: skip
    found = orphans(store, 600, NOW)
    assert [one.key.id for one in found] == [3, 2, 1, 6]
    assert found[0].holds == "driver 2g · 4 executors of 5g"
    assert [one.key.id for one in held(store, NOW)] == [3, 2, 5, 4, 1, 6]
    working = task_thing(
        Key("u", "e", ("sessions", 3, "statements", 0)), Task(task_key="K"), "running", since=NOW, problem=""
    )
    store.apply(Delta("u", added=(working,)))
    assert [one.key.id for one in orphans(store, 600, NOW)] == [2, 1, 6], "one of my tasks is at work there"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "what the server gives by default"), ({"driverMemory": "1g", "driverCores": 1}, "driver 1g, 1 core"),
        ({"executorMemory": "5g", "executorCores": 6}, "some executors of 5g, 6 cores"),
        ({"numExecutors": 3}, "3 executors"),
    ],
)  # fmt: skip
def test_what_a_session_holds(fields: dict[str, object], words: str) -> None:
    assert holds(Session.model_validate({"id": 0, "state": "idle", **fields})) == words


async def test_only_mine_are_cleaned_and_only_after_the_question_that_names_them() -> None:
    async with Rig() as rig:
        mine = (await rig.well("session.new", name="old one")).focus
        theirs = await rig.foreign()
        assert mine is not None
        listed = (await rig.well("session.orphans", None, idle_min=0)).result
        assert [(one["mine"], one["state"]) for one in listed] == [(True, "idle"), (False, "idle")]
        refused = await rig.do("session.clean", None, {"idle_min": 0}, answer="no")
        assert (refused.result, rig.livy.deleted) == ({"done": False}, [])
        assert f"lal/sessions/{mine.id}" in rig.questions[0]
        assert f"sessions/{theirs.id}" not in rig.questions[0]
        await rig.well("session.clean", None, idle_min=0)
        assert rig.livy.deleted == [mine.id]
        assert "None of your" in (await rig.well("session.clean", None, idle_min=60)).text


async def test_all_of_mine_are_closed_the_busy_too_and_nobody_elses() -> None:
    async with Rig() as rig:
        idle, busy = (await rig.well("session.new")).focus, (await rig.well("session.new")).focus
        await rig.foreign()
        assert idle is not None
        assert busy is not None
        rig.livy.become(1, state="busy")
        rig.engine.poll_now(SERVER.server)
        await rig.thing(busy, "busy")
        assert (await rig.well("session.closeall", None, spare=["lal"])).text == "You have no session."
        await rig.do("session.closeall", None, {}, answer="no")
        assert rig.livy.deleted == []
        assert "lal/sessions/1 (busy" in rig.questions[0]
        await rig.well("session.closeall", None, sure=True)
        assert sorted(map(str, rig.livy.deleted)) == ["0", "1"]
        assert len(rig.questions) == 1


def pings(rig: Rig) -> int:
    return rig.livy.livy.asked("keep_alive")


async def test_a_click_keeps_a_session_for_one_more_idle_time_and_no_longer() -> None:
    async with Rig() as rig:
        key = await rig.foreign(idleTimeout="1h")
        done = await rig.well("session.keep", key)
        assert "one more idle time" in done.text
        assert pings(rig) == 1
        rig.clock.time += 3600
        await asyncio.sleep(0.05)
        assert pings(rig) == 1


async def test_it_is_kept_as_long_as_my_task_runs_and_no_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        await asyncio.sleep(0.02)

    async with Rig() as rig:
        rig.livy.holding = True
        task = (await rig.well("server.send", kind="pyspark", code="1")).focus
        assert task is not None
        await rig.thing(task, "running")
        session = task.parent
        assert session is not None
        monkeypatch.setattr(rig.clock, "sleep", sleep)
        await rig.well("session.keep", session)
        while pings(rig) < 4:
            await asyncio.sleep(0.01)
        again = await rig.well("session.keep", session)
        assert "until your last task" in again.text
        rig.livy.finish(0, 0)
        await rig.thing(task, "done")
        while session in rig.house.kept_alive:
            await asyncio.sleep(0.01)
        number = pings(rig)
        await asyncio.sleep(0.05)
        assert pings(rig) == number
        assert set(slept) == {600.0}


async def test_looking_at_others_never_keeps_them_alive_and_shows_what_ran_there() -> None:
    async with Rig() as rig:
        key = await rig.foreign()
        rig.livy.accept(key.id, "1 + 1")
        rig.livy.accept(key.id, "2 + 2")
        await rig.well("session.attach", key)
        tasks = rig.engine.store.children(key)
        assert [(t.state, t.mine, t.payload.code) for t in tasks] == [
            ("done", False, "1 + 1"),
            ("done", False, "2 + 2"),
        ]
        await rig.well("session.attach", key)
        assert len(rig.engine.store.children(key)) == 2
        assert pings(rig) == 0
        assert await rig.rows() == [], "looking is not written down"


async def test_settings_are_kept_as_a_preset_of_the_server_and_what_is_given_wins() -> None:
    async with Rig() as rig:
        await rig.well("session.new", kind="sql", driver_memory="4g", conf={"spark.x": "1"}, save_as="large")
        kept = json.loads((rig.house.workspace.folder / "presets.json").read_text())
        assert kept == {LAL.uuid: {"large": {"kind": "sql", "driver_memory": "4g", "conf": {"spark.x": "1"}}}}
        await rig.well("session.new", preset="large", driver_memory="8g")
        body = rig.livy.bodies[-1]
        assert isinstance(body, NewSession)
        assert (body.kind, body.driverMemory, body.conf) == ("sql", "8g", {"spark.x": "1"})
        problem = await rig.ill("session.new", preset="huge")
        assert (problem.field, problem.remedy) == ("preset", "There are: large.")
        offered = (await rig.well("session.options")).result
        assert (offered["unknown"], list(offered["presets"])) == ({}, ["large"])
        await rig.well("session.forget", name="large")
        assert (await rig.well("session.options")).result["presets"] == {}
        assert "no preset" in (await rig.well("session.forget", name="large")).text


async def test_a_secret_setting_is_not_kept_in_the_workspace() -> None:
    async with Rig() as rig:
        problem = await rig.ill("session.new", conf={"fs.s3a.secret.key": "hunter2"}, save_as="x")
        assert (problem.field, rig.livy.posts) == ("save_as", 0)
        assert rig.house.presets.of(SERVER.server) == {}


async def test_what_a_server_does_not_know_is_told_with_the_reason() -> None:
    async with Rig() as rig:
        rig.livy.fields = written("0.7.1")
        unknown = (await rig.well("session.options")).result["unknown"]
        assert set(unknown) == {"ttl", "idle_timeout"}
        assert "Livy 0.9" in unknown["idle_timeout"]


@pytest.mark.parametrize("text", ["{", "[]", '{"u": 1}', '{"u": {"x": 1}}', "[" * 100_000, "\udcff"])
def test_a_damaged_file_of_presets_is_kept_aside(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    folder = tmp_path_factory.mktemp("workspace")
    (folder / "presets.json").write_bytes(text.encode("utf-8", "surrogateescape"))
    presets = Presets(folder)
    assert presets.of("u") == {}
    assert len(presets.problems) == 1
    assert len(list(folder.glob("presets.json.damaged-*"))) == 1
    presets.keep("u", "x", {"kind": "sql"})
    assert Presets(folder).of("u") == {"x": {"kind": "sql"}}
