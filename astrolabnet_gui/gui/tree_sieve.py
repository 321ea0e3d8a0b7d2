"""Tree sieve: rows under another filter made bit by bit, so that a tree of 100 000 rows never stops the window."""

from __future__ import annotations

from collections.abc import Iterator
from time import perf_counter

from PySide6.QtCore import QObject, QTimer, Signal

from ..network.delta import Delta

FEW = 3000
"""Things that are looked through at once."""
SLICE_S = 0.012


class TreeSieve(QObject):
    """Turns the crank of one making of rows; a new one puts the old aside.

    Attributes:
        missed: what changed meanwhile; the new rows have yet to follow it.

    Signals:
        done(): the rows are whole.
    """

    done = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._steps: Iterator[None] | None = None
        self.missed: list[Delta] = []
        self._old: list[Iterator[None]] = []
        self._turn = QTimer(self, interval=0)
        self._turn.timeout.connect(self._go_on)

    @property
    def busy(self) -> bool:
        """It has not ended."""
        return self._steps is not None

    @property
    def turning(self) -> bool:
        """There is work left, be it taking old rows apart."""
        return self._turn.isActive()

    def begin(self, steps: Iterator[None]) -> None:
        """Make these."""
        self._steps = steps
        self.missed.clear()
        self._turn.start()

    def stop(self) -> None:
        """Leave it: everything is made anew."""
        self._steps = None
        if not self._old:
            self._turn.stop()

    def clear_away(self, steps: Iterator[None]) -> None:
        """Take these to pieces when there is time."""
        self._old.append(steps)
        self._turn.start()

    def _go_on(self) -> None:
        end = perf_counter() + SLICE_S
        while self._steps is not None and perf_counter() < end:
            if next(self._steps, self) is self:
                self.stop()
                self.done.emit()
        while self._old and self._steps is None and perf_counter() < end:
            if next(self._old[0], self) is self:
                del self._old[0]
                self.stop()
