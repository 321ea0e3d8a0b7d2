"""Stopping what the main thread runs, without harm to what it runs next."""

from __future__ import annotations

import contextlib
import signal
import sys
import threading
import time
from collections.abc import Iterator
from types import FrameType

from astrolabnet_gui.system import interrupt

_TIDY_UP_S = 1.0


class Interrupt:
    """Turns SIGINT into KeyboardInterrupt, but only while a statement runs that somebody wants to stop.

    A call into Java is never broken off on the Python side: the answer to it would be taken for the answer to the
    next call. There the Spark jobs and the Java thread are stopped instead, and the call returns by itself.
    """

    def __init__(self) -> None:
        self._main = threading.main_thread().ident or 0
        self._wanted = False
        self._open = False
        self._raised = 0.0
        signal.signal(signal.SIGINT, self._handle)

    @contextlib.contextmanager
    def allowed(self) -> Iterator[None]:
        """Around user code, in the main thread."""
        self._wanted = False
        self._raised = 0.0
        self._open = True
        try:
            yield
        finally:
            self._open = False

    def send(self) -> None:
        """Raise KeyboardInterrupt in the main thread if it runs Python in ``allowed``; from any other thread.

        Code that caught the last one has a second to tidy up.
        """
        if time.monotonic() - self._raised < _TIDY_UP_S:
            return
        self._wanted = True
        interrupt(self._main)

    def in_java(self) -> bool:
        """Whether the main thread waits for Java now."""
        return _in_java(sys._current_frames().get(self._main))

    def _handle(self, number: int, frame: FrameType | None) -> None:
        if self._open and self._wanted and not _in_java(frame):
            self._wanted = False
            self._raised = time.monotonic()
            raise KeyboardInterrupt


def _in_java(frame: FrameType | None) -> bool:
    while frame is not None:
        code = frame.f_code
        if code.co_name == "send_command" and "py4j" in code.co_filename:
            return True
        frame = frame.f_back
    return False
