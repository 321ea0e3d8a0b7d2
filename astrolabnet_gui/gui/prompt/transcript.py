"""Transcript: what was typed, what came of it, and the acts done by mouse, in their order; plain text in our inks."""

from __future__ import annotations

import copy
import time
from collections import deque
from dataclasses import dataclass, field

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QFont, QMouseEvent, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from ..panels.ansi import Ansi, Ink, Run
from ..safe import INSET, LINE_CHARS, fixed_font
from ..style import Dress

LINES = 10_000
# Written in one go; and what may wait: a program can say more than anybody reads, then its last words are shown.
PIECE_CHARS = 20_000
MOST_WAITING = 400_000
TURN_S = 0.008
_INK = int(QTextCharFormat.Property.UserProperty) + 1


@dataclass
class _Said:
    """What is still to be written; ``whole`` lines, or a part of a stream."""

    text: str
    token: str
    whole: bool = False
    pieces: list[tuple[str, str]] = field(default_factory=list)
    run: str = ""
    left_out: int = 0


class Transcript(QPlainTextEdit):
    """Only grows at its end, piece by piece, so that the window stays alive.

    Signals:
        clicked(str, QPoint): the line of an act was clicked: its run, and where on the screen.
    """

    clicked = Signal(str, QPoint)

    def __init__(self, dress: Dress, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._dress = dress
        self._ansi = Ansi()
        self._open = ""
        self._ended = False
        self._waiting: deque[_Said] = deque()
        self._soon = QTimer(self, interval=0, singleShot=True)
        self._soon.timeout.connect(self._turn)
        self.setReadOnly(True)
        self.setUndoRedoEnabled(False)
        self.setMaximumBlockCount(LINES)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.WidgetWidth)
        self.setFont(fixed_font(dress.now.size["small"]))
        self.setProperty("bare", True)
        self.document().setDocumentMargin(INSET / 2)
        self.setViewportMargins(INSET // 2, 0, 0, 0)
        self.setAccessibleName("What Python said")
        self.viewport().setMouseTracking(True)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        dress.changed.connect(self._redress)

    def stream(self, text: str, token: str = "") -> None:
        """Words as they come, perhaps a part of a line; a lone carriage return writes over it."""
        last = self._waiting[-1] if self._waiting else None
        if last is not None and last.token == token and not last.pieces and not last.whole:
            last.text += text
        else:
            last = _Said(text, token)
            self._waiting.append(last)
        if len(last.text) > MOST_WAITING:
            last.left_out += len(last.text) - MOST_WAITING // 2
            last.text = last.text[-MOST_WAITING // 2 :]
        self._begin()

    def say(self, text: str, token: str = "") -> None:
        """Whole lines, however many."""
        self._waiting.append(_Said(text[-MOST_WAITING:].rstrip("\n"), token, whole=True))
        self._begin()

    def pieces(self, pieces: list[tuple[str, str]], run: str = "") -> None:
        """One line of words with their inks.

        Args:
            run: the act it tells of; the line can then be clicked.
        """
        self._waiting.append(_Said("", "", whole=True, pieces=pieces, run=run))
        self._begin()

    def _begin(self) -> None:
        """What is short is there at once."""
        if not self._soon.isActive():
            self._turn()

    def _turn(self) -> None:
        until = time.monotonic() + TURN_S
        while self._waiting and time.monotonic() < until:
            said = self._waiting[0]
            if said.left_out:
                self._whole(f"({said.left_out:,} characters are left out)", "text3")
                said.left_out = 0
            elif said.pieces:
                self._pieces(said.pieces, said.run)
            else:
                end = said.text.rfind("\n", 0, PIECE_CHARS) + 1 if len(said.text) > PIECE_CHARS else 0
                piece, said.text = said.text[: end or PIECE_CHARS], said.text[end or PIECE_CHARS :]
                if said.whole:
                    self._whole(piece.rstrip("\n") if said.text else piece, said.token)
                else:
                    self._part(piece, said.token)
            if not said.text:
                self._waiting.popleft()
        if self._waiting:
            self._soon.start()

    def _part(self, text: str, token: str) -> None:
        before, line_end, last = (self._open + text).rpartition("\n")
        self._drop_open()
        if line_end:
            self._lines(*self._ansi.lines(before), token=token)
        self._open = last[: 2 * LINE_CHARS]
        if self._open:
            # What is shown of an open line is written again with its rest.
            self._lines(*copy.copy(self._ansi).lines(self._open), token=token, whole=False)

    def _whole(self, text: str, token: str) -> None:
        self._end_line()
        self._ansi = Ansi()
        self._lines(*self._ansi.lines(text), token=token)

    def _pieces(self, pieces: list[tuple[str, str]], run: str) -> None:
        self._end_line()
        self._ansi = Ansi()
        with _AtEnd(self) as cursor:
            for words, token in pieces:
                form = self._form(Ink(token))
                if run:
                    form.setAnchor(True)
                    form.setAnchorHref(run)
                cursor.insertText(self._plain(words), form)
        self._ended = True

    def begins_line(self) -> bool:
        """What is written next begins a line; to be asked once before each writing."""
        begins, self._ended = self._ended, False
        return begins

    def _plain(self, words: str) -> str:
        return "⏎".join(Ansi().lines(words)[0])

    def _end_line(self) -> None:
        if self._open:
            self._open, self._ended = "", True

    def _drop_open(self) -> None:
        if self._open:
            with _AtEnd(self) as cursor:
                cursor.movePosition(QTextCursor.MoveOperation.StartOfBlock, QTextCursor.MoveMode.KeepAnchor)
                cursor.removeSelectedText()

    def _lines(self, lines: list[str], runs: dict[int, tuple[Run, ...]], *, token: str, whole: bool = True) -> None:
        plain = self._form(Ink(token))
        # Lines of one ink are written in one go, which is what makes a flood cheap.
        gathered: list[str] = []
        with _AtEnd(self) as cursor:
            for number, line in enumerate(lines):
                at = 0
                if number in runs:
                    cursor.insertText("".join(gathered), plain)
                    gathered.clear()
                for run in runs.get(number, ()):
                    cursor.insertText(line[at : run.start], plain)
                    ink = run.ink if run.ink.token else Ink(token, run.ink.strong)
                    cursor.insertText(line[run.start : run.end], self._form(ink))
                    at = run.end
                gathered.append(line[at:] + ("\n" if number < len(lines) - 1 else ""))
            cursor.insertText("".join(gathered), plain)
        self._ended = whole

    def _form(self, ink: Ink) -> QTextCharFormat:
        made = QTextCharFormat()
        made.setForeground(QColor(self._dress.now.colour(ink.token or "text")))
        made.setProperty(_INK, ink.token or "text")
        if ink.strong:
            made.setFontWeight(QFont.Weight.DemiBold)
        return made

    def _redress(self) -> None:
        """Another theme: each piece keeps its ink."""
        self.setFont(fixed_font(self._dress.now.size["small"]))
        cursor = QTextCursor(self.document())
        block = self.document().begin()
        while block.isValid():
            parts = block.begin()
            while not parts.atEnd():
                part = parts.fragment()
                form = part.charFormat()
                form.setForeground(QColor(self._dress.now.colour(str(form.property(_INK) or "text"))))
                cursor.setPosition(part.position())
                cursor.setPosition(part.position() + part.length(), QTextCursor.MoveMode.KeepAnchor)
                cursor.setCharFormat(form)
                parts += 1
            block = block.next()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click on the line of an act, not the end of a selection."""
        super().mouseReleaseEvent(event)
        run = self.anchorAt(event.position().toPoint())
        if run and event.button() == Qt.MouseButton.LeftButton and not self.textCursor().hasSelection():
            self.clicked.emit(run, event.globalPosition().toPoint())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """The hand over what can be clicked."""
        super().mouseMoveEvent(event)
        over = self.anchorAt(event.position().toPoint())
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.IBeamCursor)


class _AtEnd:
    """Writes at the end; who was there stays there, who reads above is not moved."""

    def __init__(self, view: Transcript) -> None:
        self._view = view
        bar = view.verticalScrollBar()
        self._follows = bar.value() >= bar.maximum() - 1

    def __enter__(self) -> QTextCursor:
        self._cursor = QTextCursor(self._view.document())
        self._cursor.movePosition(QTextCursor.MoveOperation.End)
        self._cursor.beginEditBlock()
        if self._view.begins_line():
            self._cursor.insertBlock()
        return self._cursor

    def __exit__(self, *_: object) -> None:
        self._cursor.endEditBlock()
        if self._follows:
            bar = self._view.verticalScrollBar()
            bar.setValue(bar.maximum())
