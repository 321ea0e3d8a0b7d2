"""Menus: rows of the command table as menu rows; verbs that can not act stay, greyed, with their reason."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from ..actions.place import lacking, unfit
from ..command.registry import COMMANDS, HIDDEN, Command, Nothing, commands_for
from ..model.action import LANGUAGES, Action
from ..model.key import Key
from ..model.livy import Session
from ..model.server import Server
from ..model.thing import Thing
from .chooser import CHOOSERS, choose_rows
from .copying import copy_rows
from .desk import Desk
from .icons import icon
from .menu_groups import grouped
from .safe import button_words, set_tooltip

SEND = {"servers": "server.send", "sessions": "session.send"}
# Verbs of the workspace that are about the island: a person looks for them on its node.
ISLAND_UP, ISLAND_DOWN = ("island.status", "island.log", "island.stop"), ("island.start", "island.log")
_BEFORE_COPY = ("", "open", "act")
FormWanted = Callable[[Command, Key | None, Mapping[str, Any]], object]


class Menus:
    """Makes the menus of things.

    Args:
        form: shows a form: command, thing, values it starts with.
    """

    def __init__(self, desk: Desk, form: FormWanted) -> None:
        self._desk = desk
        self._form = form
        # Opens the editor of a session; given once there is a place to keep code.
        self.editor: Callable[[Key], object] | None = None

    def of_thing(self, thing: Thing | None, parent: QWidget) -> QMenu:
        """Context menu of a thing; None: the workspace."""
        menu = QMenu(parent)
        menu.setToolTipsVisible(True)
        self.fill(menu, thing)
        return menu

    def fill(self, menu: QMenu, thing: Thing | None, wanted: Callable[[str], bool] = bool) -> None:
        """Put the verbs of a thing into a menu, in their order: open, act, copy, change, remove; many in groups.

        Args:
            wanted: which of them, by their names.
        """
        group, before = "", len(menu.actions())
        if thing is not None and thing.key.kind == "sessions" and self.editor is not None:
            menu.addAction(self._editor_row(menu, self.editor, thing.key))
        for verb in commands_for(thing):
            if verb.name in HIDDEN or not wanted(verb.name):
                continue
            if thing is not None and group in _BEFORE_COPY and verb.group not in _BEFORE_COPY:
                copy_rows(menu, thing.key, self._desk)
            if group and verb.group != group and {verb.group, group} & {"remove", "open"}:
                menu.addSeparator()
            group = verb.group
            if thing is not None and verb.name == SEND.get(thing.key.kind):
                self._send_rows(menu, verb, thing)
            elif thing is not None and verb.name in CHOOSERS:
                choose_rows(menu, verb, thing, self._desk)
            else:
                self._row(menu, verb, thing)
        if thing is not None and group in _BEFORE_COPY:
            copy_rows(menu, thing.key, self._desk)
        if thing is not None and isinstance(thing.payload, Server) and thing.payload.is_island:
            menu.addSeparator()
            for name in ISLAND_UP if thing.state == "up" else ISLAND_DOWN:
                self._row(menu, COMMANDS[name], None)
        grouped(menu, menu.actions()[before:], (verb.name for verb in commands_for(thing) if verb.plugin))

    def choose(self, verb: Command, thing: Thing | None, values: Mapping[str, Any] | None = None) -> None:
        """Do what a row says: at once, or after a form if it asks for something."""
        key = None if thing is None else thing.key
        if values is None and asks(verb):
            self._form(verb, key, {})
        else:
            self._desk.submit(verb.name, key, values or {})

    def ask(self, verb: Command, key: Key | None, values: Mapping[str, Any]) -> None:
        """Show the form of a verb, with values to start with."""
        self._form(verb, key, values)

    def _editor_row(self, menu: QMenu, editor: Callable[[Key], object], session: Key) -> QAction:
        row = QAction(icon("console"), "Open editor", menu)
        row.setData("editor")
        set_tooltip(row, "Write code for this session beside the graph (Ctrl+E)")
        row.triggered.connect(lambda: editor(session))
        return row

    def _row(self, menu: QMenu, verb: Command, thing: Thing | None) -> QAction:
        row = menu.addAction(button_words(verb.words))
        if verb.icon:
            row.setIcon(icon(verb.icon))
        reason = self._desk.why_not(verb, thing)
        row.setEnabled(not reason)
        set_tooltip(row, reason or verb.help.partition("\n\n")[0])
        row.setData(verb.name)
        row.triggered.connect(lambda: self.choose(verb, thing))
        return row

    def send_rows(self, menu: QMenu, thing: Thing) -> None:
        """What sends an action, or code, to a server or session."""
        self._send_rows(menu, COMMANDS[SEND[thing.key.kind]], thing)

    def _send_rows(self, menu: QMenu, verb: Command, thing: Thing) -> None:
        """*Send action ▸* by language, and *Write code…*."""
        reason = self._desk.why_not(verb, thing)
        more = QMenu(button_words(verb.title.rstrip("…")), menu)
        more.setToolTipsVisible(True)
        more.setIcon(icon(verb.icon))
        more.setEnabled(not reason)
        menu.addMenu(more)
        set_tooltip(more.menuAction(), reason)
        more.menuAction().setData(verb.name)
        own, server = session_language(thing), self._desk.thing(thing.key.root)
        lost = {} if server is None else lacking(server.payload)
        for kind, language in LANGUAGES.items():
            fitting = [a for a in self._desk.actions if a.kind == kind and _runs_on(a, thing)]
            if fitting and own in ("", kind):
                head = more.addAction(language)
                head.setEnabled(False)
                for action in fitting:
                    self._action_row(more, verb, thing, action, lost.get(kind, ""))
        asking = [a for a in self._desk.actions if a.parameters and own in ("", a.kind) and a.kind not in lost]
        asking = [a for a in asking if _runs_on(a, thing)]
        if asking:
            more.addSeparator()
            with_values = QMenu("With other values", more)
            more.addMenu(with_values)
            for action in asking:
                row = with_values.addAction(button_words(f"{action.title}, {LANGUAGES[action.kind]}…"))
                row.triggered.connect(lambda _=False, a=action: self._form(verb, thing.key, start_of(a)))
        write = menu.addAction(icon("console"), "Write code…")
        write.setData("write")
        write.setEnabled(not reason)
        set_tooltip(write, reason)
        write.triggered.connect(lambda: self._form(verb, thing.key, {"kind": own or "pyspark"}))

    def _action_row(self, menu: QMenu, verb: Command, thing: Thing, action: Action, reason: str) -> None:
        row = menu.addAction(button_words(action.title))
        row.setIcon(icon("action"))
        row.setData(f"{action.name}/{action.kind}")
        row.setEnabled(not reason)
        set_tooltip(row, reason or action.description)
        row.triggered.connect(lambda: self._desk.submit(verb.name, thing.key, start_of(action)))


def _runs_on(action: Action, thing: Thing) -> bool:
    """A program needs a server for its batch; some actions run on some servers only."""
    if isinstance(thing.payload, Server):
        return not unfit(action, thing.label, thing.fact)
    return action.program is None


def start_of(action: Action) -> dict[str, Any]:
    """Parameters of a send command for an action with its default values."""
    return {"kind": action.kind, "action": action.name}


def asks(verb: Command) -> bool:
    """The verb needs something from a person; "…" in its title says so."""
    return verb.params is not Nothing and verb.title.endswith("…")


def session_language(thing: Thing) -> str:
    """The only language a session speaks; "" if it speaks all, or is no session."""
    kind = thing.payload.kind if isinstance(thing.payload, Session) else ""
    return kind if kind in LANGUAGES else ""
