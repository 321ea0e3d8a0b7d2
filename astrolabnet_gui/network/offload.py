"""Offload: one bounded pool of threads for libraries that block (keyring, Kafka, host names), joined at the end."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from ..errors import AstroLabNetError

T = TypeVar("T")


class Offload:
    """Blocking calls off the loop.

    Args:
        workers: threads at most.
        waiting: calls at most that wait for a thread; more are refused, for a queue without end hides a fault.
    """

    def __init__(self, workers: int = 4, waiting: int = 64) -> None:
        self.pool = ThreadPoolExecutor(workers, thread_name_prefix="offload")
        self._room = workers + waiting
        self._inside = 0
        self._count = threading.Lock()
        self._closed = False

    async def run(self, call: Callable[[], T], *, timeout_s: float) -> T:
        """Result of ``call`` run in a thread. After the time-out the thread goes on, but nobody waits for it.

        Raises:
            AstroLabNetError: the pool is full or closed, or the call took too long.
        """
        if self._closed:
            raise AstroLabNetError("the program is ending")
        if self._inside >= self._room:
            raise AstroLabNetError(f"{self._inside} blocking calls wait already", remedy="Try again in a moment.")
        with self._count:
            self._inside += 1
        future = self.pool.submit(call)
        future.add_done_callback(lambda _: self._left())
        try:
            async with asyncio.timeout(timeout_s):
                return await asyncio.wrap_future(future)
        except TimeoutError:
            raise AstroLabNetError(f"a blocking call did not end in {timeout_s:g} s") from None

    def _left(self) -> None:
        with self._count:
            self._inside -= 1

    def close(self, timeout_s: float) -> bool:
        """Refuse new calls, drop those that wait, join the threads; False if one is still busy."""
        self._closed = True
        self.pool.shutdown(wait=False, cancel_futures=True)
        deadline = time.monotonic() + timeout_s
        threads = list(self.pool._threads)
        for thread in threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        return not any(thread.is_alive() for thread in threads)
