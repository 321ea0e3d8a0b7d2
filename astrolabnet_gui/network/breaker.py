"""Breaker: when to ask a server that does not answer, and what to show of it meanwhile."""

from __future__ import annotations

import random
from collections import deque
from dataclasses import dataclass, field

from ..errors import AstroLabNetError, LoginNeeded, NotContacted, NotLivy, Untrusted

FLOOR_S = 0.3
# With the two good answers after it a server that came back is green within 30 s.
CAP_S, CAP_HIDDEN_S, CAP_OWN_S = 25.0, 300.0, 1.0
HEALTHY_S = 120.0


def latch(error: AstroLabNetError) -> str:
    """State word of an error that no retry cures; "" if a retry may."""
    if isinstance(error, LoginNeeded):
        return "login needed"
    if isinstance(error, NotLivy):
        return "not Livy"
    if isinstance(error, NotContacted):
        return "not contacted"
    if isinstance(error, Untrusted):
        return "certificate changed" if error.changed else "not trusted"
    return ""


@dataclass(slots=True)
class Breaker:
    """Closed (asking), open (waits with full jitter; good answers close it) or latched (a person must act).

    Attributes:
        rng: for the jitter.
        needed: good answers in a row that close it.
        latched: state word while latched, else "".
        open: it does not answer; shown as down.
        again_at: when to try next, monotonic seconds; 0 = any time.
        error: the last one; None when all is well.
    """

    rng: random.Random
    needed: int = 2
    latched: str = ""
    open: bool = False
    again_at: float = 0.0
    error: AstroLabNetError | None = None
    _recent: deque[bool] = field(default_factory=lambda: deque(maxlen=10))
    _row: int = 0
    _good: int = 0
    _tries: int = 0
    _well_since: float | None = None

    def ok(self, now: float) -> None:
        """A good answer came."""
        self._recent.append(True)
        self._row = 0
        self._good += 1
        self.again_at = 0.0
        self.latched = ""
        if self._well_since is None:
            self._well_since = now
        if self.open and self._good < self.needed:
            return
        if self.open:
            self._recent.clear()
        self.open, self.error = False, None
        if now - self._well_since >= HEALTHY_S:
            self._tries = 0

    def fail(self, error: AstroLabNetError, now: float, cap_s: float = CAP_S) -> None:
        """No good answer came."""
        self.error, self._good, self._well_since = error, 0, None
        self.latched = latch(error)
        if self.latched:
            return
        self._recent.append(False)
        self._row += 1
        if self._row >= 3 or (len(self._recent) == 10 and self._recent.count(False) >= 5):
            self.open = True
        self.again_at = now + max(FLOOR_S, self.rng.uniform(0, min(cap_s, 2.0**self._tries)))
        self._tries = min(self._tries + 1, 16)

    def retry(self) -> None:
        """A person asks to try now: whatever it is, one try is free."""
        self.latched, self.again_at = "", 0.0

    @property
    def state(self) -> str:
        """State word of the server; "" when nothing is wrong."""
        if self.latched:
            return self.latched
        return "down" if self.open else "no answer" if self.error is not None else ""
