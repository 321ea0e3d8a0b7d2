"""Picking: files of this computer for a field, and some of several choices."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QPushButton,
    QWidget,
)

from ..command.needs import HERE
from .safe import plain

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


class Ticks(QListWidget):
    """Some of several choices, each with a tick; Space turns it."""

    def __init__(self, choices: Mapping[str, str], start: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        chosen = set(start.splitlines())
        for value, words in choices.items():
            item = QListWidgetItem(plain(words))
            item.setData(Qt.ItemDataRole.UserRole, value)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Checked if value in chosen else Qt.CheckState.Unchecked)
            self.addItem(item)
        if self.count():
            self.setCurrentRow(0)
        self.setFixedHeight(max(1, min(self.count(), _ROWS)) * (self.sizeHintForRow(0) if self.count() else 24) + 4)

    @property
    def ticked(self) -> tuple[str, ...]:
        """Values of the chosen ones, in their order."""
        items = (self.item(row) for row in range(self.count()))
        return tuple(str(i.data(Qt.ItemDataRole.UserRole)) for i in items if i.checkState() == Qt.CheckState.Checked)
