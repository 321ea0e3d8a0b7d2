"""Clock: the time that passes, as tests can replace it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from typing import Protocol


class Clock(Protocol):
    """Monotonic seconds and a sleep that agrees with them."""

    def now(self) -> float:
        """Seconds since some moment; never goes back."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Let others run for so long."""
        ...


class RealClock:
    """The computer's own."""

    def now(self) -> float:
        """Seconds since some moment; never goes back."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Let others run for so long."""
        await asyncio.sleep(seconds)


def growing(first_s: float = 1.0, most_s: float = 30.0) -> Iterator[float]:
    """1, 2, 4 … 30, 30 … seconds between looks."""
    delay = first_s
    while True:
        yield delay
        delay = min(most_s, delay * 2)
