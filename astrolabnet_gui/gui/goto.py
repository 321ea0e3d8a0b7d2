"""Go to: type a few letters of a thing or a command, choose, be there (Ctrl+K)."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QStringListModel, Qt, Signal
from PySide6.QtWidgets import QCompleter, QLineEdit

from ..command.registry import COMMANDS, Command, commands_for
from ..model.key import Key
from ..model.thing import Thing
from .desk import HIDDEN, Desk
from .safe import plain
from .words import place

MOST = 5000


class GoTo(QObject):
    """Fills the list of a field when it gets the focus.

    Signals:
        thing_wanted(Key): a thing was chosen; verb_wanted(Command, Key | None): a command was.
    """

    thing_wanted = Signal(object)
    verb_wanted = Signal(object, object)

    def __init__(self, field: QLineEdit, desk: Desk) -> None:
        super().__init__(field)
        self._field, self._desk = field, desk
        self._targets: dict[str, tuple[Command | None, Key | None]] = {}
        self._words = QStringListModel(self)
        self._list = QCompleter(self._words, self)
        self._list.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self._list.setFilterMode(Qt.MatchFlag.MatchContains)
        self._list.setMaxVisibleItems(14)
        field.setCompleter(self._list)
        self._list.activated.connect(self._go)
        field.returnPressed.connect(self._first)
        field.installEventFilter(self)

    def rows(self) -> list[str]:
        """What can be chosen now: verbs of what is looked at, verbs of the workspace, things."""
        self._targets.clear()
        looked_at = self._desk.thing(self._desk.selection)
        if looked_at is not None:
            for verb in commands_for(looked_at):
                if not verb.when(looked_at) and verb.name not in HIDDEN:
                    self._add(f"> {verb.title} · on {looked_at.label}", verb, looked_at.key)
        for verb in commands_for(None):
            if verb.name not in HIDDEN:
                self._add(f"> {verb.title}", verb, None)
        for thing in list(self._desk.store.things.values())[:MOST]:
            self._add(self._thing_words(thing), None, thing.key)
        return list(self._targets)

    def _thing_words(self, thing: Thing) -> str:
        return f"{thing.label} · {place(thing.key, self._desk.alias(thing.key))} · {thing.state}"

    def _add(self, words: str, verb: Command | None, key: Key | None) -> None:
        self._targets[plain(words, 200)] = (verb, key)

    def _first(self) -> None:
        """Enter without a choice in the list takes its first row."""
        typed = self._field.text().casefold()
        found = next((words for words in self._targets if typed and typed in words.casefold()), None)
        if found is not None:
            self._go(found)

    def _go(self, words: str) -> None:
        verb, key = self._targets.get(words, (None, None))
        self._targets.clear()
        # The completer writes its row into the field after this; clear it once that is done.
        self._field.clear()
        if verb is not None and verb.name in COMMANDS:
            self.verb_wanted.emit(verb, key)
        elif key is not None:
            self.thing_wanted.emit(key)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A fresh list for each visit; Esc leaves the field."""
        if event.type() == QEvent.Type.FocusIn:
            self._words.setStringList(self.rows())
        return super().eventFilter(watched, event)
