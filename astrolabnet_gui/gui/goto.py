"""GoTo: in the corner of the menu bar, what looks like a field and opens the palette (Ctrl+K)."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from .icons import icon
from .safe import label


class GoTo(QPushButton):
    """A button with the words of an empty field."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("goto")
        self.setAccessibleName("Go to a thing or a command, Ctrl+K")
        self.setToolTip("Go to a thing or a command (Ctrl+K)")
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 2, 6, 2)
        row.setSpacing(8)
        glass = label()
        glass.setPixmap(icon("search").pixmap(QSize(16, 16)))
        for part in (glass, label("Go to a thing or a command", name="hint")):
            row.addWidget(part)
        row.addStretch(1)
        row.addWidget(label("Ctrl K", name="key"))
        for part in self.findChildren(QLabel):
            part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def sizeHint(self) -> QSize:
        """Wide as the field it looks like, as high as a control."""
        inside = self.layout()
        assert inside is not None
        return QSize(max(300, inside.sizeHint().width()), max(28, inside.sizeHint().height()))
