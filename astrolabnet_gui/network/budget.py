"""The global budget: so many requests a second over all servers, with a lane kept free for what a person does."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from enum import IntEnum
from itertools import count

from .strain import Strain

FRESH_S = 2.0
# Requests a round (batches are asked a third as often as sessions), and the share of the budget planned for rounds.
ROUND, SHARE, SEEN_S, IDLE_S = 4 / 3, 0.75, 3.0, 10.0


class Lane(IntEnum):
    """Who goes first when the budget is short."""

    ACT = 0
    LOOKED_AT = 1
    POLL = 2


class Budget:
    """A token bucket with waiting lines; the lowest lane goes first, within a lane the first come.

    One AsyncClient costs 1.8 ms of one core a request (reference: performance §9), hence 200 a second.

    Args:
        rate: tokens a second.
        burst: most tokens that pile up.
        reserve: tokens that polls may not touch, so that an act never waits behind them.
        at_once: polls under way at most. One that takes longer than ``FRESH_S`` is not counted any more: it waits for
            its server, not for this computer, and a hundred hung servers must not hold up the well ones.
        strain: of this process and computer.
    """

    def __init__(
        self, rate: float = 200.0, *, burst: float = 40.0, reserve: float = 20.0, at_once: int = 64,
        strain: Strain | None = None,
    ) -> None:  # fmt: skip
        if not 0 <= reserve < burst:
            raise ValueError("the reserve must be smaller than the burst")
        self._rate, self._burst, self._reserve = rate, burst, reserve
        self._tokens, self._at = burst, 0.0
        self._waiting: list[tuple[Lane, int, asyncio.Future[None]]] = []
        self._turn = count()
        self._timer: asyncio.TimerHandle | None = None
        self._fresh, self._at_once = 0, at_once
        self.taken = 0
        self.floor_s = self.idle_floor_s = self.round_s = 0.0
        self._strain, self._crowd = strain or Strain(), (0, 0, 0)

    def crowd(self, visible: int, idle: int, hidden: int = 0) -> None:
        """So many servers share the budget: the visible ones stretch their intervals until all fit, and what all are
        asked at once (at the start, after an outage) is spread over ``round_s``, so that questions are asked later by
        plan, evenly, not by a waiting line."""
        self._crowd = (visible, idle, hidden)
        planned = SHARE * self._rate * self._strain.share
        round_s = (visible + idle + hidden) / planned
        self.round_s = round_s if round_s > 1 else 0.0
        # Those out of sight leave a quarter to those in sight, and are stretched themselves beyond the rest.
        self.floor_s = visible * ROUND / max(planned / 4, planned - idle * ROUND / IDLE_S)
        rest = planned - visible * ROUND / max(self.floor_s, SEEN_S)
        self.idle_floor_s = idle * ROUND / max(planned / 4, rest)

    @asynccontextmanager
    async def place(self, lane: Lane) -> AsyncIterator[None]:
        """A token, and a place among the polls under way (acts need none)."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        await self._take(lane)
        if lane is Lane.ACT:
            yield
            return
        if self._strain.note(loop.time(), loop.time() - began):
            self.crowd(*self._crowd)
        left = False

        def leave() -> None:
            nonlocal left
            if not left:
                left = True
                self._leave()

        timer = loop.call_later(FRESH_S, leave)
        try:
            yield
        finally:
            timer.cancel()
            leave()

    async def _take(self, lane: Lane) -> None:
        """Wait for a token (see ``place``). A cancelled wait takes none."""
        loop = asyncio.get_running_loop()
        place: asyncio.Future[None] = loop.create_future()
        heapq.heappush(self._waiting, (lane, next(self._turn), place))
        self._serve(loop)
        try:
            await place
        except asyncio.CancelledError:
            if place.done() and not place.cancelled() and lane is not Lane.ACT:
                self._leave()
            raise

    def _leave(self) -> None:
        self._fresh -= 1
        self._serve(asyncio.get_running_loop())

    def _serve(self, loop: asyncio.AbstractEventLoop) -> None:
        now = loop.time()
        if not self._at:
            self._at = now
        self._tokens = min(self._burst, self._tokens + (now - self._at) * self._rate)
        self._at = now
        while self._waiting:
            lane, _, place = self._waiting[0]
            if not place.done():
                lack = 1.0 + (0.0 if lane is Lane.ACT else self._reserve) - self._tokens
                if lane is not Lane.ACT and self._fresh >= self._at_once:
                    return
                if lack > 1e-9:
                    self._again(loop, lack / self._rate)
                    return
                self._tokens -= 1.0
                self.taken += 1
                self._fresh += lane is not Lane.ACT
                place.set_result(None)
            heapq.heappop(self._waiting)

    def _again(self, loop: asyncio.AbstractEventLoop, delay_s: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = loop.call_later(delay_s, self._serve, loop)

    def close(self) -> None:
        """Drop the timer; those who wait are cancelled by their own tasks."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
