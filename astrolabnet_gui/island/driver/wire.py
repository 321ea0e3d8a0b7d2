"""The driver's two pipes to the island: nothing else may read the one or write to the other."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator

from astrolabnet_gui.island.protocol import Event, Request, dump, load_request
from astrolabnet_gui.system import in_forked_child


class Wire:
    """Takes over the standard input and output at once; what anybody prints to the old output becomes log lines."""

    def __init__(self) -> None:
        self._out = os.dup(1)
        os.dup2(2, 1)
        self._in = os.fdopen(os.dup(0), "rb")
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        os.close(nothing)
        self._lock = threading.Lock()
        # A child that user code forks would keep the pipes open, and could speak in our name.
        in_forked_child(self._forget)

    def send(self, event: Event) -> None:
        """Write one event; from any thread. An island that is gone is no error here: the reader sees it too.

        Raises:
            ValueError: the event holds a number JSON has not.
        """
        line = memoryview(dump(event))
        with self._lock:
            try:
                while line:
                    line = line[os.write(self._out, line) :]
            except OSError:
                return

    def requests(self) -> Iterator[Request]:
        """Requests as they come, until the pipe closes. A line that is none is logged and left out."""
        for line in self._in:
            try:
                yield load_request(line)
            except ValueError as e:
                log(str(e))

    def _forget(self) -> None:
        os.close(self._out)
        os.close(self._in.fileno())


def log(text: str) -> None:
    """One line for the session's log, past whatever user code made of sys.stderr."""
    try:
        os.write(2, f"{text}\n".encode("utf-8", "backslashreplace"))
    except OSError:
        return
