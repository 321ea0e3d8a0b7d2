"""Ways between servers: what a probe means, what a relay carries, what is known after a restart."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from astrolabnet_gui.channels.routes import MIB, File, Probe, Rate, files_of, missing, road_of, within
from astrolabnet_gui.command.reach import Reach
from astrolabnet_gui.errors import BadInput, Malformed

NOW = datetime(2026, 11, 26, tzinfo=UTC)


@pytest.mark.parametrize(
    ("told", "road"),
    [
        ({"reads": True, "own": True}, "same storage"),
        ({"reads": True, "own": False}, "destination pulls"),
        ({"reads": False, "own": True, "why": "Connection refused"}, "through this computer"),
        ({}, "through this computer"),
    ],
)
def test_a_probe_names_the_road(told: dict[str, object], road: str) -> None:
    assert road_of(told) == road


@pytest.mark.parametrize("name", ["../x", "/etc/x", "a//b", "a/./b", "a\\..\\b", "a\nb", ""])
def test_a_name_that_leads_elsewhere_is_not_carried(name: str) -> None:
    with pytest.raises(Malformed):
        files_of([[name, 1, 2]])
    with pytest.raises(Malformed):
        files_of(["x"])


def test_only_what_did_not_arrive_is_carried() -> None:
    [file] = files_of([["part=a b/x.parquet", 5 * MIB // 2, 7]])
    pieces = file.pieces(MIB)
    assert [(piece.at, piece.size) for piece in pieces] == [(0, MIB), (MIB, MIB), (2 * MIB, MIB // 2)]
    arrived = {f"{0:015d}": MIB, f"{MIB:015d}": MIB - 1}
    assert missing(file, arrived, MIB) == pieces[1:], "a piece that is cut is carried again"
    assert File(name="empty", stamp=(0, 1)).pieces(MIB) == []
    within(1_000_000, 1)
    with pytest.raises(BadInput, match="more than the 1 MB"):
        within(1_000_001, 1)


def test_what_was_found_stays(tmp_path: Path) -> None:
    file = tmp_path / "reach.json"
    probe = Probe(holder="a", reader="b", road="destination pulls", asked=NOW)
    rate = Rate(holder="a", reader="b", bytes_s=2e6, when=NOW)
    kept = Reach(file)
    kept.learn([probe], [rate])
    kept.save()
    again = Reach(file)
    assert (again.probes, again.rates) == ({("a", "b"): probe}, {("a", "b"): rate})
    file.write_text('{"probes": [{"holder": 1}], "rates": []}')
    assert Reach(file).probes == {}
