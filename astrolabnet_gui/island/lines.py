"""The log of a session or batch as Livy keeps it: the last 200 lines of each stream, with a head line for each."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

RETAINED_LINES = 200


class Lines:
    """Two ring buffers; ``all()`` joins them under Livy's heads ``"stdout: "`` and ``"\\nstderr: "``."""

    def __init__(self, retained: int = RETAINED_LINES) -> None:
        self._out: deque[str] = deque(maxlen=retained)
        self._err: deque[str] = deque(maxlen=retained)

    def out(self, line: str) -> None:
        """Add a line of standard output."""
        self._out.append(line)

    def err(self, lines: str | Iterable[str]) -> None:
        """Add a line, or several, of standard error."""
        self._err.extend([lines] if isinstance(lines, str) else lines)

    def all(self) -> list[str]:
        """Every retained line with the heads; the position in this list is what ``from`` means."""
        return ["stdout: ", *self._out, "\nstderr: ", *self._err]

    def last(self, count: int) -> list[str]:
        """The last lines, heads included."""
        return self.all()[-count:]

    def page(self, start: int | None, size: int | None) -> tuple[int, int, list[str]]:
        """A page as Livy cuts it: (from, total, lines).

        ``start`` None or negative means the tail; ``size`` None means 100, negative means everything.
        """
        lines = self.all()
        wanted = 100 if size is None else size
        first = -1 if start is None else start
        if wanted < 0:
            first, wanted = 0, len(lines)
        if first < 0:
            first = max(0, len(lines) - wanted)
        return first, len(lines), lines[first : first + wanted]
