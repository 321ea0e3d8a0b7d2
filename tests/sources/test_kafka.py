"""A look at a real broker: topics and newest messages over every kind of login, and not a trace left of it."""

from __future__ import annotations

import time

import pytest

from astrolabnet_gui.errors import BadInput, LoginNeeded, NotFound, Unreachable, Untrusted
from astrolabnet_gui.model.source import Mechanism, Origin, Security
from astrolabnet_gui.sources.decoding import opened, plain
from astrolabnet_gui.sources.kafka import Looking, settings
from tests import alerts
from tests.kafka_rig import USERS, Broker, broker  # noqa: F401

pytestmark = pytest.mark.island


def origin(broker: Broker, listener: str = "PLAINTEXT", user: str = "") -> Origin:  # noqa: F811
    how = {"SCRAM": "SASL_PLAINTEXT", "PLAIN": "SASL_PLAINTEXT", "TLS": "SSL", "SCRAMTLS": "SASL_SSL"}
    return Origin(
        servers=broker.address(listener), security=Security(how.get(listener, "PLAINTEXT")), user=user,
        mechanism=Mechanism(USERS[user][0]) if user else Mechanism.PLAIN,
        ca=str(broker.ca) if "TLS" in listener else "",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("listener", "user"),
    [("PLAINTEXT", ""), ("PLAIN", "carol"), ("SCRAM", "alice"), ("SCRAM", "bob"), ("TLS", ""), ("SCRAMTLS", "alice")],
)
def test_every_login(broker: Broker, listener: str, user: str) -> None:  # noqa: F811
    topic = f"in-{listener}-{user}"
    broker.make(topic, 2)
    sent = alerts.alerts(30)
    broker.put(topic, alerts.in_turn(sent))
    with Looking(origin(broker, listener, user), USERS.get(user, ("", None))[1], "here") as look:
        assert topic in [t.name for t in look.topics()]
        tail = look.tail([topic], 100)
    assert tail.kept == 30
    found = opened(tail.packets, registry={alerts.NUMBER: alerts.TEXT})
    assert sorted(one.tree["candid"] for one in found) == [alert["candid"] for alert in sent]
    assert {one.form for one in found} == set(alerts.FORMS)
    assert all(packet.at is not None for packet in tail.packets)


def test_looking_leaves_no_trace(broker: Broker) -> None:  # noqa: F811
    broker.make("quiet")
    broker.put("quiet", [(None, b"{}")] * 20)
    asked = origin(broker)
    before = broker.groups()
    with Looking(asked, None, "here") as look:
        tail = look.tail(["quiet"], 5)
        again = look.tail(["quiet"], 5, after=tail.after, wait_s=0.5)
        assert broker.groups() == before, "a look joins no group, not even while it lasts"
    assert len(tail.packets) == 5
    assert again.packets == ()
    assert broker.groups() == before
    assert broker.committed(str(settings(asked, None)["group.id"]), "quiet") < 0


def test_what_comes_next_is_seen_once(broker: Broker) -> None:  # noqa: F811
    broker.make("live", 2)
    with Looking(origin(broker), None, "here") as look:
        tail = look.tail(["live"], 10)
        assert tail.packets == ()
        broker.put("live", [(None, b'{"n": %d}' % n) for n in range(3)])
        more = look.tail(["live"], 10, after=tail.after)
        last = look.tail(["live"], 10, after=more.after, wait_s=0.3)
        flood = [(None, b'{"n": %d}' % n) for n in range(3, 40)]
        broker.put("live", flood)
        some = look.tail(["live"], 10, after=last.after)
        none = look.tail(["live"], 10, after=some.after, wait_s=0.3)
    seen = [one.tree["n"] for one in opened(more.packets)]
    assert sorted(seen) == [0, 1, 2]
    assert last.packets == ()
    assert len(some.packets) == 10
    assert none.packets == (), "a look does not run after a flood"


def test_one_message(broker: Broker) -> None:  # noqa: F811
    broker.make("one")
    [alert] = alerts.alerts(1, stamps=True)
    broker.put("one", [alerts.keyed(alert)])
    with Looking(origin(broker), None, "here") as look:
        assert opened([look.one("one", 0, 0)])[0].tree == plain(alert)
        with pytest.raises(NotFound, match="is not there"):
            look.one("one", 0, 7)


def test_a_wrong_password_is_tried_once(broker: Broker) -> None:  # noqa: F811
    for listener, user in (("SCRAM", "alice"), ("PLAIN", "carol"), ("SCRAMTLS", "bob")):
        before, began = broker.refusals(), time.monotonic()
        with (
            pytest.raises(LoginNeeded) as caught,
            Looking(origin(broker, listener, user), "wrong", "fink") as look,
        ):
            look.topics(20)
        assert "fink: the broker refused the login" in str(caught.value)
        assert "wrong" not in str(caught.value)
        assert time.monotonic() - began < 10
        assert broker.refusals() == before + 1, "an account may be locked by who insists"


def test_a_wrong_authority_a_wrong_port_a_wrong_topic(broker: Broker) -> None:  # noqa: F811
    asked = origin(broker, "TLS")
    with pytest.raises(Untrusted, match="TLS"), Looking(asked.model_copy(update={"ca": ""}), None, "here") as look:
        look.topics(20)
    with (
        pytest.raises(Unreachable) as caught,
        Looking(Origin(servers=broker.address("TLS")), None, "here") as look,
    ):
        look.topics(1.5)
    assert "TLS" in caught.value.remedy
    with pytest.raises(NotFound, match="no topic nothing-of-that-name"), Looking(origin(broker), None, "h") as look:
        look.tail(["nothing-of-that-name"], 5)


def test_what_is_no_broker_is_said_at_once() -> None:
    with pytest.raises(BadInput) as caught:
        Looking(Origin(servers=" "), None, "x")
    assert caught.value.field == "servers"
    with pytest.raises(Unreachable), Looking(Origin(servers="127.0.0.1:1"), None, "x") as look:
        look.topics(1.0)
    with pytest.raises(BadInput), Looking(Origin(servers="a:1", security=Security.SSL, ca="/no/such"), None, "x"):
        pass
