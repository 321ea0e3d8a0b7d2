"""Text: words a task gave, with a terminal's colours and a search; twenty megabytes come piece by piece."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QTimer
from PySide6.QtGui import QColor, QFont, QHideEvent, QShowEvent, QSyntaxHighlighter, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit, QVBoxLayout, QWidget

from ..find import FindBar
from ..safe import INSET, text_view, to_clipboard
from ..style import Dress
from ..words import plural, size
from .ansi import READ_CHARS, Ansi, Ink, Run, written
from .foot import Foot
from .save import save_bytes

# Appended in one go, so that the window stays alive: some 10 ms; coloured lines cost five times as much each.
PIECE_CHARS = 100_000
COLOURED_CHARS = 20_000
# A line costs 6 us, however short it is.
PIECE_LINES = 5_000
# What a view can hold: a line takes some hundred bytes there beside its words.
MOST_CHARS, MOST_LINES = 50_000_000, 500_000


class Inks(QSyntaxHighlighter):
    """Colours lines as a terminal would have."""

    def __init__(self, view: QPlainTextEdit, dress: Dress) -> None:
        super().__init__(view.document())
        self._dress = dress
        self._forms: dict[Ink, QTextCharFormat] = {}
        self.runs: dict[int, tuple[Run, ...]] = {}
        dress.changed.connect(self._redress)

    def _redress(self) -> None:
        self._forms.clear()
        self.rehighlight()

    def highlightBlock(self, _text: str) -> None:
        """Colours of one line."""
        for run in self.runs.get(self.currentBlock().blockNumber(), ()):
            self.setFormat(run.start, run.end - run.start, self._form(run.ink))

    def _form(self, ink: Ink) -> QTextCharFormat:
        form = self._forms.get(ink)
        if form is None:
            form = self._forms[ink] = QTextCharFormat()
            if ink.token:
                form.setForeground(QColor(self._dress.now.colour(ink.token)))
            if ink.strong:
                form.setFontWeight(QFont.Weight.DemiBold)
        return form


class TextPage(QWidget):
    """A long text with its search and its foot.

    Attributes:
        view: the words; once ``left`` is 0 all of them, or as many as a view can hold.
    """

    def __init__(self, text: str, name: str, dress: Dress, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text, self._at, self._line = text, 0, 0
        self._dress = dress
        self._ansi = Ansi()
        self._inks: Inks | None = None
        self.view = text_view(lines=0)
        self.view.setProperty("bare", True)
        self.view.document().setDocumentMargin(INSET)
        self.view.setAccessibleName(name)
        self.search = FindBar(self.view, dress)
        self.foot = Foot()
        self.foot.add_link("Find", self.search.open)
        self.foot.add_link("Copy all", lambda: to_clipboard(self._text))
        self.foot.add_link(
            "Save…", lambda: save_bytes(self, f"{name.lower()}.txt", self._text.encode("utf-8", "replace"))
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for part, stretch in ((self.search, 0), (self.view, 1), (self.foot, 0)):
            column.addWidget(part, stretch)
        self._more = QTimer(self, interval=0)
        self._more.timeout.connect(self._take)
        self._take()

    @property
    def left(self) -> int:
        """Characters that are still to come into the view."""
        return 0 if self._at >= MOST_CHARS or self._line >= MOST_LINES else len(self._text) - self._at

    def showEvent(self, event: QShowEvent) -> None:
        """Go on with what is still to come."""
        super().showEvent(event)
        if self.left:
            self._more.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody looks: wait."""
        super().hideEvent(event)
        self._more.stop()

    def _take(self) -> None:
        """The next piece, up to the end of a line; of a line longer than a piece only what is shown is copied."""
        text, at, beyond = self._text, self._at, 0
        end = min(len(text), at + (COLOURED_CHARS if self._inks is not None else PIECE_CHARS))
        cut = text.rfind("\n", at, end) if end < len(text) else end - 1
        if cut >= at or not text:
            piece = text[at : cut + 1]
            if piece.count("\n") > PIECE_LINES:
                piece = "\n".join((*piece.split("\n", PIECE_LINES)[:-1], ""))
            self._at += len(piece)
        else:
            cut = text.find("\n", end)
            cut = len(text) if cut < 0 else cut
            start, stop = written(text, at, cut)
            piece = text[start : min(start + READ_CHARS, stop)]
            beyond = stop - start - len(piece)
            self._at = min(len(text), cut + 1)
            piece += text[cut : self._at]
        lines, runs = self._ansi.lines(piece, beyond)
        self._colour(runs)
        cursor = QTextCursor(self.view.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        cursor.insertText("\n".join(lines))
        self._line += len(lines) - 1
        whole = f"{plural(self._line + 1, 'line')} · {size(len(self._text))}"
        if self._at < len(self._text):
            whole = f"The first {plural(self._line, 'line')} of {size(len(self._text))}, Save… has all"
        self.foot.say(whole if not self.left else f"{size(self._at)} of {size(len(self._text))}")
        if not self.left:
            self._more.stop()

    def _colour(self, runs: Mapping[int, tuple[Run, ...]]) -> None:
        if runs and self._inks is None:
            self._inks = Inks(self.view, self._dress)
        if self._inks is not None:
            self._inks.runs.update({self._line + number: pieces for number, pieces in runs.items()})
