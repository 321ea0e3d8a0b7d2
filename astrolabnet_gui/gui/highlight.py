"""Highlight: code of the four languages in our inks, by Pygments' lexers; only what changed is read again."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from pygments.lexer import RegexLexer
from pygments.lexers.jvm import ScalaLexer
from pygments.lexers.python import PythonLexer
from pygments.lexers.r import SLexer
from pygments.lexers.sql import SqlLexer
from pygments.token import Error, Token, Whitespace, _TokenType
from PySide6.QtCore import QTimer
from PySide6.QtGui import QColor, QFont, QSyntaxHighlighter, QTextCharFormat, QTextDocument

from .style import Dress

LEXERS: dict[str, type[RegexLexer]] = {
    "pyspark": PythonLexer, "spark": ScalaLexer, "sql": SqlLexer, "sparkr": SLexer,
}  # fmt: skip
INKS: tuple[tuple[_TokenType, str, bool], ...] = (
    (Token.Comment, "text3", False),
    (Token.String, "ok_text", False),
    (Token.Literal.String, "ok_text", False),
    (Token.Number, "flow_text", False),
    (Token.Keyword, "busy_text", False),
    (Token.Operator.Word, "busy_text", False),
    (Token.Name.Function, "text", True),
    (Token.Name.Class, "text", True),
    (Token.Name.Decorator, "warn_text", False),
    (Token.Name.Builtin, "unknown_text", False),
    (Token.Name.Exception, "unknown_text", False),
)
# A line of so many characters is data, not code.
LINE_CHARS = 2000
ROOT = ("root",)
# What one turn of the event loop may read.
LINES_A_TURN = 200


class Highlighter(QSyntaxHighlighter):
    """Colours a document; the state of Pygments' lexer is kept from line to line, so a change costs one line.

    Args:
        kind: Livy's word for the language; of another one nothing is coloured.
    """

    def __init__(self, document: QTextDocument, kind: str, dress: Dress) -> None:
        super().__init__(document)
        self._dress = dress
        self._forms: dict[_TokenType, QTextCharFormat | None] = {}
        self._stacks: list[tuple[str, ...]] = [ROOT]
        self._lexer = _lexer(kind)
        self._budget, self._last = LINES_A_TURN, 0
        # First and last of the lines that were not yet read.
        self._late: tuple[int, int] | None = None
        self._soon = QTimer(self, interval=0, singleShot=True)
        self._soon.timeout.connect(self._go_on)
        dress.changed.connect(self._redress)

    def speak(self, kind: str) -> None:
        """Another language."""
        lexer = _lexer(kind)
        if lexer is not self._lexer:
            self._lexer = lexer
            self.rehighlight()

    def highlightBlock(self, text: str) -> None:
        """Colour one line, beginning with what the line before left open; many lines are left for later turns."""
        number = self.currentBlock().blockNumber()
        if self._budget <= 0:
            self._late = (min(self._late[0], number), max(self._late[1], number)) if self._late else (number, number)
            self._soon.start()
            return
        self._budget -= 1
        self._last = number
        if self._budget < LINES_A_TURN:
            self._soon.start()
        if self._lexer is None or len(text) > LINE_CHARS:
            self.setCurrentBlockState(max(0, self.previousBlockState()))
            return
        before = self.previousBlockState()
        stack = list(self._stacks[before] if 0 <= before < len(self._stacks) else ROOT)
        at, narrow = 0, text.isascii()
        for token, piece in _tokens(self._lexer, f"{text}\n", stack):
            form = self._form(token)
            wide = len(piece) if narrow else len(piece.encode("utf-16-le", "surrogatepass")) // 2
            if form is not None:
                self.setFormat(at, wide, form)
            at += wide
        self.setCurrentBlockState(self._number(tuple(stack)))

    def _go_on(self) -> None:
        """A new turn: what was left over, as far as the turn goes."""
        self._budget = LINES_A_TURN
        if self._late is None:
            return
        (number, end), self._late = self._late, None
        while number <= end and self._budget > 0:
            block = self.document().findBlockByNumber(number)
            if not block.isValid():
                return
            self._last = number
            self.rehighlightBlock(block)
            number = self._last + 1
        if number <= end:
            self._late = (number, end)
            self._soon.start()

    def _number(self, stack: tuple[str, ...]) -> int:
        try:
            return self._stacks.index(stack)
        except ValueError:
            self._stacks.append(stack)
            return len(self._stacks) - 1

    def _form(self, token: _TokenType) -> QTextCharFormat | None:
        if token not in self._forms:
            self._forms[token] = self._made(token)
        return self._forms[token]

    def _made(self, token: _TokenType) -> QTextCharFormat | None:
        for kind, ink, strong in INKS:
            if token[: len(kind)] == kind:
                form = QTextCharFormat()
                form.setForeground(QColor(self._dress.now.colour(ink)))
                if strong:
                    form.setFontWeight(QFont.Weight.DemiBold)
                return form
        return None

    def _redress(self) -> None:
        self._forms.clear()
        self.rehighlight()


@cache
def _lexer(kind: str) -> RegexLexer | None:
    found = LEXERS.get(kind)
    return None if found is None else found(ensurenl=False, stripnl=False)


def _tokens(lexer: RegexLexer, text: str, stack: list[str]) -> Iterator[tuple[_TokenType, str]]:
    """Pygments' own way through a text, but one that leaves the open states in ``stack``."""
    at, rules = 0, lexer._tokens  # type: ignore[attr-defined]
    while at < len(text):
        for match, action, state in rules[stack[-1]]:
            found = match(text, at)
            if found is None:
                continue
            if isinstance(action, _TokenType):
                yield action, found.group()
            elif action is not None:
                yield from ((token, piece) for _, token, piece in action(lexer, found))
            at = found.end()
            if state is not None:
                _turn(stack, state)
            break
        else:
            newline = text[at] == "\n"
            if newline:
                stack[:] = ROOT
            yield (Whitespace if newline else Error), text[at]
            at += 1


def _turn(stack: list[str], state: tuple[str, ...] | int | str) -> None:
    for step in (state,) if isinstance(state, int | str) else state:
        if isinstance(step, int):
            del stack[max(1, len(stack) + step) :]
        elif step == "#pop":
            del stack[max(1, len(stack) - 1) :]
        else:
            stack.append(stack[-1] if step == "#push" else step)
