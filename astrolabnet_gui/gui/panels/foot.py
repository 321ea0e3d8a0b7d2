"""Foot: the bar below a panel: what is shown of what there is, and links."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QWidget

from ..safe import button_words, label, set_words


class Foot(QFrame):
    """Words at the left, links at the right."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("foot")
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(16, 4, 12, 4)
        self._row.setSpacing(8)
        self._said = label(name="small", wrap=True, copyable=True)
        self._row.addWidget(self._said, 1)

    @property
    def words(self) -> str:
        """What it says."""
        return self._said.text()

    def say(self, words: str) -> None:
        """What is shown of what there is."""
        set_words(self._said, words)

    def add(self, part: QWidget) -> None:
        """One more thing at the right."""
        self._row.addWidget(part)

    def add_link(self, words: str, act: Callable[[], object]) -> QPushButton:
        """One more link at the right."""
        made = link(words, act)
        self.add(made)
        return made


def link(words: str, act: Callable[[], object]) -> QPushButton:
    """A button that looks like a link."""
    button = QPushButton(button_words(words))
    button.setProperty("link", True)
    button.clicked.connect(lambda: act())
    return button
