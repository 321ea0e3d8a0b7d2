"""What a new channel is asked for goes together, or is refused with the field before anything reaches the server."""

from __future__ import annotations

from typing import Any

import pytest

from astrolabnet_gui.command.channel_params import ChannelParams
from astrolabnet_gui.errors import BadInput
from tests.channels.folders import FolderLivy
from tests.tasks.livy import SteppingClock

from .rig import Rig


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"by": "mjd", "mode": "stream"}, "by"), ({"by": "mjd", "mode": "incremental", "format": "kafka"}, "by"),
        ({"by": "mjd", "mode": "incremental", "format": "json", "decode": "packets"}, "by"),
        ({"late": 2.0, "mode": "incremental"}, "by"),
        ({"format": "urls", "mode": "snapshot", "place": "http://h/"}, "mode"),
        ({"format": "urls", "mode": "mirror", "place": " "}, "place"),
        ({"format": "urls", "mode": "mirror", "place": "http://h/ /etc/passwd"}, "place"),
        ({"format": "urls", "mode": "mirror", "place": "https://me:word@h/a"}, "place"),
        ({"format": "urls", "mode": "mirror", "place": "@ftp://h/list"}, "place"),
    ],
)  # fmt: skip
def test_what_does_not_go_together_is_refused_by_its_field(given: dict[str, Any], field: str) -> None:
    with pytest.raises(BadInput) as caught:
        ChannelParams.model_validate({"title": "Night", **given}).spec()
    assert caught.value.field == field


async def test_a_database_flows_by_a_column_and_files_by_their_addresses() -> None:
    livy = FolderLivy(SteppingClock())
    async with Rig(livy) as rig:
        await rig.well("source.add", None, name="archive", kind="jdbc", place="jdbc:postgresql://db/sky", table="stars")
        refused = await rig.ill("channel.subscribe", source="archive", mode="incremental")
        assert (refused.field, "by a column" in refused.remedy) == ("mode", True)
        by = await rig.well("channel.subscribe", source="archive", mode="incremental", by="mjd", late=0.5)
        spec = livy.folders[by.result["channel"]].spec
        assert (spec["format"], spec["mode"], spec["by"], spec["late"]) == ("jdbc", "incremental", "mjd", 0.5)

        place = "https://archive.example.org/night/ @https://archive.example.org/more.lst"
        await rig.well("source.add", None, name="files", kind="files", place=place)
        made = await rig.well("channel.subscribe", source="files", table="")
        spec = livy.folders[made.result["channel"]].spec
        assert (spec["format"], spec["mode"], spec["place"]) == ("urls", "mirror", place)
        assert spec["by"] == ""
