"""Verbs: from a press, a key or a menu to the act: by form, menu or at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from PySide6.QtCore import QObject, QPoint, Signal
from PySide6.QtWidgets import QMenu

from ..actions.place import lacking, unfit
from ..command.registry import COMMANDS, Command
from ..model.action import LANGUAGES, Action
from ..model.key import Key
from .copying import copied
from .desk import Desk
from .form import Form
from .menus import SEND, Menus, start_of
from .panels.log import LogPanel
from .safe import button_words, set_tooltip, to_clipboard
from .shell import Shell
from .tree_view import TreeView
from .verb_keys import verb_of

# Servers an action's menu names; a form asks for any of more.
NAMED = 8


class Verbs(QObject):
    """Every way to an act that the window has.

    Signals:
        form_changed(): a form came into the right panel or left it.
    """

    form_changed = Signal()

    def __init__(self, shell: Shell, desk: Desk, tree: TreeView, log: LogPanel) -> None:
        super().__init__(shell)
        self._shell, self._desk, self._tree, self._log = shell, desk, tree, log
        self.menus = Menus(desk, self.ask)
        self.form: Form | None = None
        self.several: Callable[[], Sequence[Key]] = tuple
        """Things chosen together on the graph."""

    def do(self, name: str, key: Key | None) -> None:
        """Do a verb on a thing, after its form if it asks for something."""
        command = COMMANDS[name]
        thing = self._desk.thing(key)
        if key is not None and (thing is None or self._desk.why_not(command, thing)):
            return
        if name.endswith(".log"):
            self.show_log(key)
        else:
            self.menus.choose(command, thing)

    def letter(self, ident: object, letter: str) -> None:
        """A single letter on a row: send, again, new, edit, remove."""
        kind = ident.kind if isinstance(ident, Key) else ""
        name = verb_of(letter, kind)
        if not name and letter == "N" and not isinstance(ident, Key):
            self.do("server.add", None)
        elif name in SEND.values() and isinstance(ident, Key):
            self._send_menu(ident)
        elif name and isinstance(ident, Key):
            self.do(name, ident)

    def _send_menu(self, key: Key) -> None:
        thing = self._desk.thing(key)
        if thing is None:
            return
        menu = self.menus.of_thing(thing, self._tree)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self._tree.viewport().mapToGlobal(self._tree.visualRect(self._tree.currentIndex()).bottomLeft()))
        row = next((r for r in menu.actions() if r.data() == SEND[key.kind]), None)
        if row is not None and row.isEnabled():
            menu.setActiveAction(row)

    def ask(self, verb: Command, key: Key | None, given: Mapping[str, Any]) -> None:
        """Show the form of a verb in the right panel."""
        self.leave_form()
        form = Form(self._desk, verb, key, given)
        form.closed.connect(self.leave_form)
        self.form = form
        self._shell.detail.addWidget(form)
        self._shell.show_detail()
        self.form_changed.emit()
        form.begin()

    def leave_form(self) -> None:
        """Take the form away."""
        if self.form is not None:
            form, self.form = self.form, None
            self._shell.detail.removeWidget(form)
            form.deleteLater()
            self.form_changed.emit()

    def show_log(self, key: Key | None) -> None:
        """Ask for a log and show it in the strip."""
        self._shell.strip_room.show()
        self._shell.strip.setCurrentWidget(self._log)
        self._log.ask(key)

    def copy_python(self) -> None:
        """What is looked at, as Python."""
        key = self._desk.selection
        if key is not None:
            to_clipboard(copied(self._desk, key, "python"))

    def popup(self, ident: object, at: QPoint) -> None:
        """Show the menu of a thing, an action or (anything else) the workspace at a global point."""
        if isinstance(ident, Action):
            menu = self._action_menu(ident)
        else:
            thing = self._desk.thing(ident) if isinstance(ident, Key) else None
            if isinstance(ident, Key) and thing is None:
                return
            if thing is not None:
                self._desk.select(thing.key)
            menu = self.menus.of_thing(thing, self._shell)
            chosen = [key for key in self.several() if not key.path]
            if len(chosen) > 1 and ident in chosen:
                menu.insertMenu(menu.actions()[0], self._several_menu(chosen, menu))
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(at)

    def _several_menu(self, servers: Sequence[Key], parent: QMenu) -> QMenu:
        """What can be sent to all chosen servers at once."""
        more = QMenu(f"Send to these {len(servers)} servers", parent)
        targets = tuple(self._desk.alias(key) for key in servers)
        for action in self._desk.actions:
            row = more.addAction(button_words(f"{action.title}, {LANGUAGES[action.kind]}…"))
            given = {**start_of(action), "targets": targets}
            row.triggered.connect(lambda _=False, g=given: self.ask(COMMANDS["group.send"], None, g))
        more.addSeparator()
        write = more.addAction("Write code…")
        write.triggered.connect(lambda: self.ask(COMMANDS["group.send"], None, {"targets": targets}))
        return more

    def _action_menu(self, action: Action) -> QMenu:
        """Where an action can be sent now, and in which language; the first servers of many, by their names."""
        menu = QMenu(self._shell)
        menu.setToolTipsVisible(True)
        command = COMMANDS["server.send"]
        same = [a for a in self._desk.actions if a.name == action.name]
        servers = self._desk.store.servers()
        many = len(servers) * len(same) > NAMED
        for server in servers[:NAMED]:
            lost, rows = lacking(server.payload), menu
            if many:
                rows = menu.addMenu(button_words(f"Send to {server.label}"))
                rows.setToolTipsVisible(True)
            for one in same:
                where = "In" if many else f"Send to {server.label} in"
                row = rows.addAction(button_words(f"{where} {LANGUAGES[one.kind]}"))
                reason = self._desk.why_not(command, server) or unfit(one, server.label, server.fact)
                reason = reason or lost.get(one.kind, "")
                row.setEnabled(not reason)
                set_tooltip(row, reason)
                row.triggered.connect(lambda _=False, s=server, a=one: self._submit(s.key, a))
        if menu.isEmpty():
            menu.addAction("There is no server yet").setEnabled(False)
        else:
            several = menu.addAction("Send to several servers…")
            several.triggered.connect(lambda: self.ask(COMMANDS["group.send"], None, start_of(action)))
        thing = self._desk.thing(Key("", "", ("actions", action.name)))
        if thing is not None:
            menu.addSeparator()
            self.menus.fill(menu, thing)
        return menu

    def _submit(self, server: Key, action: Action) -> None:
        self._desk.submit("server.send", server, start_of(action))
