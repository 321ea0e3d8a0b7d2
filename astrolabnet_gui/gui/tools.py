"""Tools: the strip of buttons at the upper left of the graph."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QFrame, QHBoxLayout, QToolButton

from .canvas import Canvas
from .icons import icon


class Tools(QFrame):
    """Fit, add, wire, undo; each button's tooltip names verb and key.

    Attributes:
        wire, undo: grey until somebody can do it; who can sets tooltip and connection.
    """

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
        self.wire = self._button("channel")
        self.wire.setToolTip("Wire two servers (W): no data is known here yet that could flow")
        self.undo = self._button("undo")
        self.undo.setToolTip("Undo (Ctrl+Z): nothing was done yet")
        for button in (self.wire, self.undo):
            button.setEnabled(False)
        for button in (fit, new, self.wire, self.undo):
            button.setAccessibleName(button.toolTip())
            row.addWidget(button)
        self.move(12, 12)
        self.adjustSize()

    def _button(self, drawing: str) -> QToolButton:
        button = QToolButton()
        button.setIcon(icon(drawing))
        button.setIconSize(QSize(16, 16))
        return button
