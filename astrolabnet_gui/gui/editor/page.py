"""EditPage: one page of an editor: the code, what it is meant for, and what became of what was sent from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from ...command.sending import not_ready
from ...errors import Missing
from ...model.action import LANGUAGES
from ...model.key import Key
from ...network.link import RunState
from ..desk import ENDED, Act, Desk
from ..find import FindBar
from ..icons import icon
from ..menus import session_language
from ..panels.foot import Foot
from ..safe import label, set_tooltip, set_words
from ..style import Dress
from ..words import place
from .piece import Piece, next_cell
from .shelf import Draft, Shelf
from .view import EditView

KEPT_MS = 400
_NEAR = 20_000


class EditPage(QWidget):
    """Code for one session. What is typed is on disk half a second later.

    Signals:
        another_wanted(Key): one more page for this session.
        kept_wanted(): code that was put away shall be listed.
    """

    another_wanted = Signal(object)
    kept_wanted = Signal()

    def __init__(self, desk: Desk, key: Key, draft: Draft, shelf: Shelf, dress: Dress) -> None:
        super().__init__()
        self.setObjectName("panel")
        self._desk, self.key, self._draft, self._shelf = desk, key, draft, shelf
        self._runs: set[str] = set()
        self._asked: tuple[str, int] | None = None
        self._back = 0
        self._head = label(name="path")
        self.language = QComboBox()
        self.language.setAccessibleName("Language")
        for kind, words in LANGUAGES.items():
            self.language.addItem(words, kind)
        self.run = QPushButton(icon("send"), "Run")
        self.run.setProperty("primary", True)
        self.run_line = QPushButton("Run line")
        self.view = EditView(draft.kind, dress)
        self.view.setPlainText(draft.text)
        self.view.go(min(draft.cursor, len(draft.text)))
        self.view.setPlaceholderText(
            "Write code. Ctrl+Enter sends the selection, the cell between two %% lines, or all"
        )
        self.search = FindBar(self.view, dress)
        self.foot = Foot()
        self.foot.add_link("Find", self.search.open)
        self.kept = self.foot.add_link("Kept code", self.kept_wanted.emit)
        self.foot.add_link("New page", lambda: self.another_wanted.emit(self.key))
        self._build()
        self._soon = QTimer(self, interval=KEPT_MS, singleShot=True)
        self._soon.timeout.connect(self.keep)
        self.view.textChanged.connect(self._typed)
        self.view.completion_wanted.connect(self._complete)
        self.run.clicked.connect(self.run_piece)
        self.run_line.clicked.connect(self.run_the_line)
        self.language.setCurrentIndex(max(0, self.language.findData(draft.kind)))
        self.language.currentIndexChanged.connect(self._speak)
        self._keys()
        desk.acted.connect(self._acted)
        desk.changed.connect(lambda _delta: self.renew())
        self.renew()

    @property
    def kind(self) -> str:
        """Language it is sent in."""
        return str(self.language.currentData())

    @property
    def ident(self) -> str:
        """Of its draft on the shelf."""
        return self._draft.id

    def _build(self) -> None:
        head = QFrame()
        head.setObjectName("head")
        row = QHBoxLayout(head)
        row.setContentsMargins(12, 6, 12, 6)
        row.setSpacing(8)
        row.addWidget(self._head, 1)
        for control in (self.language, self.run_line, self.run):
            row.addWidget(control)
        set_tooltip(self.run, "Send the selection, the cell or all (Ctrl+Enter; Shift+Enter goes to the next cell)")
        set_tooltip(self.run_line, "Send the line of the cursor (Ctrl+Shift+Enter)")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for part, stretch in ((head, 0), (self.search, 0), (self.view, 1), (self.foot, 0)):
            column.addWidget(part, stretch)
        self.setFocusProxy(self.view)

    def _keys(self) -> None:
        keys: tuple[tuple[str, Callable[[], object]], ...] = (
            ("Ctrl+Return", self.run_piece), ("Ctrl+Enter", self.run_piece), ("Shift+Return", self.run_on),
            ("Shift+Enter", self.run_on),
            ("Ctrl+Shift+Return", self.run_the_line), ("Alt+Up", lambda: self.recall(1)),
            ("Alt+Down", lambda: self.recall(-1)), ("Ctrl+T", lambda: self.another_wanted.emit(self.key)),
        )  # fmt: skip
        for key, act in keys:
            shortcut = QShortcut(QKeySequence(key), self.view)
            shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)
            shortcut.activated.connect(act)

    # --- sending

    def run_piece(self) -> str:
        """Send what is meant; the run's id, "" if nothing was sent."""
        return self._send(self.view.piece())

    def run_on(self) -> str:
        """Send what is meant and go to the next cell."""
        text, piece = self.view.toPlainText(), self.view.piece()
        run = self._send(piece)
        self.view.go(next_cell(text, piece.start))
        return run

    def run_the_line(self) -> str:
        """Send the line of the cursor."""
        return self._send(self.view.line())

    def _send(self, piece: Piece) -> str:
        reason = self.why_not()
        if reason or not piece.code.strip():
            self.foot.say(reason or "There is no code here")
            return ""
        self._back = 0
        self.keep()
        self._try(lambda: self._shelf.note_sent(self.kind, piece.code))
        run = self._desk.submit(
            "session.send", self.key, {"kind": self.kind, "code": piece.code, "name": piece.name[:120]}
        )
        self._runs.add(run)
        return run

    def why_not(self) -> str:
        """Why nothing can be sent now; "" if it can."""
        thing = self._desk.thing(self.key)
        if thing is None:
            return "The session is gone; the code stays here. Open the editor of another session to send it there."
        return not_ready(thing)

    def recall(self, back: int) -> None:
        """Put code that was sent before in place of what is meant; 1 = older, -1 = newer. Ctrl+Z brings it back."""
        sent = self._shelf.sent(self.kind)
        step = self._back + back
        if 1 <= step <= len(sent):
            self._back = step
            piece = self.view.piece()
            tail = "\n" if self.view.toPlainText()[piece.start : piece.end].endswith("\n") else ""
            self.view.replace(piece, sent[-step] + tail)
            self.foot.say(f"Sent before, {step} of {len(sent)}")

    def _acted(self, act: Act) -> None:
        if act.command == "session.complete" and act.key == self.key and act.state is RunState.DONE:
            self._completed(act)
        elif act.run in self._runs:
            if act.last is not None:
                self.foot.say(str(act.last.problem or act.last.text))
            if act.state in ENDED:
                self._runs.discard(act.run)

    # --- completion

    def _complete(self, text: str, at: int) -> None:
        """Ask with the code near the cursor: the session needs no more."""
        thing = self._desk.thing(self.key)
        if thing is not None and not not_ready(thing):
            near = text[max(0, at - _NEAR) : at]
            self._asked = (text, at)
            self._desk.submit("session.complete", self.key, {"code": near, "kind": self.kind}, here=False)

    def _completed(self, act: Act) -> None:
        """An answer to a question that is still asked: nobody typed on."""
        data = act.last.result if act.last is not None else None
        text = self.view.toPlainText()
        if self._asked is not None and self._asked[0] == text and isinstance(data, Mapping):
            self._asked = None
            self.view.offer([str(word) for word in data.get("candidates", ())])

    # --- keeping

    def keep(self) -> None:
        """Write the page now."""
        self._soon.stop()
        text = self.view.toPlainText()
        cursor = self.view.textCursor().position()
        changed = {"text": text, "cursor": min(cursor, len(text)), "kind": self.kind}
        self._draft = self._draft.model_copy(update=changed)
        self._try(lambda: self._shelf.keep(self._draft))

    def put_away(self) -> None:
        """The page leaves the window; its code stays on the shelf."""
        self.keep()
        self._draft = self._draft.model_copy(update={"open": False})
        self._try(lambda: self._shelf.keep(self._draft))

    def _try(self, write: Callable[[], None]) -> None:
        try:
            write()
        except Missing as problem:
            self.foot.say(str(problem))

    def _typed(self) -> None:
        if not self._soon.isActive():
            self._soon.start()

    def _speak(self) -> None:
        self.view.speak(self.kind)
        self._typed()

    def renew(self) -> None:
        """What it is meant for, as that stands now."""
        thing = self._desk.thing(self.key)
        where = self._draft.place if thing is None else place(self.key, self._desk.alias(self.key))
        state = "gone" if thing is None else thing.state
        set_words(self._head, f"{where} · {state}")
        own = "" if thing is None else session_language(thing)
        if own:
            self.language.setCurrentIndex(self.language.findData(own))
        self.language.setEnabled(not own)
        reason = self.why_not()
        for button in (self.run, self.run_line):
            button.setEnabled(not reason)
