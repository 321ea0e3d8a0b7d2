"""Reader: the journal read beside the process that writes it."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from pathlib import Path
from queue import SimpleQueue

from ..errors import JournalClosed
from .database import Database
from .row import Row


class Reader:
    """Reads in a thread of its own, for a disk may let it wait.

    Attributes:
        problem: why it could not be read, as last seen; "" if it could.
    """

    def __init__(self, path: Path) -> None:
        self.path, self.problem = path, ""
        self._asked: SimpleQueue[tuple[int, int | None, Future[tuple[Row, ...]]] | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="journal's reader", daemon=True)
        self._thread.start()

    def history(self, limit: int = 200, before: int | None = None) -> Future[tuple[Row, ...]]:
        """Rows, newest first; ``before`` is the number of the oldest row already shown."""
        future: Future[tuple[Row, ...]] = Future()
        self._asked.put((limit, before, future))
        return future

    def close(self) -> None:
        """Answer what is asked, then end."""
        self._asked.put(None)
        self._thread.join()

    def _work(self) -> None:
        while (item := self._asked.get()) is not None:
            limit, before, future = item
            if not future.set_running_or_notify_cancel():
                continue
            try:
                future.set_result(self._read(limit, before))
                self.problem = ""
            except JournalClosed as exc:
                self.problem = str(exc)
                future.set_exception(exc)

    def _read(self, limit: int, before: int | None) -> tuple[Row, ...]:
        if not self.path.exists():
            return ()
        db = Database(self.path, read_only=True)
        try:
            return db.newest(limit, before)
        finally:
            db.close()
