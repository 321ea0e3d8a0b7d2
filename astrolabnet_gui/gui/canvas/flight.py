"""Flight: the way of the view from one place to another, eased out; nothing else moves the view unasked."""

from __future__ import annotations

import math
from dataclasses import dataclass

from .view import View


@dataclass(frozen=True, slots=True)
class Flight:
    """A way from where the view is to a zoom and a world middle.

    Attributes:
        start, goal: zoom and world middle.
        begun_s, lasts_s: by the caller's clock.
    """

    start: tuple[float, float, float]
    goal: tuple[float, float, float]
    begun_s: float
    lasts_s: float

    @classmethod
    def plan(cls, view: View, goal: tuple[float, float, float], now_s: float, lasts_s: float) -> Flight:
        """Flight from where ``view`` is now."""
        return cls((view.zoom, *view.centre), goal, now_s, lasts_s)

    def move(self, view: View, now_s: float) -> bool:
        """Put the view where it is at ``now_s``; True while it is under way."""
        part = 1.0 if self.lasts_s <= 0 else min(1.0, max(0.0, (now_s - self.begun_s) / self.lasts_s))
        if part >= 1.0:
            view.look(*self.goal)
            return False
        eased = 1 - (1 - part) ** 3
        (z0, x0, y0), (z1, x1, y1) = self.start, self.goal
        zoom = math.exp(math.log(z0) + (math.log(z1) - math.log(z0)) * eased)
        # The middle moves as the zoom does, so that the goal never leaves the screen on the way.
        share = eased if z0 == z1 else (1 / z0 - 1 / zoom) / (1 / z0 - 1 / z1)
        view.look(zoom, x0 + (x1 - x0) * share, y0 + (y1 - y0) * share)
        return True
