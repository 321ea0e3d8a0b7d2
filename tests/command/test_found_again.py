"""Channels live at their servers: another window finds them by the names of their batches, the same one remembers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from astrolabnet_gui.command.flow_seen import Kept, key_of
from astrolabnet_gui.model.key import Key
from astrolabnet_gui.model.thing import Thing
from astrolabnet_gui.settings.paths import Paths, paths
from tests.channels.folders import FolderLivy
from tests.command.rig import SERVER, Rig
from tests.tasks.livy import SteppingClock

NIGHT = {"title": "Night", "format": "json", "place": "/drop", "where": "mag < 18", "rows_at_once": 40, "to": "/night"}


def site(folder: Path) -> Paths:
    return Paths(folder / "config", folder / "data", folder / "state", folder / "cache")


def opened(livy: FolderLivy, where: Paths | None = None) -> Rig:
    """A window: it hears from its start."""
    rig = Rig(livy, where=where)
    rig.house.listen(rig.engine)
    return rig


def shown(rig: Rig, channel: Key) -> Thing:
    thing = rig.engine.store.get(channel)
    assert thing is not None
    return thing


async def so(rig: Rig, channel: Key, test: Callable[[Thing], Any]) -> Thing:
    async with asyncio.timeout(20):
        thing = await rig.engine.until(channel, lambda t: t is not None and bool(test(t)))
    assert thing is not None
    return thing


async def begin(rig: Rig) -> Key:
    made = await rig.well("channel.new", SERVER, **NIGHT)
    assert made.focus is not None
    await rig.thing(made.focus, "flowing")
    return made.focus


async def test_another_site_finds_it_by_name_and_can_do_all_with_it(tmp_path: Path) -> None:
    livy = FolderLivy(SteppingClock())
    async with Rig(livy) as rig:
        channel = await begin(rig)
    acts = len(livy.acts)
    async with opened(livy, site(tmp_path)) as other:
        thing = await other.thing(channel, "flowing")
        assert len(livy.acts) == acts, "nothing was asked of the server but its list of batches"
        assert (thing.label, thing.stale_since) == ("Night", None)
        value = thing.payload
        assert (value.rows, value.where, value.at_once, value.to) == (10, "mag < 18", 40, "/data/" + value.name)
        assert value.origin == Key("").child("sources", "drop")
        assert value.target == SERVER
        # what is changed is changed in what lies in its folder, and nobody is told of a change that is none
        await other.well("channel.throttle", channel, rows_at_once=400)
        assert other.questions == []
        [folder] = livy.folders.values()
        assert (folder.spec["rows_at_once"], folder.spec["where"], folder.spec["place"]) == (400, "mag < 18", "/drop")
        await other.well("channel.pause", channel)
        await other.thing(channel, "paused")
        await other.well("channel.start", channel)
        await other.thing(channel, "flowing")
        assert other.questions == []


async def test_what_was_deleted_is_not_found_again_by_its_last_batch() -> None:
    livy = FolderLivy(SteppingClock())
    async with Rig(livy) as rig:
        channel = await begin(rig)
        await rig.well("channel.delete", channel)
        rig.engine.poll_now(SERVER.server)
        await rig.foreign()
        assert rig.engine.store.get(channel) is None
    async with opened(livy) as again:
        await again.foreign()
        assert again.engine.store.get(channel) is None
        assert again.house.flowing.seen == {}


async def test_a_window_that_is_opened_again_remembers_what_is_paused_or_drawn() -> None:
    livy = FolderLivy(SteppingClock())
    async with Rig(livy) as rig:
        channel = await begin(rig)
        await rig.well("channel.pause", channel)
        drawn = await rig.well("channel.new", SERVER, title="Drawn", format="json", place="/drop", begin=False)
    livy.livy.batches.clear()
    acts = len(livy.acts)
    async with opened(livy) as again:
        assert (await again.thing(channel, "paused")).payload.rows == 10
        assert drawn.focus is not None
        await again.thing(drawn.focus, "drawn")
        assert len(livy.acts) == acts
        # somebody else changed it meanwhile: said before it starts
        next(one for one in livy.folders.values() if one.spec["title"] == "Night").spec["where"] = "mag < 3"
        await again.well("channel.start", channel)
        assert "mag < 3" in again.questions[0]


async def test_what_ran_when_it_was_last_heard_of_is_old_until_its_folder_is_read() -> None:
    livy = FolderLivy(SteppingClock())
    async with Rig(livy) as rig:
        channel = await begin(rig)
        ident = str(channel.id)
    livy.livy.batches.clear()
    livy.folders[ident].status |= {"state": "PAUSED", "time": livy.folders[ident].status["time"] + 60}  # type: ignore
    async with opened(livy) as again:
        old = await so(again, channel, lambda t: t.stale_since is not None)
        assert old.payload.rows_s is None, "nothing is said to flow"
        await again.well("channel.status", channel)
        assert (shown(again, channel).state, shown(again, channel).stale_since) == ("paused", None)


@pytest.mark.parametrize("text", ["", "{", "[1]", '[{"server": 1}]', '[{"server": "x", "spec": "{}"}]', "null"])
def test_a_file_that_can_not_be_read_costs_nothing_but_a_look(tmp_path: Path, text: str) -> None:
    file = tmp_path / "channels.json"
    file.write_text(text)
    kept = Kept(file)
    assert kept.of(Key("x")) == []
    assert key_of("a") not in kept.now(())


async def test_a_batch_of_that_name_that_says_nothing_is_no_channel() -> None:
    livy = FolderLivy(SteppingClock())
    async with Rig(livy) as rig:
        await begin(rig)
    for body in livy.livy.batches.values():
        body["log"] = [
            "no word",
            'ALN-STATUS {"channel": "another", "title": "x", "mode": "stream", "state": "RUNNING"}',
        ]
    async with opened(livy, site(paths().cache / "other")) as other:
        await other.foreign()
        assert other.house.flowing.seen == {}
