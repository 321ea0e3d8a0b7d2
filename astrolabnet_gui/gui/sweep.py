"""Sweep: Python's search for circles of dead objects, kept out of a person's way.

With 20 000 sessions a whole search holds every thread for 0.2 s, and Python starts one whenever enough objects have
come. Here only the young are searched while somebody works, what has come since the last search when the window rests,
and all of it when it is out of sight or nobody has touched it for an hour. A thread that reads what the engine tells
gives way to the window after a millisecond: Python's own patience is five.
"""

from __future__ import annotations

import gc
import sys
import time

from PySide6.QtCore import QEvent, QObject, QTimer

from .shell import Shell

# Objects in one search of the young: 2 ms; of those that outlived one: 10 ms. A whole search never starts by itself.
YOUNG, MIDDLE, NEVER = 5_000, 4, 1_000_000_000
LOOK_MS, REST_S, SHORT_REST_S, LONG_REST_S = 5_000, 30.0, 1.0, 3600.0
# Searches of the middle ones since the last beyond them: fewer are not worth it, more do not wait for a long rest.
WORTH_IT, LATE = 5, 1_000
GIVE_WAY_S = 0.001
# Objects in a search that is not felt: 20 ms.
MANY = 20_000
_HANDS = (
    QEvent.Type.KeyPress, QEvent.Type.MouseButtonPress, QEvent.Type.MouseMove, QEvent.Type.Wheel,
    QEvent.Type.TouchUpdate,
)  # fmt: skip


class Sweep(QObject):
    """Takes the searches over from ``begin`` to ``end``; GUI thread.

    Attributes:
        done: searches beyond the young so far.
    """

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self._shell = shell
        self._before: tuple[int, int, int] | None = None
        self._gave_way_s = sys.getswitchinterval()
        self._touched = self._whole = time.monotonic()
        self.done = 0
        self._timer = QTimer(self, interval=LOOK_MS)
        self._timer.timeout.connect(self.look)

    def begin(self) -> None:
        """From now on; first thing of a window, for the imports make the most objects of all."""
        if self._before is None:
            self._before = gc.get_threshold()
            gc.set_threshold(YOUNG, MIDDLE, NEVER)
            self._gave_way_s = sys.getswitchinterval()
            sys.setswitchinterval(GIVE_WAY_S)
            self._timer.start()

    def settle(self) -> None:
        """All is imported and built: this will stay, so it is never searched again."""
        gc.freeze()
        handle = self._shell.windowHandle()
        if handle is not None:
            handle.installEventFilter(self)

    def end(self) -> None:
        """As it was before."""
        self._timer.stop()
        if self._before is not None:
            gc.set_threshold(*self._before)
            sys.setswitchinterval(self._gave_way_s)
            gc.unfreeze()
            self._before = None

    def look(self) -> None:
        """Search if it is worth it and nobody would notice.

        What a search has left will mostly stay, and goes without one once nothing holds it: the next one, while the
        window is seen, leaves it out (8 to 16 ms after 200 ms).
        """
        since, now = gc.get_count()[2], time.monotonic()
        rest_s = SHORT_REST_S if since >= LATE else REST_S
        seen = self._shell.isVisible() and not self._shell.isMinimized()
        if since < WORTH_IT or (seen and now - self._touched < rest_s):
            return
        if not seen or min(now - self._touched, now - self._whole) >= LONG_REST_S:
            gc.unfreeze()
            self._whole = now
        elif len(gc.get_objects(generation=2)) > MANY:
            gc.freeze()  # so many at once are what servers told; a search of them would be felt
            return
        gc.collect()
        gc.freeze()
        self.done += 1

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """A hand is at the window; it sees only what goes to the window as a whole, so it is cheap."""
        if event.type() in _HANDS:
            self._touched = time.monotonic()
        return False
