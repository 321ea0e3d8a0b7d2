"""The history: live and archived tasks as one, found, opened, compared, kept, exported, deleted, sent again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from astrolabnet_gui.command.finding import when
from astrolabnet_gui.model.key import Key
from astrolabnet_gui.model.livy import NewSession, NewStatement
from astrolabnet_gui.model.record import history_key
from astrolabnet_gui.model.task import Task
from astrolabnet_gui.model.thing import Thing
from tests.command.rig import LAL, SERVER, Rig
from tests.command.test_archiving import archived, kept, send


async def three(rig: Rig) -> list[str]:
    """Three tasks, kept; their keys in the order of sending."""
    said = [
        {"status": "ok", "data": {"text/plain": "Lyman alpha"}},
        {"status": "error", "ename": "ZeroDivisionError", "evalue": "division by zero", "traceback": []},
        {"status": "ok", "data": {"text/plain": "Lyman beta"}},
    ]
    for code, answer in zip(("spark.range(7)", "1/0", "spark.range(8)"), said, strict=True):
        rig.livy.answers = [answer]
        await archived(rig, await send(rig, code, name=code))
    return [record.task_key for record in reversed(await kept(rig, 3))]


def shown(rig: Rig) -> list[Thing]:
    return [t for t in rig.engine.store.children(Key("")) if t.key.kind == "tasks"]


async def test_live_and_archived_tasks_are_one_history() -> None:
    async with Rig() as rig:
        keys = await three(rig)
        assert [(t.key.id, t.state) for t in shown(rig)] == list(zip(keys, ("done", "failed", "done"), strict=True))
    async with Rig(rig.livy) as again:
        assert shown(again) == []
        found = await again.well("task.find", None, limit=2)
        assert [row["task_key"] for row in found.result["tasks"]] == [keys[2], keys[1]]
        assert found.text == "2 of 3 tasks"
        page = await again.well("task.find", None, limit=2, before=keys[1])
        assert [row["name"] for row in page.result["tasks"]] == ["spark.range(7)"]
        rig.livy.holding = True
        running = await send(again, "while True: pass")
        assert [t.state for t in shown(again)] == ["done", "failed", "done", "running"]
        assert shown(again)[-1].payload.place == f"lal › session 0 › task {running.id}"
        assert shown(again)[-1].fact == "Python · lal"
    async with Rig(rig.livy, "up") as third:
        found = await third.well("task.find", None, text="while")
        assert found.text == "1 not ended", "what runs is found, though no archive holds it yet"
        (going,) = found.result["not_ended"]
        assert (going["state"], going["name"], going["address"]) == (
            "running", "while True: pass", f"lal/sessions/0/statements/{running.id}",
        )  # fmt: skip
        for other in ({"state": "done"}, {"server": "cern"}, {"language": "sql"}, {"until": "1h"}, {"text": "lyman"}):
            assert (await third.well("task.find", None, **other)).result["not_ended"] == [], other


@pytest.mark.parametrize(
    ("asked", "numbers"),
    [({"text": "LYMAN"}, [2, 0]), ({"text": "lyman beta"}, [2]), ({"state": "failed"}, [1]),
     ({"server": "lal"}, [2, 1, 0]),
     ({"server": "cern"}, []), ({"language": "sql"}, []), ({"since": "1h"}, [2, 1, 0]), ({"until": "1h"}, []),
     ({"text": "range", "language": "pyspark", "since": "2026-01-01"}, [2, 0])],
)  # fmt: skip
async def test_search(asked: dict[str, Any], numbers: list[int]) -> None:
    async with Rig() as rig:
        keys = await three(rig)
        found = await rig.well("task.find", None, **asked)
        assert [row["task_key"] for row in found.result["tasks"]] == [keys[n] for n in numbers]


@pytest.mark.parametrize("text", ["yesterday", "3 d", "99999999d", "-1d", "2026-13-40", "'; DROP TABLE record"])
async def test_a_time_that_can_not_be_read_is_said(text: str) -> None:
    async with Rig() as rig:
        problem = await rig.ill("task.find", None, since=text)
        assert problem.field == "since"


async def test_an_archived_task_opens_with_its_result_when_the_server_is_gone() -> None:
    async with Rig() as rig:
        keys = await three(rig)
        livy = rig.livy
    livy.unreachable = True
    async with Rig(livy, state="no answer") as again:
        await again.well("task.find", None)
        closed = again.engine.store.get(history_key(keys[0]))
        assert closed is not None
        assert isinstance(closed.payload, Task)
        assert closed.payload.statement is not None
        assert (closed.payload.archived, closed.payload.statement.output) == ("kept", None)
        opened = await again.well("task.result", history_key(keys[0]))
        assert opened.result["output"]["data"] == {"text/plain": "Lyman alpha"}
        thing = again.engine.store.get(history_key(keys[0]))
        assert thing is not None
        assert thing.payload.statement.output == opened.result["output"]
        assert thing.payload.code == "spark.range(7)"


async def test_compare_two() -> None:
    async with Rig() as rig:
        keys = await three(rig)
        event = await rig.well("task.compare", history_key(keys[0]), other=keys[2])
        assert event.text == "spark.range(7) and spark.range(8): code and output differ."
        assert [line for line in event.result["code"] if line[0] in "+-"] == ["-spark.range(7)", "+spark.range(8)"]
        assert [line for line in event.result["output"] if line[0] in "+-"] == ["-Lyman alpha", "+Lyman beta"]
        assert ["State", "done", "done"] in event.result["facts"]
        same = await rig.well("task.compare", history_key(keys[0]), other=f"tasks/{keys[0]}")
        assert same.text.endswith("code and output are the same.")
        assert "holds no task" in (await rig.ill("task.compare", history_key(keys[0]), other="01NONE")).what


async def test_keep_for_good_and_back() -> None:
    async with Rig() as rig:
        key = await send(rig)
        await archived(rig, key)
        (record,) = await kept(rig)
        await rig.well("task.keep", key)
        assert rig.house.archive.get(record.task_key).pinned
        for at in (key, history_key(record.task_key)):
            thing = rig.engine.store.get(at)
            assert thing is not None
            assert thing.payload.archived == "pinned"
        await rig.well("task.keep", history_key(record.task_key))
        assert not rig.house.archive.get(record.task_key).pinned


async def test_delete_asks_and_takes_code_and_result_away() -> None:
    async with Rig() as rig:
        keys = await three(rig)
        no = await rig.do("task.delete", history_key(keys[1]), answer="no")
        assert no.result == {"done": False}
        await rig.well("task.delete", history_key(keys[1]))
        assert "with code and result from this computer" in rig.questions[-1]
        assert [t.key.id for t in shown(rig)] == [keys[0], keys[2]]
        assert [row["task_key"] for row in (await rig.well("task.find", None)).result["tasks"]] == [keys[2], keys[0]]


async def test_export_writes_one_file_and_never_over_another(tmp_path: Path) -> None:
    async with Rig() as rig:
        keys = await three(rig)
        await rig.well("task.export", history_key(keys[0]), file=str(tmp_path / "t.json"))
        document = json.loads((tmp_path / "t.json").read_text())
        assert (document["code"], document["task"]["name"]) == ("spark.range(7)", "spark.range(7)")
        assert document["output"]["data"]["text/plain"] == "Lyman alpha"
        problem = await rig.ill("task.export", history_key(keys[0]), file=str(tmp_path / "t.json"))
        assert problem.field == "file"
        missing = await rig.ill("task.export", history_key(keys[0]), file=str(tmp_path / "t.json" / "x"))
        assert "could not be saved" in missing.what


async def test_a_task_that_has_not_ended_has_nothing_to_keep() -> None:
    async with Rig() as rig:
        rig.livy.holding = True
        key = await send(rig)
        for verb in ("task.keep", "task.delete"):
            assert "has not ended" in (await rig.ill(verb, key)).what
        (thing,) = shown(rig)
        assert "has not ended" in (await rig.ill("task.result", thing.key)).what


async def test_damage_in_the_archive_is_said_for_that_task_alone() -> None:
    async with Rig() as rig:
        keys = await three(rig)
        record = rig.house.archive.get(keys[0])
        (rig.house.paths.archive / "blobs" / record.output[:2] / record.output).write_bytes(b"{}")
        assert "damaged" in (await rig.ill("task.result", history_key(keys[0]))).what
        assert (await rig.well("task.result", history_key(keys[2]))).result["output"] is not None


def test_moments() -> None:
    from datetime import UTC, datetime

    now = datetime(2026, 11, 23, 12, tzinfo=UTC)
    assert when("3d", now) == datetime(2026, 11, 20, 12, tzinfo=UTC)
    assert when("30min", now) == datetime(2026, 11, 23, 11, 30, tzinfo=UTC)
    assert when("2026-11-20T00:00+00:00", now) == datetime(2026, 11, 20, tzinfo=UTC)


CERN = LAL.model_copy(update={"uuid": "2" * 32, "alias": "cern"})


async def test_a_task_of_the_history_is_sent_again_with_its_values() -> None:
    async with Rig() as rig:
        await archived(rig, await send(rig, "", action="pi", values={"darts": 10, "slices": 2}))
        (record,) = await kept(rig)
    async with Rig(rig.livy) as again:
        await again.well("task.find", None)
        event = await again.well("task.again", history_key(record.task_key))
        assert event.focus is not None
        body = again.livy.bodies[-1]
        assert isinstance(body, NewStatement)
        assert "b64decode" in body.code
        rows = [row for row in await again.rows() if row.command == "task.sent"]
        assert rows[-1].params == {"kind": "pyspark", "action": "pi", "values": {"darts": 10, "slices": 2}}


async def test_send_again_to_another_server_takes_settings_along_and_names_what_is_missing() -> None:
    async with Rig() as rig:
        rig.house.workspace.save_server(CERN)
        rig.engine.add_server(CERN)
        there = await rig.thing(Key(CERN.uuid), "up")
        session = (await rig.well("session.new", kind="pyspark")).focus
        assert session is not None
        settings = {"driverMemory": "2g", "conf": {"spark.x": "1", "spark.y.password": "hunter2"}}
        assert isinstance(session.id, int)
        rig.livy.become(session.id, **settings, jars=("hdfs:///a.jar",), files=("/scratch/b.csv",))
        rig.engine.poll_now(session.server)
        await rig.engine.until(session, lambda t: t is not None and t.payload.driverMemory == "2g")
        sent = (await rig.well("session.send", session, code="1+1", name="one")).focus
        assert sent is not None
        await archived(rig, sent)
        (record,) = await kept(rig)
        rig.livy.bodies.clear()
        no = await rig.do("task.forward", history_key(record.task_key), {"server": "cern"}, answer="no")
        assert no.problem is None
        assert no.result["missing"] == [
            "/scratch/b.csv (files, on the first server's own disk)",
            "the secret setting spark.y.password, which was not written down",
        ]
        assert rig.livy.bodies == []
        assert "On cern there may be missing: /scratch/b.csv" in rig.questions[-1]
        event = await rig.well("task.forward", history_key(record.task_key), server="cern")
        assert event.focus is not None
        assert event.focus.server == there.key.server
        opened = next(body for body in rig.livy.bodies if isinstance(body, NewSession))
        assert (opened.driverMemory, opened.conf) == ("2g", {"spark.x": "1"})
        assert (opened.jars, opened.files) == (("hdfs:///a.jar",), ("/scratch/b.csv",))
        problem = await rig.ill("task.forward", history_key(record.task_key), server="nowhere")
        assert (problem.field, problem.remedy) == ("server", "There are: lal, cern.")


async def test_a_task_is_sent_again_though_its_server_is_gone_only_where_one_says() -> None:
    async with Rig() as rig:
        await archived(rig, await send(rig))
        (record,) = await kept(rig)
        await rig.well("server.remove", SERVER)
        problem = await rig.ill("task.again", history_key(record.task_key))
        assert "not in the workspace any more" in problem.what
        assert problem.remedy == "Send it to another server."


async def test_ended_tasks_stand_under_their_session_again_at_the_next_start() -> None:
    async with Rig() as rig:
        keys = await three(rig)
    async with Rig(rig.livy) as again:
        await again.well("task.reconcile", None)
        (session,) = [t for t in again.engine.store.children(SERVER) if t.key.kind == "sessions"]
        tasks = again.engine.store.children(session.key)
        assert [(t.payload.task_key, t.state, t.payload.archived) for t in tasks] == [
            (keys[0], "done", "kept"), (keys[1], "failed", "kept"), (keys[2], "done", "kept"),
        ]  # fmt: skip
        assert tasks[0].payload.statement.output["data"] == {"text/plain": "Lyman alpha"}
        assert tasks[0].payload.code == "spark.range(7)"
        assert len([row for row in await again.rows() if row.state == "DONE" and row.command == "task.sent"]) == 2
    rig.livy.restart()
    async with Rig(rig.livy) as other:
        await other.well("task.reconcile", None)
        assert not [t for t in other.engine.store.things.values() if t.key.kind == "statements"]
