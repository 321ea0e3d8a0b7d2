"""Threads: the only file with QThreads. One carries the engine's loop, whose events come back into the GUI thread; one
imports at the start, so that the first picture stays alive.
"""

from __future__ import annotations

import contextlib
import importlib
import os
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QThread, Signal, Slot

if TYPE_CHECKING:
    from ..network.engine import Engine
    from ..network.link import Event

JOIN_MS = 800


class EngineThread(QThread):
    """Carries one engine; ``error`` says what ended it, if it was not ``stop``."""

    def __init__(self, engine: Engine, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("engine")
        self.engine = engine
        self.error: BaseException | None = None

    def run(self) -> None:
        """Life of the thread. Qt reports ``finished`` after an error too, so the error is kept."""
        # Here: who only wants to import beside the GUI must not import the engine first.
        from ..network.carrier import carry

        try:
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

    The signal is connected to a slot of this object: a plain callable would run in the sender's thread.
    """

    _news = Signal(object)

    def __init__(self, deliver: Callable[[Event], object], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._deliver = deliver
        self._open = True
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
        if self._open:
            self._deliver(event)


def leave(code: int) -> None:
    """End the process with a thread that could not be joined: everything that must last is already on the disk."""
    os._exit(code)
