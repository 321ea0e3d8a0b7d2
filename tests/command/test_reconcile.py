"""At the start of the program: creations whose reply was lost are found by their name, and never made twice."""

from __future__ import annotations

import asyncio

import pytest

from astrolabnet_gui.journal.row import OPEN, State
from tests.tasks.livy import SmallLivy, SteppingClock

from .rig import SERVER, Rig


@pytest.mark.parametrize(
    ("command", "params", "kind"),
    [("session.new", {"kind": "pyspark"}, "sessions"), ("batch.new", {"file": "hdfs:///x.py"}, "batches")],
)
@pytest.mark.parametrize("arrived", [True, False])
async def test_a_creation_without_a_reply_is_looked_for_after_a_restart(
    command: str, params: dict[str, str], kind: str, arrived: bool
) -> None:
    livy = SmallLivy(SteppingClock())
    async with Rig(livy) as rig:
        livy.faults = ["hang"]
        rig.engine.submit(command, SERVER, params)
        while livy.posts < 1 or not livy.livy.ran:
            await asyncio.sleep(0.01)
    if not arrived:
        livy.livy.sessions.clear()
        livy.livy.batches.clear()
    async with Rig(livy) as rig:
        done = await rig.well("task.reconcile", None)
        found = [t for t in rig.engine.store.children(SERVER) if t.key.kind == kind]
        (row,) = [
            r for r in await asyncio.wrap_future(rig.house.journal.last(frozenset(State))) if "name" in r.evidence
        ]
        assert await asyncio.wrap_future(rig.house.journal.last(OPEN)) == ()
        if arrived:
            assert done.text == "1 found again, 0 lost or unknown, 0 left open."
            assert (row.state, row.evidence["id"]) == (State.ACK, 0)
            assert [t.mine for t in found] == [True]
        else:
            assert done.text == "0 found again, 1 lost or unknown, 0 left open."
            assert (row.state, found) == (State.UNKNOWN, [])
        assert livy.posts == 1, "it is never made a second time"


async def test_a_creation_that_the_server_was_still_busy_with_is_found() -> None:
    livy = SmallLivy(SteppingClock())
    async with Rig(livy) as rig:
        livy.faults = ["hang"]
        rig.engine.submit("session.new", SERVER, {"kind": "pyspark"})
        while not livy.livy.ran:
            await asyncio.sleep(0.01)
    slow = livy.livy.sessions.pop(0)
    livy.clock.after(60, lambda: livy.livy.sessions.update({0: slow}))
    async with Rig(livy) as rig:
        done = await rig.well("task.reconcile", None)
        assert done.text == "1 found again, 0 lost or unknown, 0 left open."
        assert livy.clock.time >= 60
