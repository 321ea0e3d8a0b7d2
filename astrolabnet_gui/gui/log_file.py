"""Log file of the window: warnings and errors, without secrets, two files of a megabyte at most."""

from __future__ import annotations

import logging
import logging.handlers
import os
from pathlib import Path

from ..client.redact import Redacting

NAME, MAX_BYTES = "astrolabnet.log", 1_000_000
_LINE = "%(asctime)s %(levelname)s %(name)s: %(message)s"


class LogFile:
    """Takes in what is logged until it is closed. A place that can not be written costs the log, nothing else.

    Args:
        folder: where it lies; private to this user.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / NAME
        self._handlers: list[logging.Handler] = [logging.StreamHandler()]
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            os.close(os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600))
            kept = logging.handlers.RotatingFileHandler(self.path, maxBytes=MAX_BYTES, backupCount=1, encoding="utf-8")
            self._handlers.append(kept)
        except OSError:
            pass
        for handler in self._handlers:
            handler.setLevel(logging.WARNING)
            handler.setFormatter(Redacting(_LINE))
            logging.getLogger().addHandler(handler)

    def close(self) -> None:
        """Take in nothing more."""
        for handler in self._handlers:
            logging.getLogger().removeHandler(handler)
            handler.close()
