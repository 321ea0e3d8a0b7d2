"""Traceback: a failed task: the last line first, the sent code with the failing line marked, the rest folded."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QTextBlockFormat, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit, QPushButton, QToolButton, QVBoxLayout, QWidget

from ...model.output import Failure
from ...model.task import Task
from ...tasks.cause import innermost
from ..code_view import CodeView
from ..safe import label, page, plain, to_clipboard
from ..style import Dress
from ..theme import Theme
from ..words import language, plural, size
from .foot import Foot
from .text import TextPage
from .where import Place, failing_place

_CODE_ROWS, _HEAD_CHARS = 12, 4000
# Of a longer text the size is told, not how many lines it has.
_COUNTED_CHARS = 1_000_000


class Traceback(QWidget):
    """All about one failure.

    Attributes:
        place: the failing line of the user's code; None if nobody can tell.
        full: everything the server said; None until somebody unfolds it, for it may be 200 MB.
    """

    def __init__(self, failure: Failure, task: Task, dress: Dress, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self.place = failing_place(failure, task)
        column = QVBoxLayout()
        column.setContentsMargins(16, 12, 16, 8)
        column.setSpacing(8)
        first = label(innermost(failure) or last_line(failure), name="wrong", wrap=True, copyable=True)
        first.setObjectName("failure")
        column.addWidget(first)
        if task.code:
            column.addWidget(label(_where(self.place), name="caption"))
            column.addWidget(self._sent(task, dress))
        self._failure, self._dress = failure, dress
        self.full: TextPage | None = None
        self.fold = QToolButton()
        self.fold.setCheckable(True)
        self.fold.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.fold.setArrowType(Qt.ArrowType.RightArrow)
        self.fold.setText(f"Full traceback, {_length(failure)}")
        self.fold.toggled.connect(self._unfold)
        column.addWidget(self.fold)
        foot = Foot()
        copy = QPushButton("Copy for a colleague")
        copy.clicked.connect(lambda: to_clipboard(report(failure, task, self.place)))
        foot.add(copy)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addLayout(column)
        self._filler = QWidget()
        whole.addWidget(self._filler, 1)
        whole.addWidget(foot)
        # Without a line to mark, the server's words are what shows where it failed.
        self.fold.setChecked(self.place is None and _letters(failure) <= _COUNTED_CHARS)

    def open_search(self) -> None:
        """Look for words in the full traceback."""
        self.fold.setChecked(True)
        if self.full is not None:
            self.full.search.open()

    def _unfold(self, on: bool) -> None:
        self.fold.setArrowType(Qt.ArrowType.DownArrow if on else Qt.ArrowType.RightArrow)
        if self.full is None:
            self.full = TextPage(full_text(self._failure), "Traceback", self._dress)
            layout = self.layout()
            assert isinstance(layout, QVBoxLayout)
            layout.insertWidget(1, self.full, 1)
        self.full.setVisible(on)
        self._filler.setVisible(not on)

    def _sent(self, task: Task, dress: Dress) -> QPlainTextEdit:
        code = CodeView(task.language, dress, read_only=True)
        code.setAccessibleName("Sent code")
        code.setPlainText(page(task.code)[0])
        rows = min(_CODE_ROWS, code.blockCount()) + 1
        code.setFixedHeight(rows * code.fontMetrics().lineSpacing() + 14)
        if self.place is not None:
            mark_line(code, self.place.line, dress.now)
        return code


def _where(place: Place | None) -> str:
    if place is None:
        return "Sent code; the server does not say in which line it failed"
    return (
        f"Sent code, failed in line {place.line}" if place.sure else f"Sent code, failed probably in line {place.line}"
    )


def mark_line(view: QPlainTextEdit, number: int, theme: Theme) -> None:
    """Put the colour of failure behind one line, and show it."""
    block = view.document().findBlockByNumber(number - 1)
    ground = QColor(theme.failed)
    ground.setAlphaF(0.24 if theme.dark else 0.12)
    form = QTextBlockFormat()
    form.setBackground(ground)
    cursor = QTextCursor(block)
    cursor.mergeBlockFormat(form)
    view.setTextCursor(cursor)


def last_line(failure: Failure) -> str:
    """What went wrong, in one line."""
    message = failure.message[:_HEAD_CHARS]
    head = f"{failure.name[:_HEAD_CHARS]}: {message}" if failure.name else message
    return plain(head.strip().split("\n")[0], 400)


def full_text(failure: Failure) -> str:
    """Message and traceback as the server sent them; each piece is copied once."""
    pieces = [failure.name, ": ", failure.message.rstrip()]
    for line in failure.traceback:
        pieces += ("\n", line.rstrip("\n"))
    return "".join(pieces)


def _length(failure: Failure) -> str:
    """How long the full text is, without making it."""
    letters = _letters(failure)
    return size(letters) if letters > _COUNTED_CHARS else plural(full_text(failure).count("\n") + 1, "line")


def _letters(failure: Failure) -> int:
    return len(failure.message) + sum(map(len, failure.traceback))


def report(failure: Failure, task: Task, place: Place | None) -> str:
    """What a colleague needs to understand it."""
    at = "" if place is None else f", {'' if place.sure else 'probably '}line {place.line}"
    return f"{language(task.language)}{at}\n\n{task.code}\n\n{full_text(failure)}\n"
