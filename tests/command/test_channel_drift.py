"""A copy that drifted is seen on its wire and only what differs is brought again; roads need two servers."""

from __future__ import annotations

from typing import Any

import pytest

from astrolabnet_gui.channels.spec import Spec
from astrolabnet_gui.command.channel_carry import arriving, carried
from astrolabnet_gui.errors import BadInput
from astrolabnet_gui.model.key import Key
from tests.channels.folders import FolderLivy
from tests.tasks.livy import SteppingClock

from .rig import SERVER, Rig


async def _ended(rig: Rig, livy: FolderLivy, **more: Any) -> Key:
    made = await rig.well("channel.new", SERVER, title="Night", format="json", place="/drop", **more)
    assert made.focus is not None
    livy.end(made.result["channel"])
    rig.engine.poll_now(SERVER.server)
    await rig.thing(made.focus, "done")
    return made.focus


async def test_what_differs_stands_on_the_wire_until_it_is_mended() -> None:
    livy = FolderLivy(SteppingClock())
    async with Rig(livy) as rig:
        channel = await _ended(rig, livy, mode="incremental")
        assert (await rig.well("channel.prove", channel)).text == "All 3 parts are what they were."
        livy.drift |= {"drift": [["1", "is gone"], ["2", "has 9 rows, not 10"]], "count": 2}
        told = await rig.well("channel.prove", channel)
        assert told.text == "2 of 3 parts: 1 is gone; 2 has 9 rows, not 10."
        thing = await rig.thing(channel, "differs")
        assert thing.problem == told.text
        assert livy.running() == set(), "a look changes nothing"
        await rig.well("channel.mend", channel)
        assert livy.mends == [False, False, True]
        assert [one["mend"] for one in livy.told] == [[], ["1", "2"]]
        await rig.thing(channel, "flowing")
        assert "pause it first" in str(await rig.ill("channel.mend", channel))


async def test_of_a_mirror_the_files_are_named_and_it_runs_as_ever() -> None:
    livy = FolderLivy(SteppingClock())
    async with Rig(livy) as rig:
        channel = await _ended(rig, livy, mode="mirror")
        livy.drift |= {"drift": [["a/1.fits", "is not what was copied"]], "count": 1}
        told = await rig.well("channel.mend", channel)
        assert told.text == "1 of 3 files: a/1.fits is not what was copied. Bringing that once more."
        assert [one["mend"] for one in livy.told] == [[], []]


async def test_without_a_proof_nothing_is_said_to_be_equal() -> None:
    livy = FolderLivy(SteppingClock())
    async with Rig(livy) as rig:
        channel = await _ended(rig, livy, mode="incremental")
        livy.drift = {"proof": False, "drift": [], "count": 0, "total": 0, "more": 0}
        assert "no proof yet" in str(await rig.ill("channel.prove", channel))


async def test_a_copy_that_is_equal_is_not_run_again() -> None:
    livy = FolderLivy(SteppingClock())
    async with Rig(livy) as rig:
        channel = await _ended(rig, livy, mode="snapshot")
        await rig.well("channel.mend", channel)
        assert len(livy.told) == 1


async def test_a_road_is_chosen_between_two_servers_only() -> None:
    livy = FolderLivy(SteppingClock())
    async with Rig(livy) as rig:
        channel = await _ended(rig, livy, mode="snapshot")
        assert "one way only" in str(await rig.ill("channel.route", channel, route="relay"))
        problem = await rig.ill(
            "channel.new", SERVER, title="x", format="json", place="/a", mode="snapshot", route="relay"
        )
        assert problem.field == "route"
        problem = await rig.ill("channel.new", SERVER, title="x", format="table", place="a.b", mode="reference")
        assert problem.field == "mode"
        assert len(livy.folders) == 1


def test_what_is_carried_arrives_beside_what_is_written() -> None:
    spec = Spec(id="n-1", title="N", mode="snapshot", format="json", place="/a", to="")
    away = carried(spec)
    assert (away.route, away.held, away.place) == ("relay", "/a", "")
    there = arriving(away.model_copy(update={"to": "/b/night/"}))
    assert there.place == "/b/night-carried"
    assert carried(there).held == "/a", "twice is once"
    assert arriving(spec.model_copy(update={"to": "/b"})).place == "/a"
    for change in ({"mode": "stream"}, {"format": "kafka", "place": ""}, {"format": "table"}, {"place": ""}):
        with pytest.raises(BadInput):
            carried(spec.model_copy(update=change))
