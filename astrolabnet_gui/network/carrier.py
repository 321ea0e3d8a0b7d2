"""Carrier: the engine's loop in a plain thread (CLI, notebook, tests), and the way any thread carries it."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable, Iterable

from .borrowed import Borrowed
from .engine import Engine
from .offload import Offload

_logger = logging.getLogger(__name__)
JOIN_S = 0.8
REST_S = 0.15


def carry(engine: Engine) -> None:
    """Run an engine in the calling thread until it is stopped. The GUI's QThread calls this too.

    The loop looks up host names in a small pool of its own: one that hangs must not keep the thread.
    """
    loop = asyncio.new_event_loop()
    names = Offload(workers=4)
    loop.set_default_executor(names.pool)
    try:
        loop.run_until_complete(engine.main())
        loop.run_until_complete(_end_the_rest(engine.spared))
        if not engine.leaving:
            loop.run_until_complete(loop.shutdown_asyncgens())
    finally:
        names.close(0.0)
        if not engine.leaving:
            loop.close()


async def _end_the_rest(but: Iterable[asyncio.Task[None]] = ()) -> None:
    """Cancel what commands left going (a sending nobody waits for), so that it can write down where it stands."""
    rest = asyncio.all_tasks() - {asyncio.current_task(), *but}
    for task in rest:
        task.cancel()
    if rest:
        await asyncio.wait(rest, timeout=REST_S)


class Carrier:
    """A thread that carries an engine.

        with Carrier(engine):
            engine.submit("server.test", key, {})

    Args:
        broken: is told, in that thread, what ended the engine.

    Attributes:
        error: what ended the engine, if it was not ``stop``.
    """

    def __init__(self, engine: Engine, broken: Callable[[Exception], object] = lambda _: None) -> None:
        self.engine = engine
        self._broken = broken
        self.error: Exception | None = None
        # A daemon: should a request hang in the system beyond the deadline, the program ends all the same.
        self._thread = threading.Thread(target=self._run, name="engine", daemon=True)

    def _run(self) -> None:
        try:
            carry(self.engine)
        except Exception as error:
            _logger.exception("the engine ended")
            self.error = error
            self._broken(error)

    def start(self) -> Carrier:
        """Begin."""
        self._thread.start()
        return self

    def stop(self, timeout_s: float = JOIN_S) -> bool:
        """End and join; False if the thread did not end in time (it is left behind as a daemon)."""
        self.engine.stop()
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    @property
    def alive(self) -> bool:
        """The engine runs."""
        return self._thread.is_alive()

    def __enter__(self) -> Carrier:
        return self.start()

    def __exit__(self, *_exc: object) -> None:
        self.stop()


def carry_guest(guest: Borrowed, full: Callable[[], bool], gone: Callable[[], object]) -> threading.Thread:
    """Carry the way to the engine of another process, in a thread of its own that never keeps the program.

    Args:
        full: as in ``Borrowed.carry``.
        gone: called in that thread when the engine has gone.
    """

    def run() -> None:
        guest.carry(full)
        gone()

    thread = threading.Thread(target=run, name="borrowed engine", daemon=True)
    thread.start()
    return thread
