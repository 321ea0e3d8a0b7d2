"""Detail: one thing: its path, title and state, its verbs, its figures, and what it gave."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

from ...command.registry import COMMANDS, Command, commands_for
from ...command.remedy import Remedy
from ...model.key import Key
from ...model.livy import Session
from ...model.server import Server
from ...model.task import Task
from ...model.thing import Thing
from ...network.delta import Delta
from ...network.link import RunState
from ..controls import fit_words
from ..copying import copy_button
from ..desk import Act, Desk
from ..icons import icon
from ..menus import Menus
from ..safe import OneLine, button_words, label, set_tooltip, set_words
from ..style import Dress
from ..words import place
from .cause import CauseBox
from .chip import Chip
from .facts import fact_line, figures, rows, unheard, verbs
from .figures import Figures
from .foot import link
from .four import FourStates, scrolled
from .progress_words import task_figures
from .result import ResultView
from .spark import SparkPart
from .whole import Whole

# The least height of a result, below which the whole panel scrolls.
RESULT = 220


class Detail(QWidget):
    """The panel; it follows the selection and the store.

    Attributes:
        path: where the thing is, server first; "" for nothing.

    Signals:
        log_wanted(Key): somebody asked for the log of a thing.
    """

    log_wanted = Signal(object)

    def __init__(self, desk: Desk, menus: Menus, dress: Dress, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self._desk, self._menus, self._dress = desk, menus, dress
        self._key: Key | None = None
        self._verbs: list[tuple[str, bool]] = []
        self.path = ""
        self._icon = QToolButton()
        self._icon.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._icon.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.title = OneLine("title")
        self.state = Chip(dress)
        self._fact = label(name="small", wrap=True, copyable=True)
        self._problem = label(name="wrong", wrap=True, copyable=True)
        self._problem.setObjectName("problem")
        self.cause = CauseBox()
        self.cause.log_wanted.connect(self.log_wanted)
        self.cause.remedy_wanted.connect(self._mend)
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(8)
        self._figures = Figures()
        self.spark = SparkPart(dress)
        self._rows = QWidget()
        self._rows_grid = QGridLayout(self._rows)
        self._rows_grid.setContentsMargins(16, 12, 16, 12)
        self._rows_grid.setColumnStretch(1, 1)
        self._rows_grid.setVerticalSpacing(6)
        self._cells: list[tuple[QLabel, QLabel]] = []
        self.probe = link("Find out who reaches whom", lambda: desk.submit("route.probe", self._key, {}))
        self.probe.setToolTip("This server and the others try to read a small file of each other")
        self.result = ResultView(dress)
        self.result.verb_wanted.connect(lambda name, values: self._desk.submit(name, self._key, values))
        self._whole = Whole(desk, self.result)
        self._body = QWidget()
        self._body.setObjectName("panel")
        self.states = FourStates(scrolled(self._body), dress)
        self.states.remedy.connect(self._ask_again)
        self._build()
        self._ages = QTimer(self, interval=1000)
        self._ages.timeout.connect(self._older)
        self._ages.start()
        self._island, self._ways = "", ("", "")
        desk.acted.connect(self._acted)
        desk.selected.connect(self.show_key)
        desk.changed.connect(self._changed)
        desk.reset.connect(self.renew)
        self.show_key(desk.selection)

    def _build(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(8)
        for part in (self._icon, self.title, self.state):
            top.addWidget(part)
        top.addStretch(1)
        head = QVBoxLayout()
        head.setContentsMargins(16, 14, 16, 12)
        head.setSpacing(6)
        head.addLayout(top)
        for line in (self._fact, self._problem, self.cause):
            head.addWidget(line)
        head.addSpacing(4)
        head.addLayout(self._buttons)
        body = QVBoxLayout(self._body)
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(0)
        body.addLayout(head)
        for room in (_line(), self._figures, self.spark, _line(), self._rows):
            body.addWidget(room)
        body.addWidget(self.probe, 0, Qt.AlignmentFlag.AlignLeft)
        body.addWidget(self.result, 1)
        self.result.setMinimumHeight(RESULT)
        self._filler = QWidget()
        body.addWidget(self._filler, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.states)

    # --- what it shows

    def show_key(self, key: Key | None) -> None:
        """Look at another thing."""
        self._key = key
        self.renew()
        thing = self._desk.thing(key)
        if thing is not None and _is_island(thing) and thing.state == "up":
            self._desk.submit("island.status", None, {}, here=False)
        if thing is not None and thing.key.kind == "servers" and thing.state == "up":
            self._desk.submit("route.matrix", thing.key, {}, here=False)

    def _acted(self, act: Act) -> None:
        """What the island says of itself, and how data get from a server to others; asked when it is chosen."""
        if act.command in ("route.matrix", "route.probe") and act.key and act.state is RunState.DONE and act.last:
            self._ways = act.key.server, str(act.last.text)
            self.renew()
        if act.command == "island.status" and act.state is RunState.DONE and act.last is not None:
            self._island = str(act.last.text)
            self.renew()

    def renew(self) -> None:
        """Show the thing as it is known now."""
        thing = self._desk.thing(self._key)
        if thing is None:
            self.path = ""
            self.states.empty("Choose a thing in the tree or on the graph")
            return
        self.states.full()
        silent = unheard(thing, self._desk.thing(thing.key.root))
        if silent:
            self.states.failed(silent, "Ask again")
        self.path = place(thing.key, self._desk.alias(thing.key))
        self._icon.setIcon(icon("island" if _is_island(thing) else thing.kind.icon))
        self.title.say(thing.label)
        self.state.show_state(thing)
        set_words(self._fact, fact_line(thing))
        self._show_verbs(thing)
        task = thing.payload if isinstance(thing.payload, Task) else None
        self.cause.show_thing(thing, self._desk.thing(thing.key.parent) if task is not None else None)
        # A failure that the task itself reported is told in full below; a cause says more than the last words of a log.
        told = (task is not None and task.gave) or (self.cause.cause is not None and thing.state != "lost")
        set_words(self._problem, thing.problem)
        self._problem.setVisible(bool(thing.problem) and not told)
        children = self._desk.store.children(thing.key)
        progress = None if task is None else task.progress
        self._figures.show_figures(
            figures(thing, children)
            if task is None
            else task_figures(progress)
            if progress and progress.tasks_total
            else ()
        )
        self.spark.show_task(task)
        self._show_rows(thing)
        self.result.setVisible(task is not None)
        self._filler.setVisible(task is None)
        if task is not None:
            self.result.show_task(thing, task)

    def _show_rows(self, thing: Thing) -> None:
        pairs = rows(thing)
        if self._island and _is_island(thing) and thing.state == "up":
            pairs = (("Holds", self._island), *pairs)
        others = thing.key.kind == "servers" and sum(s.state == "up" for s in self._desk.store.servers()) > 1
        if others and self._ways[0] == thing.key.server and self._ways[1]:
            pairs = (*pairs, ("Ways of data", self._ways[1]))
        self.probe.setVisible(others and thing.state == "up")
        while len(self._cells) < len(pairs):
            cell = (label(name="caption"), label(name="small", wrap=True, copyable=True))
            for column, part in enumerate(cell):
                self._rows_grid.addWidget(part, len(self._cells), column)
            self._cells.append(cell)
        for n, (name, value) in enumerate(self._cells):
            pair = pairs[n] if n < len(pairs) else ("", "")
            for part, words in zip((name, value), pair, strict=True):
                set_words(part, words)
                part.setVisible(bool(pair[0]))
        self._rows.setVisible(bool(pairs))

    def _show_verbs(self, thing: Thing) -> None:
        """At most three buttons; rebuilt only when a verb or what it can do changes."""
        table = {verb.name: verb for verb in commands_for(thing)}
        names = verbs(thing)
        wanted = [table[name] for name in names if name in table][:3]
        able = [(verb.name, not self._desk.why_not(verb, thing)) for verb in wanted] + [(str(thing.key), True)]
        if able == self._verbs:
            return
        self._verbs = able
        while (item := self._buttons.takeAt(0)) is not None:
            old = item.widget()
            if old is not None:
                old.hide()
                old.deleteLater()
        for verb in wanted:
            self._buttons.addWidget(self._button(verb, thing))
        if isinstance(thing.payload, Task):
            self._buttons.addWidget(copy_button(thing.payload.code))
        more = QToolButton()
        more.setIcon(icon("more"))
        more.setToolTip("All verbs (M)")
        more.setAccessibleName("All verbs")
        more.clicked.connect(lambda: self._show_menu(more))
        self._buttons.addWidget(more)
        self._buttons.addStretch(1)
        fit_words(self._buttons, self.width() - 72)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a narrow panel the last verbs are icons."""
        super().resizeEvent(event)
        fit_words(self._buttons, self.width() - 72)

    def _button(self, verb: Command, thing: Thing) -> QPushButton:
        button = QPushButton(icon(verb.icon or "more"), button_words(verb.words))
        button.setObjectName(f"verb_{verb.name}")
        reason = self._desk.why_not(verb, thing)
        button.setEnabled(not reason)
        set_tooltip(button, reason or verb.help.partition("\n\n")[0])
        if verb.name.endswith(".log"):
            button.clicked.connect(lambda: self.log_wanted.emit(thing.key))
        elif verb.name == "session.send" and isinstance(thing.payload, Session):
            button.clicked.connect(lambda: self._show_menu(button, "session.send"))
        else:
            button.clicked.connect(lambda: self._choose(verb))
        return button

    def _ask_again(self) -> None:
        if self._key is not None:
            self._desk.submit("server.test", self._key.root, {})

    def _choose(self, verb: Command) -> None:
        thing = self._desk.thing(self._key)
        if thing is not None:
            self._menus.choose(verb, thing)

    def _mend(self, remedy: Remedy) -> None:
        """Do what mends a cause."""
        if remedy.asks:
            self._menus.ask(COMMANDS[remedy.command], remedy.key, remedy.params)
        else:
            self._desk.submit(remedy.command, remedy.key, remedy.params)

    def _show_menu(self, beside: QWidget, only: str = "") -> None:
        thing = self._desk.thing(self._key)
        if thing is None:
            return
        menu = self._menus.of_thing(thing, self)
        menu.aboutToHide.connect(menu.deleteLater)
        inner = next((row.menu() for row in menu.actions() if only and row.data() == only), None)
        (inner or menu).popup(beside.mapToGlobal(beside.rect().bottomLeft()))  # type: ignore[attr-defined]

    def _changed(self, delta: Delta) -> None:
        if self._key is not None and delta.server == self._key.server:
            touched = {*delta.removed, *(t.key for t in (*delta.added, *delta.changed))}
            if self._key.parent in touched or any(self._key in (key, key.parent) for key in touched):
                self.renew()

    def _older(self) -> None:
        thing = self._desk.thing(self._key)
        if thing is not None and self.isVisible():
            self.state.show_state(thing)


def _line() -> QFrame:
    line = QFrame()
    line.setObjectName("line")
    return line


def _is_island(thing: Thing) -> bool:
    return isinstance(thing.payload, Server) and thing.payload.is_island
