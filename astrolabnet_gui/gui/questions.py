"""Questions: a run that a person raised here needs a decision: a box that does not stop the rest of the window."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QAbstractButton, QMessageBox, QWidget

from .desk import ENDED, Act, Desk
from .safe import box


class Questions(QObject):
    """Shows one box for each question; it goes by itself if its run ends."""

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        super().__init__(parent)
        self._desk = desk
        self._window = parent
        self.open: dict[str, QMessageBox] = {}
        desk.asked.connect(self._ask)
        desk.acted.connect(self._acted)

    def _ask(self, act: Act) -> None:
        question = act.last.question if act.last else None
        if question is None or act.run in self.open:
            return
        shown = box(self._window, "AstroLabNet", question.text, question.choices, question.default)
        shown.setWindowModality(Qt.WindowModality.WindowModal)
        self.open[act.run] = shown
        shown.buttonClicked.connect(lambda button: self._answer(act, button))
        shown.finished.connect(lambda _: self._done(act.run))
        shown.open()

    def _answer(self, act: Act, button: QAbstractButton) -> None:
        self._desk.answer(act, str(button.property("choice")))

    def _done(self, run: str) -> None:
        shown = self.open.pop(run, None)
        if shown is not None:
            shown.deleteLater()

    def _acted(self, act: Act) -> None:
        if act.state in ENDED and act.run in self.open:
            self.open[act.run].close()
