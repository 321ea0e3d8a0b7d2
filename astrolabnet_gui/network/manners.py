"""Good manners towards one server: a request a second over a minute, two in flight, Retry-After obeyed."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from ..errors import Busy
from .budget import Budget, Lane

# 57 tokens a minute and a burst of 3 give at most 60 requests in any 60 s.
RATE = 57 / 60
BURST = 3.0
# Acts are never held back by the rate; their debt delays the polls after them, at most this much.
DEBT = -20.0
LONGEST_WAIT_S = 3600.0
# Calls a Livy may hold for minutes: one at a time, so that the second place stays free for short ones.
SLOW = frozenset({"create_session", "create_batch", "delete_session", "delete_batch", "stop_session",
                  "upload_file", "upload_jar", "upload_pyfile"})  # fmt: skip

# Livy ends a session that had none of these for its idle time-out; reading is no activity.
ACTIVITY = frozenset({"keep_alive", "run_statement", "cancel_statement", "complete", "upload_file", "upload_jar",
                      "upload_pyfile", "add_file", "add_jar", "add_pyfile"})  # fmt: skip


class Manners:
    """Counts what one server is asked. The island is ours: no rate, more in flight.

    Args:
        budget: of all servers together.
        own: this server is our own island.
        clock: seconds, monotonic.
    """

    def __init__(self, budget: Budget, *, own: bool, clock: Callable[[], float]) -> None:
        self._budget, self._own, self._clock = budget, own, clock
        self._places = asyncio.Semaphore(16 if own else 2)
        self._slow = asyncio.Semaphore(8 if own else 1)
        self._tokens, self._at = BURST, clock()
        self._silent_until = 0.0
        self.asked = 0

    def free_at(self) -> float:
        """When the next counted poll may go, on the clock; a time that has passed if it may go now."""
        now = self._refill()
        if self._own or self._tokens >= 1:
            return self._silent_until
        return max(now + (1 - self._tokens) / RATE, self._silent_until)

    def floor_s(self, *, seen: bool) -> float:
        """Shortest interval of the lists of a server that many share the budget with; our own island is not held."""
        return 0.0 if self._own else self._budget.floor_s if seen else self._budget.idle_floor_s

    def round_s(self) -> float:
        """Time over which what a crowd of servers is asked at once is spread; 0 for few, and for our own island."""
        return 0.0 if self._own else self._budget.round_s

    def silent_until(self) -> float:
        """Time before which the server asked to be left alone."""
        return self._silent_until

    def hold(self, retry_after_s: float) -> None:
        """The server said how long it wants to be left alone; more than an hour is not believed."""
        self._silent_until = max(self._silent_until, self._clock() + min(retry_after_s, LONGEST_WAIT_S))

    @asynccontextmanager
    async def poll(self, lane: Lane = Lane.POLL, *, cost: int = 1) -> AsyncIterator[None]:
        """Place for one question of the engine.

        Args:
            lane: who goes first.
            cost: requests it makes; 0 for my looked-at task in its first 30 s, which is not counted.
        """
        async with self._places, self._budget.place(lane):
            self._spend(cost)
            yield

    @asynccontextmanager
    async def counted(self, sent: Callable[[], int]) -> AsyncIterator[None]:
        """Place for a question that shows only afterwards how many requests it was: ``sent`` counts them."""
        before = sent()
        async with self._places, self._budget.place(Lane.POLL):
            try:
                yield
            finally:
                self._spend(sent() - before)

    @asynccontextmanager
    async def act(self, *, slow: bool = False) -> AsyncIterator[None]:
        """Place for one request of a person or a command.

        Raises:
            Busy: the server asked to be left alone; nothing was sent.
        """
        wait = self._silent_until - self._clock()
        if wait > 0:
            raise Busy(f"the server asked to be left alone for {wait:.0f} s more", status=429, retry_after_s=wait,
                       remedy="Try again then.")  # fmt: skip
        if slow:
            await self._slow.acquire()
        try:
            async with self._places, self._budget.place(Lane.ACT):
                self._spend(1)
                yield
        finally:
            if slow:
                self._slow.release()

    def _refill(self) -> float:
        now = self._clock()
        self._tokens = min(BURST, self._tokens + (now - self._at) * RATE)
        self._at = now
        return now

    def _spend(self, cost: int) -> None:
        self.asked += 1
        if cost and not self._own:
            self._refill()
            self._tokens = max(DEBT, self._tokens - cost)


class Mannered:
    """A client whose every call goes through ``Manners.act``; for the rest it is the client itself.

    Args:
        used: hears the id of a session whenever a call went well that Livy counts as its activity.
    """

    def __init__(self, client: Any, manners: Manners, used: Callable[[Any], None] = lambda _: None) -> None:
        self._client, self._manners, self._used = client, manners, used

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._client, name)
        if not inspect.iscoroutinefunction(found) or name == "aclose":
            return found

        async def call(*args: Any, **kwargs: Any) -> Any:
            async with self._manners.act(slow=name in SLOW):
                try:
                    answer = await found(*args, **kwargs)
                    if name in ACTIVITY:
                        self._used(args[0])
                    return answer
                except Busy as busy:
                    if busy.retry_after_s:
                        self._manners.hold(busy.retry_after_s)
                    raise

        return call
