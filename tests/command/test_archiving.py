"""Results of tasks sent from here are kept the moment they are seen, and outlive session, server and program."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from typing import Any

import pytest

from astrolabnet_gui.journal.row import State
from astrolabnet_gui.model.key import Key
from astrolabnet_gui.model.record import Record
from astrolabnet_gui.model.spark import Progress
from astrolabnet_gui.settings import files
from astrolabnet_gui.tasks.archive_index import Wanted
from astrolabnet_gui.tasks.marker import Marker, mark
from tests.command.rig import SERVER, Rig
from tests.tasks.livy import SmallLivy, SteppingClock


async def kept(rig: Rig, count: int = 1) -> tuple[Record, ...]:
    """The records, once there are so many."""
    async with asyncio.timeout(20):
        while len(found := rig.house.archive.find(Wanted())) < count:
            await asyncio.sleep(0.01)
    return found


async def send(rig: Rig, code: str = "1+1", **more: Any) -> Key:
    event = await rig.well("server.send", SERVER, kind="pyspark", code=code, **more)
    assert event.focus is not None
    return event.focus


async def archived(rig: Rig, key: Key) -> None:
    async with asyncio.timeout(20):
        await rig.engine.until(key, lambda t: t is not None and t.payload.archived == "kept")


async def test_a_result_is_kept_with_all_that_is_known_of_it() -> None:
    async with Rig() as rig:
        key = await send(rig, "1+1", name="two")
        await archived(rig, key)
        (record,) = await kept(rig)
        session = rig.livy.here[0]
        assert (record.name, record.state, record.language, record.alias) == ("two", "done", "pyspark", "lal")
        assert (record.session, record.ident, record.session_name) == (0, 0, session.name)
        assert (record.url, record.livy, record.site) == ("http://127.0.0.1:1", "0.9", rig.house.workspace.short)
        assert record.completed is not None
        assert rig.house.archive.code(record) == "1+1"
        assert rig.house.archive.output(record) == {"status": "ok", "execution_count": 0, "data": {"text/plain": "2"}}
        ended = [row for row in await rig.rows() if row.act == record.task_key][-1]
        assert ended.state is State.DONE


async def test_it_says_which_spark_ran_it() -> None:
    livy = SmallLivy(SteppingClock())
    livy.holding = True
    async with Rig(livy) as rig:
        key = await send(rig, "spark.range(9).count()")
        running = await rig.thing(key, "running")
        task = running.payload.model_copy(update={"progress": Progress(jobs=1, spark="3.5.6")})
        assert key.parent is not None
        rig.engine.follow(key.parent, task)
        livy.finish(0, 0)
        await archived(rig, key)
        (record,) = await kept(rig)
        assert record.spark == "3.5.6"


async def test_it_outlives_the_session_the_server_and_the_program() -> None:
    async with Rig() as rig:
        await archived(rig, await send(rig))
        rig.livy.restart()
    async with Rig(rig.livy) as again:
        (record,) = await kept(again)
        output = again.house.archive.output(record)
        assert output is not None
        assert output["data"] == {"text/plain": "2"}


async def test_what_failed_or_was_refused_is_history_too() -> None:
    async with Rig() as rig:
        rig.livy.answers = [{"status": "error", "ename": "ZeroDivisionError", "evalue": "division by zero"}]
        await send(rig, "1/0")
        rig.livy.faults = ["refused"]
        await rig.ill("server.send", SERVER, kind="pyspark", code="never ran")
        found = await kept(rig, 2)
        assert {(r.state, rig.house.archive.code(r)) for r in found} == {("failed", "1/0"), ("refused", "never ran")}


async def test_what_others_sent_is_never_kept_though_it_was_looked_at_and_has_ended() -> None:
    ulid = "01KB000000000000000000000"
    async with Rig() as rig:
        session = await rig.foreign()
        for code in ("their code", mark("their marked code", "pyspark", Marker("ffffffff", f"{ulid}1")).code):
            rig.livy.accept(session.id, code)
        # As another AstroLabNet names them.
        rig.livy.livy.start_batch(f"aln-ffffffff-{ulid}2".lower())["state"] = "success"
        await rig.well("session.attach", session)
        batch = SERVER.child("batches", 0, session.epoch)
        async with asyncio.timeout(20):
            await rig.engine.until(batch, lambda t: t is not None and t.state == "success")
        theirs = [*rig.engine.store.children(session), rig.engine.store.things[batch]]
        assert [(t.state, t.mine) for t in theirs] == [("done", False), ("done", False), ("success", False)]
        await archived(rig, await send(rig))
        assert session.id not in [r.session for r in await kept(rig)]
        assert rig.house.archive.count() == 1


async def test_a_result_that_could_not_be_kept_is_looked_for_at_the_next_start(
    monkeypatch: pytest.MonkeyPatch, expect_log: Callable[[str], None]
) -> None:
    expect_log("not kept: .*No space left")  # the result, and where the disk is full just then, the epochs
    async with Rig() as rig:
        real = os.fsync

        def full(_handle: int) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(files.os, "fsync", full)
        key = await send(rig)
        await rig.thing(key, "done")
        async with asyncio.timeout(20):
            while not rig.house.archive.problem:
                await asyncio.sleep(0.01)
        assert any("No space left" in problem for problem in rig.house.problems)
        monkeypatch.setattr(files.os, "fsync", real)
    async with Rig(rig.livy) as again:
        await again.well("task.reconcile", None)
        (record,) = await kept(again)
        assert record.state == "done"
        assert [row.state for row in await again.rows() if row.act == record.task_key].count(State.DONE) == 1


async def test_a_program_that_ends_while_a_log_is_read_keeps_the_lines_it_has(monkeypatch: pytest.MonkeyPatch) -> None:
    async with Rig() as rig:
        reading = asyncio.Event()

        async def never(*_: object) -> None:
            reading.set()
            await asyncio.Event().wait()

        monkeypatch.setattr(rig.livy, "batch_log", never)
        made = await rig.well("batch.new", file="hdfs:///sky.py", name="nightly")
        assert made.focus is not None
        (batch,) = rig.livy.livy.batches.values()
        batch.update(state="success", log=["the last line"])
        rig.engine.poll_now(made.focus.server)
        await asyncio.wait_for(reading.wait(), 20)
        for task in asyncio.all_tasks():
            if task.get_name() == "log of a batch":
                task.cancel()
        (record,) = await kept(rig)
        output = rig.house.archive.output(record)
        assert output is not None
        assert output["data"] == {"text/plain": "the last line"}


async def test_a_batch_is_kept_with_its_log_before_the_server_forgets_it() -> None:
    async with Rig() as rig:
        said = "23/11/26 18:00:00 INFO SparkContext: Running Spark version 3.4.1\nbatch line"
        rig.livy.log_of_batches = tuple(said.splitlines())
        made = await rig.well("batch.new", file="hdfs:///sky.py", name="nightly")
        assert made.focus is not None
        (batch,) = rig.livy.livy.batches.values()
        batch["state"] = "success"
        rig.engine.poll_now(made.focus.server)
        (record,) = await kept(rig)
        assert (record.name, record.state, record.run, record.ident) == ("nightly", "done", "batch", made.focus.id)
        output = rig.house.archive.output(record)
        assert output is not None
        assert output["data"] == {"text/plain": said}
        assert record.spark == "3.4.1"
        assert record.place == f"lal › batch {record.ident}"
        assert record.thing().payload.language == ""
