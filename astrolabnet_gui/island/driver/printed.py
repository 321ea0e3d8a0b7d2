"""What user code prints: caught while a statement runs, a log line otherwise."""

from __future__ import annotations

import io
import threading
from typing import Any

from astrolabnet_gui.island.driver.wire import log

LIMIT = 20_000_000
"""Characters of one stream kept for one statement; Livy fails above it, here the rest is cut and counted."""


def cut(text: str, size: int, limit: int = LIMIT) -> str:
    """The first ``limit`` characters of a text that had ``size``, and how much more there was."""
    if size <= limit:
        return text
    return f"{text[:limit]}\n… cut here: {size - limit:,} more characters. Print less, or write to a file."


class Printed(io.TextIOBase):
    """Stands in for sys.stdout or sys.stderr; from any thread. Closing it does nothing: others need it too."""

    encoding = "utf-8"
    errors = "surrogatepass"

    def __init__(self, limit: int = LIMIT) -> None:
        self._lock = threading.Lock()
        self._limit = limit
        self._pieces: list[str] | None = None
        self._size = 0

    def begin(self) -> None:
        """Start to keep; what was kept before is dropped."""
        with self._lock:
            self._pieces, self._size = [], 0

    def end(self) -> str:
        """Stop to keep: all that was printed since ``begin``, or its beginning and how much more there was."""
        with self._lock:
            text, size = "".join(self._pieces or ()), self._size
            self._pieces = None
        return cut(text, size, self._limit)

    def write(self, text: Any) -> int:
        """Keep text; bytes are taken as UTF-8, as Livy does."""
        if isinstance(text, bytes):
            text = text.decode("utf-8", "replace")
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        with self._lock:
            if self._pieces is not None:
                room = self._limit - self._size
                if room > 0:
                    self._pieces.append(text[:room])
                self._size += len(text)
                return len(text)
        if text.strip():
            log(text.rstrip("\n"))
        return len(text)

    def writable(self) -> bool:
        """Always."""
        return True

    def isatty(self) -> bool:
        """Never."""
        return False

    def close(self) -> None:
        """Nothing: print() in the next statement needs it."""
