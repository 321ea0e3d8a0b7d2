"""Shown: the server's state as a person sees it, calm while the network is not."""

from __future__ import annotations

from datetime import datetime

CALM_S = 2.0


class Shown:
    """State word and problem of a server; the word changes at most once in ``CALM_S``.

    Attributes:
        state, problem, since: as shown.
        due: when to wish again, for a change was held back, monotonic seconds; None = nothing was.
    """

    def __init__(self, state: str) -> None:
        self.state, self.problem = state, ""
        self.since: datetime | None = None
        self.due: float | None = None
        self._changed: float | None = None

    def wish(self, state: str, problem: str, now: float, wall: datetime) -> None:
        """Show this, unless the last change was a moment ago."""
        self.due = None
        if state != self.state:
            if self._changed is not None and now < self._changed + CALM_S:
                self.due = self._changed + CALM_S
                return
            self.state, self.since, self._changed = state, wall, now
        self.problem = problem
