"""Cause: why it failed or is slow, in one line, with its remedy, what mends it and the logs, a press away."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from ...command.executor import with_logs
from ...command.remedy import Remedy, remedy_of
from ...model.key import Key
from ...model.task import Task
from ...model.thing import Thing
from ...tasks.cause import Cause, cause_of, slowness_of
from ..safe import button_words, label, set_tooltip, set_words


class CauseBox(QWidget):
    """Shown only when there is a cause.

    Attributes:
        cause: what is shown; None when hidden.

    Signals:
        remedy_wanted(Remedy): what mends it was pressed; log_wanted(Key): the log of a thing.
    """

    remedy_wanted = Signal(object)
    log_wanted = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("cause")
        self.cause: Cause | None = None
        self._remedy: Remedy | None = None
        self._driver: Key | None = None
        self._task: Key | None = None
        self._words = label(name="wrong", wrap=True, copyable=True)
        self._words.setObjectName("cause_words")
        self._advice = label(name="small", wrap=True, copyable=True)
        self._evidence = label(name="code", wrap=True, copyable=True)
        self._mend = QPushButton()
        self._mend.setObjectName("mend")
        self._mend.clicked.connect(self._mend_it)
        self._driver_log = self._link("Driver log", lambda: self.log_wanted.emit(self._driver))
        self._executor_log = self._link("Executor log", lambda: self.log_wanted.emit(self._task))
        self._row = QHBoxLayout()
        self._row.setSpacing(8)
        for button in (self._mend, self._driver_log, self._executor_log):
            self._row.addWidget(button)
        self._row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 2, 0, 0)
        column.setSpacing(4)
        for line in (self._words, self._advice, self._evidence):
            column.addWidget(line)
        column.addLayout(self._row)
        self.hide()

    def show_thing(self, thing: Thing, session: Thing | None) -> None:
        """Tell why, if there is something to tell.

        Args:
            session: of a task.
        """
        failed = cause_of(thing, session)
        self.cause = failed or slowness_of(thing)
        self.setVisible(self.cause is not None)
        if self.cause is None:
            return
        set_words(self._words, self.cause.words)
        _set_role(self._words, "wrong" if failed else "strong")
        set_words(self._advice, self.cause.remedy)
        shown = self.cause.evidence
        self._evidence.setVisible(bool(shown) and shown not in self.cause.words)
        set_words(self._evidence, shown)
        self._remedy = remedy_of(self.cause, thing, session) if failed else None
        self._mend.setVisible(self._remedy is not None)
        if self._remedy is not None:
            self._mend.setText(button_words(self._remedy.title))
            with_values = ", ".join(f"{name} {value}" for name, value in self._remedy.params.items())
            set_tooltip(self._mend, f"Opens a session with {with_values}." if with_values else "")
        self._driver = None if session is None or session.state == "gone" else session.key
        self._task = thing.key if isinstance(thing.payload, Task) and with_logs(thing) else None
        self._driver_log.setVisible(self._driver is not None)
        self._executor_log.setVisible(self._task is not None)

    def _link(self, words: str, act: Callable[[], object]) -> QPushButton:
        button = QPushButton(words)
        button.setProperty("link", True)
        button.setCursor(Qt.CursorShape.PointingHandCursor)
        button.clicked.connect(act)
        return button

    def _mend_it(self) -> None:
        if self._remedy is not None:
            self.remedy_wanted.emit(self._remedy)


def _set_role(made: QLabel, role: str) -> None:
    """Wear another role of the style sheet."""
    if made.property("role") != role:
        made.setProperty("role", role)
        made.style().unpolish(made)
        made.style().polish(made)
