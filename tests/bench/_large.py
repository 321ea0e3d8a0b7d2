"""Large results: what many of them take of the memory of a program that has seen them all."""

from __future__ import annotations

import asyncio
import gc
from dataclasses import dataclass

import psutil

from astrolabnet_gui.model.livy import Id, Statement
from astrolabnet_gui.network.link import DeltaEvent, RunEvent
from astrolabnet_gui.tasks.archive_index import Wanted
from tests.command.rig import SERVER, Rig
from tests.tasks.livy import SmallLivy, SteppingClock


@dataclass(frozen=True)
class Large:
    """Results of so many MB each, and by how many MiB the process has grown after the last and at most."""

    results: int
    each_mb: float
    kept_mb: float
    grown_mb: float
    peak_mb: float


class Wide(SmallLivy):
    """Each statement gives so many bytes, made anew whenever it is asked for."""

    size = 0

    async def statement(self, id: Id, n: Id) -> Statement:
        output = {"status": "ok", "data": {"text/plain": f"{n:07} " * (self.size // 8)}}
        return (await super().statement(id, n)).model_copy(update={"state": "available", "output": output})


async def large_ones(count: int, size: int) -> Large:
    """So many results, each seen by a store, its events, the archive and a listener that keeps what it hears."""
    livy = Wide(SteppingClock())
    livy.holding, livy.size = True, size
    heard: list[object] = []
    process, rss = psutil.Process(), []
    async with Rig(livy) as rig:
        rig.engine.subscribe(lambda event: heard.append(event) if isinstance(event, DeltaEvent | RunEvent) else None)
        for n in range(-1, count):
            event = await rig.well("server.send", SERVER, kind="pyspark", code=f"n = {n}")
            assert event.focus is not None
            async with asyncio.timeout(60):
                await rig.engine.until(event.focus, lambda t: t is not None and t.payload.archived == "kept")
            gc.collect()
            rss.append(process.memory_info().rss / 2**20)
        records = rig.house.archive.find(Wanted(limit=1000))
    kept = sum(record.size_bytes for record in records) / 1e6
    assert len(records) == count + 1
    assert kept > (count + 1) * size / 1e6
    return Large(count, size / 1e6, round(kept, 1), round(rss[-1] - rss[0], 1), round(max(rss) - rss[0], 1))
