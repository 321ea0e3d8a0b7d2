"""A runner that falls silent makes no news: its wire says so all the same, by the clock of this computer."""

from __future__ import annotations

from typing import Any

import pytest

from astrolabnet_gui.channels import status
from astrolabnet_gui.model.key import Key
from tests.channels.folders import FolderLivy
from tests.command.rig import SERVER
from tests.command.test_found_again import NIGHT, opened, so
from tests.tasks.livy import SteppingClock


def begun(livy: FolderLivy) -> tuple[str, dict[str, Any]]:
    """Id of the one channel, and its batch."""
    [ident] = livy.folders
    body = next(one for one in livy.livy.batches.values() if one["state"] == "running")
    return ident, body


@pytest.mark.parametrize("clock_s", [0.0, -3600.0, 3600.0], ids=["one clock", "an hour behind", "an hour ahead"])
async def test_a_silent_runner_is_stalled_and_one_that_speaks_is_not(
    clock_s: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    livy = FolderLivy(SteppingClock())
    livy.clock_s = clock_s
    monkeypatch.setattr(status, "SILENT_S", 2.0)
    async with opened(livy) as rig:
        made = await rig.well("channel.new", SERVER, **NIGHT, every_s=0)
        channel = made.focus
        assert isinstance(channel, Key)
        ident, body = begun(livy)
        livy._say(ident, "RUNNING", body)
        await so(rig, channel, lambda t: t.state == "flowing")
        stalled = await so(rig, channel, lambda t: t.state == "stalled")
        assert "said nothing" in stalled.problem
        livy._say(ident, "RUNNING", body)
        await so(rig, channel, lambda t: t.state == "flowing")
