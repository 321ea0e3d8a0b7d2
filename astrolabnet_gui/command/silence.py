"""Silence: for how long a channel's runner has said nothing, and a look when that has become too long."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

from ..channels.status import Status, silent_after_s
from ..model.key import Key
from ..network.engine import Engine


class Silence:
    """One for the channels of a House. All calls in the engine's thread.

    Args:
        told: is called when a silence has become too long: a runner that says nothing makes no news.
    """

    def __init__(self, now: Callable[[], datetime], told: Callable[[Engine, Key], None]) -> None:
        self._now, self._told = now, told
        self._heard: dict[Key, tuple[float, datetime]] = {}
        self._timers: dict[Key, asyncio.TimerHandle] = {}

    def moment(self, key: Key, status: Status | None) -> datetime:
        """The time it is where the runner runs: its last word, and how long ago that was heard here.

        The clocks of two computers differ; only of the first word that is seen the runner's own must be believed.
        """
        if status is None:
            return self._now()
        known = self._heard.get(key)
        if known is None or known[0] != status.time:
            known = self._heard[key] = status.time, status.at if known is None else self._now()
        return status.at + max(timedelta(), self._now() - known[1])

    def watch(self, engine: Engine, key: Key, status: Status | None) -> None:
        """It runs: look at it again when it will have been silent for too long."""
        if status is None or key in self._timers:
            return
        silent = (self.moment(key, status) - status.at).total_seconds()
        left = max(0.0, silent_after_s(status) - silent)
        self._timers[key] = asyncio.get_running_loop().call_later(left + 1, self._due, engine, key)

    def _due(self, engine: Engine, key: Key) -> None:
        self._timers.pop(key, None)
        self._told(engine, key)
