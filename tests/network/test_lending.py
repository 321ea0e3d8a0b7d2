"""An engine lent to another process: the same things, runs and eyes; strangers stay out; the slow are not lost."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from astrolabnet_gui.errors import Unreachable
from astrolabnet_gui.model.key import Key
from astrolabnet_gui.network import lending
from astrolabnet_gui.network.borrowed import Borrowed
from astrolabnet_gui.network.carrier import Carrier
from astrolabnet_gui.network.engine import Engine
from astrolabnet_gui.network.eyes import Eyes
from astrolabnet_gui.network.link import DeltaEvent, Event, Lent, Question, Reset, RunEvent, RunState
from astrolabnet_gui.network.runs import Run
from tests.fakeclient import FakeClient
from tests.fakelivy import FakeLivy
from tests.island_fixture import wait_until
from tests.network.desk import Said, server


async def execute(_engine: Engine, run: Run, command: str, key: Key | None, params: Any) -> Said:
    """Commands that a test needs."""
    if command == "ask":
        return Said(await run.ask(Question(id="q", text="Really?")))
    if command == "hang":
        await asyncio.Event().wait()
    return Said(f"did {command}", key, lambda: 0) if command == "strange" else Said(f"did {command}", key, params)


def engine(servers: int = 1) -> Engine:
    """One over fake Livys."""
    made = [server(f"u{n}", f"s{n}") for n in range(servers)]
    return Engine(made, execute=execute, connect=lambda _: FakeClient(FakeLivy()))


class Guest:
    """One that was let in, with a thread that listens."""

    def __init__(self, lent: Lent) -> None:
        self.way = Borrowed(lent.port, lent.secret)
        self.heard: list[Event] = []
        self.full = False
        self.way.subscribe(self.heard.append)
        self.thread = threading.Thread(target=self.way.carry, args=(lambda: self.full,))
        self.thread.start()

    def of(self, run: str, state: RunState = RunState.DONE) -> RunEvent:
        """News of a run."""

        def found() -> list[RunEvent]:
            return [e for e in self.heard if isinstance(e, RunEvent) and e.run == run and e.state is state]

        return list(wait_until(found, what=f"{run} {state}"))[-1]

    def leave(self) -> None:
        """Go."""
        self.full = False
        self.way.close()
        self.thread.join(10)
        assert not self.thread.is_alive()


@contextmanager
def lent(made: Engine) -> Iterator[tuple[Lent, list[Event]]]:
    """The engine, running and lent; and what its own face hears."""
    heard: list[Event] = []
    made.subscribe(heard.append)
    with Carrier(made):
        made.lend()
        found = wait_until(lambda: [e for e in heard if isinstance(e, Lent)], what="a Lent")
        yield found[0], heard


@contextmanager
def guest(lent: Lent) -> Iterator[Guest]:
    made = Guest(lent)
    try:
        yield made
    finally:
        made.leave()


def is_there(test: Callable[[Event], bool], heard: list[Event]) -> Callable[[], bool]:
    return lambda: any(test(event) for event in tuple(heard))


def test_a_guest_sees_what_is_there_and_its_acts_are_heard_by_all() -> None:
    with lent(engine(servers=450)) as (door, heard), guest(door) as one:
        wait_until(is_there(lambda e: isinstance(e, Reset), one.heard))
        (reset,) = [e for e in one.heard if isinstance(e, Reset)]
        seen = {t.key for t in reset.things}
        seen |= {t.key for e in one.heard if isinstance(e, DeltaEvent) for d in e.deltas for t in d.added}
        assert {Key(f"u{n}") for n in range(450)} <= seen
        run = one.way.submit("do", Key("u1"), {"x": 1})
        assert one.of(run).result == {"x": 1}
        assert is_there(lambda e: isinstance(e, RunEvent) and e.run == run, heard)()
        asked = one.way.submit("ask", None, {})
        one.of(asked, RunState.ASKING)
        one.way.answer(asked, "q", "yes")
        assert one.of(asked).text == "yes"
        assert one.of(one.way.submit("strange", None, {})).result is None
        assert not any(isinstance(e, Lent) for e in one.heard)


def test_what_a_guest_began_is_given_up_with_it() -> None:
    with lent(engine()) as (door, heard):
        with guest(door) as one:
            run = one.way.submit("hang", None, {})
            one.of(run, RunState.RUNNING)
        wait_until(is_there(lambda e: isinstance(e, RunEvent) and e.state is RunState.CANCELLED, heard))
        with guest(door) as two:
            run = two.way.submit("hang", None, {})
            two.way.cancel(run)
            assert two.of(run, RunState.CANCELLED)


def test_strangers_are_not_let_in(expect_log: Callable[[str], object]) -> None:
    expect_log("does not know the secret")
    with lent(engine()) as (door, _):
        with pytest.raises(Unreachable, match="not the window's engine"):
            Borrowed(door.port, "00" * 32)
        with guest(door) as one:
            assert one.of(one.way.submit("do", None, {}))
    with pytest.raises(Unreachable, match="can not be reached"):
        Borrowed(door.port, door.secret)


def test_one_who_can_not_prove_it_knows_the_secret_is_not_believed() -> None:
    with socket.create_server(("127.0.0.1", 0)) as false:

        def answer() -> None:
            with false.accept()[0] as talk:
                talk.sendall(b"x" * 64)
                talk.recv(64)

        answers = threading.Thread(target=answer)
        answers.start()
        with pytest.raises(Unreachable, match="not the window's engine"):
            Borrowed(false.getsockname()[1], "00" * 32)
        answers.join(10)


@pytest.mark.parametrize("words", [("steal", 1), ("submit",)])
def test_nonsense_ends_the_talk_and_nothing_else(words: Any, expect_log: Callable[[str], object]) -> None:
    expect_log("no message")
    with lent(engine()) as (door, _):
        with guest(door) as one:
            one.way._send(*words)
            one.thread.join(10)
            assert not one.thread.is_alive()
        with guest(door) as two:
            assert two.of(two.way.submit("do", None, {}))


def test_one_that_does_not_listen_gets_all_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lending, "MOST_WAITING", 20)
    with lent(engine()) as (door, _), guest(door) as one:
        wait_until(is_there(lambda e: isinstance(e, Reset), one.heard))
        one.full = True
        # More than the sockets between hold, so that the engine's side has to wait.
        runs = [one.way.submit("do", None, {"x": "y" * 1_000_000}) for _ in range(60)]
        last = one.way.submit("do", None, {"last": True})
        with guest(door) as other:
            assert other.of(other.way.submit("do", None, {}))
        one.full = False
        one.of(last)
        assert all(one.of(run) for run in runs), "what is still kept is told again"


def test_eyes_of_all_are_one_sight() -> None:
    eyes, a, b = Eyes(), Key("a"), Key("b")
    eyes.turn("", a, frozenset((a,)), False)
    eyes.turn("guest", b, frozenset(), False)
    assert (eyes.looked, eyes.visible, eyes.hidden) == ({a, b}, {"a"}, False)
    eyes.turn("", a, frozenset((a,)), True)
    assert (eyes.looked, eyes.hidden) == ({b}, False)
    eyes.turn("guest", None, frozenset(), False)
    assert (eyes.looked, eyes.visible, eyes.hidden) == (frozenset(), {"a"}, True)
