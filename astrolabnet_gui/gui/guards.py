"""Guards: what looks after a whole run of the window: the log, uncaught errors, standstills, the ways to end."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QApplication

from .crash import Crashes
from .endings import Endings
from .log_file import LogFile
from .shell import Shell
from .threads import Watchdog


class Guards:
    """On duty from their making until ``close``.

    Args:
        saved: says what is safe, for the report of an error.
        go: closes the window without a question.
        folder: where the log lies.
    """

    def __init__(
        self, app: QApplication, shell: Shell, saved: Callable[[], str], go: Callable[[], object], folder: Path
    ) -> None:
        self._log = LogFile(folder)
        self._crashes = Crashes(shell, saved)
        self._crashes.install()
        self._endings = Endings(app, go)
        self._watchdog = Watchdog()
        self._watchdog.start()

    def rest(self) -> None:
        """The window is ending: it may stand still for its last moment."""
        self._watchdog.halt()

    def close(self) -> None:
        """As it was before."""
        self.rest()
        self._endings.remove()
        self._crashes.remove()
        self._log.close()
