"""Slices: long work of the GUI thread cut so small that the window answers in between."""

from __future__ import annotations

from collections.abc import Iterator
from time import perf_counter

from PySide6.QtCore import QObject, QTimer, Signal

SLICE_S = 0.012


class Slices(QObject):
    """Turns the crank of one work, whose steps are of about a millisecond; a new work puts the old one aside.

    Signals:
        went_on(): a slice is over and there is more; done(): the work is whole.
    """

    went_on = Signal()
    done = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._steps: Iterator[object] | None = None
        self._later: list[Iterator[object]] = []
        self._turn = QTimer(self, interval=0)
        self._turn.timeout.connect(self._go_on)

    @property
    def busy(self) -> bool:
        """The work has not ended."""
        return self._steps is not None

    @property
    def turning(self) -> bool:
        """There is something left, be it what has time."""
        return self._turn.isActive()

    def begin(self, steps: Iterator[object]) -> None:
        """Do this, in place of what was begun before."""
        self._steps = steps
        self._turn.start()

    def at_once(self, steps: Iterator[object]) -> None:
        """Do this to its end now, in place of what was begun before."""
        self.stop()
        for _ in steps:
            pass
        self.done.emit()

    def stop(self) -> None:
        """Leave it."""
        self._steps = None
        if not self._later:
            self._turn.stop()

    def when_idle(self, steps: Iterator[object]) -> None:
        """Do this when no work waits, after what was given here before."""
        self._later.append(steps)
        self._turn.start()

    def _go_on(self) -> None:
        end = perf_counter() + SLICE_S
        while self._steps is not None and perf_counter() < end:
            if next(self._steps, self) is self:
                self.stop()
                self.done.emit()
        while self._later and self._steps is None and perf_counter() < end:
            if next(self._later[0], self) is self:
                del self._later[0]
                self.stop()
        if self._steps is not None:
            self.went_on.emit()
