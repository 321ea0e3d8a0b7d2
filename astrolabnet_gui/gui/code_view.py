"""CodeView: code with line numbers and colours; to read, and the ground of the editor."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from .highlight import Highlighter
from .safe import fixed_font
from .style import Dress
from .words import language

_GAP = 8


class CodeView(QPlainTextEdit):
    """Code of one language; plain text in, plain text out.

    Args:
        kind: Livy's word for the language.
    """

    def __init__(self, kind: str, dress: Dress, *, read_only: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.dress = dress
        self.setReadOnly(read_only)
        self.setUndoRedoEnabled(not read_only)
        self.setTabChangesFocus(read_only)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setFont(fixed_font(dress.now.size["small"]))
        self.setTabStopDistance(4 * QFontMetrics(self.font()).horizontalAdvance(" "))
        self.setProperty("bare", True)
        self.setAccessibleName(f"{language(kind)} code")
        self.highlighter = Highlighter(self.document(), kind, dress)
        self.numbers = _Numbers(self)
        self.blockCountChanged.connect(lambda _: self._make_room())
        self.updateRequest.connect(self._scrolled)
        self._make_room()

    def number_width(self) -> int:
        """Room for the largest line number."""
        digits = max(2, len(str(self.blockCount())))
        return digits * self.fontMetrics().horizontalAdvance("9") + 2 * _GAP

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The numbers keep their height."""
        super().resizeEvent(event)
        room = self.contentsRect()
        self.numbers.setGeometry(QRect(room.left(), room.top(), self.number_width(), room.height()))

    def paint_numbers(self, rect: QRect) -> None:
        """Numbers of the lines in sight; that of the cursor stands out."""
        now, here = self.dress.now, self.textCursor().blockNumber()
        painter = QPainter(self.numbers)
        painter.fillRect(rect, QColor(now.surface))
        painter.setFont(self.font())
        block = self.firstVisibleBlock()
        top = self.blockBoundingGeometry(block).translated(self.contentOffset()).top()
        wide, high = self.numbers.width() - _GAP, self.fontMetrics().lineSpacing()
        while block.isValid() and top <= rect.bottom():
            painter.setPen(QColor(now.text2 if block.blockNumber() == here else now.text3))
            painter.drawText(
                QRect(0, round(top), wide, high), Qt.AlignmentFlag.AlignRight, str(block.blockNumber() + 1)
            )
            top += self.blockBoundingRect(block).height()
            block = block.next()
        painter.end()

    def _make_room(self) -> None:
        self.setViewportMargins(self.number_width(), 0, 0, 0)

    def _scrolled(self, rect: QRect, by: int) -> None:
        if by:
            self.numbers.scroll(0, by)
        else:
            self.numbers.update(0, rect.y(), self.numbers.width(), rect.height())


class _Numbers(QWidget):
    """The strip of line numbers."""

    def __init__(self, view: CodeView) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(self) -> QSize:
        return QSize(self._view.number_width(), 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        self._view.paint_numbers(event.rect())
