"""Log: what a server keeps about a session, a batch or the island, put together over several looks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QVBoxLayout, QWidget

from ...model.key import Key
from ...network.link import RunState
from ..desk import Act, Desk
from ..find import FindBar
from ..safe import INSET, label, page, set_words, text_view
from ..style import Dress
from ..words import clock, place, plural
from .foot import link
from .four import FourStates
from .overlap import Streams

COMMANDS = {"sessions": "session.log", "batches": "batch.log", "statements": "task.log", "": "island.log"}
EMPTY = "No log yet: choose Log on a session, a batch or the island"
GAP = "⋯ lines are missing here: the server had let go of them between two looks ⋯"
FOLLOW_MS = 3000


class LogPanel(QWidget):
    """Asked for by a person; by a timer only while *Follow* is on and the panel in sight. A look is one request."""

    def __init__(self, desk: Desk, dress: Dress, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._key: Key | None = None
        self._run = ""
        self._books: dict[tuple[Key | None, str], Streams] = {}
        self._title = label(name="small", copyable=True)
        self._again = link("Ask again", lambda: self.ask(self._key))
        self.follow = QCheckBox("Follow")
        self.follow.setToolTip("Ask every 3 s while this panel is in sight")
        self._view = text_view(lines=0)
        self._view.setProperty("bare", True)
        self._view.document().setDocumentMargin(INSET)
        self._view.setAccessibleName("Log")
        self.search = FindBar(self._view, dress)
        self._head = QWidget()
        head = QHBoxLayout(self._head)
        head.setContentsMargins(16, 4, 12, 0)
        head.addWidget(self._title, 1)
        head.addWidget(self.follow)
        head.addWidget(link("Find", self.search.open))
        head.addWidget(self._again)
        content = QWidget()
        inside = QVBoxLayout(content)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(0)
        for part, stretch in ((self._head, 0), (self.search, 0), (self._view, 1)):
            inside.addWidget(part, stretch)
        self.states = FourStates(content, dress)
        self.states.remedy.connect(lambda: self.ask(self._key))
        self.states.cancel.connect(lambda: desk.cancel(self._run))
        self.states.empty(EMPTY)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.states)
        self._timer = QTimer(self, interval=FOLLOW_MS)
        self._timer.timeout.connect(self._follow_on)
        self.follow.toggled.connect(lambda on: self._timer.start() if on else self._timer.stop())
        desk.acted.connect(self._acted)

    @property
    def text(self) -> str:
        """What is shown."""
        return self._view.toPlainText()

    def ask(self, key: Key | None, *, here: bool = True) -> None:
        """Ask for the log of a session or batch; None: the island's own.

        Args:
            here: a person asked.
        """
        command = COMMANDS.get("" if key is None else key.kind)
        if command is None:
            return
        if key != self._key:
            self._view.clear()
        self._key = key
        if here:
            self.states.loading(f"Asking for the log of {self._name()}", cancellable=True)
        self._run = self._desk.submit(command, key, {}, here=here)

    def _follow_on(self) -> None:
        if self.isVisible() and self._run == "":
            self.ask(self._key, here=False)

    def _name(self) -> str:
        return "the island" if self._key is None else place(self._key, self._desk.alias(self._key))

    def _acted(self, act: Act) -> None:
        if act.command not in COMMANDS.values() or act.last is None:
            return
        if act.run != self._run and not act.here:
            return
        self._key = act.key
        match act.state:
            case RunState.FAILED if act.last.problem is not None:
                self.follow.setChecked(False)
                self.states.failed(str(act.last.problem), "Ask again")
            case RunState.CANCELLED:
                self.states.failed("Not asked to the end.", "Ask again")
            case RunState.DONE if isinstance(act.last.result, Mapping):
                self._show(act.last.result)
            case _:
                return
        self._run = ""

    def _show(self, data: Mapping[str, Any]) -> None:
        of = str(data.get("of", ""))
        book = self._books.setdefault((self._key, of), Streams())
        new = book.add([str(line) for line in data.get("lines", ())])
        if not book.lines:
            self.states.empty(f"The log of {of or self._name()} has no line yet", "Ask again")
            return
        shown, left_out = page("\n".join(GAP if line is None else line for line in book.lines))
        bar = self._view.verticalScrollBar()
        at, below = bar.value(), bar.value() >= bar.maximum() - 2
        if new or not self._view.document().characterCount() > 1:
            self._view.setPlainText(shown)
            bar.setValue(bar.maximum() if below else at)
        total = int(data.get("total", 0))
        lines = len(book.lines) - book.missing
        of_all = f" of {plural(total, 'line')}" if total > lines else ""
        gaps = plural(book.missing, "gap") if book.missing else ""
        words = (of or self._name(), f"{plural(lines, 'line')}{of_all}", gaps, f"asked {clock(datetime.now(UTC))}")
        set_words(self._title, " · ".join(w for w in (*words, left_out) if w))
        self.states.full()
