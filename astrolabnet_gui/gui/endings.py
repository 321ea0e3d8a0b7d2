"""Endings: the window ends as well when the system wants it to (SIGTERM, Ctrl+C, logout) as when a person closes it."""

from __future__ import annotations

import contextlib
import signal
import socket
from collections.abc import Callable

from PySide6.QtCore import QObject, QSocketNotifier
from PySide6.QtGui import QSessionManager
from PySide6.QtWidgets import QApplication

_SIGNALS = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGINT", "SIGHUP", "SIGBREAK") if hasattr(signal, name))


class Endings(QObject):
    """Closes the window without a question when nobody is there to answer one.

    Args:
        go: closes it.
    """

    def __init__(self, app: QApplication, go: Callable[[], object]) -> None:
        super().__init__(app)
        self._app, self._go = app, go
        # Python runs a handler of a signal only between two of its own lines; a byte in a socket wakes Qt for it.
        self._here, self._there = socket.socketpair()
        for end in (self._here, self._there):
            end.setblocking(False)
        self._notifier = QSocketNotifier(self._here.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._woken)
        self._wakeup = signal.set_wakeup_fd(self._there.fileno(), warn_on_full_buffer=False)
        self._before = {number: signal.signal(number, lambda *_: None) for number in _SIGNALS}
        app.commitDataRequest.connect(self._logout)

    def remove(self) -> None:
        """As it was before."""
        signal.set_wakeup_fd(self._wakeup)
        for number, handler in self._before.items():
            signal.signal(number, handler)
        self._notifier.setEnabled(False)
        self._here.close()
        self._there.close()
        with contextlib.suppress(RuntimeError):
            self._app.commitDataRequest.disconnect(self._logout)

    def _woken(self) -> None:
        with contextlib.suppress(BlockingIOError):
            while self._here.recv(64):
                pass
        self._go()

    def _logout(self, _manager: QSessionManager) -> None:
        """The desktop ends the session: it waits for no question of ours."""
        self._go()
