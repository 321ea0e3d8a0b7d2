"""Outbox: events numbered, kept for late subscribers, sent at most 30 times a second."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Iterable

from ..model.output import is_large
from ..model.thing import Thing
from .delta import Changes, Delta
from .link import DeltaEvent, Event, Listener, Reset, RunEvent, RunState

_logger = logging.getLogger(__name__)
INTERVAL_S = 1 / 30
KEPT = 2000


class Outbox:
    """What leaves the engine. All calls in the engine's thread.

    In one sending the changes of things come before the news of runs, so that a thing a command made is known when
    the command says DONE.

    Args:
        things: all things as they are now.
        runs: last event of each run that has not ended.
    """

    def __init__(self, things: Callable[[], Iterable[Thing]], runs: Callable[[], Iterable[RunEvent]]) -> None:
        self._things, self._runs = things, runs
        self._changes = Changes()
        self._news: list[RunEvent] = []
        self._kept: deque[Event] = deque(maxlen=KEPT)
        self._listeners: list[Listener] = []
        self._seq = 0
        self._sent_at = 0.0
        self._timer: asyncio.TimerHandle | None = None

    def delta(self, delta: Delta) -> None:
        """Things have changed."""
        self._changes.add(delta)
        self._soon()

    def news(self, event: RunEvent) -> None:
        """A run says something; of its plain progress only the last word counts."""
        last = next((e for e in reversed(self._news) if e.run == event.run), None)
        if last is not None and last.state is event.state is RunState.RUNNING:
            self._news[self._news.index(last)] = event
        else:
            self._news.append(event)
        self._soon()

    def tell(self, event: Event) -> None:
        """An answer that is of no use to later subscribers: sent at once, not kept."""
        for listener in tuple(self._listeners):
            self._tell(listener, event)

    def subscribe(self, listener: Listener, from_seq: int) -> None:
        """Tell what came after ``from_seq``, all anew if that is not kept; then everything to come."""
        self.flush()
        oldest = self._kept[0].seq if self._kept else self._seq + 1
        if from_seq and oldest - 1 <= from_seq <= self._seq:
            missed: list[Event] = [event for event in self._kept if event.seq > from_seq]
        else:
            missed = [Reset(seq=self._seq, things=tuple(self._things()))]
            missed += [event.model_copy(update={"seq": self._seq}) for event in self._runs()]
        self._listeners.append(listener)
        for event in missed:
            self._tell(listener, event)

    def unsubscribe(self, listener: Listener) -> None:
        """Tell this one no more; it may be gone already."""
        if listener in self._listeners:
            self._listeners.remove(listener)

    def flush(self) -> None:
        """Send what has gathered."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        deltas = self._changes.take()
        news, self._news = self._news, []
        if not deltas and not news:
            return
        self._sent_at = asyncio.get_running_loop().time()
        if deltas:
            self._send(DeltaEvent(seq=self._seq + 1, deltas=deltas))
        for event in news:
            self._send(event.model_copy(update={"seq": self._seq + 1}))

    def _soon(self) -> None:
        if self._timer is None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_at(max(loop.time(), self._sent_at + INTERVAL_S), self._on_time)

    def _on_time(self) -> None:
        self._timer = None
        self.flush()

    def _send(self, event: Event) -> None:
        self._seq = event.seq
        # Who comes late is told how a run ended, not a large result: two thousand of them would stay in memory.
        heavy = isinstance(event, RunEvent) and is_large(event.result)
        self._kept.append(event.model_copy(update={"result": None}) if heavy else event)
        for listener in tuple(self._listeners):
            self._tell(listener, event)

    def _tell(self, listener: Listener, event: Event) -> None:
        try:
            listener(event)
        except Exception:
            _logger.exception("a listener failed and is told no more")
            self.unsubscribe(listener)
