"""Recording: what all things are is written down as it changes, so that a person can look at any past moment."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

from ..errors import AstroLabNetError, Missing
from ..journal.owner import Only
from ..journal.past import Past
from ..model.key import Key
from ..model.thing import Thing
from ..model.told import key_text, tell
from ..network.delta import Delta
from ..network.engine import Engine
from ..network.offload import Offload

T = TypeVar("T")
# So often it is written; what came and went in between is not seen.
EVERY_S = 1.0
# Many things are told in slices: their thread must not hold up the others.
SLICE = 100
_APART = frozenset({"actions", "columns"})
_logger = logging.getLogger(__name__)


class Recording:
    """One for the House. ``heard`` in the engine's thread; the file belongs to a thread of its own.

    Of several windows one writes; when it ends, another goes on.

    Args:
        path: the file.
        wall: time of day, seconds since 1970.

    Attributes:
        problem: why nothing is written any more; "" if it is.
    """

    def __init__(self, path: Path, wall: Callable[[], float] = time.time) -> None:
        self.path, self._wall = path, wall
        self.problem = ""
        self.on = self._closed = False
        self._pool = Offload(workers=1, waiting=1_000)
        self._past: Past | None = None
        self._only = Only(path.with_name(path.name + ".lock"))
        self._loop: asyncio.AbstractEventLoop | None = None
        self._dirty: dict[Key, Thing | None] = {}
        self._timer: asyncio.TimerHandle | None = None

    def begin(self, engine: Engine) -> None:
        """Write from now on; the long-lived faces do."""
        self.on, self._loop = True, asyncio.get_running_loop()
        self._dirty = {thing.key: thing for thing in engine.store.things.values() if thing.key.kind not in _APART}
        self._soon()

    def heard(self, delta: Delta) -> None:
        """Things have changed."""
        if not self.on:
            return
        for key in delta.removed:
            if key.kind not in _APART:
                self._dirty[key] = None
        for thing in (*delta.added, *delta.changed):
            if thing.key.kind not in _APART:
                self._dirty[thing.key] = thing
        self._soon()

    def _soon(self) -> None:
        if self._timer is None and self._dirty:
            self._timer = asyncio.get_running_loop().call_later(EVERY_S, self.flush)

    def flush(self) -> None:
        """Have what was heard written."""
        if self._timer is not None:
            self._timer.cancel()
        self._timer = None
        dirty, self._dirty = self._dirty, {}
        if dirty and not self.problem:
            at = self._wall()
            self._pool.pool.submit(self._write, at, dirty)

    def _write(self, at: float, dirty: Mapping[Key, Thing | None]) -> None:
        try:
            if not self._only.take():
                self._hand_back(dirty)
                return
            come: dict[str, str] = {}
            for number, (key, thing) in enumerate(dirty.items()):
                if thing is not None:
                    come[key_text(key)] = tell(thing)
                if number % SLICE == SLICE - 1:
                    time.sleep(0.001)
            self._open().add(at, come, [key_text(key) for key, thing in dirty.items() if thing is None])
        except (AstroLabNetError, OSError) as problem:
            self.problem = str(problem)
            _logger.info("%s", problem)

    def _hand_back(self, dirty: Mapping[Key, Thing | None]) -> None:
        """Another window writes: keep what is not written, in case it ends."""

        def back() -> None:
            self._dirty = {**dirty, **self._dirty}

        if self._loop is not None:
            with contextlib.suppress(RuntimeError):  # the loop has ended
                self._loop.call_soon_threadsafe(back)

    def _open(self) -> Past:
        if self._past is None:
            self._past = Past(self.path)
        return self._past

    async def ask(self, question: Callable[[Past], T]) -> T:
        """What the file says, after all that was heard until now.

        Raises:
            Missing: nothing was ever written, or it can not be read.
        """
        if self.on:
            self.flush()

        def look() -> T:
            if self._past is None and not self.path.exists():
                raise Missing("nothing of the past was written down yet.", remedy="The window writes while it is open.")
            return question(self._open())

        return await self._pool.run(look, timeout_s=30.0)

    def close(self, within_s: float) -> None:
        """Write what was heard last, then give the file back."""
        if self._closed:
            return
        self._closed = True
        if self._timer is not None:
            self.flush()
        self.on = False
        closing = self._pool.pool.submit(self._give_back)
        try:
            closing.result(within_s)
        except TimeoutError:
            _logger.info("the history of things was still being written at the end")
        self._pool.close(within_s)

    def _give_back(self) -> None:
        if self._past is not None:
            self._past.close()
        self._only.close()
