"""A thing as a short text and back: what looks the same is the same, what others say is not kept."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from astrolabnet_gui.model.channel import Channel
from astrolabnet_gui.model.key import Key
from astrolabnet_gui.model.livy import Session, Statement
from astrolabnet_gui.model.server import Server
from astrolabnet_gui.model.task import Task
from astrolabnet_gui.model.thing import Thing
from astrolabnet_gui.model.told import key_text, read_key, read_thing, tell

LAL = Key("1" * 32)
AT = datetime(2026, 11, 26, 1, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "thing",
    [
        Thing(key=LAL, label="lal", state="up", since=AT, payload=Server(uuid="1" * 32, alias="lal", url="http://h:1")),
        Thing(key=LAL.child("sessions", 3, "e"), label="3", state="idle", payload=Session(id=3, state="idle")),
        Thing(
            key=Key("").child("channels", "a/b"), label="a/b", state="RUNNING", mine=True, stale_since=AT,
            payload=Channel(name="a/b", origin=Key("").child("sources", "s"), target=LAL, rows_s=2.5),
        ),
        Thing(key=LAL.child("batches", "uuid-7", "e"), label="7", state="odd ‮", problem="gone", progress=0.25),
    ],
)  # fmt: skip
def test_a_thing_comes_back_as_it_was(thing: Thing) -> None:
    assert read_thing(key_text(thing.key), tell(thing)) == thing


def test_code_and_output_of_others_are_not_kept() -> None:
    statement = Statement(id=1, code="secret_code", state="available", output={"data": {"text/plain": "their result"}})
    task = Task(statement=statement, name="π", code="secret_code", language="python")
    key = LAL.child("sessions", 3, "e").child("statements", 1)
    theirs = Thing(key=key, label="π", state="done", payload=task)
    told = tell(theirs)
    assert "secret_code" not in told
    assert "their result" not in told
    mine = read_thing(key_text(key), tell(theirs.model_copy(update={"mine": True})))
    assert mine.payload.code == "secret_code"
    assert mine.payload.statement.output is None


def test_a_bit_of_progress_is_no_news() -> None:
    thing = Thing(key=LAL, label="x", state="running", progress=0.501)
    assert tell(thing) == tell(thing.model_copy(update={"progress": 0.502}))


@pytest.mark.parametrize("text", ["", "[]", "{}", "[1,2,3]", '["l","f","s",7,null,"",null,false,"",null]', "nan"])
def test_a_damaged_text_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        read_thing(key_text(LAL), text)


@pytest.mark.parametrize("text", ["", "7", '["a"]', '["a","b",null]'])
def test_a_damaged_key_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        read_key(text)
