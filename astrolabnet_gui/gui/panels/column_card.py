"""ColumnCard: one column at a glance: its figures and how its values are spread."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QSizePolicy, QVBoxLayout, QWidget

from ...model.output import Column
from ..ordering import AT_ONCE
from ..safe import label, set_words
from ..slices import Slices
from ..style import Dress
from ..words import column_type, count
from .column import Statistics, counted

WIDE = 176
_MOST = 10


class ColumnCard(QFrame):
    """Name, type, figures, picture."""

    def __init__(self, dress: Dress, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.setFixedWidth(WIDE)
        self._name = label(name="strong", wrap=True)
        self._type = label(name="caption")
        self._spread = Spread(dress)
        self.slices = Slices(self)
        grid = QGridLayout()
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(1, 1)
        self._cells = []
        for row in range(_MOST):
            pair = (label(name="caption"), label(name="small", copyable=True))
            grid.addWidget(pair[0], row, 0)
            grid.addWidget(pair[1], row, 1, Qt.AlignmentFlag.AlignRight)
            self._cells.append(pair)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(4)
        column.addWidget(self._name)
        column.addWidget(self._type)
        column.addLayout(grid)
        column.addWidget(self._spread)
        column.addStretch(1)

    def show_column(self, column: Column, cells: Sequence[Any]) -> None:
        """Figures of these cells; of many, a while later."""
        steps = self._steps(column, cells)
        (self.slices.begin if len(cells) > AT_ONCE else self.slices.at_once)(steps)

    def _steps(self, column: Column, cells: Sequence[Any]) -> Iterator[object]:
        self._put(column, (yield from counted(cells)))

    def _put(self, column: Column, found: Statistics) -> None:
        set_words(self._name, column.name)
        set_words(self._type, " · ".join(w for w in (column_type(column.type), column.unit) if w))
        for n, (name, value) in enumerate(self._cells):
            pair = found.facts[n] if n < len(found.facts) else ("", "")
            set_words(name, pair[0])
            set_words(value, pair[1])
            name.setVisible(bool(pair[0]))
            value.setVisible(bool(pair[0]))
        self._spread.show_bars(found)

    @property
    def facts(self) -> dict[str, str]:
        """What it says."""
        return {name.text(): value.text() for name, value in self._cells if name.text()}


class Spread(QWidget):
    """A histogram of numbers, or the most frequent words as bars."""

    def __init__(self, dress: Dress) -> None:
        super().__init__()
        self._dress = dress
        self._shown = Statistics(())
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_bars(self, found: Statistics) -> None:
        """Draw these."""
        self._shown = found
        self.setVisible(bool(found.bars))
        self.setAccessibleName(f"Spread in {len(found.bars)} bars")
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Numbers take a fixed height, words a row each."""
        return QSize(WIDE - 24, 84 if self._shown.last else 24 * len(self._shown.bars) + 4)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Steps of numbers, or words with bars."""
        if not self._shown.bars:
            return
        painter = QPainter(self)
        font = QFont(self.font())
        font.setPixelSize(self._dress.now.size["caption"])
        painter.setFont(font)
        (self._steps if self._shown.last else self._words)(painter)
        painter.end()

    def _steps(self, painter: QPainter) -> None:
        now, bars = self._dress.now, self._shown.bars
        most = max(n for _, n in bars)
        floor = self.height() - 18
        step = self.width() / len(bars)
        for i, (_, n) in enumerate(bars):
            high = 0 if not n else max(1.0, (floor - 4) * n / most)
            painter.fillRect(QRectF(i * step, floor - high, max(1.0, step - 1), high), QColor(now.link_wire))
        painter.fillRect(QRectF(0, floor, self.width(), 1), QColor(now.border))
        painter.setPen(QColor(now.text3))
        below = QRect(0, floor + 2, self.width(), 16)
        painter.drawText(below, Qt.AlignmentFlag.AlignLeft, self._shown.first)
        painter.drawText(below, Qt.AlignmentFlag.AlignRight, self._shown.last)

    def _words(self, painter: QPainter) -> None:
        now, bars = self._dress.now, self._shown.bars
        most = max(n for _, n in bars)
        metrics = painter.fontMetrics()
        for i, (word, n) in enumerate(bars):
            top = 24 * i
            number = count(n)
            painter.setPen(QColor(now.text2))
            room = self.width() - metrics.horizontalAdvance(number) - 8
            painter.drawText(0, top + 13, metrics.elidedText(word, Qt.TextElideMode.ElideRight, room))
            painter.drawText(QRect(0, top, self.width(), 16), Qt.AlignmentFlag.AlignRight, number)
            painter.fillRect(QRectF(0, top + 17, max(1.0, self.width() * n / most), 3), QColor(now.link_wire))
