"""MenuBar: the menus at the top, filled when they open from the command table and what is looked at."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu

from .. import __version__
from ..model.key import Key
from ..resources import resource
from .desk import Desk
from .menus import Menus
from .safe import button_words, set_tooltip, text_window
from .shell import Shell
from .view_acts import ViewAct

WINDOW, NOWHERE = Qt.ShortcutContext.WindowShortcut, Qt.ShortcutContext.WidgetShortcut
# Kinds whose verbs stand in a menu when one of them is chosen; and the nouns of the workspace that belong there.
OF: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "Server": (("servers",), ()),  # all that stand nowhere else
    "Session": (("sessions",), ("session", "group")),
    "Task": (("statements", "batches", "tasks"), ("task", "journal")),
    "Action": (("sessions", "servers"), ("action",)),
    "Data": (("datasets", "sources"), ("data", "dataset", "registry", "source", "tap", "samp")),
    "Channel": (("channels",), ("channel",)),
}
# More rows than this, and those of the thing chosen go below its name: a window may be 500 px high.
LONGEST = 20
_ELSEWHERE = frozenset(noun for _, nouns in OF.values() for noun in nouns)
_CHOOSE = {"Session": "session", "Task": "task", "Action": "server or session", "Data": "table or source",
           "Channel": "channel"}  # fmt: skip


class MenuBar:
    """Rows that are always there, and the verbs of the thing chosen."""

    def __init__(self, shell: Shell, desk: Desk, menus: Menus, acts: Iterable[ViewAct]) -> None:
        self._shell, self._desk, self._menus = shell, desk, menus
        self._rows: list[tuple[QAction, ViewAct]] = []
        for act in acts:
            self._own(act)
        for title in ("File", "Edit", "View"):
            shell.menus[title].setToolTipsVisible(True)
            shell.menus[title].aboutToShow.connect(self._renew)
        self._help_menu(shell.menus["Help"])
        for title in OF:
            shell.menus[title].setToolTipsVisible(True)
            shell.menus[title].aboutToShow.connect(lambda title=title: self._fill(title))

    def _own(self, act: ViewAct) -> None:
        row = self._shell.menus[act.menu].addAction(button_words(act.title))
        if act.key:
            row.setShortcut(QKeySequence(act.key))
            # What is not bound belongs to the panel in focus: the row only shows its key.
            row.setShortcutContext(WINDOW if act.bind else NOWHERE)
        row.setData(act.name)
        row.triggered.connect(lambda: act.do())
        self._rows.append((row, act))

    def _renew(self) -> None:
        """Titles and reasons of the moment."""
        for row, act in self._rows:
            reason = act.why_not()
            row.setText(button_words(act.now()))
            row.setEnabled(not reason)
            set_tooltip(row, reason)

    def _help_menu(self, menu: QMenu) -> None:
        for kind in ("servers", "sessions", "statements", "batches"):
            menu.addAction(f"About {kind}").triggered.connect(lambda _=False, k=kind: self._show_help(k))
        menu.addSeparator()
        menu.addAction(f"AstroLabNet {__version__}").setEnabled(False)

    def _show_help(self, kind: str) -> None:
        text_window(self._shell, f"About {kind}", resource("help", f"{kind}.md").read_text("utf-8")).show()

    def _fill(self, title: str) -> None:
        menu, (kinds, nouns) = self._shell.menus[title], OF[title]
        menu.clear()
        self._menus.fill(menu, None, lambda name: (noun := name.partition(".")[0]) in nouns
                         or (not nouns and noun not in _ELSEWHERE))  # fmt: skip
        thing = self._desk.thing(self._nearest(kinds))
        if thing is None:
            if title in _CHOOSE:
                menu.addAction(f"Choose a {_CHOOSE[title]} first").setEnabled(False)
            return
        own = self._menus.of_thing(thing, menu)
        if title != "Action" and len(menu.actions()) + len(own.actions()) > LONGEST:
            menu.addSeparator()
            own.setTitle(button_words(thing.label))
            menu.addMenu(own)
            return
        own.deleteLater()
        menu.addSection(button_words(thing.label))
        if title == "Action":
            self._menus.send_rows(menu, thing)
        else:
            self._menus.fill(menu, thing)

    def _nearest(self, kinds: tuple[str, ...]) -> Key | None:
        """The chosen thing, or the one above it, of one of the kinds."""
        key = self._desk.selection
        while key is not None and key.kind not in kinds:
            key = key.parent
        return key
