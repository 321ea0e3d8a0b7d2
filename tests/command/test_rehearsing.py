"""A source is rehearsed before it is live: a no starts nothing, a yes starts what was counted."""

from __future__ import annotations

from typing import Any

import pytest

from astrolabnet_gui.network.link import RunState
from tests.channels.folders import FolderLivy
from tests.tasks.livy import SteppingClock

from .rig import SERVER, Rig

BRIGHT: dict[str, Any] = {"source": "sky", "where": "magpsf < 17", "table": "night.bright"}


@pytest.mark.parametrize("answer", ["no", "yes"])
async def test_a_source_is_tried_and_only_a_yes_makes_it_live(answer: str) -> None:
    livy = FolderLivy(SteppingClock())
    async with Rig(livy) as rig:
        await rig.well("source.add", None, name="sky", preset="sample-sky")
        event = await rig.do("channel.try", SERVER, BRIGHT, answer=answer)
        assert event.state is RunState.DONE, event.problem
        words = "1,200 rows would arrive, from 4.2 MB in 3 files, 2 can not be read."
        assert rig.questions == [f"{words} Make it live?"]
        [counted] = livy.rehearsed
        assert (event.result["rows"], event.result["live"]) == (1200, answer == "yes")
        if answer == "no":
            assert livy.folders == {}
            assert livy.acts == [], "not even its folder was asked for"
        else:
            [made] = livy.folders.values()
            same = ("format", "options", "where", "columns", "decode", "mode")
            assert {name: made.spec[name] for name in same} == {name: counted[name] for name in same}
            assert livy.running() == {event.result["channel"]}
            assert event.result["undo"]["command"] == "channel.delete"


async def test_an_archived_night_takes_the_place_of_the_source_and_rows_without_an_end_need_one() -> None:
    livy = FolderLivy(SteppingClock())
    async with Rig(livy) as rig:
        await rig.well("source.add", None, name="rows", preset="rate")
        assert "no end" in str(await rig.ill("channel.try", source="rows"))
        assert livy.rehearsed == []
        await rig.do("channel.try", SERVER, {"source": "rows", "archive": "/nights/1"}, answer="no")
        assert (livy.rehearsed[0]["format"], livy.rehearsed[0]["place"]) == ("json", "/nights/1")
        assert livy.rehearsed[0]["options"] == {}


async def test_a_rehearsed_channel_shows_the_counts_until_it_starts() -> None:
    livy = FolderLivy(SteppingClock())
    async with Rig(livy) as rig:
        made = await rig.well("channel.new", SERVER, title="Night", format="json", place="/drop")
        channel = made.focus
        assert channel is not None
        await rig.thing(channel, "flowing")
        await rig.well("channel.pause", channel)

        def shown() -> Any:
            thing = rig.engine.store.get(channel)
            assert thing is not None
            payload: Any = thing.payload
            return payload.rehearsed

        assert shown() is None
        await rig.well("channel.rehearse", channel)
        assert shown() == (1200, 4_200_000)
        await rig.well("channel.start", channel)
        assert shown() is None
