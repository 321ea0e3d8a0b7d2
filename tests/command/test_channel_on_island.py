"""Channels on a real island: drawn, paused, changed, rewound, killed, deleted and brought back; found elsewhere."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psutil
import pytest

from astrolabnet_gui.command.flow_seen import key_of
from astrolabnet_gui.model.key import Key
from astrolabnet_gui.model.thing import Thing
from astrolabnet_gui.network.link import RunState
from tests.command.test_on_island import Live

pytestmark = [pytest.mark.island, pytest.mark.timeout(400)]
SCHEMA = "id BIGINT, mag DOUBLE"


def drop(folder: Path, number: int) -> None:
    """Ten more rows, whole at once."""
    folder.mkdir(exist_ok=True)
    coming = folder / f".{number}.coming"
    coming.write_text("".join(json.dumps({"id": 10 * number + n, "mag": 14.0 + n}) + "\n" for n in range(10)))
    coming.rename(folder / f"{number:04}.json")


async def rows_of(live: Live, island: Key, table: str) -> list[int]:
    """Ids in a table of the island, as a person asks for them."""
    code = f"SELECT to_json(sort_array(collect_list(id))) FROM {table}"
    made = await live.well("server.send", island, kind="sql", code=code, wait=True)
    assert made.result["state"] == "done", made.result
    found: list[int] = json.loads(made.result["output"]["data"]["application/json"]["data"][0][0])
    return found


async def until(live: Live, channel: Key, so: Callable[[Thing], Any]) -> Thing:
    """Wait for a state of a channel."""
    found = await live.engine.until(channel, lambda t: t is not None and bool(so(t)))
    assert found is not None
    return found


def rows(thing: Thing) -> int:
    payload: Any = thing.payload
    return payload.rows or 0


async def test_a_channel_lives_at_its_server(tmp_path: Path) -> None:
    folder = tmp_path / "drop"
    for number in range(3):
        drop(folder, number)
    async with Live() as live:
        island = (await live.well("island.start", None)).focus
        assert island is not None
        await live.engine.until(island, lambda t: t is not None and t.state == "up")

        # what would not run is said before anything is started
        refused = await live.do("channel.new", island, {"title": "Fink", "format": "kafka"})
        assert refused.state is RunState.FAILED
        assert "no Kafka connector" in str(refused.problem)
        assert "spark-sql-kafka-0-10_2.12" in str(refused.problem)
        checked = await live.well("channel.check", island, title="x", format="json", place="/no/such/place")
        assert [p["field"] for p in checked.result["problems"]] == ["place"]

        made = await live.well(
            "channel.new", island, title="Night", format="json", place=folder.as_uri(), schema_ddl=SCHEMA, every_s=1,
            table="night.drop",
        )  # fmt: skip
        channel = made.focus
        assert channel == key_of(made.result["channel"])
        assert channel is not None
        await until(live, channel, lambda t: rows(t) == 30)
        await live.well("channel.table", channel)
        assert await rows_of(live, island, "night.drop") == list(range(30))

        # a second one of the name can not start
        twice = await live.do("channel.start", channel, {})
        assert twice.state is RunState.FAILED

        # its Java is killed: lost, said so; started again nothing is missing or twice
        mine = str(made.result["channel"])
        for process in psutil.process_iter(["cmdline", "name"]):
            words = process.info["cmdline"] or ()
            if str(process.info["name"]).startswith("java") and any(mine in word for word in words):
                os.kill(process.pid, signal.SIGKILL)
        lost = await until(live, channel, lambda t: t.state == "lost")
        assert "Start goes on where it was" in lost.problem
        drop(folder, 3)
        await live.well("channel.start", channel)
        await until(live, channel, lambda t: rows(t) == 40 and t.state in ("flowing", "behind"))
        assert await rows_of(live, island, "night.drop") == list(range(40))

        # what it would bring is counted without a trace, by the program that brought it
        counted = (await live.well("channel.rehearse", channel)).result
        assert (counted["rows"], counted["files"], counted["bad"]) == (40, 4, 0)
        assert counted["bytes"] == (await live.well("channel.status", channel)).result["bytes"] == 40 * 16
        assert counted["read_bytes"] == sum(file.stat().st_size for file in folder.glob("*.json"))

        # slower, and cut: it goes on where it was; the way back restores both
        edited = await live.well("channel.edit", channel, where="mag < 20", rows_at_once=1)
        back = edited.result["undo"]
        assert back["params"] == {"where": "", "rows_at_once": 0}
        drop(folder, 4)
        await until(live, channel, lambda t: rows(t) == 46)
        await live.well(back["command"], channel, **back["params"])
        drop(folder, 5)
        await until(live, channel, lambda t: rows(t) == 56)

        # another site knows nothing of it, and finds it
        live.house.flowing.seen.clear()
        live.engine.show((), [channel])
        found = await live.well("channel.find", island)
        assert [(c["title"], c["state"], c["rows"]) for c in found.result["channels"]] == [("Night", "flowing", 56)]
        paused = await live.well("channel.pause", channel)
        assert live.engine.store.get(channel).state == "paused"  # type: ignore[union-attr]
        assert paused.result["undo"]["command"] == "channel.start"

        # all again from the start, and that taken back
        rewound = await live.well("channel.rewind", channel)
        assert not list(Path(made.result["to"].removeprefix("file:")).glob("aln_batch*"))
        await live.well("channel.rewind", channel, **rewound.result["undo"]["params"])
        status = await live.well("channel.status", channel)
        assert (status.result["state"], status.result["rows"]) == ("paused", 56)
        assert len(await rows_of(live, island, "night.drop")) == 56

        gone = await live.well("channel.delete", channel)
        assert live.engine.store.get(channel) is None
        way = gone.result["undo"]
        assert way["params"]["start"] is False
        await live.well(way["command"], island, **way["params"])
        drop(folder, 6)
        await live.well("preferences.set", None, quota_gb=0)
        await live.well("channel.start", channel)
        assert "With Night the channels on local would hold 0.0 GB; 0 GB go" in live.questions[-1]
        await live.well("preferences.set", None, quota_gb=100)
        await until(live, channel, lambda t: rows(t) == 66)
        await live.well("channel.pause", channel)
        assert (await live.do("channel.restore", island, {"channel": "nothing-1"})).state is RunState.FAILED

        # a snapshot starts again at its time, by whoever is on
        made = await live.well("channel.new", island, title="All", mode="snapshot", format="json",
                               place=folder.as_uri(), schema_ddl=SCHEMA)  # fmt: skip
        whole = made.focus
        assert whole is not None
        await until(live, whole, lambda t: t.state == "verified equal" and rows(t) == 66 + 4)
        await live.well("channel.schedule", whole, every_min=1)
        drop(folder, 7)
        later = datetime.now(UTC) + timedelta(minutes=2)
        live.house.now = lambda: later  # type: ignore[method-assign]
        serving = live.engine.submit("channel.serve", None, {})
        await until(live, whole, lambda t: t.state == "verified equal" and rows(t) == 80)
        live.engine.cancel(serving)
