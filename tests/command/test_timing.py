"""Channels that start by themselves: at their moment, once over two windows, and never with a question."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from astrolabnet_gui.command import timing
from astrolabnet_gui.model.key import Key
from astrolabnet_gui.network.link import RunState
from astrolabnet_gui.settings.paths import paths
from tests.channels.folders import FolderLivy
from tests.tasks.livy import SteppingClock

from .rig import SERVER, Rig

NIGHT: dict[str, Any] = {"title": "Night", "mode": "snapshot", "format": "json", "place": "/drop"}


@pytest.fixture(autouse=True)
def _one_look(monkeypatch: pytest.MonkeyPatch) -> None:
    """A minute is two looks, not thirteen."""
    monkeypatch.setattr(timing, "TICK_S", 60.0)


class Day:
    """The time of day, which moves by hand."""

    def __init__(self, *rigs: Rig) -> None:
        self.now = datetime(2026, 11, 26, 12, 7, tzinfo=UTC)
        for rig in rigs:
            rig.house.now = lambda: self.now  # type: ignore[method-assign]

    def on(self, **span: float) -> None:
        self.now += timedelta(**span)


async def served(rig: Rig) -> list[str]:
    """What is started by a window that is on for a minute."""
    done = await rig.well("channel.serve", None, for_min=1)
    started: list[str] = done.result["started"]
    return started


async def ended(rig: Rig, livy: FolderLivy) -> Key:
    """A snapshot that has run once."""
    made = await rig.well("channel.new", SERVER, **NIGHT)
    assert made.focus is not None
    await rig.thing(made.focus, "flowing")
    livy.end(made.result["channel"])
    rig.engine.poll_now(SERVER.server)
    await rig.thing(made.focus, "done")
    return made.focus


async def test_a_schedule_starts_its_channel_at_its_moment_and_says_when() -> None:
    livy = FolderLivy(SteppingClock())
    async with Rig(livy) as rig:
        day, channel = Day(rig), await ended(rig, livy)
        said = await rig.well("channel.schedule", channel, every_min=15)
        assert said.text == "Night starts every 15 min, while an AstroLabNet is on."
        assert rig.engine.store.get(channel).payload.times == "every 15 min, while an AstroLabNet is on"  # type: ignore[union-attr]
        assert (await rig.well("channel.times", None)).result["times"][0]["channel"] == str(channel.id)
        assert await served(rig) == []
        day.on(minutes=9)
        assert await served(rig) == [f"{channel.id}: Night is starting."]
        assert livy.running() == {str(channel.id)}
        assert await served(rig) == [], "once for each moment"
        day.on(minutes=15)
        [again] = await served(rig)
        assert "is flowing" in again, "it runs already"
        back = said.result["undo"]
        await rig.well(back["command"], channel, **back["params"])
        day.on(hours=5)
        assert await served(rig) == []
        assert rig.engine.store.get(channel).payload.times == ""  # type: ignore[union-attr]


async def test_a_run_that_has_said_its_last_word_is_let_end() -> None:
    """Its state is told by its word, its Java takes a second more: the next start waits for that."""
    livy = FolderLivy(SteppingClock())
    async with Rig(livy) as rig:
        day, channel = Day(rig), await ended(rig, livy)
        await rig.well("channel.schedule", channel, every_min=15)
        for looks in (3, 1000):
            day.on(minutes=15)
            [said] = await served(rig)
            assert said == f"{channel.id}: Night is starting."
            await rig.thing(channel, "flowing")
            livy.end(str(channel.id), looks)
            rig.engine.poll_now(SERVER.server)
            await rig.thing(channel, "done")
        day.on(minutes=15)
        [said] = await served(rig)
        assert "Night runs already" in said, "not for ever"


async def test_two_windows_start_it_once(tmp_home: Path) -> None:
    """Two engines over one home and one server, each with a house of its own, as two programs have."""
    livy = FolderLivy(SteppingClock())
    async with Rig(livy, where=paths()) as one:
        channel = await ended(one, livy)
        async with Rig(livy, where=paths()) as two:
            day = Day(one, two)
            await one.well("channel.schedule", channel, every_min=1)
            # In turns: that of claims at one instant one wins is shown with processes (tests/journal); two connections
            # of one process to one file, which only a test has, can hold each other up until SQLite gives up.
            for first, second in ((one, two), (two, one), (one, two)):
                day.on(minutes=1)
                livy.acts.clear()
                assert (len(await served(first)), len(await served(second))) == (1, 0)
                assert livy.acts.count("stage") == 1
                livy.end(str(channel.id))
                for rig in (one, two):
                    rig.engine.poll_now(SERVER.server)
                    await rig.well("channel.find", SERVER)
                    await rig.thing(channel, "done")


async def test_new_tables_that_fit_get_a_channel_and_old_ones_do_not() -> None:
    livy = FolderLivy(SteppingClock())
    async with Rig(livy) as rig:
        day = Day(rig)
        livy.tables = ["alerts_1", "other"]
        made = await rig.well("channel.watch", SERVER, fits="night.alerts_*", every_min=1)
        assert made.result["known"] == 2
        livy.tables += ["alerts_2", "stars", "alerts_3"]
        assert await served(rig) == []
        day.on(minutes=1)
        started = await served(rig)
        assert [line.partition(":")[0] for line in started] == ["night.alerts_2", "night.alerts_3"]
        places = sorted(one.spec["place"] for one in livy.folders.values())
        assert places == ["night.alerts_2", "night.alerts_3"]
        day.on(minutes=1)
        assert await served(rig) == []
        back = made.result["undo"]
        await rig.well(back["command"], SERVER, **back["params"])
        livy.tables += ["alerts_4"]
        day.on(minutes=1)
        assert await served(rig) == []
        assert len(livy.folders) == 2, "what was made goes on"


async def test_what_would_ask_is_not_started() -> None:
    livy = FolderLivy(SteppingClock())
    async with Rig(livy) as rig:
        day, channel = Day(rig), await ended(rig, livy)
        await rig.well("channel.schedule", channel, at="12:10")
        for n in range(5):
            await rig.well("channel.new", SERVER, **(NIGHT | {"title": f"n{n}", "mode": "stream"}))
        asked = len(rig.questions)
        day.on(minutes=5)
        [said] = await served(rig)
        assert "it was not started" in said
        assert len(rig.questions) == asked, "nobody was asked"
        assert str(channel.id) not in livy.running()


@pytest.mark.parametrize(
    ("verb", "params", "field"),
    [
        ("schedule", {"at": "3 o'clock"}, "at"), ("schedule", {"at": "25:00"}, "at"),
        ("schedule", {"at": "03:00", "every_min": 5}, "at"), ("schedule", {"every_min": -1}, "every_min"),
        ("watch", {"fits": "alerts_*"}, "fits"), ("watch", {"fits": "*.alerts"}, "fits"),
        ("watch", {"fits": "night.a", "target": "nowhere"}, "target"), ("unwatch", {"name": "nothing"}, "name"),
    ],
)  # fmt: skip
async def test_what_can_not_be_is_refused(verb: str, params: dict[str, Any], field: str) -> None:
    livy = FolderLivy(SteppingClock())
    async with Rig(livy) as rig:
        key = await ended(rig, livy) if verb == "schedule" else SERVER
        problem = await rig.ill(f"channel.{verb}", key, **params)
        assert problem.field == field
        assert (await rig.well("channel.times", None)).result["times"] == []


async def test_a_stream_has_no_times() -> None:
    livy = FolderLivy(SteppingClock())
    async with Rig(livy) as rig:
        made = await rig.well("channel.new", SERVER, **(NIGHT | {"mode": "stream"}))
        refused = await rig.do("channel.schedule", made.focus, {"at": "03:00"})
        assert refused.state is RunState.FAILED
        assert "flows for ever" in str(refused.problem)
