"""Looks at a real broker through the commands, with a real registry's protocol beside it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from astrolabnet_gui.command.listening import key_of
from tests import alerts
from tests.command.rig import Rig
from tests.kafka_rig import Broker, broker  # noqa: F401

pytestmark = pytest.mark.island
HERE = key_of("here")


class _Registry(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        good = self.path == f"/schemas/ids/{alerts.NUMBER}"
        body = json.dumps({"schema": alerts.TEXT} if good else {"error_code": 40403}).encode()
        self.send_response(200 if good else 404)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Silent."""


@pytest.fixture
def registry() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Registry)
    server.daemon_threads = False
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


async def test_alerts_of_all_forms_are_seen_and_a_look_at_one(broker: Broker, registry: str) -> None:  # noqa: F811
    broker.make("alerts", 2)
    sent = alerts.alerts(40)
    broker.put("alerts", alerts.in_turn(sent))
    groups = broker.groups()
    async with Rig() as rig:
        await rig.well(
            "source.add", None, name="here", servers=broker.address("SCRAM"), security="SASL_PLAINTEXT",
            mechanism="SCRAM-SHA-512", user="alice", secret="alice-pw", registry=registry, topics=["aler*"],
        )  # fmt: skip
        assert "1 topic for this login" in (await rig.well("source.test", HERE)).text
        assert [t["name"] for t in (await rig.well("source.topics", HERE)).result["topics"]] == ["alerts"]
        told = (await rig.well("source.tail", HERE, most=200)).result
        assert sorted(row["tree"]["candid"] for row in told["packets"]) == [alert["candid"] for alert in sent]
        assert {row["form"] for row in told["packets"]} == set(alerts.FORMS)
        assert (await rig.thing(HERE, "flowing")).problem == ""
        first = next(row for row in told["packets"] if row["form"] == "container")
        one = (await rig.well("source.look", HERE, topic="alerts", partition=first["partition"],
                              offset=first["offset"])).result  # fmt: skip
        assert one["columns"].startswith("struct<`objectId`:string")
        more = (await rig.well("source.tail", HERE, after=told["after"], wait_s=0.3)).result
        assert more["packets"] == []
    assert broker.groups() == groups


async def test_a_wrong_password_is_shown_on_the_source_and_mended(broker: Broker) -> None:  # noqa: F811
    before = broker.refusals()
    async with Rig() as rig:
        await rig.well(
            "source.add", None, name="here", servers=broker.address("SCRAM"), security="SASL_PLAINTEXT",
            mechanism="SCRAM-SHA-256", user="bob", secret="wrong", topics=["x"],
        )  # fmt: skip
        problem = await rig.ill("source.test", HERE)
        assert "refused the login" in str(problem)
        assert "tried once" in problem.remedy
        assert (await rig.thing(HERE, "login needed")).problem
        assert broker.refusals() == before + 1
        await rig.well("source.edit", HERE, secret="bob-pw")
        await rig.well("source.test", HERE)
        assert (await rig.thing(HERE, "quiet")).problem == ""


async def test_an_unknown_number_is_said_on_its_message_alone(broker: Broker, registry: str) -> None:  # noqa: F811
    broker.make("numbers")
    [alert] = alerts.alerts(1)
    broker.put("numbers", [alerts.confluent(alert), (None, b"\0\0\0\0\x63" + alerts.bare(alert))])
    async with Rig() as rig:
        await rig.well("source.add", None, name="here", servers=broker.address(), registry=registry, topics=["numbers"])
        [good, bad] = (await rig.well("source.tail", HERE)).result["packets"]
    assert good["tree"]["candid"] == alert["candid"]
    assert "99" in bad["problem"]
