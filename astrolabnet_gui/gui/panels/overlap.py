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
