"""Result: what a task gave, as tabs: table, image, text, JSON, failure; and its code."""

from __future__ import annotations

import json

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QPushButton, QTabWidget, QVBoxLayout, QWidget

from ...errors import Malformed
from ...model.output import Failure, Image, Json, Part, Table, Text, parse
from ...model.task import Task
from ...model.thing import Thing
from ..safe import VIEW_CHARS, label, page, set_words, text_view
from ..style import Dress
from ..words import count, plural, size
from .picture import Picture, decoded
from .table import csv_text, table_view
from .traceback import Traceback


class ResultView(QWidget):
    """Tabs of one task; only those that have something. Rebuilt when the output changes, never before."""

    def __init__(self, dress: Dress, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self._dress = dress
        self._shown: object = None
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.tabs)

    def show_task(self, thing: Thing, task: Task) -> None:
        """Show the output of a task, or say why there is none yet."""
        statement = task.statement
        output = None if statement is None else statement.output
        ended = thing.state in thing.kind.terminal
        seen = (thing.key, ended, task.code, output)
        if seen == self._shown:
            return
        self._shown = seen
        while self.tabs.count():
            old = self.tabs.widget(0)
            self.tabs.removeTab(0)
            if old is not None:
                old.deleteLater()
        for part in parse(output):
            self._add(part, task)
        if not self.tabs.count():
            words = thing.problem or ("This task gave no output." if ended else "No output yet.")
            self.tabs.addTab(_note(words), "Result")
        if task.code:
            self.tabs.addTab(_Long(task.code, name="Code"), "Code")

    def _add(self, part: Part, task: Task) -> None:
        match part:
            case Table():
                self.tabs.addTab(_TablePage(part, self._dress), "Table")
            case Text():
                self.tabs.addTab(_Long(part.text, name="Text"), "Text")
            case Json():
                text = json.dumps(part.value, indent=2, ensure_ascii=False, default=str)
                self.tabs.addTab(_Long(text, name="JSON"), "JSON")
            case Image():
                try:
                    self.tabs.addTab(Picture(decoded(part)), "Image")
                except Malformed as problem:
                    self.tabs.addTab(_note(str(problem)), "Image")
            case Failure():
                self.tabs.addTab(Traceback(part, task, self._dress), "Failure")


def _note(words: str) -> QWidget:
    made = label(words, name="small", wrap=True, copyable=True)
    made.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
    made.setContentsMargins(16, 16, 16, 16)
    return made


class _Long(QWidget):
    """A long text, a page of it at a time; the foot says what is not shown."""

    def __init__(self, text: str, name: str) -> None:
        super().__init__()
        self._text, self._limit = text, VIEW_CHARS
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._view = text_view()
        self._view.setProperty("bare", True)
        self._view.setAccessibleName(name)
        column.addWidget(self._view, 1)
        foot, row = _foot()
        self._said = label(name="small")
        row.addWidget(self._said, 1)
        self._more = _link("Show more", self._show_more)
        row.addWidget(self._more)
        row.addWidget(_link("Copy all", lambda: QApplication.clipboard().setText(self._text)))
        column.addWidget(foot)
        self._show()

    def _show(self) -> None:
        shown, left_out = page(self._text, self._limit)
        self._view.setPlainText(shown)
        lines = self._text.count("\n", 0, self._limit) + 1
        all_of = f"{plural(lines, 'line')} · {size(len(self._text))}"
        set_words(self._said, left_out or all_of)
        self._more.setVisible(len(self._text) > self._limit and self._limit < 8 * VIEW_CHARS)

    def _show_more(self) -> None:
        self._limit *= 2
        self._show()


class _TablePage(QWidget):
    """A table and what there is of it."""

    def __init__(self, table: Table, dress: Dress) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(table_view(table, dress), 1)
        foot, row = _foot()
        rows = plural(len(table.rows), "row")
        row.addWidget(label(f"{rows}   {count(len(table.columns))} columns", name="small"), 1)
        row.addWidget(_link("Copy as CSV", lambda: QApplication.clipboard().setText(csv_text(table))))
        column.addWidget(foot)


def _foot() -> tuple[QFrame, QHBoxLayout]:
    foot = QFrame()
    foot.setObjectName("foot")
    row = QHBoxLayout(foot)
    row.setContentsMargins(16, 4, 12, 4)
    return foot, row


def _link(words: str, act: object) -> QPushButton:
    button = QPushButton(words)
    button.setProperty("link", True)
    button.clicked.connect(act)
    return button
