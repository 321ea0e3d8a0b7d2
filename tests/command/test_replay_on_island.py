"""A night that is played through drawn wires on a real island: each wire gets, once live, what was counted for it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from astrolabnet_gui.model.channel import Channel
from astrolabnet_gui.model.key import Key
from tests.command.test_channel_on_island import until
from tests.command.test_on_island import Live

pytestmark = [pytest.mark.island, pytest.mark.timeout(300)]
ALERTS, FILES = 4000, 8
SCHEMA = "id BIGINT, jd DOUBLE, mag DOUBLE, who STRING"
WIRES: dict[str, dict[str, Any]] = {
    "Bright": {"mode": "incremental", "where": "mag < 16.5", "columns": ["id", "mag"], "rows_at_once": 3},
    "All": {"mode": "snapshot"},
}


def archive(folder: Path) -> list[dict[str, Any]]:
    """Ten hours of alerts, most of them at midnight."""
    alerts = []
    for n in range(ALERTS):
        jd = 2461000.5 + (n / ALERTS) ** 0.5 * 10 / 24
        alerts.append({"id": n, "jd": jd, "mag": 14 + n * 37 % 800 / 100, "who": f"ZTF{n % 97}"})
    folder.mkdir()
    for part in range(FILES):
        lines = "".join(json.dumps(alert) + "\n" for alert in alerts[part::FILES])
        (folder / f"{part}.json").write_text(lines)
    return alerts


async def test_counts_of_a_night_are_those_of_its_wires_once_they_are_live(tmp_path: Path) -> None:
    night = tmp_path / "night"
    alerts = archive(night)
    bright = sum(1 for alert in alerts if alert["mag"] < 16.5)
    async with Live() as live:
        island = (await live.well("island.start", None)).focus
        assert island is not None
        await live.engine.until(island, lambda t: t is not None and t.state == "up")
        drawn: dict[str, Key] = {}
        for title, more in WIRES.items():
            given = {"title": title, "format": "json", "place": night.as_uri(), "schema_ddl": SCHEMA, **more}
            made = await live.well("channel.new", island, **given, begin=False)
            assert made.focus is not None
            drawn[title] = made.focus
        batches = [t for t in live.engine.store.children(island) if t.key.kind == "batches"]
        assert batches == [], "nothing runs before somebody says yes"
        seen: set[str] = set()
        live.engine.store.subscribe(
            lambda delta: seen.update(t.state for t in delta.changed if t.key.kind == "channels")
        )
        played = await live.well("channel.replay", island, archive=night.as_uri(), speed=20_000)
        assert "Make all of them live?" in live.questions[-1], "one yes is all"
        rehearsed = {wire["title"]: wire for wire in played.result["wires"]}
        assert {title: wire["rows"] for title, wire in rehearsed.items()} == {"Bright": bright, "All": ALERTS}
        assert all(wire["night_s"] == pytest.approx(36_000, rel=0.02) for wire in rehearsed.values())
        assert "rehearsing" in seen
        for title, channel in drawn.items():
            ended = await until(live, channel, lambda t: t.state in ("done", "verified equal", "failed", "lost"))
            value = ended.payload
            assert isinstance(value, Channel)
            assert (ended.state in ("done", "verified equal"), value.rows) == (True, rehearsed[title]["rows"]), ended
            assert value.written_bytes == pytest.approx(rehearsed[title]["bytes"], rel=0.05)
