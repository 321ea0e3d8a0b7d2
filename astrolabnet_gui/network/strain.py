"""Strain: how much of what is planned this process and this computer carry. Many servers are asked less often then."""

from __future__ import annotations

import time
from collections.abc import Callable

WINDOW_S = 5.0
# Of one core; promised is a half (reliability: P5).
MOST_CORES = 0.42
LATE_S, LATE_SHARE, LEAST = 1.0, 0.1, 0.25


class Strain:
    """``share`` of the plan that is kept to, ``LEAST``..1: what uses half a core, or is late, is planned less often.

    Args:
        cpu: seconds of this process so far.
    """

    def __init__(self, cpu: Callable[[], float] = time.process_time) -> None:
        self.share = 1.0
        self._cpu = cpu
        self._began, self._spent = 0.0, cpu()
        self._asked = self._late = 0

    def note(self, now: float, waited_s: float) -> bool:
        """A question has waited so long for its turn; True if that changed the share."""
        self._asked += 1
        self._late += waited_s > LATE_S
        took = now - self._began
        if took < WINDOW_S:
            return False
        spent, self._spent = self._spent, self._cpu()
        cores, late = (self._spent - spent) / took, self._late > LATE_SHARE * self._asked
        first, self._began = not self._began, now
        self._asked = self._late = 0
        old = self.share
        if first:
            return False
        if cores > MOST_CORES:
            self.share = max(LEAST, old * max(0.5, MOST_CORES / cores))
        elif late:
            self.share = max(LEAST, 0.8 * old)
        elif cores < 0.8 * MOST_CORES:
            self.share = min(1.0, 1.1 * old)
        return self.share != old
