"""Room: a dock with a head of its own."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QDockWidget, QFrame, QHBoxLayout, QMainWindow, QToolButton

from .icons import icon
from .safe import OneLine, set_tooltip

_FIXED = QDockWidget.DockWidgetFeature


class Room(QDockWidget):
    """A dock with a head of 32: title, then buttons."""

    def __init__(self, name: str, title: str, parent: QMainWindow) -> None:
        super().__init__(title, parent)
        self.setObjectName(name)
        self.setFeatures(_FIXED.DockWidgetMovable | _FIXED.DockWidgetFloatable | _FIXED.DockWidgetClosable)
        head = QFrame()
        head.setObjectName("head")
        head.setMinimumHeight(33)
        self.row = QHBoxLayout(head)
        self.row.setContentsMargins(12, 0, 8, 0)
        self.row.setSpacing(2)
        self.caption = OneLine("strong")
        # Where the head is taken the dock is drawn away, no word is chosen.
        self.caption.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
        self.caption.say(title)
        # A dock asks its head for a hint, not for its fixed height.
        self.caption.setMinimumHeight(32)
        self.row.addWidget(self.caption, 1)
        self.setTitleBarWidget(head)

    def add_button(self, drawing: str, words: str) -> QToolButton:
        """A button in the head; ``words`` name verb and key."""
        button = QToolButton()
        button.setIcon(icon(drawing))
        button.setIconSize(QSize(16, 16))
        button.setAccessibleName(words)
        set_tooltip(button, words)
        self.row.addWidget(button)
        return button

    def set_caption(self, words: str, role: str = "strong") -> None:
        """Words of the head."""
        path = role == "path"
        self.caption.elide = Qt.TextElideMode.ElideLeft if path else Qt.TextElideMode.ElideRight
        self.caption.say(words)
        if self.caption.property("role") != role:
            self.caption.setProperty("role", role)
            self.caption.style().unpolish(self.caption)
            self.caption.style().polish(self.caption)
