"""Notice: one quiet line at the lower right of the graph: tasks of mine that ended while I looked elsewhere."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout

from ..model.key import Key
from ..model.kind import Health
from ..network.delta import Delta
from .canvas import Canvas
from .desk import Desk
from .safe import label, set_words
from .words import plural

SHOWN_MS = 6000


class Notice(QFrame):
    """At most one, merged, for six seconds; it never takes the focus."""

    def __init__(self, desk: Desk, over: Canvas) -> None:
        super().__init__(over)
        self.setObjectName("card")
        self._desk, self._over = desk, over
        self._open: set[Key] = set()
        self._told: set[Key] = set()
        self._done: list[str] = []
        self._failed: list[str] = []
        self._said = label()
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 6, 12, 6)
        row.addWidget(self._said)
        self._timer = QTimer(self, interval=SHOWN_MS, singleShot=True)
        self._timer.timeout.connect(self._forget)
        self.hide()
        over.installEventFilter(self)
        desk.changed.connect(self._changed)
        desk.selected.connect(self._looked_at)

    @property
    def words(self) -> str:
        """What it says."""
        return self._said.text()

    def _changed(self, delta: Delta) -> None:
        for thing in (*delta.added, *delta.changed):
            if thing.key.kind != "statements" or not thing.mine:
                continue
            if thing.state not in thing.kind.terminal:
                self._open.add(thing.key)
            elif thing.key in self._open:
                self._open.discard(thing.key)
                if thing.key != self._desk.selection:
                    (self._done if thing.health is Health.OK else self._failed).append(thing.label)
                    self._told.add(thing.key)
                    self._say()

    def _say(self) -> None:
        if len(self._done) + len(self._failed) == 1:
            words = f"{self._done[0]} is done" if self._done else f"{self._failed[0]} failed"
        else:
            failed = f", {len(self._failed)} failed" if self._failed else ""
            words = f"{plural(len(self._done), 'task')} done{failed}"
        set_words(self._said, words)
        self.adjustSize()
        self._move()
        self.show()
        self.raise_()
        self._timer.start()

    def _forget(self) -> None:
        self.hide()
        self._done.clear()
        self._failed.clear()
        self._told.clear()

    def _looked_at(self, key: Key | None) -> None:
        """The only one told is looked at now."""
        if self._told == {key}:
            self._forget()

    def _move(self) -> None:
        above = round(140 * self._over.theme.text_scale)
        self.move(self._over.width() - self.width() - 16, self._over.height() - self.height() - above)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep the corner."""
        if event.type() == QEvent.Type.Resize:
            self._move()
        return super().eventFilter(watched, event)
