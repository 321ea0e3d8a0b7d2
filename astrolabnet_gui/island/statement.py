"""One piece of code in a session, and the newest hundred of them that a session keeps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

RETAINED_STATEMENTS = 100
FINISHED = frozenset({"available", "cancelled"})


@dataclass
class Statement:
    """States: waiting, running, cancelling, then available or cancelled. Times are epoch milliseconds, 0 = not yet."""

    id: int
    code: str
    kind: str
    state: str = "waiting"
    output: dict[str, Any] | None = None
    progress: float = 0.0
    started: int = 0
    completed: int = 0

    @property
    def finished(self) -> bool:
        """Whether its state will not change any more."""
        return self.state in FINISHED

    def finish(self, state: str, output: dict[str, Any] | None, now_ms: int) -> None:
        """Set the last state; progress is 1.0 then, as Livy has it."""
        self.state, self.output, self.progress, self.completed = state, output, 1.0, now_ms


class Statements:
    """The retained statements of a session, oldest first; ids have no gaps and start at 0."""

    def __init__(self, retained: int = RETAINED_STATEMENTS) -> None:
        self._retained = max(1, retained)
        self._next = 0
        self._held: dict[int, Statement] = {}

    def add(self, code: str, kind: str) -> Statement:
        """Make the next one; the oldest goes when there are too many, whatever its state (as Livy does)."""
        statement = Statement(self._next, code, kind)
        self._next += 1
        self._held[statement.id] = statement
        while len(self._held) > self._retained:
            del self._held[next(iter(self._held))]
        return statement

    def get(self, number: int) -> Statement | None:
        """A retained statement."""
        return self._held.get(number)

    def __len__(self) -> int:
        return len(self._held)

    def __iter__(self) -> Iterator[Statement]:
        return iter(list(self._held.values()))

    def page(self, start: int, size: int | None, *, newest_first: bool) -> list[Statement]:
        """A slice by position, not by id."""
        held = list(self._held.values())
        if newest_first:
            held.reverse()
        first = max(0, start)
        return held[first:] if size is None else held[first : max(first, start + size)]
