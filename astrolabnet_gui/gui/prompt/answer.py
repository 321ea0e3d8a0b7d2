"""Answer: what stands in place of the prompt while a program asks something."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from ..safe import label, plain, set_words


class Answer(QWidget):
    """One question and the line for its answer.

    Signals:
        given(str, str): the answer, and how it may be shown.
    """

    given = Signal(str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.words = label(name="small")
        self.line = QLineEdit()
        self.line.setAccessibleName("Answer")
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 0, 0)
        row.addWidget(self.words)
        row.addWidget(self.line, 1)
        self.line.returnPressed.connect(self._given)
        self.hide()

    def ask(self, question: str, *, secret: bool) -> None:
        """Wait for an answer; what is secret is not shown."""
        set_words(self.words, plain(question, 200))
        self.line.setEchoMode(QLineEdit.EchoMode.Password if secret else QLineEdit.EchoMode.Normal)
        self.line.clear()
        self.show()
        self.line.setFocus()

    def _given(self) -> None:
        words, secret = self.line.text(), self.line.echoMode() is QLineEdit.EchoMode.Password
        self.line.clear()
        self.given.emit(words, f"{self.words.text()} {'•••' if secret else words}")
