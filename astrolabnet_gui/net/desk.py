"""Desk: a face without a screen; it hears the engine, keeps a replica of the store and waits for what was asked."""

from __future__ import annotations

import asyncio
import queue
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

from .. import errors
from ..errors import AstroLabNetError, BadInput, Unreachable
from ..model.key import Key
from ..model.thing import Thing
from ..network.delta import Delta
from ..network.link import DeltaEvent, Event, Link, Question, Reset, RunEvent, RunState
from ..network.store import Store

ENDED = (RunState.DONE, RunState.FAILED, RunState.CANCELLED)
#: How long the engine may take for its first word, once it is subscribed to.
FIRST_S = 5.0
SETTLING = ("asking", "starting")
#: What a server tells of only after its first answer.
LATE = ("statements", "batches")


class NeedsAnswer(AstroLabNetError):
    """A command asked something, and there is no person to answer."""

    exit_code = 4


class Failed(AstroLabNetError):
    """A command failed; words, ``exit_code`` and ``field`` are those of the engine's error, ``kind`` is its class."""

    def __init__(self, what: str, *, kind: str = "", field: str = "", server: str = "", remedy: str = "") -> None:
        super().__init__(what, server=server, remedy=remedy)
        self.kind, self.field = kind, field
        self.exit_code = getattr(errors, kind, AstroLabNetError).exit_code


class Desk:
    """All calls in one thread, the one that made it.

    Args:
        link: the engine.
        answer: a person's choice, or raises NeedsAnswer.
        tell: hears each event of a run (progress).
        waits_on_a_loop: the plain calls may make a running loop stand still, as a notebook's cell may.
    """

    def __init__(
        self, link: Link, answer: Callable[[Question], str], tell: Callable[[RunEvent], None],
        *, waits_on_a_loop: bool = False,
    ) -> None:  # fmt: skip
        self.store = Store()
        #: Hears of a thing that is waited for, each time it changed.
        self.watcher: Callable[[Thing], None] = lambda _: None
        self._waits_on_a_loop = waits_on_a_loop
        self._awaited: set[str] = set()
        self._mine: set[str] = set()
        self._seen: frozenset[Key] = frozenset()
        self._link, self._answer, self._tell = link, answer, tell
        self._events: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self._last: dict[str, RunEvent] = {}
        self._reset = False
        self._leave = link.subscribe(self._events.put)

    def close(self) -> None:
        """Hear no more."""
        self._leave()

    @property
    def backlog(self) -> int:
        """Events that were heard and not yet taken in."""
        return self._events.qsize()

    def take(self) -> None:
        """Take in what was heard, and look at nothing: nobody waits."""
        while self._next(0.0):
            pass
        if self._seen:
            self._see(None, frozenset())

    def do(self, command: str, key: Key | None, params: Mapping[str, Any]) -> RunEvent:
        """Run a command to its end.

        Raises:
            Failed: it did not end well.
            NeedsAnswer: it asked, and nobody answers.
            BadInput: a loop runs in this thread.
        """
        self._must_not_stop_a_loop()
        run = self._submit(command, key, params)
        try:
            while (event := self._last.get(run)) is None or event.state not in ENDED:
                self._next(None)
        except BaseException:
            self._link.cancel(run)
            raise
        return _well(command, event)

    async def do_async(self, command: str, key: Key | None, params: Mapping[str, Any]) -> RunEvent:
        """As ``do``, for a loop of one's own; cancelling it cancels the command."""
        async with self._heard() as events:
            run = self._submit(command, key, params)
            self._awaited.add(run)
            try:
                while True:
                    event = await events.get()
                    if not isinstance(event, RunEvent) or event.run != run:
                        continue
                    self._tell(event)
                    if event.state is RunState.ASKING and event.question is not None:
                        self._link.answer(run, event.question.id, self._answer(event.question))
                    if event.state in ENDED:
                        break
            except BaseException:
                self._link.cancel(run)
                raise
        self.settle(0.0)
        return _well(command, event)

    async def settle_async(self, within_s: float) -> None:
        """As ``settle``, for a loop of one's own."""
        async with self._heard() as events, asyncio.timeout(within_s):
            self.settle(0.0)
            while self._unsettled(""):
                await events.get()
                self.settle(0.0)

    async def until_async(self, key: Key, test: Callable[[Thing], bool]) -> Thing:
        """As ``until``, for a loop of one's own."""
        self._see(key, frozenset((key,)))
        seen = False
        async with self._heard() as events:
            while True:
                self.settle(0.0)
                thing = self.store.get(key)
                if thing is not None:
                    self.watcher(thing)
                    if test(thing):
                        return thing
                if seen and thing is None:
                    raise Unreachable("it is no longer there.")
                seen = seen or thing is not None
                await events.get()

    @asynccontextmanager
    async def _heard(self) -> AsyncIterator[asyncio.Queue[Event]]:
        """What the engine says, on this loop; the desk itself hears each event before."""
        loop, events = asyncio.get_running_loop(), asyncio.Queue[Event]()
        leave = self._link.subscribe(lambda event: _put(loop, events, event))
        try:
            yield events
        finally:
            leave()

    def _submit(self, command: str, key: Key | None, params: Mapping[str, Any]) -> str:
        run = self._link.submit(command, key, params)
        self._mine.add(run)  # those of others are theirs to follow and to answer
        return run

    def _see(self, key: Key | None, visible: frozenset[Key]) -> None:
        self._seen = visible
        self._link.attend(key, visible)

    def _must_not_stop_a_loop(self) -> None:
        if _on_a_loop() and not self._waits_on_a_loop:
            raise BadInput(
                "this call waits, and the loop that runs in this thread would stand still.",
                remedy="Await its other form: await net['lal'].test.aio()",
            )

    def child(self, parent: Key, collection: str, ident: int | str, within_s: float) -> Thing:
        """The thing of that id below another; a task is told of a moment after its session.

        Raises:
            BadInput: there is none, or none was told of in time.
        """
        until = time.monotonic() + (0.0 if _on_a_loop() and not self._waits_on_a_loop else within_s)
        while True:
            self.settle(0.0)
            for thing in self.store.children(parent):
                if thing.key.kind == collection and str(thing.key.id) == str(ident):
                    return thing
            if collection not in LATE or not self._next(until):
                raise BadInput(f"there is no {collection}/{ident}.")

    def settle(self, within_s: float, server: str = "") -> None:
        """Wait until each server (or the one of that alias) has answered, or has failed to."""
        if _on_a_loop() and not self._waits_on_a_loop:
            within_s = 0.0
        elif not self._reset:
            # The engine's first word is on its way from its thread: before it nothing is known, not even the actions.
            first = time.monotonic() + FIRST_S
            while not self._reset and self._next(first):
                pass
        until = time.monotonic() + within_s
        while self._next(0.0) or (self._unsettled(server) and self._next(until)):
            servers = frozenset(thing.key for thing in self.store.servers())
            if servers != self._seen:
                self._see(None, servers)

    def hear(self, within_s: float) -> bool:
        """Wait until something changes, at most so long; False if nothing did."""
        heard = self._next(time.monotonic() + within_s)
        self.settle(0.0)
        return heard

    def _unsettled(self, server: str) -> bool:
        roots = [t for t in self.store.servers() if not server or t.label == server]
        return not self._reset or any(t.state in SETTLING for t in roots)

    def find(self, address: str, within_s: float) -> Thing:
        """The thing at a printed address; tasks and batches are told of a moment after the server has answered.

        Raises:
            BadInput: there is none, or none was told of in time.
        """
        until = time.monotonic() + within_s
        while True:
            try:
                return self.store.find(address)
            except BadInput:
                above, _, last = address.rstrip("/").rpartition("/")
                above, _, collection = above.rpartition("/")
                if collection not in LATE or not last.isdecimal():
                    raise
                # No session, no use in waiting.
                self._see(None, frozenset((self.store.find(above).key,)))
                if not self._next(until):
                    raise

    def until(self, key: Key, test: Callable[[Thing], bool], within_s: float | None = None) -> Thing:
        """Look at a thing until it is so.

        Raises:
            Unreachable: it went away, or ``within_s`` passed.
            BadInput: a loop runs in this thread.
        """
        self._must_not_stop_a_loop()
        until = None if within_s is None else time.monotonic() + within_s
        self._see(key, frozenset((key,)))
        seen = False
        while True:
            thing = self.store.get(key)
            if thing is not None:
                self.watcher(thing)
                if test(thing):
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
        elif isinstance(event, RunEvent) and event.run in self._mine and event.run not in self._awaited:
            self._last[event.run] = event
            self._tell(event)
            if event.state is RunState.ASKING and event.question is not None:
                self._link.answer(event.run, event.question.id, self._answer(event.question))
        return True


def _well(command: str, event: RunEvent) -> RunEvent:
    """The last event of a run that ended well."""
    if event.problem is not None:
        said = event.problem
        raise Failed(said.what, kind=said.type, field=said.field, server=said.server, remedy=said.remedy)
    if event.state is not RunState.DONE:
        raise Failed(f"{command} was cancelled")
    return event


def _on_a_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


def _put(loop: asyncio.AbstractEventLoop, events: asyncio.Queue[Event], event: Event) -> None:
    """From the engine's thread into a loop; one that is closed already wants no more."""
    if not loop.is_closed():
        loop.call_soon_threadsafe(events.put_nowait, event)
