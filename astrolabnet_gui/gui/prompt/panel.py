"""Panel: a live Python prompt on the model the window shows; its kernel begins when somebody first looks at it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from ...model.told import read_key
from ...network.link import Lent
from ..desk import ENDED, UNASKED, Act, Desk
from ..editor.piece import prefix_at
from ..panels.console import inked, line_of, outcome
from ..safe import label, plain, set_tooltip, set_words
from ..style import Dress
from ..threads import Importer
from .answer import Answer
from .entry import MORE, PROMPT, Entry
from .kernel import Kernel, State
from .missing import missing, there
from .transcript import Transcript

HINT = '# net is what this window shows: net.servers, net["lal"].run("1+1"); Tab completes, Up brings back'
FIRST = "_astrolabnet_begin()"
SHOWN = "application/vnd.astrolabnet+json"
BY_MOUSE = " ▸ "
MOST_HISTORY, MOST_LINE = 200, 300


class PythonPanel(QWidget):
    """What was said above, what is typed below.

    Signals:
        begun(): somebody looked for the first time.
    """

    begun = Signal()

    def __init__(self, desk: Desk, dress: Dress, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self.kernel = Kernel(self)
        self.transcript = Transcript(dress)
        self.entry = Entry(dress)
        self.answer = Answer()
        self._state = label(State.NONE, name="small")
        self._state.setMinimumWidth(self._state.sizeHint().width())
        self._state.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.interrupt = self._button(
            "Interrupt", "Stop what runs; names and values stay (Ctrl+C)", self.kernel.interrupt
        )
        self.restart = self._button("Restart", "A new Python; names and values are lost", self.begin)
        self.play = self._button("Play…", "Carry out a script; tree and graph follow", self._play)
        self._importer: Importer | None = None
        self._lent: Lent | None = None
        self._greeted = self._begun = False
        self._silent: set[str] = set()
        self._told: set[str] = set()
        self._replies: dict[str, Callable[[dict[str, Any]], None]] = {}
        self._pages = QStackedWidget()
        self._pages.addWidget(missing())
        self._pages.addWidget(self._live())
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._pages)
        self.kernel.changed.connect(self._renew)
        self.kernel.heard.connect(self._heard)
        self.kernel.failed.connect(self._ended)
        self.entry.given.connect(self._given)
        self.entry.stop_wanted.connect(self.kernel.interrupt)
        self.entry.completion_wanted.connect(self._complete)
        self.answer.given.connect(self._answered)
        desk.lent.connect(self._take_lent)
        desk.acted.connect(self._acted)
        self._renew()

    def _live(self) -> QWidget:
        made, low = QWidget(), QHBoxLayout()
        low.setContentsMargins(0, 2, 12, 4)
        low.setSpacing(8)
        low.addWidget(self.answer, 1)
        low.addWidget(self.entry, 1)
        for part in (self._state, self.play, self.interrupt, self.restart):
            low.addWidget(part)
        column = QVBoxLayout(made)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.transcript, 1)
        column.addLayout(low)
        return made

    def _button(self, words: str, why: str, act: Callable[[], object]) -> QPushButton:
        made = QPushButton(words)
        made.setProperty("chip", True)
        set_tooltip(made, why)
        made.clicked.connect(lambda _=False: act())
        return made

    # --- its life

    def showEvent(self, event: QShowEvent) -> None:
        """The first look begins the kernel."""
        super().showEvent(event)
        able = there()
        self._pages.setCurrentIndex(1 if able else 0)
        if able and not self._begun and self._desk.connected:
            self._begun = True
            self.begun.emit()
            self.transcript.say(HINT, "text3")
            self._importer = Importer((f"{__package__}.wire",), self)
            self._importer.finished.connect(self._start)
            self._importer.start()
            self.begin()
        self.setFocusProxy(self.entry)

    def begin(self) -> None:
        """A new Python, in place of the one that is there."""
        if self.kernel.state is not State.NONE:
            self.transcript.say("— a new Python —", "text3")
        self.kernel.end()
        self._greeted, self._lent = False, None
        self._replies.clear()
        self._hide_question()
        self._desk.lend()

    def end(self) -> None:
        """The window closes: no process stays."""
        if self._importer is not None:
            self._importer.halt()
        self.kernel.end()

    def _take_lent(self, lent: Lent) -> None:
        if not self._begun or self.kernel.state is not State.NONE:
            return
        if lent.problem:
            self.transcript.say(lent.problem, "failed_text")
            return
        self._lent = lent
        self._start()

    def _start(self) -> None:
        """Once the engine is lent and what is heavy is imported."""
        if self._lent is not None and self._importer is not None and self._importer.isFinished():
            lent, self._lent = self._lent, None
            self.kernel.begin(lent)

    def _ended(self, why: str) -> None:
        self._hide_question()
        self.transcript.say(f"Python ended. {why}".strip(), "failed_text")
        self.transcript.say("Restart begins a new one.", "text3")

    def _renew(self) -> None:
        state = self.kernel.state
        set_words(self._state, str(state))
        self.interrupt.setEnabled(state is State.BUSY)
        self.restart.setEnabled(state is not State.NONE)
        self.play.setEnabled(state is State.IDLE)
        if state is State.IDLE and not self._greeted:
            self._greeted = True
            self._silent.add(self._execute(FIRST, history=False))
            asked = {"output": False, "raw": True, "hist_access_type": "tail", "n": MOST_HISTORY}
            self._ask("history_request", asked, self._take_history)

    def _take_history(self, content: dict[str, Any]) -> None:
        if not self.entry.history:
            for _, _, text in content.get("history", ()):
                self.entry.remember(str(text))

    # --- what is typed

    def _ask(self, kind: str, content: dict[str, Any], then: Callable[[dict[str, Any]], None]) -> None:
        ident = self.kernel.send("shell", kind, content)
        if ident:
            self._replies[ident] = then

    def _execute(self, code: str, *, history: bool = True) -> str:
        content = {
            "code": code, "silent": False, "store_history": history, "user_expressions": {}, "allow_stdin": True,
            "stop_on_error": True,
        }  # fmt: skip
        return self.kernel.send("shell", "execute_request", content)

    def run(self, code: str) -> None:
        """Run code, as if it had been typed."""
        self.entry.remember(code)
        self._execute(code)

    def _play(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(self, "Play a script", "", "Python (*.py)")
        if chosen:
            self.run(f"net.play({chosen!r})")

    def _given(self, text: str) -> None:
        """Whole: it runs; else a line more. While something runs, it waits until that has ended."""

        def judged(content: dict[str, Any]) -> None:
            if self.entry.toPlainText() != text:
                return
            if content.get("status") == "incomplete":
                self.entry.more()
            else:
                self.entry.accept()
                self._execute(text)

        self._ask("is_complete_request", {"code": text}, judged)

    def _complete(self, text: str, at: int) -> None:
        def found(content: dict[str, Any]) -> None:
            if self.entry.toPlainText() == text:
                before = text[int(content.get("cursor_start", at)) : at - len(prefix_at(text, at))]
                words = [str(word) for word in content.get("matches", ())]
                self.entry.offer(word.removeprefix(before) for word in words if word.startswith(before))

        if self.kernel.state is State.IDLE:
            self._ask("complete_request", {"code": text, "cursor_pos": at}, found)

    # --- what is said

    def _heard(self, channel: str, message: dict[str, Any]) -> None:
        kind, content = str(message["msg_type"]), message["content"]
        parent = str(message["parent_header"].get("msg_id", ""))
        if "size_bytes" in message:
            self.transcript.say(f"({message['size_bytes']:,} bytes were said at once: left out)", "text3")
        elif channel == "shell":
            then = self._replies.pop(parent, None)
            if then is not None:
                then(content)
            for payload in content.get("payload", ()) if kind == "execute_reply" else ():
                self._pay(payload)
        elif channel == "stdin" and kind == "input_request":
            self._question(str(content.get("prompt", "")), bool(content.get("password")))
        elif channel == "iopub" and not (kind == "execute_input" and parent in self._silent):
            self._said(kind, content)

    def _said(self, kind: str, content: dict[str, Any]) -> None:
        match kind:
            case "execute_input":
                self.typed(str(content["code"]))
            case "stream":
                self.transcript.stream(str(content["text"]), "warn_text" if content.get("name") == "stderr" else "")
            case "display_data" if SHOWN in content["data"]:
                self._played(content["data"][SHOWN])
            case "execute_result" | "display_data":
                self.transcript.say(str(content["data"].get("text/plain", "")))
            case "error":
                self.transcript.say("\n".join(map(str, content["traceback"])))

    def _played(self, shown: dict[str, Any]) -> None:
        """A script shows its line, or what it acts on."""
        if "line" in shown:
            self.typed(str(shown["line"]))
        with suppress(ValueError, TypeError, KeyError):
            self._desk.expect(read_key(str(shown["look"])))

    def _acted(self, act: Act) -> None:
        """What was done by mouse is a line too, once it has ended."""
        if act.here and act.command not in UNASKED and act.state in ENDED and act.run not in self._told:
            self._told.add(act.run)
            words, token = outcome(act)
            code = line_of(act)
            code = code if len(code) <= MOST_LINE else f"{code[:MOST_LINE]}…"  # a click copies it whole
            line = [*inked(code), (f"  # {words}", "text3" if token == "text2" else token)]
            self.transcript.pieces([(f"{BY_MOUSE} ", "text3"), *line], act.run)

    def typed(self, code: str) -> None:
        """Show lines that were given."""
        for number, line in enumerate(code.rstrip().split("\n")):
            sign = MORE if number else PROMPT
            self.transcript.pieces([(f"{sign} ", "busy_text"), *inked(line)])

    def _pay(self, payload: dict[str, Any]) -> None:
        """What a cell wants of its face besides: ``name?`` wants a page, ``%load`` other lines."""
        if payload.get("source") == "page":
            self.transcript.say(str(payload["data"].get("text/plain", "")))
        elif payload.get("source") == "set_next_input":
            self.entry.put(plain(payload.get("text", ""), 100_000))

    def _question(self, question: str, secret: bool) -> None:
        self.entry.hide()
        self.answer.ask(question, secret=secret)

    def _answered(self, words: str, shown: str) -> None:
        self._hide_question()
        self.transcript.pieces([(shown, "text2")])
        self.kernel.send("stdin", "input_reply", {"value": words})

    def _hide_question(self) -> None:
        had = self.answer.line.hasFocus()
        self.answer.hide()
        self.entry.show()
        if had:
            self.entry.setFocus()
