"""Source panel: one source: how it is reached, its newest messages as they come, and one of them as a tree."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QPushButton, QStackedWidget, QToolButton, QVBoxLayout, QWidget

from ...command.registry import COMMANDS
from ...model.key import Key
from ...model.source import Source, SourceKind
from ...model.thing import Thing
from ...network.delta import Delta
from ...network.link import RunEvent, RunState
from ..desk import Act, Desk
from ..icons import icon
from ..menus import Menus
from ..safe import OneLine, button_words, label, set_tooltip, set_words
from ..style import Dress
from ..words import count, plural
from .chip import Chip
from .foot import Foot
from .four import FourStates
from .packet_view import PacketView
from .service import ServiceView

# Who walks through the tree with the arrow keys shall not knock at every broker on the way.
PAUSE_MS = 300
# A look waits at the broker until something comes; between two looks there is a breath.
WAIT_S, BREATH_MS = 5.0, 400
FIRST = 50
# They need no server to be asked of.
_AT_ONCE = (SourceKind.KAFKA, SourceKind.RATE, SourceKind.SKY, SourceKind.TAP)
_SILENT = {"login needed": "It is not tried again by itself: accounts get locked by clients that insist."}


class SourcePanel(QWidget):
    """Follows one source while it is chosen.

    Attributes:
        path: what stands in the head of the dock.
        live: it goes on looking while it is seen.
    """

    def __init__(self, desk: Desk, menus: Menus, dress: Dress, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self._desk, self._menus, self._dress = desk, menus, dress
        self._key: Key | None = None
        self._run = self._asked = self._tested = ""
        self._after: dict[str, int] | None = None
        self.path = ""
        self.title = OneLine("title")
        self.state = Chip(dress)
        self.fact = label(name="small", wrap=True, copyable=True)
        self.said = label(name="small", wrap=True, copyable=True)
        self.topics = QComboBox()
        self.topics.setAccessibleName("Topic")
        self.topics.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.topics.activated.connect(lambda _: self.look())
        self.live = QPushButton(icon("pause"), "Live")
        self.live.setCheckable(True)
        self.live.setChecked(True)
        self.live.setToolTip("Show new messages as they come; nobody else gets a message less")
        self.live.toggled.connect(self._turned)
        self.packets = PacketView(dress)
        self.service = ServiceView(desk, menus, dress)
        self.foot = Foot()
        self._content = QStackedWidget()
        self._content.addWidget(self.packets)
        self._content.addWidget(self.service)
        self.states = FourStates(self._content, dress)
        self.states.remedy.connect(self.look)
        self.states.cancel.connect(self._leave)
        self._build()
        self._soon = QTimer(self, interval=PAUSE_MS, singleShot=True)
        self._soon.timeout.connect(self._look_unasked)
        self._next = QTimer(self, interval=BREATH_MS, singleShot=True)
        self._next.timeout.connect(self._look_on)
        desk.acted.connect(self._acted)
        desk.changed.connect(self._changed)

    def _build(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self.title)
        top.addWidget(self.state)
        top.addStretch(1)
        verbs = QHBoxLayout()
        verbs.setSpacing(8)
        for name in ("source.test", "source.edit"):
            verbs.addWidget(self._verb(name))
        more = QToolButton()
        more.setIcon(icon("more"))
        more.setToolTip("All verbs (M)")
        more.setAccessibleName("All verbs")
        more.clicked.connect(lambda: self._show_menu(more))
        verbs.addWidget(more)
        verbs.addStretch(1)
        head = QVBoxLayout()
        head.setContentsMargins(16, 14, 16, 8)
        head.setSpacing(6)
        head.addLayout(top)
        head.addWidget(self.fact)
        head.addLayout(verbs)
        head.addWidget(self.said)
        self.said.hide()
        self.chooser = QWidget()
        row = QHBoxLayout(self.chooser)
        row.setContentsMargins(16, 4, 16, 8)
        row.setSpacing(8)
        row.addWidget(self.topics, 1)
        row.addWidget(self.live)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.chooser)
        column.addWidget(self.states, 1)
        column.addWidget(self.foot)

    def _verb(self, name: str) -> QPushButton:
        verb = COMMANDS[name]
        button = QPushButton(icon(verb.icon), button_words(verb.title))
        button.setObjectName(f"verb_{name}")
        set_tooltip(button, verb.help.partition("\n\n")[0])
        button.clicked.connect(lambda: self._choose(name))
        return button

    # --- what is looked at

    def show_key(self, key: Key) -> None:
        """Look at a source."""
        thing = self._desk.thing(key)
        if thing is None:
            return
        self._head(thing)
        if key == self._key:
            if not self._run and not self._next.isActive() and self.live.isChecked():
                self._soon.start()
            return
        self._leave()
        self._key, self._after = key, None
        self.packets.clear()
        set_words(self.said, "")
        self.said.hide()
        self.topics.clear()
        source = thing.payload
        origin = source.origin if isinstance(source, Source) else None
        broker = origin is not None and origin.kind is SourceKind.KAFKA
        self.chooser.setVisible(broker)
        self.foot.setVisible(broker)
        tap = origin is not None and origin.kind is SourceKind.TAP
        self._content.setCurrentWidget(self.service if tap else self.packets)
        if tap:
            self.states.full()
            self.service.show_key(key)
        elif origin is None:
            self.states.empty("This source is only known from a channel. Add it as a source to look at it.")
        elif not broker:
            self.states.empty("It is read by servers, not from here. Draw a wire from it to a server to use it.")
        else:
            self.topics.addItem(button_words(", ".join(origin.topics) or "Choose a topic"), origin.topics)
            self.states.empty("Not looked at yet.", "Look")
            self._soon.start()

    def look(self) -> None:
        """Look at the newest messages now; a person asked."""
        if self._key is None:
            return
        self._leave()
        self._after = None
        wanted = self.topics.currentData() or ()
        if not wanted:
            self._ask_topics()
            self.states.empty("Choose one of its topics above.", "Look again")
            return
        self.states.loading("Asking the broker", cancellable=True)
        self._run = self._desk.submit("source.tail", self._key, {"topics": wanted, "most": FIRST}, here=False)

    def _look_unasked(self) -> None:
        thing = self._desk.thing(self._key)
        if thing is None or not self.isVisible():
            return
        if thing.state in _SILENT:
            self.states.failed(f"{thing.problem} {_SILENT[thing.state]}", "Ask again")
        elif self._after is None:
            self.look()
        else:
            self._look_on()

    def _look_on(self) -> None:
        """What came since."""
        if self._run or self._key is None or self._after is None or not self.live.isChecked() or not self.isVisible():
            return
        given = {"topics": self.topics.currentData() or (), "most": FIRST, "after": self._after, "wait_s": WAIT_S}
        self._run = self._desk.submit("source.tail", self._key, given, here=False)

    def _ask_topics(self) -> None:
        if self._key is not None and not self._asked:
            self._asked = self._desk.submit("source.topics", self._key, {}, here=False)

    def _leave(self) -> None:
        self._soon.stop()
        self._next.stop()
        run, self._run, self._asked = self._run, "", ""
        if run:
            self._desk.cancel(run)
            self.states.empty("Not looked at.", "Look")

    def _turned(self, on: bool) -> None:
        self.live.setIcon(icon("pause" if on else "resume"))
        if on:
            self._next.start()

    # --- answers

    def _acted(self, act: Act) -> None:
        if act.last is None:
            return
        if act.run == self._run:
            self._tail(act.last)
        elif act.run == self._asked and act.state is RunState.DONE:
            self._offer(act.last)
        elif act.command == "source.test" and act.key == self._key and act.here:
            problem = act.last.problem
            words = str(problem) if problem else f"✓ {act.last.text}" if act.state is RunState.DONE else "Testing …"
            set_words(self.said, words)
            self.said.show()

    def _tail(self, event: RunEvent) -> None:
        first = self._after is None
        if event.state is RunState.DONE:
            self._run = ""
            told = event.result or {}
            shown = self.packets.take(told.get("packets", ()), anew=first)
            self._after = dict(told.get("after") or {})
            self._full(shown, int(told.get("kept") or 0))
            if first:
                self._ask_topics()
            self._next.start()
        elif event.state is RunState.FAILED:
            self._run = ""
            self.states.failed(str(event.problem), "Ask again")
            if first and self.topics.count() < 2 and event.problem is not None and event.problem.type == "NotFound":
                self._ask_topics()
        elif event.state is RunState.CANCELLED:
            self._run = ""

    def _full(self, shown: int, kept: int) -> None:
        if not shown:
            self.states.empty("No messages are kept there now. New ones appear here as they come.")
        else:
            self.states.full()
        self.foot.say(f"{plural(shown, 'message')} of {count(max(kept, shown))} · looking commits nothing")

    def _offer(self, event: RunEvent) -> None:
        self._asked = ""
        told = event.result or {}
        chosen = {self.topics.itemText(n) for n in range(self.topics.count())}
        for topic in told.get("topics", ()):
            name = str(topic["name"])
            if name not in chosen:
                self.topics.addItem(button_words(name), (name,))

    # --- the rest

    def _head(self, thing: Thing) -> None:
        self.path = f"sources › {thing.label}"
        self.title.say(thing.label)
        self.state.show_state(thing)
        set_words(self.fact, thing.fact or (thing.payload.place if isinstance(thing.payload, Source) else ""))

    def _choose(self, name: str) -> None:
        thing = self._desk.thing(self._key)
        if thing is None:
            return
        origin = thing.payload.origin if isinstance(thing.payload, Source) else None
        at_once = name == "source.test" and origin is not None and origin.kind in _AT_ONCE
        self._menus.choose(COMMANDS[name], thing, {} if at_once else None)

    def _show_menu(self, beside: QWidget) -> None:
        thing = self._desk.thing(self._key)
        if thing is not None:
            menu = self._menus.of_thing(thing, self)
            menu.aboutToHide.connect(menu.deleteLater)
            menu.popup(beside.mapToGlobal(beside.rect().bottomLeft()))

    def _changed(self, delta: Delta) -> None:
        thing = self._desk.thing(self._key)
        if thing is not None and any(t.key == thing.key for t in delta.changed):
            self._head(thing)
