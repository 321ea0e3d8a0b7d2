"""Past: a bar with a slider under the menus; tree, graph and panels show what was at its moment, greyed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QGraphicsOpacityEffect, QHBoxLayout, QPushButton, QSizePolicy, QSlider, QToolBar, QWidget

from ..model.key import Key
from ..model.task import Task
from ..model.told import read_key, read_thing
from ..network.link import RunState
from .desk import ENDED, OF_THE_PAST, Act
from .parts import Parts
from .past_acts import PastActs
from .safe import label, set_tooltip, set_words

OPACITY = 0.6
PAGE = 50


class PastBar(QToolBar):
    """Moment, slider, a step back and on, what was done since, back to now.

    Signals:
        wanted(int): number of a moment; left(): back to now; since(): what was done since.
    """

    wanted = Signal(int)
    left = Signal()
    since = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__("The past", parent)
        self.setObjectName("past")
        self.setMovable(False)
        self.setFloatable(False)
        # A toolbar's own menu would hide it, and the window would stay in the past.
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self.said = label("", name="strong")
        self.said.setMinimumWidth(280)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setAccessibleName("Moment of the past")
        self.slider.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.slider.setPageStep(PAGE)
        self.slider.valueChanged.connect(self._moved)
        self.before = self._button("‹", "The change before")
        self.after = self._button("›", "The change after")
        self.go_on = QPushButton("Continue from here…")
        self.now = QPushButton("Back to now")
        room = QWidget()
        row = QHBoxLayout(room)
        row.setContentsMargins(12, 4, 12, 4)
        row.setSpacing(8)
        for part in (self.said, self.before, self.slider, self.after, self.go_on, self.now):
            row.addWidget(part, 1 if part is self.slider else 0)
        self.addWidget(room)
        self.before.clicked.connect(lambda: self.slider.setValue(self.slider.value() - 1))
        self.after.clicked.connect(lambda: self.slider.setValue(self.slider.value() + 1))
        self.now.clicked.connect(self.left)
        self.go_on.clicked.connect(self.since)

    def _button(self, sign: str, words: str) -> QPushButton:
        made = QPushButton(sign)
        made.setProperty("chip", True)
        made.setAccessibleName(words)
        set_tooltip(made, words)
        return made

    def _moved(self, number: int) -> None:
        self.before.setEnabled(number > 0)
        self.after.setEnabled(number < self.slider.maximum())
        self.wanted.emit(number)

    def begin(self, many: int) -> None:
        """So many moments; the last is shown first."""
        self.slider.blockSignals(True)
        self.slider.setRange(0, many - 1)
        self.slider.setValue(many - 1)
        self.slider.blockSignals(False)
        self._moved(many - 1)


class PastView(QObject):
    """Takes the window to a past moment and back. One moment is asked for at a time: a slider runs ahead of it."""

    def __init__(self, window: Parts) -> None:
        super().__init__(window.shell)
        self._window, self._desk = window, window.desk
        self.times: list[float] = []
        self.at: float | None = None
        self._bar: PastBar | None = None
        self._asked: tuple[str, str] | None = None
        self._reading: dict[str, Key] = {}
        self._wish: float | None = None
        self._acts: PastActs | None = None
        self._desk.acted.connect(self._acted)
        self._desk.selected.connect(self._selected)

    @property
    def bar(self) -> PastBar:
        """The bar; made when it is first wanted."""
        if self._bar is None:
            self._bar = PastBar(self._window.shell)
            self._window.shell.addToolBar(Qt.ToolBarArea.TopToolBarArea, self._bar)
            self._bar.hide()
            self._bar.wanted.connect(self._wanted)
            self._bar.left.connect(self.leave)
            self._bar.since.connect(self._what_since)
        return self._bar

    def toggle(self) -> None:
        """Look at the past, or back to now."""
        if self._desk.in_past:
            self.leave()
        elif self._asked is None:
            self._ask("journal.moments", {})

    def leave(self) -> None:
        """Back to now."""
        self._wish, self.at = None, None
        self.bar.hide()
        self._grey(False)
        self._desk.look_now()

    def _ask(self, command: str, params: dict[str, Any]) -> None:
        run = self._desk.submit(command, None, params, here=command == "journal.moments")
        if run:
            self._asked = (command, run)

    def _wanted(self, number: int) -> None:
        if 0 <= number < len(self.times):
            self._wish = self.times[number]
            set_words(self.bar.said, _words(self._wish, number, len(self.times)))
            self._next()

    def _next(self) -> None:
        if self._asked is None and self._wish is not None and self._wish != self.at:
            base = {} if self.at is None else {"base": repr(self.at)}
            self._ask("journal.past", {"time": repr(self._wish), **base})

    def _what_since(self) -> None:
        if self._asked is None and self.at is not None:
            self._ask("journal.since", {"time": repr(self.at)})

    def _acted(self, act: Act) -> None:
        if act.command == "task.result":
            if act.state in ENDED and (key := self._reading.pop(act.run, None)) is not None and act.last is not None:
                self._read(key, act.last.result or {})
            return
        if act.state not in ENDED or self._asked != (act.command, act.run) or act.last is None:
            # The answer of a fast engine may come before ``submit`` has returned.
            if act.state in ENDED and self._asked is None and act.command in OF_THE_PAST:
                QTimer.singleShot(0, self, lambda: self._late(act))
            return
        self._asked = None
        if act.state is not RunState.DONE:
            return
        told = act.last.result or {}
        if act.command == "journal.moments":
            self._begin(list(told.get("times", ())))
        elif act.command == "journal.past":
            self._show(told)
        else:
            self._acts = PastActs(self._window.shell, self._desk, told.get("acts", []), self.leave)
            self._acts.show()
        self._next()

    # --- what a task of mine gave, from the archive of this computer

    def _selected(self, key: Key | None) -> None:
        thing = self._desk.thing(key)
        if self._desk.in_past and thing is not None and isinstance(thing.payload, Task) and thing.mine:
            task = thing.payload
            if task.task_key and task.statement is not None and not task.gave:
                asked = Key("").child("tasks", task.task_key)
                run = self._desk.submit("task.result", asked, {"brief": True}, here=False)
                self._reading[run] = thing.key

    def _read(self, key: Key, told: dict[str, Any]) -> None:
        thing = self._desk.thing(key)
        if self._desk.in_past and thing is not None and isinstance(thing.payload, Task):
            task = thing.payload
            if task.statement is not None:
                statement = task.statement.model_copy(update={"output": told.get("output")})
                more = {"spooled": told.get("spooled") or "", "code": told.get("code") or task.code}
                task = task.model_copy(update={"statement": statement, **more})
                self._desk.look_back([thing.model_copy(update={"payload": task})])

    def _late(self, act: Act) -> None:
        if self._asked == (act.command, act.run):
            self._acted(act)

    def _begin(self, times: list[float]) -> None:
        if times:
            self.times = times
            self.bar.begin(len(times))

    def _show(self, told: dict[str, Any]) -> None:
        come = []
        for key, text in told.get("set", {}).items():
            try:
                come.append(read_thing(key, text))
            except ValueError:
                continue  # a later program wrote it: what it says of other things holds
        gone: list[Key] = [read_key(key) for key in told.get("gone", ())]
        first = not self._desk.in_past
        self._desk.look_back(come, gone)
        self.at = float(told["time"])
        if first:
            self._grey(True)
            self.bar.show()
            self.bar.slider.setFocus()

    def _grey(self, on: bool) -> None:
        for part in (self._window.tree, self._window.canvas, self._window.shell.detail):
            effect = None
            if on:
                effect = QGraphicsOpacityEffect(part)
                effect.setOpacity(OPACITY)
            part.setGraphicsEffect(effect)  # type: ignore[arg-type]


def _words(at: float, number: int, many: int) -> str:
    moment = datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    return f"{moment} · change {number + 1} of {many}"
