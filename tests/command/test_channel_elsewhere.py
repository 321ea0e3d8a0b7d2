"""A spec that somebody changed is shown before it runs, and what runs is what a person agreed to, brought anew."""

from __future__ import annotations

from typing import Any

import pytest

from astrolabnet_gui.channels.spec import Spec, approval, runner
from astrolabnet_gui.network.link import RunState
from tests.channels.folders import FolderLivy
from tests.tasks.livy import SteppingClock

from .rig import SERVER, Rig

NIGHT: dict[str, Any] = {"title": "Night", "mode": "incremental", "format": "json", "place": "/drop"}


@pytest.mark.parametrize(("verb", "given"), [("channel.start", {}), ("channel.edit", {"every_s": 9})])
async def test_what_somebody_changed_is_shown_and_a_no_starts_nothing(verb: str, given: dict[str, Any]) -> None:
    livy = FolderLivy(SteppingClock())
    async with Rig(livy) as rig:
        made = await rig.well("channel.new", SERVER, **NIGHT)
        channel, ident = made.focus, str(made.result["channel"])
        assert channel is not None
        await rig.thing(channel, "flowing")
        await rig.well("channel.pause", channel)
        livy.folders[ident].spec |= {"where": "mag < 3", "to": "/elsewhere"}
        before = len(livy.told)
        event = await rig.do(verb, channel, given, answer="no")
        assert event.state is RunState.FAILED
        assert 'where: "" → "mag < 3"' in rig.questions[-1]
        assert "/elsewhere" in rig.questions[-1]
        assert (livy.running(), len(livy.told)) == (set(), before)
        assert livy.folders[ident].spec["where"] == "mag < 3", "what they wrote is left as it is"

        done = await rig.do(verb, channel, given, answer="yes")
        assert done.state is RunState.DONE, done.problem
        if verb == "channel.start":
            theirs = Spec.model_validate(livy.folders[ident].spec)
            assert livy.told[-1]["approved"] == approval(theirs.text(), runner()), "of both, as they are now"
            assert livy.acts.count("stage") == 2, "the program is brought anew"
        assert livy.folders[ident].spec["where"] == "mag < 3"
