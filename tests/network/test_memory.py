"""Keys outlast a restart of ours where something proves that the server's ids are still the same, and only there."""

from __future__ import annotations

import json

import pytest

from astrolabnet_gui.model.livy import Batch, Session
from astrolabnet_gui.network.identity import Identity
from astrolabnet_gui.network.memory import Memories, Memory, memory_of
from tests.network.test_identity import session

URL = "http://127.0.0.1:8998"
MADE = "aln-01234567-01m8500000000000000000000a"
LINE = "26/11/23 10:00:01 INFO Utils: Successfully started service on port 40001"


def again(*listed: Session, batches: tuple[Batch, ...] = ()) -> Identity:
    """An identity in the next run of the program, after this one has seen that."""
    before = Identity(lambda: "old")
    before.look("sessions", listed, complete=True)
    before.look("batches", batches, complete=True)
    kept = memory_of(json.loads(json.dumps(before.memory(URL).data())))
    assert kept is not None
    return Identity(lambda: "new", kept)


def logged(*lines: str) -> Session:
    return Session(id=0, state="idle", kind="pyspark", log=lines)


@pytest.mark.parametrize(
    ("before", "now"),
    [
        ([session(0, MADE)], [session(0, MADE, state="busy"), session(1)]),
        ([session(0, appId="a1"), session(1)], [session(0, appId="a1"), session(7)]),
        ([session(0, MADE, state="starting")], [session(0, MADE, appId="a1")]),
        ([logged(LINE)], [logged(LINE, "more")]),
    ],
)
def test_with_proof_the_keys_stay(before: list[Session], now: list[Session]) -> None:
    one = again(*before)
    assert not one.look("sessions", now, complete=True)
    assert one.epoch == "old"


@pytest.mark.parametrize(
    ("before", "now"),
    [
        ([session(0)], [session(0)]),
        ([session(0, "mine")], [session(0, "mine")]),
        ([session(0, appId="a1")], [session(0, appId="a2")]),
        ([session(0, MADE)], []),
        ([], [session(0)]),
        ([logged(LINE)], [logged(LINE.replace("40001", "41999"))]),
        ([logged("stdout: ")], [logged("stdout: ")]),
        ([session(0, MADE), session(1, appId="a1")], [session(0, MADE), session(1, appId="a2")]),
        ([session(0, MADE), session(5)], [session(0, MADE), session(3)]),
    ],
)
def test_without_proof_or_against_it_they_are_new(before: list[Session], now: list[Session]) -> None:
    one = again(*before)
    assert one.look("sessions", now, complete=True)
    assert one.epoch == "new"
    assert not one.look("sessions", now, complete=True), "it is decided once"


def test_batches_are_held_against_what_was_kept_too() -> None:
    batch = Batch(id=4, state="running", name=MADE)
    one = again(session(0, MADE), batches=(batch,))
    assert not one.look("sessions", [session(0, MADE)], complete=True)
    assert not one.look("batches", [batch], complete=True)
    assert one.look("batches", [Batch(id=2, state="running")], complete=True), "its numbers had gone beyond"


def test_a_server_that_did_not_answer_keeps_what_was_kept() -> None:
    one = again(session(0, MADE))
    assert one.memory("http://elsewhere").url == URL
    assert one.memory(URL).epoch == "old"


def test_at_another_address_nothing_holds_and_servers_not_open_are_kept() -> None:
    memories = Memories({"u1": Memory(URL, "old"), "u2": Memory(URL, "two")})
    assert memories.of("u1", URL) is not None
    assert memories.of("u1", "http://elsewhere") is None
    memories.told_by["u1"] = lambda: Memory(URL, "now")
    assert {uuid: memory.epoch for uuid, memory in memories.now().items()} == {"u1": "now", "u2": "two"}


@pytest.mark.parametrize(
    "data",
    [None, [], "x", {}, {"epoch": "e", "here": [], "highest": {}}, {"epoch": "e", "here": {}, "highest": {"s": "x"}},
     {"epoch": "", "here": {}, "highest": {}}, {"epoch": "e", "here": {"sessions": [{"id": []}]}, "highest": {}}],
)  # fmt: skip
def test_garbage_is_no_memory(data: object) -> None:
    assert memory_of(data) is None
