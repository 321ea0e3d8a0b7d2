"""Entry: the lines that are typed to Python: what was typed before, completion, and when they are given."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QKeySequence, QPainter, QTextCursor
from PySide6.QtWidgets import QWidget

from ..editor.view import EditView
from ..safe import INSET
from ..style import Dress

MOST_LINES = 6
KEPT = 500
PROMPT, MORE = ">>>", "..."


class Entry(EditView):
    """Signals:

    given(str): Enter at the end; ``accept`` it, or ``more``. stop_wanted(): Ctrl+C with nothing chosen.
    """

    given = Signal(str)
    stop_wanted = Signal()

    def __init__(self, dress: Dress, parent: QWidget | None = None) -> None:
        super().__init__("pyspark", dress, parent)
        self.setAccessibleName("Python to run")
        self.history: list[str] = []
        self._back = 0
        self._draft = ""
        self.document().setDocumentMargin(4)
        self.document().blockCountChanged.connect(lambda _: self._grow())
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._grow()

    def accept(self) -> None:
        """It runs: empty the lines, remember them."""
        self.remember(self.toPlainText())
        self.clear()

    def remember(self, text: str) -> None:
        """What Up brings back."""
        if text.strip() and self.history[-1:] != [text]:
            self.history = [*self.history[1 - KEPT :], text]
        self._back = 0

    def more(self) -> None:
        """It is not yet whole: another line."""
        self._enter()

    def put(self, text: str) -> None:
        """Other lines, to be changed or given."""
        self.setPlainText(text)
        self.moveCursor(QTextCursor.MoveOperation.End)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter gives, Up and Down bring back."""
        key, modifiers = event.key(), event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        cursor = self.textCursor()
        if self._popup().isVisible():
            super().keyPressEvent(event)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if modifiers & Qt.KeyboardModifier.ShiftModifier or not (cursor.atEnd() or modifiers):
                self._enter()
            elif self.toPlainText().strip():
                self.given.emit(self.toPlainText())
        elif key == Qt.Key.Key_Up and not modifiers and cursor.blockNumber() == 0:
            self._bring(1)
        elif key == Qt.Key.Key_Down and not modifiers and cursor.blockNumber() == self.blockCount() - 1:
            self._bring(-1)
        elif event.matches(QKeySequence.StandardKey.Copy) and not cursor.hasSelection():
            self.stop_wanted.emit()
        else:
            super().keyPressEvent(event)

    def _bring(self, step: int) -> None:
        back = min(len(self.history), max(0, self._back + step))
        if back == self._back:
            return
        if self._back == 0:
            self._draft = self.toPlainText()
        self._back = back
        self.put(self.history[-back] if back else self._draft)

    def _grow(self) -> None:
        lines = min(MOST_LINES, self.blockCount())
        self.setFixedHeight(lines * self.fontMetrics().lineSpacing() + 2 * int(self.document().documentMargin()) + 2)

    # --- the gutter

    def number_width(self) -> int:
        """Room for the prompt."""
        return INSET + self.fontMetrics().horizontalAdvance(f"{PROMPT} ") - int(self.document().documentMargin())

    def paint_numbers(self, rect: QRect) -> None:
        """The prompt, in place of numbers."""
        painter = QPainter(self.numbers)
        painter.fillRect(rect, QColor(self.dress.now.surface))
        painter.setFont(self.font())
        painter.setPen(QColor(self.dress.now.busy_text))
        block = self.firstVisibleBlock()
        top = self.blockBoundingGeometry(block).translated(self.contentOffset()).top()
        wide, high = self.numbers.width(), self.fontMetrics().lineSpacing()
        while block.isValid() and top <= rect.bottom():
            sign = PROMPT if block.blockNumber() == 0 else MORE
            painter.drawText(QRect(INSET, round(top), wide, high), Qt.AlignmentFlag.AlignLeft, sign)
            top += self.blockBoundingRect(block).height()
            block = block.next()
        painter.end()
