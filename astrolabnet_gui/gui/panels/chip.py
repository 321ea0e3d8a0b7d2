"""Chip: the state of a thing as mark and words on a rounded ground."""

from __future__ import annotations

from datetime import UTC, datetime

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from ...model.thing import Thing
from ..marks import mark_pixmap
from ..safe import label, set_words
from ..style import Dress
from .facts import chip


class Chip(QWidget):
    """Mark and words of a state."""

    def __init__(self, dress: Dress) -> None:
        super().__init__()
        self._dress = dress
        self._thing: Thing | None = None
        self._words = label(name="small")
        row = QHBoxLayout(self)
        self.setObjectName("chip")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        row.setContentsMargins(22, 1, 10, 1)
        row.addWidget(self._words)

    def show_state(self, thing: Thing) -> None:
        """State of a thing."""
        self._thing = thing
        set_words(self._words, chip(thing, datetime.now(UTC)))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Ground, then the mark."""
        super().paintEvent(event)
        if self._thing is not None:
            painter = QPainter(self)
            drawn = mark_pixmap(self._thing.health, self._dress.now, 12, self.devicePixelRatioF())
            painter.drawPixmap(QPoint(7, self.height() // 2 - 6), drawn)
            painter.end()
