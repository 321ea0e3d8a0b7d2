"""Servers, batches, the sample sky; secrets go nowhere they could be read."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from astrolabnet_gui.command import reconcile
from astrolabnet_gui.command.house import House
from astrolabnet_gui.errors import Missing
from astrolabnet_gui.journal.journal import Journal
from astrolabnet_gui.journal.row import State
from astrolabnet_gui.model.key import Key
from astrolabnet_gui.model.livy import NewBatch
from astrolabnet_gui.network.link import RunState
from tests.tasks.livy import SmallLivy, SteppingClock

from .rig import SERVER, Rig

SECRETS = ("hunter2", "hunter3", "hunter4")


def everything_on_disk(home: Path) -> str:
    return "".join(p.read_bytes().decode("utf-8", "replace") for p in home.rglob("*") if p.is_file())


async def test_a_server_is_added_edited_and_removed_and_its_secrets_are_nowhere(tmp_home: Path) -> None:
    async with Rig() as rig:
        added = await rig.well(
            "server.add", None, alias="eso", url="https://eso.example/livy", login="basic", user="u", secret="hunter2",
            headers={"X-Key": "hunter3", "X-Env": "env:HOME"},
        )  # fmt: skip
        assert added.focus is not None
        assert "hunter" not in added.line
        server = rig.engine.server(added.focus.server)
        assert rig.house.secrets.read(server.auth.secret, server.home) == "hunter2"
        assert rig.house.secrets.read(server.auth.headers["X-Key"], server.home) == "hunter3"
        assert server.auth.headers["X-Env"] == "env:HOME"
        assert "only until this program ends" in added.text, "this computer has no keyring, and that is said"
        await rig.well("server.edit", added.focus, url="https://eso.example/other", secret="hunter4")
        server = rig.engine.server(added.focus.server)
        assert (server.url, server.auth.user) == ("https://eso.example/other", "u")
        assert rig.house.secrets.read(server.auth.secret, server.home) == "hunter4"
        assert server in rig.house.workspace.servers()
        disk = everything_on_disk(tmp_home)
        assert "eso.example" in disk
        assert not [s for s in SECRETS if s in disk]
        kept = await rig.do("server.remove", added.focus, answer="no")
        assert kept.state is RunState.DONE
        assert server in rig.house.workspace.servers()
        await rig.well("server.remove", added.focus)
        assert server not in rig.house.workspace.servers()
        with pytest.raises(Missing, match="no keyring"):
            rig.house.secrets.read(server.auth.secret)
    assert not [s for s in SECRETS if s in everything_on_disk(tmp_home)]


@pytest.mark.parametrize(
    ("params", "field"),
    [
        ({"alias": "x", "url": "ftp://x"}, "url"), ({"alias": "x", "url": "http://u:p@x"}, "url"),
        ({"alias": "a/b", "url": "http://x"}, "alias"), ({"alias": "", "url": "http://x"}, "alias"),
        ({"alias": "lal", "url": "http://x"}, "alias"), ({"alias": "x"}, "url"),
        ({"alias": "x", "url": "http://x", "timeout_s": 0}, "timeout_s"),
    ],
)  # fmt: skip
async def test_a_bad_server_is_said_beside_its_field(params: dict[str, object], field: str) -> None:
    async with Rig() as rig:
        problem = await rig.ill("server.add", None, **params)
        assert (problem.type, problem.field) == ("BadInput", field)
        assert len(rig.house.workspace.servers()) == 1


async def test_testing_a_server_says_what_answers() -> None:
    async with Rig() as rig:
        rig.livy.open()
        done = await rig.well("server.test")
        assert done.text == "lal answers: Livy's protocol, 0.9.0-small; 1 session, 0 batches."


async def test_a_batch_gets_every_setting_and_is_never_started_twice() -> None:
    async with Rig() as rig:
        rig.livy.faults = ["500 after"]
        done = await rig.well(
            "batch.new", file="hdfs:///x.jar", class_name="a.B", args=["1", "2"], driver_memory="1g", driver_cores=2,
            executors=3, executor_memory="4g", executor_cores=5, queue="q", proxy_user="p", conf={"spark.x": "1"},
            jars=["j"], py_files=["p"], files=["f"], archives=["z"],
        )  # fmt: skip
        body = rig.livy.bodies[0]
        assert isinstance(body, NewBatch)
        assert body.body() | {"name": ""} == {
            "file": "hdfs:///x.jar", "className": "a.B", "args": ("1", "2"), "name": "", "driverMemory": "1g",
            "driverCores": 2, "numExecutors": 3, "executorMemory": "4g", "executorCores": 5, "queue": "q",
            "proxyUser": "p", "conf": {"spark.x": "1"}, "jars": ("j",), "pyFiles": ("p",), "files": ("f",),
            "archives": ("z",),
        }  # fmt: skip
        assert rig.livy.posts == 1
        assert done.focus is not None
        assert done.focus.path == ("batches", 0)
        assert (await rig.well("batch.log", done.focus)).result["lines"] == ["batch line"]
        await rig.do("batch.kill", done.focus, answer="no")
        assert 0 in rig.livy.batches_here
        assert "not yet written is lost" in rig.questions[0]
        await rig.well("batch.kill", done.focus)
        assert rig.livy.batches_here == {}


async def test_the_sample_sky_is_a_table_and_a_summary_in_one_session() -> None:
    table = {"status": "ok", "data": {"application/json": {"schema": {"fields": []}, "data": []}}}
    async with Rig() as rig:
        rig.livy.answers = [{"status": "ok", "data": {"text/plain": "5,000 alerts"}}, table]
        done = await rig.well("sky.load", alerts=5000)
        assert done.focus is not None
        assert done.focus.path == ("sessions", 0, "statements", 1)
        assert done.result["output"] == table
        assert len(rig.livy.here) == 1


async def test_a_sky_that_can_not_be_made_says_why() -> None:
    async with Rig() as rig:
        rig.livy.answers = [{"status": "error", "ename": "ModuleNotFoundError", "evalue": "No module named 'numpy'"}]
        problem = await rig.ill("sky.load")
        assert "No module named 'numpy'" in problem.what
        assert problem.server == "lal"
        assert rig.livy.posts == 2, "the session and the one task; no summary of nothing"


async def test_results_are_found_again_after_the_program_was_ended() -> None:
    livy = SmallLivy(SteppingClock())
    async with Rig(livy) as rig:
        await rig.well("server.send", code="first", kind="pyspark", wait=True)
        livy.holding = True
        await rig.well("server.send", code="second", kind="pyspark", name="Second")
        livy.holding = False
        livy.faults = ["hang"]
        rig.engine.submit("server.send", SERVER, {"code": "third", "kind": "pyspark"})
        while livy.posts < 4:
            await asyncio.sleep(0.01)
        while len(livy.ran) < 3:
            await asyncio.sleep(0.01)
    livy.finish(0, 1)
    async with Rig(livy) as rig:
        rig.livy.faults = []
        done = await rig.well("task.reconcile", None)
        assert done.text == "2 found again, 0 lost or unknown, 0 left open."
        (session,) = [t for t in rig.engine.store.children(SERVER) if t.key.kind == "sessions"]
        for n, code in ((1, "second"), (2, "third")):
            task = await rig.thing(session.key.child("statements", n), "done")
            assert task.payload.code == code
        assert livy.posts == 4, "nothing was sent again"
        assert set(livy.ran.values()) == {1}
        assert (await rig.well("task.reconcile", None)).text == "Nothing was left open."


async def test_what_was_open_on_a_server_that_restarted_is_lost_not_mixed_up() -> None:
    livy = SmallLivy(SteppingClock())
    async with Rig(livy) as rig:
        livy.holding = True
        await rig.well("server.send", code="first", kind="pyspark")
    livy.restart()
    async with Rig(livy) as rig:
        done = await rig.well("task.reconcile", None)
        assert done.text == "0 found again, 1 lost or unknown, 0 left open."
        (row,) = await asyncio.wrap_future(rig.house.journal.last(frozenset({State.FAILED})))
        assert "restarted" in row.evidence["why"]


async def test_a_server_that_does_not_answer_yet_is_waited_for_in_the_background(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    livy = SmallLivy(SteppingClock())
    async with Rig(livy) as rig:
        livy.holding = True
        await rig.well("server.send", code="first", kind="pyspark")
    monkeypatch.setattr(reconcile, "SERVER_WAIT_S", 0.2)
    livy.unreachable = True
    async with Rig(livy, state="no answer") as rig:
        done = await rig.well("task.reconcile", None)
        assert done.text == "0 found again, 0 lost or unknown, 1 left open."
        livy.unreachable = False
        rig.engine.poll_now(SERVER.server)
        await rig.thing(SERVER, "up")
        (session,) = [t for t in rig.engine.store.children(SERVER) if t.key.kind == "sessions"]
        await rig.thing(session.key.child("statements", 0), "running")


async def test_what_other_workspaces_sent_and_what_lost_its_server_does_not_hold_up_the_start() -> None:
    async with Rig() as rig:
        journal, elsewhere = rig.house.journal, Key("2" * 32, "e", ("sessions", 0))
        other = Journal(journal.path, "f" * 32)
        await asyncio.wrap_future(other.intend("A", "R", "task.sent", elsewhere, {}))
        other.close()
        dead = Journal(journal.path, rig.house.workspace.uuid)
        await asyncio.wrap_future(dead.intend("B", "R", "task.sent", elsewhere, {}))
        await asyncio.wrap_future(dead.intend("C", "C", "session.close", SERVER, {}))
        dead.close()
        done = await rig.well("task.reconcile", None)
        assert done.text == "0 found again, 1 lost or unknown, 0 left open."
        states = {row.act: row.state for row in await rig.rows()}
        assert states == {"A": State.INTENT, "B": State.UNKNOWN, "C": State.UNKNOWN}


def test_a_house_with_everything_damaged_still_opens(tmp_home: Path) -> None:
    home = tmp_home / "astrolabnet"
    for name in ("config/preferences.toml", "state/journal.sqlite", "data/workspace/workspace.json",
                 "data/workspace/servers/x.json", "data/workspace/actions/x.toml"):  # fmt: skip
        file = home / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"\x00\xff rubbish " * 200)
    house = House()
    try:
        text = "\n".join(house.problems)
        for word in ("preferences.toml", "workspace.json", "x.json", "x.toml", "journal.sqlite"):
            assert word in text
        assert house.workspace.servers() == ()
        assert json.loads((home / "data/workspace/workspace.json").read_text())["uuid"] == house.workspace.uuid
        assert (home / "state/journal.sqlite").read_bytes().startswith(b"\x00\xff rubbish ")
    finally:
        house.close()


async def test_the_folder_of_results_is_given_changed_undone_and_checked() -> None:
    async with Rig() as rig:
        added = await rig.well("server.add", None, alias="eso", url="https://eso.example", results=" hdfs:///kept/ ")
        assert added.focus is not None
        assert rig.engine.server(added.focus.server).results == "hdfs:///kept"
        edited = await rig.well("server.edit", added.focus, results="/data/results")
        assert rig.engine.server(added.focus.server).results == "/data/results"
        assert "hdfs:///kept" in str(edited.result), "it can be undone"
        for bad in ("results", "hdfs:///a\nb"):
            problem = await rig.ill("server.edit", added.focus, results=bad)
            assert problem.field == "results"
        assert rig.engine.server(added.focus.server).results == "/data/results"
