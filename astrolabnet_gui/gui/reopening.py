"""Reopening: another workspace was opened; the window closes and comes again with it in one click, or later."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QMessageBox, QWidget

from ..network.link import RunState
from .desk import Act, Desk
from .leaving import Leaving
from .safe import box
from .words import plural

NOW, LATER = "Restart now", "Later"
_KEPT = "Pages of the editor, history and results are kept, and what runs on other servers goes on."


class Reopening(QObject):
    """Asks once a person has opened another workspace here.

    Attributes:
        wanted: the window shall open again after it has closed.
        question: the open question; None if there is none.
    """

    def __init__(self, shell: QWidget, desk: Desk, leaving: Leaving) -> None:
        super().__init__(shell)
        self._shell, self._leaving = shell, leaving
        self.wanted = False
        self.question: QMessageBox | None = None
        desk.acted.connect(self._acted)

    def _acted(self, act: Act) -> None:
        told = act.last
        if act.command != "workspace.use" or not act.here or act.state is not RunState.DONE or told is None:
            return
        if self.question is None and isinstance(told.result, dict) and told.result.get("done"):
            self._ask(told.text)

    def _ask(self, text: str) -> None:
        words = [text, _KEPT]
        if staying := self._leaving.staying():
            words.append(f"{plural(len(staying), 'session')} of yours stay on their servers.")
        if ending := self._leaving.ending():
            words.append(f"The island ends with the window, and {plural(len(ending), 'session')} of yours on it.")
        made = self.question = box(self._shell, "Another workspace", "\n\n".join(words), (NOW, LATER), LATER)
        made.buttonClicked.connect(lambda button: self._answered(str(button.property("choice"))))
        made.finished.connect(self._gone)
        made.open()

    def _answered(self, choice: str) -> None:
        if choice == NOW:
            self.wanted = True
            self._leaving.unasked()
            # The box is still closing: the window goes after it.
            QTimer.singleShot(0, self._shell.close)

    def _gone(self) -> None:
        if self.question is not None:
            self.question.deleteLater()
            self.question = None
