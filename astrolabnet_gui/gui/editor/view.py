"""EditView: the writing surface: indent, comments, completion, and which piece Ctrl+Enter would send."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QEvent, QRect, QRectF, QStringListModel, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QKeySequence, QPainter, QShortcut, QTextCursor
from PySide6.QtWidgets import QAbstractItemView, QCompleter, QWidget

from ..code_view import CodeView
from ..safe import plain
from ..style import Dress
from .piece import Piece, line_at, piece_at, prefix_at, words_like

INDENT = "    "
COMMENT = {"pyspark": "# ", "sparkr": "# ", "spark": "// ", "sql": "-- "}
_OPENS = (":", "{", "(", "[")
MOST = 200


class EditView(CodeView):
    """Code that is written.

    Signals:
        completion_wanted(str, int): the text and the place in it; answer by ``offer``.
    """

    completion_wanted = Signal(str, int)

    def __init__(self, kind: str, dress: Dress, parent: QWidget | None = None) -> None:
        super().__init__(kind, dress, parent=parent)
        self.kind = kind
        self._words = QStringListModel(self)
        self.list = QCompleter(self._words, self)
        self.list.setWidget(self)
        self.list.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
        self.list.setCaseSensitivity(Qt.CaseSensitivity.CaseSensitive)
        self.list.setMaxVisibleItems(12)
        self.list.activated.connect(self._take)
        self.cursorPositionChanged.connect(self.numbers.update)
        self.selectionChanged.connect(self.numbers.update)
        for key, act in (("Ctrl+Space", self.complete), ("Ctrl+/", self.turn_comment)):
            shortcut = QShortcut(QKeySequence(key), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)
            shortcut.activated.connect(act)

    def speak(self, kind: str) -> None:
        """Another language."""
        self.kind = kind
        self.highlighter.speak(kind)

    # --- what is meant

    def piece(self) -> Piece:
        """The selection, else the cell, else everything."""
        text = self.toPlainText()
        cursor = self.textCursor()
        return piece_at(text, *_places(text, cursor.selectionStart(), cursor.selectionEnd()))

    def line(self) -> Piece:
        """The line of the cursor."""
        text = self.toPlainText()
        return line_at(text, _places(text, self.textCursor().position())[0])

    def replace(self, piece: Piece, code: str) -> None:
        """Other code in place of a piece; one step of undo."""
        text = self.toPlainText()
        cursor = self.textCursor()
        cursor.setPosition(_units(text, piece.start))
        cursor.setPosition(_units(text, piece.end), QTextCursor.MoveMode.KeepAnchor)
        cursor.insertText(code)
        self.setTextCursor(cursor)

    def go(self, place: int) -> None:
        """Put the cursor at a character of the text."""
        cursor = self.textCursor()
        cursor.setPosition(_units(self.toPlainText(), place))
        self.setTextCursor(cursor)
        self.ensureCursorVisible()

    # --- completion

    def complete(self) -> None:
        """Ask the session what can follow; words of this page are offered at once."""
        text, cursor = self.toPlainText(), self.textCursor()
        at = _places(text, cursor.position())[0]
        self.offer(())
        self.completion_wanted.emit(text, at)

    def offer(self, found: Iterable[str]) -> None:
        """Show what can follow here: the session's words, then those of this page."""
        text = self.toPlainText()
        at = _places(text, self.textCursor().position())[0]
        prefix = prefix_at(text, at)
        after_dot = text[: at - len(prefix)].endswith(".")
        said = [plain(word, 120) for word in found if word.startswith(prefix) and word != prefix]
        here = [] if after_dot else words_like(text, prefix)
        rows = list(dict.fromkeys([*said, *(w for w in here if w != prefix)]))[:MOST]
        popup = self._popup()
        if not rows:
            popup.hide()
            return
        self._words.setStringList(rows)
        self.list.setCompletionPrefix(prefix)
        popup.setCurrentIndex(self.list.completionModel().index(0, 0))
        rect = self.cursorRect()
        rect.translate(self.viewportMargins().left(), 0)
        rect.setWidth(min(400, popup.sizeHintForColumn(0) + popup.verticalScrollBar().sizeHint().width() + 16))
        self.list.complete(rect)

    def _popup(self) -> QAbstractItemView:
        popup = self.list.popup()
        assert popup is not None
        return popup

    def _take(self, word: str) -> None:
        cursor = self.textCursor()
        prefix = self.list.completionPrefix()
        for _ in prefix:
            cursor.deletePreviousChar()
        cursor.insertText(word)
        self.setTextCursor(cursor)

    # --- keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Tab, Enter and Backspace as one expects where code is written."""
        key = event.key()
        popup = self._popup()
        if popup.isVisible():
            if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab, Qt.Key.Key_Escape):
                if key != Qt.Key.Key_Escape:
                    self._take(str(popup.currentIndex().data() or self.list.currentCompletion()))
                popup.hide()
                return
            super().keyPressEvent(event)
            self.offer(self._words.stringList())
            return
        plain_key = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if key == Qt.Key.Key_Tab and plain_key:
            self._tab()
        elif key == Qt.Key.Key_Backtab:
            self._shift(-1)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and plain_key:
            self._enter()
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Shift+Enter is left to the page: Qt's text fields take it for themselves before any shortcut."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            bare = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier == Qt.KeyboardModifier.ShiftModifier
            if bare and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                event.ignore()
                return False
        return super().event(event)

    def focusNextPrevChild(self, _forward: bool) -> bool:
        """Tab writes; Ctrl+Tab leaves."""
        return False

    def _tab(self) -> None:
        cursor = self.textCursor()
        before = cursor.block().text()[: cursor.positionInBlock()]
        if cursor.hasSelection():
            self._shift(1)
        elif before.strip() and (before[-1].isalnum() or before[-1] in "._"):
            self.complete()
        else:
            cursor.insertText(INDENT[: len(INDENT) - cursor.positionInBlock() % len(INDENT)])

    def _enter(self) -> None:
        cursor = self.textCursor()
        before = cursor.block().text()[: cursor.positionInBlock()]
        indent = before[: len(before) - len(before.lstrip())]
        if before.rstrip().endswith(_OPENS) and self.kind != "sql":
            indent += INDENT
        cursor.insertText("\n" + indent)
        self.setTextCursor(cursor)
        self.ensureCursorVisible()

    def _shift(self, way: int) -> None:
        """Indent the chosen lines, or take one indent away."""

        def turn(line: str) -> str:
            if way > 0:
                return INDENT + line if line.strip() else line
            return line[min(len(INDENT), len(line) - len(line.lstrip(" "))) :]

        self._each_line(turn)

    def turn_comment(self) -> None:
        """Make the chosen lines comments, or code again."""
        sign = COMMENT.get(self.kind, "# ")
        lines = [line for line in self._chosen_lines() if line.strip()]
        commented = bool(lines) and all(line.lstrip().startswith(sign.strip()) for line in lines)

        def turn(line: str) -> str:
            if not line.strip():
                return line
            indent = line[: len(line) - len(line.lstrip())]
            rest = line[len(indent) :]
            return indent + (rest[len(sign.strip()) :].removeprefix(" ") if commented else sign + rest)

        self._each_line(turn)

    def _chosen(self) -> QTextCursor:
        cursor = self.textCursor()
        start, end = cursor.selectionStart(), cursor.selectionEnd()
        cursor.setPosition(start)
        cursor.movePosition(QTextCursor.MoveOperation.StartOfBlock)
        cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
        if end > start and cursor.atBlockStart():
            cursor.movePosition(QTextCursor.MoveOperation.Left, QTextCursor.MoveMode.KeepAnchor)
        cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor)
        return cursor

    def _chosen_lines(self) -> list[str]:
        return self._chosen().selectedText().split("\N{PARAGRAPH SEPARATOR}")

    def _each_line(self, turn: object) -> None:
        assert callable(turn)
        cursor = self._chosen()
        several = self.textCursor().hasSelection()
        start = cursor.selectionStart()
        cursor.insertText("\n".join(turn(line) for line in self._chosen_lines()))
        if several:
            end = cursor.position()
            cursor.setPosition(start)
            cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
            self.setTextCursor(cursor)

    # --- the gutter

    def paint_numbers(self, rect: QRect) -> None:
        """Line numbers, and a bar beside what Ctrl+Enter would send."""
        super().paint_numbers(rect)
        text = self.toPlainText() if self.document().characterCount() < 400_000 else ""
        if not text:
            return
        piece = self.piece()
        first = self.document().findBlock(_units(text, piece.start)).blockNumber()
        last = self.document().findBlock(max(0, _units(text, piece.end) - 1)).blockNumber()
        painter = QPainter(self.numbers)
        block = self.firstVisibleBlock()
        top = self.blockBoundingGeometry(block).translated(self.contentOffset()).top()
        while block.isValid() and top <= rect.bottom():
            high = self.blockBoundingRect(block).height()
            if first <= block.blockNumber() <= last:
                painter.fillRect(QRectF(self.numbers.width() - 3, top, 2, high), QColor(self.dress.now.accent))
            top += high
            block = block.next()
        painter.end()


def _places(text: str, *units: int) -> tuple[int, ...]:
    """Characters of Qt's positions: it counts those outside the first plane twice."""
    if text.isascii():
        return units
    wide = text.encode("utf-16-le", "surrogatepass")
    return tuple(len(wide[: 2 * at].decode("utf-16-le", "surrogatepass")) for at in units)


def _units(text: str, place: int) -> int:
    return place if text.isascii() else len(text[:place].encode("utf-16-le", "surrogatepass")) // 2
