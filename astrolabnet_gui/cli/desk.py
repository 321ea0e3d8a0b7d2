"""Desk: a face without a screen; it hears the engine, keeps a replica of the store and waits for what was asked."""

from __future__ import annotations

import queue
import time
from collections.abc import Callable, Mapping
from typing import Any

from ..errors import AstroLabNetError, BadInput, Unreachable
from ..model.key import Key
from ..model.thing import Thing
from ..network.delta import Delta
from ..network.link import DeltaEvent, Event, Link, Question, Reset, RunEvent, RunState
from ..network.store import Store

ENDED = (RunState.DONE, RunState.FAILED, RunState.CANCELLED)
SETTLING = ("asking", "starting")


class NeedsAnswer(AstroLabNetError):
    """A command asked something, and there is no person to answer."""


class Failed(AstroLabNetError):
    """A command failed; the words are the engine's."""


class Desk:
    """All calls in one thread, the one that made it.

    Args:
        link: the engine.
        answer: a person's choice, or raises NeedsAnswer.
        tell: hears each event of a run (progress).
    """

    def __init__(self, link: Link, answer: Callable[[Question], str], tell: Callable[[RunEvent], None]) -> None:
        self.store = Store()
        self._link, self._answer, self._tell = link, answer, tell
        self._events: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self._last: dict[str, RunEvent] = {}
        self._reset = False
        self._leave = link.subscribe(self._events.put)

    def close(self) -> None:
        """Hear no more."""
        self._leave()

    def do(self, command: str, key: Key | None, params: Mapping[str, Any]) -> RunEvent:
        """Run a command to its end.

        Raises:
            Failed: it did not end well.
            NeedsAnswer: it asked, and nobody answers.
        """
        run = self._link.submit(command, key, params)
        try:
            while (event := self._last.get(run)) is None or event.state not in ENDED:
                self._next(None)
        except BaseException:
            self._link.cancel(run)
            raise
        if event.problem is not None:
            raise Failed(event.problem.what, server=event.problem.server, remedy=event.problem.remedy)
        if event.state is not RunState.DONE:
            raise Failed(f"{command} was cancelled")
        return event

    def settle(self, within_s: float, server: str = "") -> None:
        """Wait until each server (or the one of that alias) has answered, or has failed to."""
        until = time.monotonic() + within_s

        def open_questions() -> bool:
            roots = [t for t in self.store.servers() if not server or t.label == server]
            return not self._reset or any(t.state in SETTLING for t in roots)

        while self._next(0.0) or (open_questions() and self._next(until)):
            self._link.attend(None, frozenset(self.store.things))

    def find(self, address: str, within_s: float) -> Thing:
        """The thing at a printed address; what is below a session is told of a moment after the session itself.

        Raises:
            BadInput: there is none, or none was told of in time.
        """
        until = time.monotonic() + within_s
        while True:
            try:
                return self.store.find(address)
            except BadInput:
                session, _, last = address.rstrip("/").rpartition("/statements/")
                if not session or not last.isdecimal():
                    raise
                self.store.find(session)  # no session, no use in waiting
                self._link.attend(None, frozenset(self.store.things))
                if not self._next(until):
                    raise

    def until(self, key: Key, test: Callable[[Thing], bool], within_s: float | None = None) -> Thing:
        """Look at a thing until it is so.

        Raises:
            Unreachable: it went away, or ``within_s`` passed.
        """
        until = None if within_s is None else time.monotonic() + within_s
        self._link.attend(key, frozenset((key,)))
        seen = False
        while True:
            thing = self.store.get(key)
            if thing is not None and test(thing):
                return thing
            if seen and thing is None:
                raise Unreachable("it is no longer there.")
            seen = seen or thing is not None
            if not self._next(until):
                raise Unreachable(f"it was not ready after {within_s:.0f} s.")

    def _next(self, until: float | None) -> bool:
        """Take one event in; False when ``until`` (monotonic seconds) has passed."""
        try:
            event = self._events.get(timeout=None if until is None else max(0.0, until - time.monotonic()))
        except queue.Empty:
            return False
        if isinstance(event, Reset):
            self._reset = True
            old = tuple(sorted(self.store.things, key=lambda k: -len(k.path)))
            self.store.apply(Delta("", removed=old, added=event.things))
        elif isinstance(event, DeltaEvent):
            self.store.apply_all(event.deltas)
        elif isinstance(event, RunEvent):
            self._last[event.run] = event
            self._tell(event)
            if event.state is RunState.ASKING and event.question is not None:
                self._link.answer(event.run, event.question.id, self._answer(event.question))
        return True
