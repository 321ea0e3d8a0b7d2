"""Asked: content that a command brings: it is asked for when it is looked at, and has its four states meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtWidgets import QVBoxLayout, QWidget

from ...model.key import Key
from ...network.link import RunState
from ..desk import Act, Desk
from ..style import Dress
from .four import FourStates, Standing

Show = Callable[[QVBoxLayout, Mapping[str, Any]], object]


class Asked(QWidget):
    """One command about one thing, and what came of it.

    Args:
        command: name of a verb that only reads, and ``show``: builds the content of its answer.
        invitation: what will be here and what it costs, while it waits for a person; "" = it asks by itself.
        button: words of the button that asks.

    Attributes:
        answered: the content is an answer.
    """

    def __init__(
        self, desk: Desk, dress: Dress, command: str, show: Show, *, invitation: str = "", button: str = "Look"
    ) -> None:
        super().__init__()
        self._desk, self.command, self._show = desk, command, show
        self.invitation, self._button = invitation, button
        self._key: Key | None = None
        self._run = ""
        self.answered = False
        self.values: Callable[[], Mapping[str, Any]] = dict
        content = QWidget()
        self._content = QVBoxLayout(content)
        self._content.setContentsMargins(0, 0, 0, 0)
        self._content.setSpacing(0)
        self.states = FourStates(content, dress)
        self.states.remedy.connect(self.ask)
        self.states.cancel.connect(lambda: desk.cancel(self._run))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.states)
        desk.acted.connect(self._acted)

    def about(self, key: Key | None) -> None:
        """Be about another thing; what was asked about the last one is not waited for any more."""
        if key == self._key:
            return
        if self._run:
            self._desk.cancel(self._run)
        self._key, self._run, self.answered = key, "", False
        self.states.empty(self.invitation or "Not looked at yet.", self._button)

    def invite(self, words: str) -> None:
        """Say anew what will be here and what it costs."""
        self.invitation = words
        if not self._run and not self.answered and self.states.standing is Standing.EMPTY:
            self.states.empty(words, self._button)

    def look(self) -> None:
        """It came into sight: ask, unless it was asked already, waits for a person, or can not be."""
        if not self.answered and not self._run and not self.invitation:
            self.ask()

    def ask(self) -> None:
        """Ask now."""
        if self._key is None or self._run:
            return
        self.states.loading("Asking", cancellable=True)
        self._run = self._desk.submit(self.command, self._key, self.values(), here=False)

    def show_answer(self, answer: Mapping[str, Any]) -> None:
        """Replace the content."""
        self.answered = True
        while (item := self._content.takeAt(0)) is not None:
            old = item.widget()
            if old is not None:
                old.hide()
                old.deleteLater()
        self._show(self._content, answer)
        self.states.full()

    def _acted(self, act: Act) -> None:
        if act.run != self._run or act.last is None:
            return
        event = act.last
        if event.state is RunState.DONE:
            self._run = ""
            self.show_answer(event.result or {})
        elif event.state is RunState.FAILED:
            self._run = ""
            self.states.failed(str(event.problem), "Ask again")
        elif event.state is RunState.CANCELLED:
            self._run = ""
            self.states.empty("Cancelled.", "Ask again")
        elif event.state is RunState.RUNNING:
            self.states.loading(event.text or "Asking", event.progress, cancellable=True)
