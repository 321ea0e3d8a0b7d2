"""Hub: what the web service knows of the engine: a replica of the store, the runs it was asked for, and its hearers."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..model.key import Key
from ..model.server import Server
from ..network.delta import Delta
from ..network.link import DeltaEvent, Event, Link, Question, Reset, RunEvent, RunState
from ..network.store import Store
from . import telling

ENDED = (RunState.DONE, RunState.FAILED, RunState.CANCELLED)
MOST_RUNS = 1000
MOST_WAITING = 256
BEAT_S = 15.0


@dataclass
class Ran:
    """One run that was asked for here.

    Attributes:
        asked: the question nobody had answered; the run was given up then.
        over: it has ended, or asked.
    """

    id: str
    answers: Mapping[str, str]
    last: RunEvent | None = None
    asked: Question | None = None
    over: asyncio.Event = field(default_factory=asyncio.Event)


class Hub:
    """All calls on the loop it was made on; the engine's thread only hands events over.

    Attributes:
        begun: the engine's first word is here: before it nothing is known, not even which servers there are.
    """

    def __init__(self, link: Link) -> None:
        self.store = Store()
        self.begun = asyncio.Event()
        self.runs: dict[str, Ran] = {}
        self.closed = False
        self._link, self._loop = link, asyncio.get_running_loop()
        self._ears: set[asyncio.Queue[str]] = set()
        self._leave = link.subscribe(self._hand_over)

    def close(self) -> None:
        """Hear no more, and let the hearers go."""
        if not self.closed:
            self.closed = True
            self._leave()
        for ear in self._ears:
            _put(ear, "")

    def submit(self, command: str, key: Key | None, params: Mapping[str, Any], answers: Mapping[str, str]) -> Ran:
        """Start a command; ``answers`` maps the words of a question to a choice."""
        ran = Ran(self._link.submit(command, key, params), answers)
        self.runs[ran.id] = ran
        for old in [name for name, one in self.runs.items() if one.over.is_set()][: max(0, len(self.runs) - MOST_RUNS)]:
            del self.runs[old]
        return ran

    def look(self, key: Key | None) -> None:
        """Somebody looks at this thing: the engine polls accordingly."""
        self._link.attend(key, frozenset(self.store.things))

    async def events(self) -> AsyncIterator[str]:
        """What happens, as lines of an event stream; all things come first. A hearer too slow gets all things anew."""
        ear: asyncio.Queue[str] = asyncio.Queue(MOST_WAITING)
        self._ears.add(ear)
        try:
            self.look(None)
            yield self._all()
            while not self.closed:
                try:
                    line = await asyncio.wait_for(ear.get(), BEAT_S)
                except TimeoutError:
                    line = ": still here\n\n"
                if self.closed:
                    return
                yield line
        finally:
            self._ears.discard(ear)

    def _hand_over(self, event: Event) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._take, event)

    def _take(self, event: Event) -> None:
        if isinstance(event, Reset):
            old = tuple(sorted(self.store.things, key=lambda k: -len(k.path)))
            self.store.apply(Delta("", removed=old, added=event.things))
            self.begun.set()
            self._tell_all(None)
        elif isinstance(event, DeltaEvent):
            renamed = any(self._renames(delta) for delta in event.deltas)
            self.store.apply_all(event.deltas)
            self._tell_all(None if renamed else _line("delta", self._deltas(event)))
        elif isinstance(event, RunEvent):
            self._ran(event)
            self._tell_all(_line("run", telling.run(self.store, event)))

    def _ran(self, event: RunEvent) -> None:
        ran = self.runs.get(event.run)
        if ran is None or ran.over.is_set():
            return
        ran.last = event
        if event.state is RunState.ASKING and event.question is not None:
            choice = ran.answers.get(event.question.text, "")
            if choice in event.question.choices:
                self._link.answer(ran.id, event.question.id, choice)
                return
            ran.asked = event.question
            self._link.cancel(ran.id)
        if ran.asked is not None or event.state in ENDED:
            ran.over.set()

    def _renames(self, delta: Delta) -> bool:
        """A server's new alias changes the address of all below it."""
        renamed = False
        for thing in delta.changed:
            old = self.store.get(thing.key)
            old_payload = None if old is None else old.payload
            if isinstance(thing.payload, Server) and isinstance(old_payload, Server):
                renamed = renamed or old_payload.alias != thing.payload.alias
        return renamed

    def _deltas(self, event: DeltaEvent) -> dict[str, Any]:
        return {
            "removed": [telling.key_text(key) for delta in event.deltas for key in delta.removed],
            "things": [telling.thing(self.store, t) for delta in event.deltas for t in (*delta.added, *delta.changed)],
        }

    def _all(self) -> str:
        things = [telling.thing(self.store, thing) for thing in self.store.things.values()]
        return _line("reset", {"things": things})

    def _tell_all(self, line: str | None) -> None:
        """One line to every hearer; None = all things anew."""
        if not self._ears:
            return
        line = self._all() if line is None else line
        for ear in self._ears:
            if ear.full():
                while not ear.empty():
                    ear.get_nowait()
                _put(ear, self._all())
            else:
                _put(ear, line)


def _line(name: str, value: Mapping[str, Any]) -> str:
    return f"event: {name}\ndata: {json.dumps(value, ensure_ascii=True, default=str)}\n\n"


def _put(ear: asyncio.Queue[str], line: str) -> None:
    if not ear.full():
        ear.put_nowait(line)
