"""CellPainter: cells of a large table, painted by one call each: a style asks eight questions a cell, each in Python.

Grid is the view for it: what stays in sight while a person scrolls is moved, not painted again.
"""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import (
    QAbstractItemModel,
    QEvent,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
)
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHeaderView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QTableView, QWidget

from ..style import Dress

Index = QModelIndex | QPersistentModelIndex
# As numbers: Python's flags cost more than the painting.
_MIDDLE = Qt.AlignmentFlag.AlignVCenter.value | Qt.TextFlag.TextSingleLine.value
_LEFT, _RIGHT = _MIDDLE | Qt.AlignmentFlag.AlignLeft.value, _MIDDLE | Qt.AlignmentFlag.AlignRight.value
_CHOSEN, _FOCUS = QStyle.StateFlag.State_Selected.value, QStyle.StateFlag.State_HasFocus.value
_PAD = 6


class Worded(Protocol):
    """What is painted: words and null of a cell, and which columns hold numbers."""

    numeric: list[bool]

    def words(self, row: int, column: int) -> tuple[str, bool]: ...  # noqa: D102


class CellPainter(QStyledItemDelegate):
    """Words of a table; numbers stand right, what is null is grey, a chosen cell has its ground."""

    def __init__(self, view: QTableView, model: Worded, dress: Dress) -> None:
        super().__init__(view)
        self._view, self._model, self._dress = view, model, dress
        self.renew()
        dress.changed.connect(self.renew)

    def renew(self) -> None:
        """Colours or font are others."""
        now = self._dress.now
        self._metrics = self._view.fontMetrics()
        self._wide = max(1, self._metrics.horizontalAdvance("W"))
        self._ground, self._text, self._null = QColor(now.selected), QColor(now.text), QColor(now.text3)
        self._ring = QColor(now.accent)

    def shown(self, words: str, wide: int) -> str:
        """Words as they fit into so many pixels. What can not be too wide is not measured."""
        if len(words) * self._wide <= wide and words.isascii():
            return words
        if self._metrics.horizontalAdvance(words) <= wide:
            return words
        return self._metrics.elidedText(words, Qt.TextElideMode.ElideRight, wide)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint a cell."""
        rect: QRect = option.rect
        state = option.state.value
        row, column = index.row(), index.column()
        if state & _CHOSEN:
            painter.fillRect(rect, self._ground)
        if state & _FOCUS:
            painter.setPen(self._ring)
            painter.drawRect(rect.adjusted(0, 0, -1, -1))
        words, null = self._model.words(row, column)
        room = rect.adjusted(_PAD, 0, -_PAD, 0)
        words = self.shown(words, room.width())
        painter.setPen(self._null if null and not state & _CHOSEN else self._text)
        painter.drawText(room, _RIGHT if self._model.numeric[column] else _LEFT, words)


class Head(QHeaderView):
    """Heads of columns that are measured once; Qt asks nine times for a view, of 200 columns each time."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setSectionsClickable(True)
        self.setHighlightSections(True)
        self._sizes: dict[int, QSize] = {}

    def sizeHint(self) -> QSize:
        """As high as the highest."""
        if self.count() not in self._sizes:
            self._sizes = {self.count(): super().sizeHint()}
        return self._sizes[self.count()]

    def changeEvent(self, event: QEvent) -> None:
        """Another font or style."""
        self._sizes.clear()
        super().changeEvent(event)


class Grid(QTableView):
    """A table whose ground covers all of it, so that Qt may move it."""

    def __init__(self, dress: Dress, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._dress = dress
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setHorizontalHeader(Head(self))

    def setModel(self, model: QAbstractItemModel | None) -> None:
        """Heads do not follow what is chosen: Qt asks each cell below one whether it can be, 1.4 s of 100 000 rows."""
        super().setModel(model)
        if model is not None:
            for head in (self.horizontalHeader(), self.verticalHeader()):
                head.setSelectionModel(QItemSelectionModel(model, head))

    def changeEvent(self, event: QEvent) -> None:
        """Words are measured in the font of now."""
        super().changeEvent(event)
        painter = self.itemDelegate()
        if event.type() == QEvent.Type.FontChange and isinstance(painter, CellPainter):
            painter.renew()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Ground first, then as usual."""
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), QColor(self._dress.now.surface))
        painter.end()
        super().paintEvent(event)
