"""Overlap: windows of a rolling log put together again; where nothing overlaps, a gap is marked. No Qt."""

from __future__ import annotations

from collections.abc import Sequence

KEPT = 50_000


class LogBook:
    """Lines of one log, as far as they were seen.

    Attributes:
        lines: oldest first; None stands where lines are missing.
        missing: gaps marked.
    """

    def __init__(self) -> None:
        self.lines: list[str | None] = []

    @property
    def missing(self) -> int:
        """Gaps."""
        return self.lines.count(None)

    def add(self, page: Sequence[str]) -> int:
        """Take in the newest window; the answer is how many of its lines are new.

        A window that begins inside of what is known continues it. One that shares nothing stands after a gap.
        """
        new = list(page)
        if not new:
            return 0
        shared = _shared(self.lines, new)
        if self.lines and not shared:
            self.lines.append(None)
        self.lines += new[shared:]
        if len(self.lines) > KEPT:
            del self.lines[: len(self.lines) - KEPT]
        return len(new) - shared


class Streams:
    """The same for a log of two parts, as Livy tells it of a session or batch: ``stdout:`` and, after it, ``stderr:``.

    Each part grows and forgets by itself: as one log they would seem to have gaps whenever the first has grown.
    """

    def __init__(self) -> None:
        self._out, self._err = LogBook(), LogBook()
        self._heads: tuple[list[str], list[str]] | None = None

    @property
    def lines(self) -> list[str | None]:
        """Oldest first; None stands where lines are missing."""
        if self._heads is None:
            return self._err.lines
        return [*self._heads[0], *self._out.lines, *self._heads[1], *self._err.lines]

    @property
    def missing(self) -> int:
        """Gaps."""
        return self._out.missing + self._err.missing

    def add(self, page: Sequence[str]) -> int:
        """Take in the newest window; the answer is how many of its lines are new. One without heads is all stderr."""
        at = next((n for n, line in enumerate(page) if line.strip() == "stderr:"), 0)
        if not at or page[0].strip() != "stdout:":
            return self._err.add(page)
        end = at if page[at - 1].strip() or at == 1 else at - 1
        self._heads = (list(page[:1]), list(page[end : at + 1]))
        return self._out.add(page[1:end]) + self._err.add(page[at + 1 :])


def _shared(known: Sequence[str | None], new: list[str]) -> int:
    """Lines at the end of ``known`` that ``new`` begins with: the most that fit (the border of new + known's end)."""
    tail: list[str | None] = list(known[-len(new) :])
    # Knuth, Morris and Pratt: how much of the beginning of ``new`` ends at each place; linear in both.
    border = [0] * len(new)
    at = 0
    for n in range(1, len(new)):
        while at and new[n] != new[at]:
            at = border[at - 1]
        at += new[n] == new[at]
        border[n] = at
    at = 0
    for line in tail:
        while at and (at == len(new) or line != new[at]):
            at = border[at - 1]
        at += at < len(new) and line == new[at]
    return at
