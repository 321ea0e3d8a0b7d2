"""Find: the bar that looks for words in a text view: next, previous, how many; and replaces, where one may write."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from typing import Protocol, runtime_checkable

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QColor, QKeyEvent, QKeySequence, QShortcut, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QToolButton,
    QWidget,
)

from .icons import icon
from .safe import label, marking, plain, set_tooltip, set_words
from .style import Dress
from .words import count

MOST = 100_000
# Marked around the current one; a view never shows more lines than this.
_NEAR = 150
_LATER_CHARS = 500_000


@runtime_checkable
class Folded(Protocol):
    """Has words to look through that are not in sight yet."""

    def open_search(self) -> None:
        """Show them, and look for words there."""


def find_near(focus: QWidget | None, others: Iterable[QWidget]) -> None:
    """Look for words where the keyboard is: in the nearest text, table or list that can be looked through.

    Args:
        others: where to look if there is none, in this order; not while somebody types there.
    """
    part = focus
    while part is not None and not part.isWindow():
        if _find_in(part):
            return
        part = part.parentWidget()
    if not isinstance(focus, QLineEdit | QPlainTextEdit) or focus.isReadOnly():
        any(_find_in(other) for other in others)


def _find_in(part: QWidget) -> bool:
    if isinstance(part, Folded):
        part.open_search()
        return True
    bar = next((bar for bar in part.findChildren(FindBar) if bar.view.isVisible()), None)
    if bar is not None:
        bar.open()
        return True
    line = next((line for line in part.findChildren(QLineEdit, "filter") if line.isVisible()), None)
    if line is not None:
        line.setFocus(Qt.FocusReason.ShortcutFocusReason)
        line.selectAll()
    return line is not None


class FindBar(QFrame):
    """Hidden until Ctrl+F (``find_near``); Esc gives the focus back.

    Attributes:
        view: where it looks.
        found: where the words stand, in the text's own characters.
    """

    def __init__(self, view: QPlainTextEdit, dress: Dress) -> None:
        super().__init__()
        self.setObjectName("head")
        self.view, self._dress = view, dress
        self._text = ""
        self._seen = (-1, -1)
        # Places of characters outside the first plane: Qt counts each of them twice.
        self._doubles: list[int] = []
        self.found: list[tuple[int, int]] = []
        self.field = QLineEdit()
        self.field.setPlaceholderText("Find")
        self.field.setAccessibleName("Find in this text")
        self.field.setClearButtonEnabled(True)
        self.said = label(name="small")
        self.said.setMinimumWidth(90)
        self.replacement = QLineEdit(self)
        self.replacement.setPlaceholderText("Replace by")
        self.replacement.setAccessibleName("Replace by")
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 4, 8, 4)
        row.setSpacing(6)
        row.addWidget(self.field, 1)
        row.addWidget(self.said)
        # The one arrow there is points right, so the way back is a word.
        for words, key, act in (("Previous", "Shift+F3", self.previous), ("Next", "F3", self.next)):
            button = QPushButton(words)
            button.setProperty("link", True)
            set_tooltip(button, f"{words} ({key})")
            button.clicked.connect(lambda _=False, act=act: act())
            row.addWidget(button)
        self.replacement.setVisible(not view.isReadOnly())
        if not view.isReadOnly():
            row.addWidget(self.replacement, 1)
            for words, act in (("Replace", self.replace), ("All", self.replace_all)):
                button = QPushButton(words)
                button.clicked.connect(lambda _=False, act=act: act())
                row.addWidget(button)
        leave = QToolButton()
        leave.setIcon(icon("close"))
        leave.setAccessibleName("Close the search")
        set_tooltip(leave, "Close (Esc)")
        leave.clicked.connect(self.leave)
        row.addWidget(leave)
        self._soon = QTimer(self, interval=150, singleShot=True)
        self._soon.timeout.connect(self.look)
        self.field.textChanged.connect(self._typed)
        for part in (self.field, self.replacement):
            part.installEventFilter(self)
        for key, act in (("F3", self.next), ("Shift+F3", self.previous)):
            shortcut = QShortcut(QKeySequence(key), view)
            shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)
            shortcut.activated.connect(act)
        self.hide()

    def open(self) -> None:
        """Show it, with what is chosen in the text."""
        chosen = plain(self.view.textCursor().selectedText(), 200)
        self.show()
        if chosen and "\N{REPLACEMENT CHARACTER}" not in chosen:
            self.field.setText(chosen)
        self.field.setFocus()
        self.field.selectAll()
        self.look()

    def leave(self) -> None:
        """Take it away; the place found stays chosen."""
        self.hide()
        self.view.setExtraSelections([])
        self.view.setFocus()

    def look(self) -> None:
        """Find all places of the words; the nearest at or after the cursor is shown."""
        self._soon.stop()
        self._read()
        words = self.field.text()
        self.found = []
        if words:
            for hit in re.finditer(re.escape(words), self._text, re.IGNORECASE):
                self.found.append(hit.span())
                if len(self.found) == MOST:
                    break
        if self.found:
            self._show(self._nearest(self._place(self.view.textCursor().selectionStart())) % len(self.found))
        else:
            set_words(self.said, "not found" if words else "")
            self.view.setExtraSelections([])

    def next(self) -> None:
        """The next place; after the last comes the first."""
        self._step(1)

    def previous(self) -> None:
        """The place before."""
        self._step(-1)

    def replace(self) -> None:
        """Replace the place that is chosen, then go to the next."""
        cursor = self.view.textCursor()
        if cursor.hasSelection() and cursor.selectedText().casefold() == self.field.text().casefold():
            cursor.insertText(self.replacement.text())
        self.look()

    def replace_all(self) -> None:
        """Replace every place; one step of undo."""
        self.look()
        cursor = QTextCursor(self.view.document())
        cursor.beginEditBlock()
        number = len(self.found)
        for start, end in reversed(self.found):
            cursor.setPosition(self._units(start))
            cursor.setPosition(self._units(end), QTextCursor.MoveMode.KeepAnchor)
            cursor.insertText(self.replacement.text())
        cursor.endEditBlock()
        self.look()
        set_words(self.said, f"{count(number)} replaced")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Enter, Shift+Enter and Esc in the fields."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            key = event.key()
            if key == Qt.Key.Key_Escape:
                self.leave()
                return True
            if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F3):
                back = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
                if watched is self.replacement and not back:
                    self.replace()
                else:
                    self._step(-1 if back else 1)
                return True
        return super().eventFilter(watched, event)

    # --- inside

    def _typed(self) -> None:
        if len(self._text) > _LATER_CHARS:
            self._soon.start()
        else:
            self.look()

    def _read(self) -> None:
        """The text anew if it changed."""
        if self._stale():
            self._seen = self._stand()
            self._text = self.view.toPlainText()
            self._doubles = []
            if not self._text.isascii():
                self._doubles = [hit.start() for hit in re.finditer("[\U00010000-\U0010ffff]", self._text)]

    def _stale(self) -> bool:
        return self._stand() != self._seen

    def _stand(self) -> tuple[int, int]:
        """Revision and length: the first does not move where nothing can be undone."""
        document = self.view.document()
        return document.revision(), document.characterCount()

    def _units(self, place: int) -> int:
        """Qt's position of a character."""
        return place + bisect_left(self._doubles, place)

    def _place(self, units: int) -> int:
        place = units
        while place > 0 and self._units(place) > units:
            place = max(0, place - (self._units(place) - units))
        return place

    def _nearest(self, place: int) -> int:
        return bisect_left(self.found, (place, 0))

    def _step(self, way: int) -> None:
        if self._soon.isActive() or not self.found or self._stale():
            self.look()
        if self.found:
            cursor = self.view.textCursor()
            start, end = self._place(cursor.selectionStart()), self._place(cursor.selectionEnd())
            if way > 0:
                at = bisect_right(self.found, (start, end)) if end > start else self._nearest(start)
            else:
                at = self._nearest(start) - 1
            self._show(at % len(self.found))

    def _show(self, at: int) -> None:
        start, end = self.found[at]
        self.view.setTextCursor(self._cursor(start, end))
        self.view.centerCursor()
        most = "+" if len(self.found) == MOST else ""
        set_words(self.said, f"{count(at + 1)} of {count(len(self.found))}{most}")
        ground = QTextCharFormat()
        ground.setBackground(QColor(self._dress.now.hover))
        ground.setForeground(QColor(self._dress.now.warn_text))
        near = self.found[max(0, at - _NEAR) : at + _NEAR]
        self.view.setExtraSelections([marking(self._cursor(*place), ground) for place in near])

    def _cursor(self, start: int, end: int) -> QTextCursor:
        cursor = QTextCursor(self.view.document())
        cursor.setPosition(self._units(start))
        cursor.setPosition(self._units(end), QTextCursor.MoveMode.KeepAnchor)
        return cursor
