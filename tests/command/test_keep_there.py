"""Friday to Monday: a task leaves its result on the server itself; it is read when nothing else is left of it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from astrolabnet_gui.command.engine import make_engine
from astrolabnet_gui.command.house import House
from astrolabnet_gui.model.key import Key
from astrolabnet_gui.model.record import history_key
from astrolabnet_gui.network.link import Event, RunEvent, RunState
from astrolabnet_gui.tasks.archive_index import Wanted
from tests.island_fixture import RunningIsland, island  # noqa: F401

ENDED = (RunState.DONE, RunState.FAILED, RunState.CANCELLED)
CODES = {
    "pyspark": ("print('said π')\nspark.range(7).count() * 6", "said π\n42"),
    "spark": ('println("said π")\nspark.range(7).count() * 6', "said π\n42"),
    "sparkr": ('cat("said π\\n")\nsum(1:7) * 1.5', "said π\n[1] 42"),
}
WRONG = {
    "pyspark": ("a = 1\nb = a / 0", "ZeroDivisionError", "division by zero"),
    "spark": ("val a = 1\nval b = a / 0", "ArithmeticException", "/ by zero"),
    "sparkr": ("stop('no such star')", "Error", "no such star"),
}


class Site:
    """One copy of the program with a state folder of its own."""

    def __init__(self, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("ASTROLABNET_HOME", str(home))
        self.house = House()
        self.engine = make_engine(self.house)
        self.events: asyncio.Queue[RunEvent] = asyncio.Queue()

    async def __aenter__(self) -> Site:
        self.engine.subscribe(self._hear)
        self._main = asyncio.create_task(self.engine.main())
        return self

    async def __aexit__(self, *_exc: object) -> None:
        self.engine.stop()
        await self._main
        await self.house.sender.aclose()
        self.house.close()

    def _hear(self, event: Event) -> None:
        if isinstance(event, RunEvent):
            self.events.put_nowait(event)

    async def do(self, command: str, key: Key | None, params: Mapping[str, Any]) -> RunEvent:
        run = self.engine.submit(command, key, params)
        async with asyncio.timeout(300):
            while True:
                event = await self.events.get()
                if event.run == run and event.question is not None:
                    self.engine.answer(run, event.question.id, "yes")
                if event.run == run and event.state in ENDED:
                    return event

    async def well(self, command: str, key: Key | None, **params: Any) -> RunEvent:
        event = await self.do(command, key, params)
        assert event.state is RunState.DONE, event.problem
        return event

    async def join(self, there: RunningIsland, monkeypatch: pytest.MonkeyPatch) -> Key:
        monkeypatch.setenv("ISLAND_TOKEN", there.token)
        added = await self.well(
            "server.add", None, alias="lal", url=there.url, login="bearer", secret="env:ISLAND_TOKEN"
        )
        assert added.focus is not None
        await self.engine.until(added.focus, lambda t: t is not None and t.state == "up")
        return added.focus


@pytest.mark.island
@pytest.mark.timeout(600)
async def test_jobs_of_friday_are_read_on_monday_from_another_state_folder(
    island: RunningIsland,  # noqa: F811
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    keys: dict[str, str] = {}
    async with Site(tmp_path / "friday", monkeypatch) as friday:
        lal = await friday.join(island, monkeypatch)
        session = (await friday.well("session.new", lal, kind="shared")).focus
        assert session is not None
        for kind in CODES:
            for name, code in (("good", CODES[kind][0]), ("bad", WRONG[kind][0])):
                sent = await friday.well(
                    "session.send", session, kind=kind, code=code, name=f"{name} {kind}", keep=True, wait=True
                )
                assert sent.focus is not None
                thing = friday.engine.store.get(sent.focus)
                assert thing is not None
                keys[f"{name} {kind}"] = thing.payload.task_key
                if name == "good":
                    assert "42" in str(sent.result["output"]), sent.result
                    assert "said π" in str(sent.result["output"]), "the session shows it as without keeping"
                else:
                    assert thing.state == "failed", sent.result
                    assert WRONG[kind][2] in str(sent.result["output"])
    assert island.ask("DELETE", f"/sessions/{session.id}").status == 200
    results = island.state / "results"
    assert {f.name for f in results.glob("[!.]*.json")} == {f"{key}.json" for key in keys.values()}

    async with Site(tmp_path / "monday", monkeypatch) as monday:
        lal = await monday.join(island, monkeypatch)
        fetched = await monday.well("server.collect", lal)
        assert fetched.text == "6 results fetched."
        archive = monday.house.archive
        assert {r.name: r.task_key for r in archive.find(Wanted())} == keys
        for kind in CODES:
            good, bad = archive.get(keys[f"good {kind}"]), archive.get(keys[f"bad {kind}"])
            assert archive.code(good) == CODES[kind][0]
            output = archive.output(good)
            assert output is not None
            assert output["data"]["text/plain"].rstrip() == CODES[kind][1], kind
            assert (good.state, good.language, good.alias) == ("done", kind, "lal")
            assert good.completed is not None
            assert good.started is not None
            assert good.site == friday.house.workspace.short
            failure = archive.output(bad)
            assert failure is not None
            assert bad.state == "failed"
            assert failure["ename"] == WRONG[kind][1]
            assert WRONG[kind][2] in failure["evalue"]
        opened = await monday.well("task.result", history_key(keys["good pyspark"]))
        assert opened.result["output"]["data"]["text/plain"] == CODES["pyspark"][1]
        assert (await monday.well("server.collect", lal)).text == "Nothing new was left there."


@pytest.mark.island
@pytest.mark.timeout(300)
async def test_a_batch_leaves_its_result_though_its_program_has_ended_spark_itself(
    island: RunningIsland,  # noqa: F811
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    program = tmp_path / "sky.py"
    program.write_text(
        "import sys\nfrom pyspark.sql import SparkSession\nspark = SparkSession.builder.getOrCreate()\n"
        "print('sum', spark.sparkContext.parallelize(range(7)).map(lambda n: n * 2).sum(), sys.argv[1:])\n"
        "spark.stop()\nraise ValueError('after the end')\n"
    )
    async with Site(tmp_path / "friday", monkeypatch) as friday:
        lal = await friday.join(island, monkeypatch)
        await friday.engine.change_server(friday.engine.server(lal.server).model_copy(update={"origin": "island"}))
        started = (await friday.well("batch.new", lal, file=f"here:{program}", args=["a b"], name="night")).focus
        assert started is not None
        ended = await friday.engine.until(started, lambda t: t is not None and t.state in t.kind.terminal)
        assert ended is not None
        assert ended.state == "dead", "a failed program fails as by itself"
    assert island.ask("DELETE", f"/batches/{started.id}").status == 200
    async with Site(tmp_path / "monday", monkeypatch) as monday:
        lal = await monday.join(island, monkeypatch)
        folder = (island.state / "results").absolute().as_uri()
        await monday.well("server.edit", lal, results=folder)
        await monday.well("server.collect", lal)
        (record,) = [r for r in monday.house.archive.find(Wanted()) if r.name == "night"]
        output = monday.house.archive.output(record)
        assert output is not None
        assert (record.state, record.problem) == ("failed", "ValueError: after the end")
        assert output["data"]["text/plain"] == "sum 42 ['a b']"
        assert record.spark.startswith("3.5")
