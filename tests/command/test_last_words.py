"""How a channel ended, where the list of batches does not show it: its log and its folder are asked, and only once."""

from __future__ import annotations

import json
from typing import Any

import pytest

from astrolabnet_gui.channels.spec import Spec, batch_name
from astrolabnet_gui.channels.status import of_checkpoint
from astrolabnet_gui.model.key import Key
from tests.channels.folders import FolderLivy
from tests.tasks.livy import SteppingClock

from .rig import SERVER, Rig

NOISE = [f"26/11/27 INFO ShutdownHookManager: {n}" for n in range(10)]


async def flowing(rig: Rig) -> tuple[Key, str]:
    made = await rig.well("channel.new", SERVER, title="Night", format="json", place="/drop")
    assert made.focus is not None
    await rig.thing(made.focus, "flowing")
    return made.focus, str(made.result["channel"])


def ends(livy: FolderLivy, ident: str, state: str | None, **more: Any) -> dict[str, Any]:
    """Its run ends; what it said last stands in its folder, not in the lines that the list shows."""
    here = livy.folders[ident]
    assert here.status is not None
    if state is not None:
        here.status = {**here.status, "state": state, "time": here.status["time"] + 1e-5, **more}
    [body] = [b for b in livy.livy.batches.values() if b["name"] == batch_name(ident)]
    body.update(state="dead", log=NOISE)
    return here.status


@pytest.mark.parametrize(
    ("state", "shown"),
    [("GAP", "data missing"), ("FAILED", "failed"), ("DONE", "done"), ("PAUSED", "paused"), (None, "lost")],
)
async def test_a_batch_that_vanished_between_two_polls_is_told_by_its_folder(state: str | None, shown: str) -> None:
    livy = FolderLivy(SteppingClock())
    async with Rig(livy) as rig:
        channel, ident = await flowing(rig)
        ends(livy, ident, state, error="offsets expired")
        livy.livy.batches.clear()
        rig.engine.poll_now(SERVER.server)
        thing = await rig.thing(channel, shown)
        assert thing.problem == ("offsets expired" if state in ("GAP", "FAILED") else thing.problem)
        looked = livy.acts.count("look")
        rig.engine.poll_now(SERVER.server)
        await rig.well("channel.find")
        assert livy.acts.count("look") == looked == 1, "asked once"


async def test_its_log_is_read_further_back_than_the_list_shows_and_nothing_is_opened_for_it() -> None:
    livy = FolderLivy(SteppingClock())
    async with Rig(livy) as rig:
        channel, ident = await flowing(rig)
        said = ends(livy, ident, "FAILED", error="no space left")
        livy.log_of_batches = ("first", "ALN-STATUS " + json.dumps(said), *NOISE)
        rig.engine.poll_now(SERVER.server)
        thing = await rig.thing(channel, "failed")
        assert thing.problem == "no space left"
        assert "look" not in livy.acts


async def test_until_its_folder_has_answered_it_is_not_said_to_be_lost() -> None:
    livy = FolderLivy(SteppingClock())
    async with Rig(livy) as rig:
        channel, ident = await flowing(rig)
        seen: list[str] = []
        rig.engine.store.subscribe(lambda delta: seen.extend(
            t.state for t in (*delta.added, *delta.changed) if t.key == channel))  # fmt: skip
        ends(livy, ident, "GAP", error="x")
        rig.engine.poll_now(SERVER.server)
        await rig.thing(channel, "data missing")
        assert set(seen) <= {"flowing", "data missing"}
        # what was once unheard does not stop it from starting, and a later end is asked for anew
        await rig.well("channel.start", channel)
        await rig.thing(channel, "flowing")
        ends(livy, ident, "FAILED", error="y")
        rig.engine.poll_now(SERVER.server)
        assert (await rig.thing(channel, "failed")).problem == "y"


async def test_a_folder_that_says_nothing_tells_by_its_checkpoint_how_far_it_is() -> None:
    spec = Spec(id="night-1f", title="Night", mode="stream", format="json")
    found = of_checkpoint(spec, {"whole": 7, "time": 1.7e9})
    assert found is not None
    assert (found.state, found.batch, found.at.year) == ("LOST", 7, 2023)
    assert "8 batches are whole" in found.error
    for odd in ({}, {"whole": None, "time": 1}, {"whole": "x", "time": 1}):
        assert of_checkpoint(spec, odd) is None
