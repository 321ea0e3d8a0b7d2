"""How long a server keeps a result is said before anything is sent, by what the server says of itself."""

from __future__ import annotations

import pytest

from astrolabnet_gui.model.key import Key
from astrolabnet_gui.model.livy import Session
from astrolabnet_gui.model.server import Server
from astrolabnet_gui.model.thing import Thing
from astrolabnet_gui.tasks.retention import kept_for

SERVER = Thing(key=Key("u"), label="lal", state="up", payload=Server(uuid="u", alias="lal", url="http://lal"))


def session(**more: object) -> Thing:
    payload = Session.model_validate({"id": 3, "state": "idle", "kind": "pyspark"} | more)
    return Thing(key=Key("u", "e", ("sessions", 3)), label="session 3", state="idle", payload=payload)


@pytest.mark.parametrize(
    ("thing", "verb", "words"),
    [(session(), "session.send", ("newest 100", "after an hour without work unless")),
     (session(idleTimeout="2h", ttl="1d"), "session.send", ("after 2 h without work or at the latest 1 d",)),
     (session(conf={"livy.rsc.retained-statements": "500"}), "session.send", ("newest 500",)),
     (session(idleTimeout="forever"), "session.send", ("after forever without",)),
     (SERVER, "server.send", ("newest 100", "Send and leave")), (SERVER, "batch.new", ("ten minutes after its end",))],
)  # fmt: skip
def test_it_is_said(thing: Thing, verb: str, words: tuple[str, ...]) -> None:
    for word in words:
        assert word in kept_for(thing, verb)


def test_other_verbs_have_nothing_to_say() -> None:
    assert kept_for(SERVER, "session.new") == kept_for(SERVER, "server.edit") == ""
