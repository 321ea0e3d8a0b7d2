"""Outputs over 1 MB: on the disk and not in memory, and all that can be done with a result can be done with them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from astrolabnet_gui.model.key import Key
from astrolabnet_gui.model.output import Table, parse
from astrolabnet_gui.model.record import history_key
from astrolabnet_gui.model.task import Task
from astrolabnet_gui.tasks.spool import output_of
from tests.bench._large import large_ones
from tests.command.rig import Rig
from tests.command.test_archiving import archived, kept, send

ROWS = 3_000
TABLE = {"schema": {"fields": [{"name": "n", "type": "string"}]}, "data": [[f"{n:400}"] for n in range(ROWS)]}
LARGE: dict[str, Any] = {"status": "ok", "execution_count": 0, "data": {"application/json": TABLE}}
WRONG: dict[str, Any] = {"status": "error", "ename": "Oops", "evalue": "x" * 3_000_000, "traceback": ["last line"]}


def payload(rig: Rig, key: Key) -> Task:
    thing = rig.engine.store.get(key)
    assert thing is not None
    assert isinstance(thing.payload, Task)
    return thing.payload


async def test_a_large_result_is_in_no_store_and_can_be_had_all_the_same(tmp_path: Path) -> None:
    async with Rig() as rig:
        rig.livy.answers = [LARGE]
        key = await send(rig, "wide", name="wide")
        await archived(rig, key)
        (record,) = await kept(rig)
        live, old = payload(rig, key), payload(rig, history_key(record.task_key))
        for task in (live, old):
            assert task.statement is not None
            assert task.statement.output is None
            assert output_of(task) == LARGE
        assert rig.house.archive.output(record) == LARGE
        assert len(list(rig.house.archive.blobs.place("00").parent.parent.rglob("*"))) <= 4, "once, beside its code"
        for at in (key, history_key(record.task_key)):
            assert (await rig.well("task.result", at)).result["output"] == LARGE
            brief = (await rig.well("task.result", at, brief=True)).result
            assert (brief["output"], brief["spooled"]) == (None, live.spooled)
        saved = await rig.well("task.save", key, file=str(tmp_path / "wide.csv"))
        assert saved.result["rows"] == ROWS
        await rig.well("task.export", key, file=str(tmp_path / "wide.json"))
        assert json.loads((tmp_path / "wide.json").read_text())["output"] == LARGE
        rig.livy.answers = [LARGE]
        waited = await rig.well("server.send", kind="pyspark", code="wide", wait=True)
        assert waited.result["output"] == LARGE
        livy = rig.livy
    async with Rig(livy) as again:
        await again.well("task.find", None)
        found = payload(again, history_key(record.task_key))
        assert not found.gave
        opened = await again.well("task.result", history_key(record.task_key), brief=True)
        assert opened.result["output"] is None
        assert output_of(payload(again, history_key(record.task_key))) == LARGE


async def test_a_large_error_is_failed_with_its_words_and_whole_when_asked_for() -> None:
    async with Rig() as rig:
        rig.livy.answers = [WRONG]
        key = await send(rig, "1/0")
        thing = await rig.thing(key, "failed")
        assert thing.problem.startswith("Oops: xxx")
        await archived(rig, key)
        (record,) = await kept(rig)
        assert record.state == "failed"
        assert rig.house.archive.output(record) == WRONG
        assert (await rig.well("task.result", key)).result["output"] == WRONG
        brief = (await rig.well("task.result", history_key(record.task_key), brief=True)).result["output"]
        assert (brief["ename"], brief["traceback"]) == ("Oops", ["last line"])
        assert len(brief["evalue"]) < 100_000
        livy = rig.livy
    async with Rig(livy) as again:
        await again.well("session.adopt")
        after = [t for t in again.engine.store.things.values() if t.key.kind == "statements"]
        assert [t.state for t in after] == ["failed"]


async def test_large_results_of_several_servers_are_merged_where_they_are_asked_for(tmp_path: Path) -> None:
    async with Rig() as rig:
        rig.livy.answers = [LARGE]
        done = await rig.well("group.send", None, kind="sql", code="SELECT n", targets=["lal"], wait=True)
        assert done.focus is not None
        assert len(done.result["rows"]) == ROWS
        group = rig.engine.store.things[done.focus].payload
        assert (group.large, group.table.rows, group.members[0].parts) == (("lal",), (), ())
        saved = await rig.well("group.save", done.focus, file=str(tmp_path / "all.csv"))
        assert saved.result["rows"] == ROWS


async def test_what_others_tasks_gave_is_on_the_disk_only_as_long_as_the_program() -> None:
    async with Rig() as rig:
        session = await rig.foreign()
        rig.livy.answers = [LARGE]
        rig.livy.accept(session.id, "their code")
        await rig.well("session.attach", session)
        task = payload(rig, session.child("statements", 0))
        assert task.statement is not None
        assert task.statement.output is None
        (table,) = parse(output_of(task))
        assert isinstance(table, Table)
        assert len(table.rows) == ROWS
        file = Path(task.spooled)
        assert rig.house.paths.archive not in file.parents
    assert not file.exists()


async def test_a_hundred_megabytes_of_results_take_no_memory() -> None:
    found = await large_ones(12, 8_000_000)
    assert found.grown_mb <= 48, "they would take 96 if they were kept, and as much in each replica"
