"""Log: the newest lines a server keeps about a session, a batch or the island."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from ...model.key import Key
from ...network.link import RunState
from ..desk import Act, Desk
from ..safe import label, page, set_words, text_view
from ..words import clock, place, plural

COMMANDS = {"sessions": "session.log", "batches": "batch.log", "": "island.log"}


class LogPanel(QWidget):
    """Asked for by a person, never by a timer: each look is one request."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._key: Key | None = None
        self._run = ""
        self._title = label("No log yet: choose Log on a session, a batch or the island", name="small")
        self._again = QPushButton("Ask again")
        self._again.setProperty("link", True)
        self._again.clicked.connect(lambda: self.ask(self._key))
        self._again.hide()
        self._view = text_view()
        self._view.setProperty("bare", True)
        self._view.setAccessibleName("Log")
        head = QHBoxLayout()
        head.setContentsMargins(16, 4, 12, 0)
        head.addWidget(self._title, 1)
        head.addWidget(self._again)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self._view, 1)
        desk.acted.connect(self._acted)

    @property
    def text(self) -> str:
        """What is shown."""
        return self._view.toPlainText()

    def ask(self, key: Key | None) -> None:
        """Ask for the log of a session or batch; None: the island's own."""
        command = COMMANDS.get("" if key is None else key.kind)
        if command is not None:
            self._key = key
            set_words(self._title, f"{self._name()} …")
            self._run = self._desk.submit(command, key, {})

    def _name(self) -> str:
        return "the island" if self._key is None else place(self._key, self._desk.alias(self._key))

    def _acted(self, act: Act) -> None:
        if act.command not in COMMANDS.values() or act.last is None:
            return
        if act.run != self._run and not act.here:
            return
        self._key = act.key
        self._again.show()
        if act.state is RunState.FAILED and act.last.problem is not None:
            set_words(self._title, act.last.problem)
        elif act.state is RunState.DONE and isinstance(act.last.result, Mapping):
            self._show(act.last.result)

    def _show(self, data: Mapping[str, Any]) -> None:
        lines = [str(line) for line in data.get("lines", ())]
        total = int(data.get("total", len(lines)))
        shown, left_out = page("\n".join(lines))
        bar = self._view.verticalScrollBar()
        self._view.setPlainText(shown)
        bar.setValue(bar.maximum())
        of_all = f" of {plural(total, 'line')}" if total > len(lines) else ""
        words = (self._name(), f"{plural(len(lines), 'line')}{of_all}", f"asked {clock(datetime.now(UTC))}", left_out)
        set_words(self._title, " · ".join(w for w in words if w))
