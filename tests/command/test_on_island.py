"""The commands on a real island: four languages, progress, cancel, an error, the sample sky, a lost process."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest

from astrolabnet_gui.command.engine import make_engine
from astrolabnet_gui.command.house import House
from astrolabnet_gui.model.key import Key
from astrolabnet_gui.network.link import DeltaEvent, Event, RunEvent, RunState

ENDED = (RunState.DONE, RunState.FAILED, RunState.CANCELLED)
PATIENCE_S = 300


class Live:
    """A house and an engine over real servers."""

    def __init__(self) -> None:
        self.house = House()
        self.engine = make_engine(self.house)
        self.events: asyncio.Queue[RunEvent] = asyncio.Queue()
        self.progress: dict[Key, set[float]] = {}
        self.questions: list[str] = []

    async def __aenter__(self) -> Live:
        self.engine.subscribe(self._hear)
        self._main = asyncio.create_task(self.engine.main())
        return self

    async def __aexit__(self, *_exc: object) -> None:
        await self.do("island.stop", None, {})
        await self.house.browsing.aclose()
        self.engine.stop()
        await self._main
        await self.house.sender.aclose()
        self.house.close()

    def _hear(self, event: Event) -> None:
        if isinstance(event, RunEvent):
            self.events.put_nowait(event)
        elif isinstance(event, DeltaEvent):
            for delta in event.deltas:
                for thing in (*delta.added, *delta.changed):
                    if thing.progress is not None:
                        self.progress.setdefault(thing.key, set()).add(thing.progress)

    async def do(self, command: str, key: Key | None, params: Mapping[str, Any]) -> RunEvent:
        run = self.engine.submit(command, key, params)
        async with asyncio.timeout(PATIENCE_S):
            while True:
                event = await self.events.get()
                if event.run == run and event.question is not None:
                    self.questions.append(event.question.text)
                    self.engine.answer(run, event.question.id, "yes")
                if event.run == run and event.state in ENDED:
                    return event

    async def well(self, command: str, key: Key | None, **params: Any) -> RunEvent:
        event = await self.do(command, key, params)
        assert event.state is RunState.DONE, event.problem
        return event


@pytest.mark.island
@pytest.mark.timeout(900)
async def test_everything_that_is_shipped_runs_on_a_real_island() -> None:
    async with Live() as live:
        island = (await live.well("island.start", None)).focus
        assert island is not None
        await live.engine.until(island, lambda t: t is not None and t.state == "up")

        async def run(kind: str, **params: Any) -> tuple[RunEvent, str]:
            event = await live.well("server.send", island, kind=kind, wait=True, **params)
            assert event.result["state"] == "done", event.result
            return event, str(event.result["output"]["data"])

        for kind, two in (("pyspark", "'2'"), ("spark", "Int = 2"), ("sql", "[[2]]"), ("sparkr", "[1] 2")):
            assert two in (await run(kind, action="one-plus-one"))[1]
        for kind in ("pyspark", "spark", "sql", "sparkr"):
            # enough darts that a quick machine still needs some polls for them
            event, said = await run(kind, action="pi", values={"darts": 60_000_000, "slices": 60})
            assert "3.14" in said, kind
            assert event.focus is not None
            between = [p for p in live.progress.get(event.focus, ()) if 0 < p < 1]
            assert between, f"progress is seen while {kind} runs"
        nasty = "sample_sky.alerts'; DROP TABLE x -- ${env:HOME} \\u0022 \" \n é"
        failed = await live.well("server.send", island, action="table-summary", values={"table": nasty}, wait=True)
        assert failed.result["state"] == "failed"
        assert "ParseException" in str(failed.result["output"])
        await live.well("sky.load", island)
        summary = await live.well("sky.load", island)
        rows = summary.result["output"]["data"]["application/json"]["data"]
        assert sum(row[1] for row in rows) == 5000
        assert "sample_sky.alerts: 5,000 rows, 17 columns" in (await run("pyspark", action="table-summary"))[1]
        for kind in ("pyspark", "sql"):
            (await run(kind, action="alert-statistics", values={"score": 0.9}))[1].index("variable star")
        endless = await live.well("server.send", island, kind="pyspark", code="while True: pass")
        assert endless.focus is not None
        await live.engine.until(endless.focus, lambda t: t is not None and t.state == "running")
        await live.well("task.cancel", endless.focus)
        await live.engine.until(endless.focus, lambda t: t is not None and t.state == "cancelled")
        wrong = await live.well("server.send", island, kind="pyspark", code="a = 1\nb = a / 0", wait=True)
        assert wrong.result["state"] == "failed"
        assert "ZeroDivisionError" in wrong.result["problem"]
