"""Plotting: fetches the plotting library beside the GUI thread; it takes 0.4 s, in which the window goes on."""

from __future__ import annotations

import sys
from collections.abc import Callable

import shiboken6
from PySide6.QtCore import QCoreApplication, QObject, QTimer
from PySide6.QtWidgets import QWidget

from .threads import Importer

NEEDED = ("pyqtgraph", f"{__package__}.panels.drawing", f"{__package__}.panels.graphs")
WORDS = "Loading the plot…"
# What was asked for is shown first.
AFTER_MS = 150


class _Fetching(QObject):
    """One for the program; in the GUI thread. An import that failed is left to the one who draws."""

    def __init__(self) -> None:
        super().__init__(QCoreApplication.instance())
        self.waiting: list[tuple[QWidget, Callable[[], object]]] = []
        self.importer = Importer(NEEDED, self)
        self.importer.finished.connect(self._done)
        self.importer.start()

    def _done(self) -> None:
        global _fetching, _tried
        self.importer.wait()
        _fetching, _tried = None, True
        for owner, draw in self.waiting:
            if shiboken6.isValid(owner):
                draw()
        self.deleteLater()


_fetching: _Fetching | None = None
_tried = False


def is_there() -> bool:
    """Whether a plot can be made at once."""
    return _fetching is None and (_tried or NEEDED[0] in sys.modules)


def expect(owner: QWidget) -> None:
    """Somebody will probably want a plot: fetch it when the owner has been shown."""
    if not is_there():
        QTimer.singleShot(AFTER_MS, owner, _fetch)


def when_there(owner: QWidget, draw: Callable[[], object]) -> bool:
    """True if a plot can be made; else it is fetched, and ``draw`` is called then, if the owner still lives."""
    if is_there():
        return True
    _fetch()
    if _fetching is not None and (owner, draw) not in _fetching.waiting:
        _fetching.waiting.append((owner, draw))
    return False


def rest(timeout_ms: int) -> bool:
    """The program ends; False if the import could not be waited for."""
    if _fetching is None:
        return True
    _fetching.importer.requestInterruption()
    return bool(_fetching.importer.wait(timeout_ms))


def _fetch() -> None:
    global _fetching
    if not is_there() and _fetching is None:
        _fetching = _Fetching()
