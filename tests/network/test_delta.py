"""Snapshots, deltas and the replica: random histories end in the same store."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import random

from hypothesis import given, settings
from hypothesis import strategies as st

from astrolabnet_gui.errors import AstroLabNetError
from astrolabnet_gui.model.key import Key
from astrolabnet_gui.model.kind import Health
from astrolabnet_gui.model.livy import NewStatement
from astrolabnet_gui.model.task import Task
from astrolabnet_gui.model.thing import Thing
from astrolabnet_gui.network.delta import Changes, Delta, Things, diff, merge
from astrolabnet_gui.network.store import Store
from tests.fakebodies import login_page, refused_connection
from tests.network.desk import Desk, desk, server
from tests.network.virtual import in_virtual_time

ROOT = Key("u1")
ACTS = ("open", "kill", "close", "restart", "down", "up", "batch", "remove", "add", "look", "send", "send")
TROUBLE, LOGIN = refused_connection(), login_page()


@st.composite
def snapshots(draw: st.DrawFn) -> Things:
    """Things of one server: some sessions, each with some statements."""
    out: dict[Key, Thing] = {ROOT: Thing(key=ROOT, label="lal", state=draw(st.sampled_from(["up", "down"])))}
    for epoch, ident in draw(st.sets(st.tuples(st.sampled_from("ab"), st.integers(0, 12)), max_size=6)):
        session = ROOT.child("sessions", ident, epoch)
        out[session] = Thing(key=session, label="s", state=draw(st.sampled_from(["idle", "busy"])))
        for number in draw(st.sets(st.integers(0, 11), max_size=3)):
            key = session.child("statements", number)
            out[key] = Thing(key=key, label="t", state=draw(st.sampled_from(["running", "done"])))
    return out


def filled(things: Things) -> Store:
    store = Store()
    store.apply(diff("u1", {}, things))
    return store


@given(snapshots(), snapshots())
def test_a_diff_applied_to_the_old_gives_the_new(old: Things, new: Things) -> None:
    store = filled(old)
    store.apply(diff("u1", old, new))
    assert dict(store.things) == dict(new)


@given(snapshots(), snapshots())
def test_a_diff_never_names_a_child_before_its_parent(old: Things, new: Things) -> None:
    delta = diff("u1", old, new)
    known = set(old) - set(delta.removed)
    for thing in delta.added:
        assert thing.key.parent is None or thing.key.parent in known
        known.add(thing.key)
    depths = [len(key.path) for key in delta.removed]
    assert depths == sorted(depths, reverse=True)


@given(st.lists(snapshots(), min_size=3, max_size=6))
def test_merged_deltas_do_what_they_did_one_by_one(history: list[Things]) -> None:
    merged = Delta("u1")
    changes = Changes()
    for old, new in itertools.pairwise(history):
        merged = merge(merged, diff("u1", old, new))
        changes.add(diff("u1", old, new))
    store, other = filled(history[0]), filled(history[0])
    store.apply(merged)
    other.apply_all(changes.take())
    assert dict(store.things) == dict(history[-1])
    assert dict(other.things) == dict(history[-1])
    assert changes.take() == ()


@given(snapshots())
def test_children_are_listed_once_and_in_the_order_of_their_ids(things: Things) -> None:
    store = filled(things)
    listed = [child.key.id for child in store.children(ROOT)]
    assert sorted(listed) == listed
    assert len(store.children(ROOT)) == sum(1 for key in things if key.parent == ROOT)


@given(snapshots(), snapshots())
def test_marks_of_servers_are_counted_as_they_change(old: Things, new: Things) -> None:
    store = filled(old)
    store.apply(diff(ROOT.server, old, new))
    for word in ("up", "down"):
        mark = new[ROOT].kind.health(word)
        assert store.standing(mark) == store.standing(mark, word) == (new[ROOT].state == word)
    store.apply(diff(ROOT.server, new, {}))
    assert not any(store.standing(mark) for mark in Health)


async def _live(one: Desk, dice: random.Random, acts: int) -> None:
    """Things happen on two servers; faces come late."""
    for _ in range(acts):
        livy = one.livys[dice.choice(["u1", "u2"])]
        what = dice.choice(
            ["open", "kill", "close", "restart", "down", "up", "batch", "remove", "add", "look", "send", "send"]
        )
        if what == "open":
            livy.open(name=dice.choice([None, f"aln-{dice.random()}", "bob"]))
        elif what == "kill" and livy.sessions:
            livy.kill(dice.choice(list(livy.sessions)))
        elif what == "close" and livy.sessions:
            del livy.sessions[dice.choice(list(livy.sessions))]
        elif what == "restart":
            livy.restart()
        elif what == "down":
            livy.down = dice.choice([TROUBLE, LOGIN])
        elif what == "up":
            livy.down = None
            for listed in one.engine.servers():
                one.engine.poll_now(listed.uuid)
        elif what == "batch":
            livy.batches[livy.next_batch] = {"id": livy.next_batch, "state": "running", "name": None}
            livy.next_batch += 1
        elif what == "send":
            with contextlib.suppress(AstroLabNetError):
                await _send(one, dice)
        elif what == "remove" and len(one.engine.servers()) == 2:
            await one.engine.remove_server("u2")
        elif what == "add" and len(one.engine.servers()) == 1:
            one.engine.add_server(server("u2", "alma"))
        elif what == "look":
            one.engine.attend(dice.choice([None, Key("u1")]), frozenset({Key("u2")}), dice.random() < 0.1)
        await asyncio.sleep(dice.choice([0.01, 0.3, 2.0, 20.0]))


async def _send(one: Desk, dice: random.Random) -> None:
    """A task of mine, as far as it gets."""
    here = [thing.key for thing in one.engine.store.things.values() if thing.key.kind == "sessions"]
    if here:
        session = dice.choice(here)
        task = Task(task_key=str(dice.random()), code=dice.choice(["1/0", "2"]))
        one.engine.follow(session, task)
        answer = await one.engine.client(session.server).run_statement(session.id, NewStatement(code=task.code))
        one.engine.follow(session, task.model_copy(update={"statement": answer}))


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 10_000))
def test_a_replica_fed_by_events_equals_the_engines_store(seed: int) -> None:
    async def history() -> None:
        dice = random.Random(seed)
        async with desk(server("u1"), server("u2", "alma"), seed=seed) as one:
            late = type(one.replica)()
            await _live(one, dice, 12)
            one.engine.subscribe(late.hear)
            await _live(one, dice, 8)
            await asyncio.sleep(0.1)
            assert dict(one.replica.store.things) == dict(one.engine.store.things)
            assert dict(late.store.things) == dict(one.engine.store.things)
            for thing in one.engine.store.things.values():
                assert thing.key.parent is None or thing.key.parent in one.engine.store.things

    in_virtual_time(history())
