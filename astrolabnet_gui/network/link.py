"""Link: how a face talks to the engine. Few calls, serialisable values, so that the engine could be a process."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any, Protocol

from pydantic import Field

from ..model.key import Key
from ..model.thing import Thing, Value
from .delta import Delta

Box = tuple[float, float, float, float]
Point = tuple[float, float]


class RunState(StrEnum):
    """Where one run of a command stands."""

    RUNNING = "running"
    ASKING = "asking"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Question(Value):
    """Something only a person can decide; the run waits for ``Link.answer``."""

    id: str
    text: str
    choices: tuple[str, ...] = ("yes", "no")
    default: str = "no"


class Problem(Value):
    """An error as it travels: our class name, the words, the remedy."""

    type: str
    what: str
    server: str = ""
    remedy: str = ""
    field: str = ""

    def __str__(self) -> str:
        return " ".join(p for p in (f"{self.server}: {self.what}" if self.server else self.what, self.remedy) if p)


class RunEvent(Value):
    """News of one run.

    Attributes:
        seq: number of the event; grows by one.
        run: id of the run (ULID).
        key: thing it acts on; None for the workspace.
        line: the Python that does the same.
        progress: 0..1, None = unknown; text: what it does now.
        result: the command's result as plain data, when DONE; ``focus``: thing to show next, if any.
    """

    seq: int = 0
    run: str
    command: str
    key: Key | None = None
    state: RunState
    line: str = ""
    progress: float | None = None
    text: str = ""
    question: Question | None = None
    result: Any = None
    focus: Key | None = None
    problem: Problem | None = None


class DeltaEvent(Value):
    """Changes of things, coalesced to at most 30 events a second."""

    seq: int = 0
    deltas: tuple[Delta, ...] = Field(default=())


class Reset(Value):
    """All things anew: sent first to a subscriber whose ``from_seq`` is too old or 0."""

    seq: int = 0
    things: tuple[Thing, ...] = ()


class Spot(Value):
    """One box to be placed.

    Attributes:
        box: left, top, right, bottom from the point that is placed.
        at: where it stands and stays; None = to be placed.
    """

    key: Key
    box: Box
    at: Point | None = None


class Plan(Value):
    """What a layout is made from: boxes, pairs that are joined, pairs between which data flows."""

    spots: tuple[Spot, ...] = ()
    edges: tuple[tuple[Key, Key], ...] = ()
    flows: tuple[tuple[Key, Key], ...] = ()
    aspect: float = 1.4


class Arranged(Value):
    """Places for all boxes of a Plan."""

    seq: int = 0
    places: tuple[tuple[Key, Point], ...] = ()


class Opened(Value):
    """An engine of another process is there; sentences about what it could not read or write."""

    seq: int = 0
    problems: tuple[str, ...] = ()


class Lent(Value):
    """The engine may be used by other processes of this user.

    Attributes:
        port: of the loopback.
        secret: what both sides prove to know before the first word; hexadecimal.
        problem: why they can not; "" if they can.
    """

    seq: int = 0
    port: int = 0
    secret: str = ""
    problem: str = ""


Event = RunEvent | DeltaEvent | Reset | Arranged | Opened | Lent
Listener = Callable[[Event], None]


class Link(Protocol):
    """What a face may ask of the engine. All calls return at once and may come from any thread.

    Listeners are called in the engine's thread: a face must hand the event to its own.
    """

    def submit(self, command: str, key: Key | None, params: Mapping[str, Any]) -> str:
        """Start a command; the answer is its run id. Bad parameters come as a FAILED RunEvent."""
        ...

    def answer(self, run: str, question: str, choice: str) -> None:
        """Answer a Question of a run."""
        ...

    def cancel(self, run: str) -> None:
        """Stop waiting for a run; what was sent stays sent (and is reconciled)."""
        ...

    def attend(self, looked_at: Key | None, visible: frozenset[Key], hidden: bool = False) -> None:
        """Say what the person looks at; polling follows (looked at 1 s, visible 3 s, idle 10 s, hidden 60 s)."""
        ...

    def arrange(self, plan: Plan) -> None:
        """Lay the chart out beside everything else; the answer is an ``Arranged``."""
        ...

    def lend(self) -> None:
        """Let other processes of this user use the engine too (see ``lending``); the answer is a ``Lent``."""
        ...

    def subscribe(self, listener: Listener, from_seq: int = 0) -> Callable[[], None]:
        """Hear events after ``from_seq``; a Reset comes first if they are no longer kept. Returns the way to stop."""
        ...
