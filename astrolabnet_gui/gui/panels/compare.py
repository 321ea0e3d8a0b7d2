"""Compare: two tasks side by side: facts in columns, then what differs in their code and in what they said."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtGui import QColor, QSyntaxHighlighter, QTextCharFormat
from PySide6.QtWidgets import QPlainTextEdit, QVBoxLayout, QWidget

from ...network.link import RunState
from ..desk import Act, Desk
from ..safe import INSET, label, set_words, text_view
from ..style import Dress

EMPTY = "Nothing compared yet: choose Compare with on a task that has ended"


class _Signs(QSyntaxHighlighter):
    """Lines that went and came, in the inks of their signs."""

    def __init__(self, view: QPlainTextEdit, dress: Dress) -> None:
        super().__init__(view.document())
        self._dress = dress
        dress.changed.connect(self.rehighlight)

    def highlightBlock(self, text: str) -> None:
        """Ink of one line."""
        token = {"-": "failed_text", "+": "ok_text", "@": "text3"}.get(text[:1])
        if token:
            form = QTextCharFormat()
            form.setForeground(QColor(self._dress.now.colour(token)))
            self.setFormat(0, len(text), form)


class ComparePanel(QWidget):
    """Shows the newest comparison a person asked for in this window."""

    def __init__(self, desk: Desk, dress: Dress, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = label(EMPTY, name="small", copyable=True)
        self._title.setContentsMargins(16, 8, 16, 4)
        self._view = text_view(lines=0)
        self._view.setProperty("bare", True)
        self._view.document().setDocumentMargin(INSET)
        self._view.setAccessibleName("What differs")
        self._signs = _Signs(self._view, dress)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._title)
        column.addWidget(self._view, 1)
        self._view.hide()
        desk.acted.connect(self._acted)

    @property
    def words(self) -> str:
        """What is compared."""
        return self._title.text()

    @property
    def difference(self) -> str:
        """What differs, as shown."""
        return self._view.toPlainText()

    def _acted(self, act: Act) -> None:
        if act.command != "task.compare" or not act.here or act.state is not RunState.DONE or act.last is None:
            return
        if isinstance(act.last.result, Mapping):
            self._show(act.last.text, act.last.result)

    def _show(self, words: str, told: Mapping[str, Any]) -> None:
        set_words(self._title, words)
        table = [("", *told["names"]), *told["facts"]]
        wide = [max(len(str(row[n])) for row in table) for n in range(3)]
        lines = ["   ".join(str(word).ljust(wide[n]) for n, word in enumerate(row)).rstrip() for row in table]
        lines.append("")
        for what in ("code", "output"):
            found = told[what]
            lines += [f"{what.capitalize()} differs" if found else f"{what.capitalize()} is the same", *found, ""]
        self._view.setPlainText("\n".join(lines).rstrip())
        self._view.show()
