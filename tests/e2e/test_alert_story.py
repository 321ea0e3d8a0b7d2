"""S3: one topic of alerts in three Avro forms flows, with a cut, into two islands that share nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from astrolabnet_gui.command.listening import key_of
from astrolabnet_gui.model.key import Key
from astrolabnet_gui.model.thing import Thing
from tests import alerts
from tests.command.test_source_on_kafka import registry  # noqa: F401
from tests.e2e.archipelago import FINK, LYON, Archipelago
from tests.island_fixture import RunningIsland, start_island, stop_island
from tests.kafka_rig import Broker, broker, spark_jars  # noqa: F401

pytestmark = [pytest.mark.island, pytest.mark.timeout(900)]
COUNT = 5000
FORMS = ("container", "schema in key", "confluent")
SUM = "SELECT count(*), count(DISTINCT id), CAST(sum(CAST(xxhash64(id, mag) AS DECIMAL(38,0))) AS STRING) FROM {}"


@pytest.fixture
def islands(tmp_path: Path) -> Iterator[dict[Key, RunningIsland]]:
    """Two, each with a home of its own and the Kafka jars."""
    running: dict[Key, RunningIsland] = {}
    try:
        for key, name in ((LYON, "lyon"), (FINK, "fink")):
            jars = tmp_path / name / "cache" / "island" / "jars"
            jars.mkdir(parents=True)
            (jars / "kafka").symlink_to(spark_jars()[0].parent, target_is_directory=True)
            running[key] = start_island(tmp_path / name, "--no-spare", "--no-archive", "--conf=spark.master=local[2]")
        yield running
    finally:
        for key, island in running.items():
            stop_island(island, tmp_path / ("lyon" if key == LYON else "fink"))


async def test_alerts_of_three_forms_arrive_cut_and_equal_at_both_and_no_look_leaves_a_trace(
    islands: dict[Key, RunningIsland], broker: Broker, registry: str, tmp_path: Path  # noqa: F811
) -> None:  # fmt: skip
    sent = alerts.alerts(COUNT)
    bright = sorted(one["candid"] for one in sent if one["candidate"]["magpsf"] < 18)
    assert 100 < len(bright) < COUNT - 100
    broker.make("night", 2)
    broker.put("night", alerts.in_turn(sent, FORMS))
    source = key_of("broker")
    async with Archipelago(tmp_path / "me", islands) as sea:
        await sea.well("source.add", None, name="broker", servers=broker.address(), registry=registry, topics=["night"])
        assert [t["name"] for t in (await sea.well("source.topics", source)).result["topics"]] == ["night"]
        looked = (await sea.well("source.tail", source, most=60)).result["packets"]
        assert {row["form"] for row in looked} == set(FORMS)
        assert all(row["tree"]["candid"] in range(COUNT) for row in looked)
        asked = {
            "source": "broker", "where": "candidate.magpsf < 18", "table": "night.bright", "every_s": 1,
            "columns": ["candid AS id", "candidate.magpsf AS mag"], "rows_at_once": 2500,
        }  # fmt: skip
        channels = {server: (await sea.well("channel.subscribe", server, **asked)).focus for server in islands}
        for channel in channels.values():
            assert channel is not None
            last = await sea.engine.until(channel, lambda t: _caught_up(t, len(bright)))
            assert last is not None
            assert (last.payload.bad, last.problem) == (0, "")
        sums = []
        for server, channel in channels.items():
            assert channel is not None
            await sea.well("channel.pause", channel)
            await sea.well("channel.table", channel)
            told = await sea.code(server, SUM.format("night.bright"), "sql")
            sums.append(told.result["output"]["data"]["application/json"]["data"][0])
        assert sums[0] == sums[1]
        assert sums[0][:2] == [len(bright), len(bright)]
        # what the product itself says of the two copies
        for server in islands:
            await sea.well("data.look", server)
        spaces = {server: server.child("catalogs", "spark_catalog", epoch="") for server in islands}
        for own in spaces.values():
            await sea.well("data.look", own.child("namespaces", "night"))
        tables = [own.child("namespaces", "night").child("tables", "bright").address(name)
                  for own, name in zip(spaces.values(), ("lyon", "fink"), strict=True)]  # fmt: skip
        await sea.well("dataset.new", None, name="bright", tables=tables)
        proved = await sea.well("dataset.prove", Key("", "", ("datasets", "bright")))
        assert "2 of 2 replicas of bright are equal" in proved.text
    assert not [group for group in broker.groups() if broker.committed(group, "night") >= 0]


def _caught_up(thing: Thing | None, count: int) -> bool:
    payload: Any = thing.payload if thing is not None else None
    assert thing is None or thing.state not in ("failed", "lost", "data missing"), thing.problem
    return payload is not None and payload.rows == count and payload.waiting_rows == 0 and payload.lag_s == 0
