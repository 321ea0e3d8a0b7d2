"""Threads: the only file with QThreads. One carries the engine's loop, whose events come back into the GUI thread; one
imports at the start, so that the first picture stays alive; one watches whether the window stands still.
"""

from __future__ import annotations

import contextlib
import importlib
import logging
import os
import sys
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QThread, QTimer, Signal, Slot

if TYPE_CHECKING:
    from ..network.apart import Apart
    from ..network.engine import Engine
    from ..network.link import Event

JOIN_MS = 800
PIECE_S = 0.0015  # with what else a turn of the loop does, far below a frame's 16.7 ms
PIECE = 100  # things that are taken in at once
_logger = logging.getLogger(__name__)


class EngineThread(QThread):
    """Carries one engine, or the way to one in another process; ``error`` says what ended it, unless ``stop`` did."""

    def __init__(self, engine: Engine | Apart, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("engine")
        self.engine = engine
        self.error: BaseException | None = None

    def run(self) -> None:
        """Life of the thread. Qt reports ``finished`` after an error too, so the error is kept."""
        # Here: who only wants to import beside the GUI must not import the engine first.
        from ..network.apart import Apart
        from ..network.carrier import carry

        try:
            if isinstance(self.engine, Apart):
                self.engine.carry()
            else:
                carry(self.engine)
        except Exception as error:  # noqa: BLE001 - it is kept, and said in the GUI thread
            self.error = error

    def halt(self, timeout_ms: int = JOIN_MS) -> bool:
        """End and join; False if it did not end in time. The object must outlive the thread (else Qt aborts)."""
        self.engine.stop()
        return bool(self.wait(timeout_ms))


class Importer(QThread):
    """Imports modules beside the GUI thread: 1 s of work during which the first picture still answers.

    An import that fails is left to the one who needs it.
    """

    def __init__(self, modules: tuple[str, ...], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("importer")
        self._modules = modules

    def run(self) -> None:
        """Life of the thread."""
        for name in self._modules:
            if self.isInterruptionRequested():
                return
            with contextlib.suppress(ImportError):
                importlib.import_module(name)

    def halt(self) -> None:
        """End after the module that is being imported, and join."""
        self.requestInterruption()
        self.wait()


class Relay(QObject):
    """Takes events in the engine's thread and hands them to ``deliver`` in the thread it lives in.

    The signal is connected to a slot of this object: a plain callable would run in the sender's thread. What comes at
    once is taken in by pieces, in its order: a person's hand is never kept waiting for the rest.
    """

    _news = Signal(object)

    def __init__(self, deliver: Callable[[Event], object], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._deliver = deliver
        self._open = True
        self._waiting: deque[Event] = deque()
        self._rest = QTimer(self, interval=0, singleShot=True)
        self._rest.timeout.connect(self._work)
        self._news.connect(self._receive, Qt.ConnectionType.QueuedConnection)

    def hear(self, event: Event) -> None:
        """The listener for ``Link.subscribe``; any thread."""
        if self._open:
            try:
                self._news.emit(event)
            except RuntimeError:
                # The window's side is gone: the program is ending.
                self._open = False

    def close(self) -> None:
        """Deliver nothing more."""
        self._open = False

    @Slot(object)
    def _receive(self, event: Event) -> None:
        from ..network.delta import pieces  # here, as above
        from ..network.link import DeltaEvent

        if isinstance(event, DeltaEvent):
            for delta in event.deltas:
                some = (event.model_copy(update={"deltas": (piece,)}) for piece in pieces(delta, PIECE))
                self._waiting.extend(some)
        else:
            self._waiting.append(event)
        if not self._rest.isActive():
            self._work()

    @Slot()
    def _work(self) -> None:
        until = time.monotonic() + PIECE_S
        while self._waiting and self._open:
            self._deliver(self._waiting.popleft())
            if self._waiting and time.monotonic() > until:
                self._rest.start()
                return


class Watchdog(QThread):
    """Names in the log the line at which the GUI thread stood still for longer than ``limit_s``.

    A timer of the GUI thread beats; this thread looks at the beat. While the computer sleeps both stand still: a pause
    of this thread itself is no fault of the window.
    """

    def __init__(self, limit_s: float = 0.25, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("watchdog")
        self._limit_s = limit_s
        self._watched = threading.get_ident()
        self._beat = time.monotonic()
        self.told = 0
        self._resting = threading.Event()
        self._timer = QTimer(self, interval=int(1000 * limit_s / 5))
        self._timer.timeout.connect(self._beats)
        self._timer.start()

    def _beats(self) -> None:
        self._beat = time.monotonic()

    def run(self) -> None:
        """Life of the thread."""
        pause_s, told_of = self._limit_s / 5, 0.0
        looked = time.monotonic()
        while not self.isInterruptionRequested():
            self._resting.wait(pause_s)
            now, beat = time.monotonic(), self._beat
            slept, looked = now - looked > self._limit_s, now
            if slept:
                # Counted anew, but of a standstill that goes on it is not told a second time.
                told_of = now if beat == told_of else told_of
                self._beat = now
            elif now - beat > self._limit_s and beat != told_of:
                told_of = beat
                self.told += 1
                _logger.warning("the window stands still for over %.0f ms at\n%s", 1000 * self._limit_s, self._where())

    def _where(self) -> str:
        """Lines of ours, and the one they wait at, innermost last."""
        frame = sys._current_frames().get(self._watched)
        lines = traceback.format_stack(frame, 40) if frame is not None else ["  the GUI thread is gone"]
        return "".join(lines[-8:]).rstrip()

    def halt(self) -> None:
        """End and join."""
        self._timer.stop()
        self.requestInterruption()
        self._resting.set()
        self.wait()


def leave(code: int) -> None:
    """End the process with a thread that could not be joined: everything that must last is already on the disk."""
    os._exit(code)
