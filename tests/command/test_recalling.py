"""The past can be asked: its moments, the things at one of them, and what was done since."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from astrolabnet_gui.command.recalling import seconds
from astrolabnet_gui.errors import BadInput
from astrolabnet_gui.model.told import read_thing
from tests.command.rig import SERVER, Rig


async def test_what_was_and_what_was_done_since() -> None:
    async with Rig() as rig:
        rig.house.recording.begin(rig.engine)
        before = (await rig.well("journal.moments", None)).result["times"]
        assert len(before) == 1
        began = datetime.now(UTC)
        opened = await rig.well("session.new", kind="spark")
        assert opened.focus is not None
        await rig.thing(opened.focus, "idle")
        times = (await rig.well("journal.moments", None)).result["times"]
        assert len(times) > len(before)
        then = await rig.well("journal.past", None, time=str(before[0]))
        assert "lal  up" in then.text
        assert "sessions" not in then.text
        now = await rig.well("journal.past", None, time=str(times[-1]), base=str(before[0]))
        things = [read_thing(key, text) for key, text in now.result["set"].items()]
        assert opened.focus in [thing.key for thing in things]
        assert now.result["gone"] == []
        done = (await rig.well("journal.since", None, time=began.isoformat())).result["acts"]
        assert [act["command"] for act in done] == ["session.new"]
        assert done[0]["params"]["kind"] == "spark"
        later = (began + timedelta(hours=1)).isoformat()
        assert (await rig.well("journal.since", None, time=later)).result["acts"] == []


async def test_one_window_writes_and_the_next_goes_on() -> None:
    async with Rig() as first:
        first.house.recording.begin(first.engine)
        await first.well("journal.moments", None)
        async with Rig(where=first.house.paths) as second:
            second.house.recording.begin(second.engine)
            times = (await second.well("journal.moments", None)).result["times"]
            assert len(times) == 1, "the second wrote beside the first"
            first.house.recording.close(5.0)
            second.house.recording.heard(second.engine.store.difference(()))
            while len((await second.well("journal.moments", None)).result["times"]) == 1:
                pass
            there = await second.well("journal.past", None, time="9999999999")
            assert "lal  up" in there.text


async def test_before_anything_was_written_it_says_so() -> None:
    async with Rig() as rig:
        said = await rig.ill("journal.moments", None)
        assert "nothing of the past was written down yet" in str(said)
        assert "no moment" in str(await rig.ill("journal.past", None, time="yesterday"))
        assert SERVER in rig.engine.store.things


def test_a_moment_as_a_person_writes_it() -> None:
    assert seconds("1970-01-01T00:01") == 60.0
    assert seconds("60") == 60.0
    with pytest.raises(BadInput):
        seconds("soon")
