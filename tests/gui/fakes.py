"""FakeLink: an engine that does what a test says, and remembers what it was asked."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

from astrolabnet_gui.journal.row import Row
from astrolabnet_gui.model.key import Key
from astrolabnet_gui.model.thing import Thing
from astrolabnet_gui.network.delta import Delta
from astrolabnet_gui.network.layout import arranged
from astrolabnet_gui.network.link import DeltaEvent, Event, Lent, Listener, Plan, Reset, RunEvent, RunState


@dataclass
class FakeLink:
    """Implements ``Link``; events are delivered at once, in the caller's thread."""

    submitted: list[tuple[str, Key | None, dict[str, Any]]] = field(default_factory=list)
    answers: list[tuple[str, str, str]] = field(default_factory=list)
    cancelled: list[str] = field(default_factory=list)
    attended: list[tuple[Key | None, frozenset[Key], bool]] = field(default_factory=list)
    on_submit: Callable[[str, str, Key | None, Mapping[str, Any]], object] = lambda *_: None
    _listeners: list[Listener] = field(default_factory=list)
    _numbers: itertools.count[int] = field(default_factory=itertools.count)

    def submit(self, command: str, key: Key | None, params: Mapping[str, Any]) -> str:
        run = f"run{next(self._numbers)}"
        if command != "route.matrix":  # asked with each server that is chosen, by nobody
            self.submitted.append((command, key, dict(params)))
        self.on_submit(run, command, key, params)
        return run

    def answer(self, run: str, question: str, choice: str) -> None:
        self.answers.append((run, question, choice))

    def cancel(self, run: str) -> None:
        self.cancelled.append(run)

    def attend(self, looked_at: Key | None, visible: frozenset[Key], hidden: bool = False) -> None:
        self.attended.append((looked_at, visible, hidden))

    def arrange(self, plan: Plan) -> None:
        self.tell(arranged(plan))

    def lend(self) -> None:
        self.tell(Lent(problem="nothing is lent in this test"))

    def subscribe(self, listener: Listener, from_seq: int = 0) -> Callable[[], None]:
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    # --- what the test lets happen

    def tell(self, event: Event) -> None:
        for listener in tuple(self._listeners):
            listener(event)

    def things(self, things: Iterable[Thing]) -> None:
        self.tell(Reset(things=tuple(things)))

    def delta(self, delta: Delta) -> None:
        self.tell(DeltaEvent(deltas=(delta,)))

    def run(self, run: str, command: str, state: RunState = RunState.RUNNING, **more: Any) -> None:
        self.tell(RunEvent(run=run, command=command, state=state, **more))


def history(rows: Iterable[Row] = ()) -> Callable[[int, int | None], Future[tuple[Row, ...]]]:
    """A journal to read from."""

    def read(limit: int, before: int | None) -> Future[tuple[Row, ...]]:
        answer: Future[tuple[Row, ...]] = Future()
        answer.set_result(tuple(rows)[:limit])
        return answer

    return read
