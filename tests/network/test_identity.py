"""Identity: a restart is seen, and nothing else is taken for one."""

from __future__ import annotations

from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from astrolabnet_gui.model.livy import Batch, Id, Session
from astrolabnet_gui.network.identity import Identity


def identity() -> Identity:
    numbers = count()
    return Identity(lambda: f"e{next(numbers)}")


def session(ident: Id, name: str | None = None, state: str = "idle", **more: str) -> Session:
    return Session.model_validate({"id": ident, "name": name, "state": state, "kind": "pyspark"} | more)


def test_sessions_that_come_go_and_change_their_state_are_the_same_run() -> None:
    one = identity()
    for listed in (
        [session(0, state="starting")],
        [session(0), session(1, state="starting")],
        [session(0, state="busy"), session(1), session(2, "x", appId="a1")],
        [session(1, state="dead"), session(2, "x", state="recovering", appId="a1")],
        [],
        [session(7)],
    ):
        assert not one.look("sessions", listed, complete=True)
    assert not one.look("batches", [Batch(id=0, state="running")], complete=True), "batches have ids of their own"
    assert one.epoch == "e0"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ([session(0), session(5)], [session(0), session(3)]),
        ([session(0, "a")], [session(0, "b")]),
        ([session(0, owner="ada")], [session(0, owner="bob")]),
        ([session(0, appId="application_1_1")], [session(0, appId="application_2_1")]),
        ([session(0, state="idle")], [session(0, state="starting")]),
        ([session(0, kind="sql")], [session(0, kind="spark")]),
    ],
)
def test_what_can_not_be_the_same_run_is_a_new_one(before: list[Session], after: list[Session]) -> None:
    one = identity()
    one.look("sessions", before, complete=True)
    assert one.look("sessions", after, complete=True)
    assert one.epoch == "e1"
    assert not one.look("sessions", after, complete=True)


def test_an_id_that_comes_back_after_an_empty_list_is_a_new_run() -> None:
    one = identity()
    one.look("sessions", [session(0)], complete=True)
    assert not one.look("sessions", [], complete=True)
    assert one.look("sessions", [session(0)], complete=True)


def test_a_restart_seen_in_the_batches_counts_for_the_sessions_too() -> None:
    one = identity()
    one.look("sessions", [session(4)], complete=True)
    one.look("batches", [Batch(id=3, state="success")], complete=True)
    assert one.look("batches", [Batch(id=0, state="starting")], complete=True)
    assert not one.look("sessions", [session(0)], complete=True)


def test_a_claim_and_the_lists_around_it_are_one_run() -> None:
    one = identity()
    one.look("sessions", [session(0)], complete=True)
    assert not one.claim("sessions", session(1, "aln", "starting"))
    assert not one.look("sessions", [session(0)], complete=False), "asked before the claim"
    assert not one.look("sessions", [session(0), session(1, "aln", "starting")], complete=True)
    assert not one.look("sessions", [session(0), session(2, "aln2", "idle")], complete=True)
    assert not one.claim("sessions", session(2, "aln2", "starting")), "the list was quicker than the reply"
    assert one.claim("sessions", session(1, "aln3", "starting")), "a number given twice"


def test_ids_that_are_text_never_count_backwards() -> None:
    one = identity()
    one.look("sessions", [session("b-uuid")], complete=True)
    assert not one.look("sessions", [session("a-uuid")], complete=True)


@given(st.lists(st.sampled_from(["open", "close", "work", "look"]), max_size=40))
def test_no_history_of_one_run_is_taken_for_a_restart(history: list[str]) -> None:
    one = identity()
    here: dict[int, str] = {}
    fresh = count()
    for what in history:
        if what == "open":
            here[next(fresh)] = "starting"
        elif what == "close" and here:
            here.pop(min(here))
        elif what == "work":
            here = dict.fromkeys(here, "busy")
        else:
            assert not one.look("sessions", [session(i, f"n{i}", s) for i, s in here.items()], complete=True)
    assert one.epoch == "e0"


@given(st.integers(1, 8), st.integers(0, 8))
def test_a_restart_with_named_sessions_is_always_seen(before: int, after: int) -> None:
    one = identity()
    one.look("sessions", [session(i, f"old{i}") for i in range(before)], complete=True)
    assert one.look("sessions", [session(i, f"new{i}") for i in range(after)], complete=True) is (after > 0)
