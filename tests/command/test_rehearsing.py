"""A source is rehearsed before it is live: a no starts nothing, a yes starts what was counted."""

from __future__ import annotations

from typing import Any

import pytest

from astrolabnet_gui.model.key import Key
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
        words = "1,200 rows of 9.0 MB would arrive, from 4.2 MB in 3 files, 2 can not be read."
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


async def test_a_database_is_taken_whole_and_its_password_stays_at_the_server() -> None:
    livy = FolderLivy(SteppingClock())
    async with Rig(livy) as rig:
        await rig.well(
            "source.add", None, name="archive", kind="jdbc", place="jdbc:postgresql://db/sky", table="stars", user="me"
        )
        problem = await rig.ill("channel.subscribe", source="archive")
        assert (problem.field, "does not tell what is new" in problem.what) == ("mode", True)
        await rig.well("channel.subscribe", source="archive", mode="snapshot", password="file:/home/me/.db")
        [made] = livy.folders.values()
        assert made.spec["options"] == {"url": "jdbc:postgresql://db/sky", "dbtable": "stars", "user": "me"}
        assert (made.spec["secrets"], made.spec["format"]) == ({"password": "file:/home/me/.db"}, "jdbc")


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
        assert shown() == (1200, 9_000_000)
        await rig.well("channel.start", channel)
        assert shown() is None


async def test_a_drawn_channel_runs_nothing_until_it_is_started() -> None:
    livy = FolderLivy(SteppingClock())
    async with Rig(livy) as rig:
        made = await rig.well("channel.new", SERVER, title="Night", format="json", place="/drop", begin=False)
        channel = made.focus
        assert channel is not None
        await rig.thing(channel, "drawn")
        assert (livy.running(), list(livy.folders)) == (set(), [made.result["channel"]])
        assert made.text == "Night is drawn; nothing runs yet."
        assert "drawn" in str(await rig.ill("channel.pause", channel))
        await rig.well("channel.start", channel)
        await rig.thing(channel, "flowing")
        assert livy.running() == {made.result["channel"]}


async def test_nothing_is_replayed_where_nothing_is_drawn() -> None:
    livy = FolderLivy(SteppingClock())
    async with Rig(livy) as rig:
        problem = await rig.ill("channel.replay")
        assert "Start it at once off" in str(problem)
        made = await rig.well("channel.new", SERVER, title="Night", format="json", place="/drop")
        assert made.focus is not None
        await rig.thing(made.focus, "flowing")
        await rig.ill("channel.replay")
        assert livy.rehearsed == []


@pytest.mark.parametrize("answer", ["no", "yes"])
async def test_a_night_is_played_through_all_drawn_wires_and_one_yes_makes_them_live(answer: str) -> None:
    livy = FolderLivy(SteppingClock())
    livy.parts = {"first_s": 1000.0, "part_s": 3600.0, "rows": [0, 1000, 200], "bytes": [0, 8_000_000, 1_000_000]}
    async with Rig(livy) as rig:
        await rig.well("source.add", None, name="sky", preset="sample-sky")
        drawn = [
            (await rig.well("channel.subscribe", SERVER, source="sky", title=title, where=where, begin=False)).focus
            for title, where in (("bright", "magpsf < 17"), ("all", ""))
        ]
        source = Key("").child("sources", "sky")
        shown: list[Any] = []

        plays = rig.house.flowing.plays

        def seen(engine: Any, speed: float, played: Any) -> None:
            plays(engine, speed, played)
            things = [engine.store.get(channel) for channel in drawn]
            shown.extend(thing.payload for thing in things if thing.state == "rehearsing")

        rig.house.flowing.plays = seen  # type: ignore[method-assign]
        event = await rig.do("channel.replay", source, {"archive": "/nights/1", "speed": 3600}, answer=answer)
        assert event.state is RunState.DONE, event.problem
        assert [spec["place"] for spec in livy.rehearsed] == ["/nights/1", "/nights/1"]
        assert [spec["where"] for spec in livy.rehearsed] == ["magpsf < 17", ""]
        assert {one.speed for one in shown} == {3600.0}
        assert {one.rows for one in shown} >= {0, 500, 1000, 1100}
        assert max(one.rows_s for one in shown) == pytest.approx(1000.0), "a thousand an hour, 3 600 times faster"
        [first, second] = event.result["wires"]
        assert (first["rows"], first["bytes"], second["title"], first["night_s"]) == (1200, 9_000_000, "all", 10_800)
        assert len([text for text in rig.questions if "Make all of them live?" in text]) == 1
        assert "At most 0.278 a second came." in rig.questions[-1]
        assert livy.running() == (set(livy.folders) if answer == "yes" else set())
        for channel in drawn:
            assert channel is not None
            thing = await rig.thing(channel, "flowing" if answer == "yes" else "drawn")
            payload: Any = thing.payload
            assert payload.speed == 0
            assert payload.rehearsed == (None if answer == "yes" else (1200, 9_000_000))


async def test_a_replay_that_is_cancelled_leaves_no_wire_playing() -> None:
    livy = FolderLivy(SteppingClock())
    livy.parts = {"first_s": 0.0, "part_s": 1e9, "rows": [10], "bytes": [10]}
    async with Rig(livy) as rig:
        made = await rig.well("channel.new", SERVER, title="Night", format="json", place="/drop", begin=False)
        assert made.focus is not None
        run = rig.engine.submit("channel.replay", made.focus, {"speed": 1})
        await rig.thing(made.focus, "rehearsing")
        rig.engine.cancel(run)
        await rig.thing(made.focus, "drawn")
