"""Traceback: a failed task: the last line first, the sent code with the failing line marked, then everything."""

from __future__ import annotations

import re

from PySide6.QtGui import QColor, QTextBlockFormat, QTextCursor
from PySide6.QtWidgets import QApplication, QHBoxLayout, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from ...model.output import Failure
from ...model.task import Task
from ..safe import label, page, plain, text_view
from ..style import Dress
from ..theme import Theme
from ..words import language

_PYTHON_LINE = re.compile(r'File "<(?:stdin|string|console|cell|aln[^>]*)>", line (\d+)')
_SCALA_LINE = re.compile(r"<console>:(\d+)")
# The parser writes "(line 2, pos 5)", the analyser "; line 2 pos 5;".
_SQL_LINE = re.compile(r"\bline (\d+),? pos \d+")


def failing_line(failure: Failure, task: Task) -> int | None:
    """Line of the user's own code (1 = first) where it failed; None if the server does not say."""
    text = "\n".join((failure.message, *failure.traceback))
    pattern = {"spark": _SCALA_LINE, "sql": _SQL_LINE}.get(task.language, _PYTHON_LINE)
    lines = task.code.count("\n") + 1
    found = [int(number) - task.line_shift for number in pattern.findall(text)]
    inside = [number for number in found if 1 <= number <= lines]
    return inside[-1] if inside else None


class Traceback(QWidget):
    """All about one failure."""

    def __init__(self, failure: Failure, task: Task, dress: Dress, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self.line = failing_line(failure, task)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(8)
        head = f"{failure.name}: {failure.message}" if failure.name else failure.message
        first = label(plain(head.strip().split("\n")[0], 400), name="wrong", wrap=True, copyable=True)
        first.setObjectName("failure")
        column.addWidget(first)
        if task.code:
            where = f"Sent code, failed in line {self.line}" if self.line else "Sent code"
            column.addWidget(label(where, name="caption"))
            code = text_view()
            code.setPlainText(page(task.code)[0])
            code.setMaximumHeight(180)
            if self.line:
                mark_line(code, self.line, dress.now)
            column.addWidget(code)
        self._full = text_view()
        self._full.setPlainText(page(full_text(failure))[0])
        column.addWidget(label("Everything the server said", name="caption"))
        column.addWidget(self._full, 1)
        row = QHBoxLayout()
        copy = QPushButton("Copy for a colleague")
        copy.clicked.connect(lambda: QApplication.clipboard().setText(report(failure, task, self.line)))
        row.addWidget(copy)
        row.addStretch(1)
        column.addLayout(row)


def mark_line(view: QPlainTextEdit, number: int, theme: Theme) -> None:
    """Put the colour of failure behind one line."""
    block = view.document().findBlockByNumber(number - 1)
    ground = QColor(theme.failed)
    ground.setAlphaF(0.24)
    form = QTextBlockFormat()
    form.setBackground(ground)
    cursor = QTextCursor(block)
    cursor.mergeBlockFormat(form)
    view.setTextCursor(cursor)


def full_text(failure: Failure) -> str:
    """Message and traceback as the server sent them."""
    return "\n".join(
        (f"{failure.name}: {failure.message}".rstrip(), *(line.rstrip("\n") for line in failure.traceback))
    )


def report(failure: Failure, task: Task, line: int | None) -> str:
    """What a colleague needs to understand it."""
    at = f", line {line}" if line else ""
    return f"{language(task.language)}{at}\n\n{task.code}\n\n{full_text(failure)}\n"
