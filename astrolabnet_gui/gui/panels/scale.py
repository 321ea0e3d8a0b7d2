"""Scale: what the colours of a map mean: a strip from least to most, with the numbers at its ends and middle."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ..style import Dress
from ..words import count
from .shades import painted, shades

_STRIP, _EDGE = 8, 16


class Scale(QWidget):
    """One strip, as wide as there is room.

    Args:
        values: what is coloured. what: what they are, in words. log: counts, coloured by their logarithm.
    """

    def __init__(
        self, values: Any, what: str, dress: Dress, *, log: bool = True, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._dress, self._what = dress, what
        numbers = np.asarray(values, dtype=np.float64)
        good = numbers[np.isfinite(numbers)]
        self.ends: tuple[str, str, str] | None = None
        if good.size:
            low, high = (0.0 if log else float(good.min())), float(good.max())
            middle = math.expm1(math.log1p(high) / 2) if log else (low + high) / 2
            self.ends = (_told(low, log), _told(middle, log), _told(high, log))
        self.setVisible(self.ends is not None)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(f"Colours: {what}, from {self.ends[0]} to {self.ends[2]}" if self.ends else what)
        dress.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """The strip and a line."""
        return QSize(200, _STRIP + QFontMetrics(self._font()).height() + 12)

    def _font(self) -> QFont:
        font = QFont(self.font())
        font.setPixelSize(self._dress.now.size["caption"])
        return font

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The strip above its numbers."""
        if self.ends is None:
            return
        painter = QPainter(self)
        painter.setFont(self._font())
        strip = QRectF(_EDGE, 4, self.width() - 2 * _EDGE, _STRIP)
        painter.drawImage(strip, painted(shades(self._dress)[None, :, :]))
        painter.setPen(QColor(self._dress.now.text2))
        line = QRectF(_EDGE, 6 + _STRIP, strip.width(), painter.fontMetrics().height())
        low, middle, high = self.ends
        told = f"{middle} {self._what}"
        if painter.fontMetrics().horizontalAdvance(low + told + high) + 16 > line.width():
            told = ""
        for words, side in ((low, Qt.AlignmentFlag.AlignLeft), (told, Qt.AlignmentFlag.AlignHCenter),
                            (high, Qt.AlignmentFlag.AlignRight)):  # fmt: skip
            painter.drawText(line, side | Qt.AlignmentFlag.AlignVCenter, words)
        painter.end()


def _told(number: float, log: bool) -> str:
    return count(round(number)) if log else f"{number:.4g}"
