"""Alerts into a table, with a real Kafka and a real island: three Avro forms, a cut, no trace at the broker."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from astrolabnet_gui.network.link import RunState
from tests import alerts
from tests.command.test_channel_on_island import rows, rows_of, until
from tests.command.test_on_island import Live
from tests.command.test_source_on_kafka import registry  # noqa: F401
from tests.kafka_rig import Broker, broker, spark_jars  # noqa: F401

pytestmark = [pytest.mark.island, pytest.mark.timeout(400)]
COUNT = 5000


async def test_alerts_flow_into_a_table(
    broker: Broker, registry: str, tmp_path: Path  # noqa: F811
) -> None:  # fmt: skip
    sent = alerts.alerts(COUNT)
    bright = sorted(one["candid"] for one in sent if one["candidate"]["magpsf"] < 18)
    assert 100 < len(bright) < COUNT - 100
    broker.make("night", 2)
    broker.put("night", alerts.in_turn(sent))
    # Fetched once for all tests; island.kafka would fetch them into this home.
    place = Path(os.environ["ASTROLABNET_HOME"]) / "cache" / "island" / "jars"
    place.mkdir(parents=True)
    (place / "kafka").symlink_to(spark_jars()[0].parent, target_is_directory=True)
    word = tmp_path / "word"
    word.write_text("alice-pw\n")
    word.chmod(0o600)
    async with Live() as live:
        island = (await live.well("island.start", None)).focus
        assert island is not None
        await live.engine.until(island, lambda t: t is not None and t.state == "up")
        await live.well(
            "source.add", None, name="here", servers=broker.address("SCRAM"), security="SASL_PLAINTEXT",
            mechanism="SCRAM-SHA-512", user="alice", secret="alice-pw", registry=registry, topics=["night"],
        )  # fmt: skip
        asked = {
            "source": "here", "where": "candidate.magpsf < 18", "table": "night.bright",
            "columns": ["candid AS id", "candidate.magpsf AS mag"], "every_s": 1, "rows_at_once": 2000,
        }  # fmt: skip
        told = await live.do("channel.subscribe", island, asked)
        assert told.state is RunState.FAILED
        assert "install -m 600" in str(told.problem)
        # a password that is another one at the server, and a group that the broker does not allow, are said before
        wrong = tmp_path / "wrong"
        wrong.write_text("bob-pw\n")
        wrong.chmod(0o600)
        told = await live.do("channel.subscribe", island, asked | {"password": f"file:{wrong}"})
        assert "the broker refuses its login" in str(told.problem)
        options = {"kafka.bootstrap.servers": broker.address("SCRAM"), "kafka.security.protocol": "SASL_PLAINTEXT",
                   "kafka.sasl.mechanism": "SCRAM-SHA-512", "sasl.username": "alice"}  # fmt: skip
        for more, field, words in (
            ({"subscribe": "night"}, "options", "does not allow it the consumer group spark-kafka-source"),
            ({"subscribe": "night", "kafka.group.id": "fink"}, "options", "the consumer group fink"),
            ({"subscribe": "nothing", "kafka.group.id": "alice-1"}, "options", "does not show it the topic"),
            ({"subscribe": "night", "kafka.group.id": "alice-1"}, "", ""),
        ):
            told = await live.well("channel.check", island, title="x", format="kafka", options=options | more,
                                   secrets={"sasl.password": f"file:{word}"})  # fmt: skip
            said = [(one["field"], words in one["what"]) for one in told.result["problems"]]
            assert said == ([(field, True)] if field else []), told.result
        made = await live.well("channel.subscribe", island, **asked, password=f"file:{word}")
        channel = made.focus
        assert channel is not None
        assert live.house.flowing.seen[channel].spec.options["groupIdPrefix"] == "alice-aln"
        first = await until(live, channel, lambda t: rows(t) == len(bright) and t.payload.waiting_rows == 0)
        assert first.state == "flowing"
        await live.well("channel.table", channel)
        assert await rows_of(live, island, "night.bright") == bright
        # what was looked at left no trace; what flows is remembered in the checkpoint only
        assert not [group for group in broker.groups() if broker.committed(group, "night") >= 0]

        # its runner is killed while more comes
        batch = live.house.flowing.seen[channel].batch
        assert batch is not None
        more = alerts.alerts(600, COUNT)
        broker.put("night", alerts.in_turn(more))
        await live.well("batch.kill", batch.key)
        await until(live, channel, lambda t: t.state == "lost")
        await live.well("channel.start", channel)
        both = sorted([*bright, *(one["candid"] for one in more if one["candidate"]["magpsf"] < 18)])
        await until(live, channel, lambda t: rows(t) == len(both) and t.state == "flowing")
        await live.well("channel.pause", channel)
        assert await rows_of(live, island, "night.bright") == both

        # the broker drops what was not read yet: nothing is skipped until a person says so
        broker.put("night", alerts.in_turn(alerts.alerts(400, COUNT + 600)))
        broker.expire("night")
        late = alerts.alerts(100, COUNT + 1000)
        broker.put("night", alerts.in_turn(late))
        await live.well("channel.start", channel)
        gap = await until(live, channel, lambda t: t.state == "data missing")
        assert "lost" in gap.problem
        assert rows(gap) == len(both)
        await live.well("channel.start", channel, over_gap=True)
        last = sorted([*both, *(one["candid"] for one in late if one["candidate"]["magpsf"] < 18)])
        await until(live, channel, lambda t: rows(t) == len(last) and t.state == "flowing")
        await live.well("channel.pause", channel)
        assert await rows_of(live, island, "night.bright") == last
        text = b"".join(f.read_bytes() for f in Path(os.environ["ASTROLABNET_HOME"]).rglob("*") if f.is_file())
        assert b"alice-pw" not in text
