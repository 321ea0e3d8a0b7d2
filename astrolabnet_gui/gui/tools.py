"""Tools: the strip of buttons at the upper left of the graph."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QFrame, QHBoxLayout, QToolButton

from .canvas import Canvas
from .icons import icon


class Tools(QFrame):
    """Fit, add; each button's tooltip names verb and key."""

    def __init__(self, canvas: Canvas, add: Callable[[], object]) -> None:
        super().__init__(canvas)
        self.setObjectName("strip")
        row = QHBoxLayout(self)
        row.setContentsMargins(4, 3, 4, 3)
        row.setSpacing(0)
        fit = self._button("fit")
        fit.setToolTip("Fit the graph to the window (F)")
        fit.clicked.connect(canvas.fit)
        new = self._button("add")
        new.setToolTip("Add a server (N)")
        new.clicked.connect(add)
        for button in (fit, new):
            button.setAccessibleName(button.toolTip())
            row.addWidget(button)
        self.move(12, 12)
        self.adjustSize()

    def _button(self, drawing: str) -> QToolButton:
        button = QToolButton()
        button.setIcon(icon(drawing))
        button.setIconSize(QSize(16, 16))
        return button
