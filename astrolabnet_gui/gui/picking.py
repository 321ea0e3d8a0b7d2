"""Picking: files of this computer for a field, and some of several choices."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from ..command.needs import HERE
from .safe import button_words

_ROWS = 6


class FilePicker(QWidget):
    """Lets a person choose files of this computer; they go into the field as ``here:/path``."""

    def __init__(self, field: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._field = field
        self.button = QPushButton("From this computer…")
        self.button.setProperty("link", True)
        self.button.clicked.connect(self._ask)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.button)
        row.addStretch(1)

    def take(self, files: Iterable[Path]) -> None:
        """Put files into the field: a line holds one, a list gets them added."""
        given = [f"{HERE}{file}" for file in files]
        if isinstance(self._field, QPlainTextEdit):
            for text in given:
                self._field.appendPlainText(text)
        elif isinstance(self._field, QLineEdit) and given:
            self._field.setText(given[0])
            self._field.textEdited.emit(given[0])

    def _ask(self) -> None:
        if isinstance(self._field, QPlainTextEdit):
            chosen, _ = QFileDialog.getOpenFileNames(self, "Files of this computer")
        else:
            one, _ = QFileDialog.getOpenFileName(self, "A file of this computer")
            chosen = [one] if one else []
        self.take(Path(file) for file in chosen)


class Ticks(QScrollArea):
    """Some of several choices, each with a tick.

    Signals:
        turned(): one was ticked or unticked.
    """

    turned = Signal()

    def __init__(self, choices: Mapping[str, str], start: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.boxes: dict[str, QCheckBox] = {}
        chosen = set(start.splitlines())
        inside = QWidget()
        inside.setObjectName("panel")
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        for value, words in choices.items():
            box = self.boxes[value] = QCheckBox(button_words(words))
            box.setChecked(value in chosen)
            box.toggled.connect(lambda _: self.turned.emit())
            column.addWidget(box)
        self.setWidget(inside)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        first = next(iter(self.boxes.values()), None)
        if first is not None:
            self.setFocusProxy(first)
            self.setFixedHeight(min(len(self.boxes), _ROWS) * (first.sizeHint().height() + 4))

    @property
    def ticked(self) -> tuple[str, ...]:
        """Values of the chosen ones, in their order."""
        return tuple(value for value, box in self.boxes.items() if box.isChecked())
