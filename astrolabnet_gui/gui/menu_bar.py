"""MenuBar: the menus at the top, filled when they open from the command table and what is looked at."""

from __future__ import annotations

from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QMenu

from .. import __version__
from ..model.key import Key
from ..resources import resource
from .desk import Desk
from .menus import Menus
from .safe import text_window
from .shell import Shell

OF = {"Server": "servers", "Session": "sessions", "Task": "statements"}


class MenuBar:
    """Rows that are always there, and the verbs of the thing chosen."""

    def __init__(self, shell: Shell, desk: Desk, menus: Menus) -> None:
        self._shell, self._desk, self._menus = shell, desk, menus
        self._file(shell.menus["File"])
        self._edit(shell.menus["Edit"])
        self._view(shell.menus["View"])
        self._help_menu(shell.menus["Help"])
        for title, kind in OF.items():
            menu = shell.menus[title]
            menu.setToolTipsVisible(True)
            menu.aboutToShow.connect(lambda menu=menu, kind=kind: self._fill(menu, kind))

    def _file(self, menu: QMenu) -> None:
        leave = menu.addAction("Quit")
        leave.setShortcut(QKeySequence(QKeySequence.StandardKey.Quit))
        leave.triggered.connect(self._shell.close)

    def _edit(self, menu: QMenu) -> None:
        go = menu.addAction("Go to…")
        go.triggered.connect(self._shell.goto.setFocus)
        narrow = menu.addAction("Filter the tree")
        narrow.triggered.connect(self._shell.filter.setFocus)

    def _view(self, menu: QMenu) -> None:
        for room in (self._shell.tree_room, self._shell.detail_room, self._shell.strip_room):
            menu.addAction(room.toggleViewAction())
        menu.addSeparator()
        for words, choice in (("As the system", "system"), ("Dark", "dark"), ("Light", "light")):
            menu.addAction(words).triggered.connect(lambda _=False, c=choice: self._shell.dress.choose(c))

    def _help_menu(self, menu: QMenu) -> None:
        for kind in ("servers", "sessions", "statements", "batches"):
            menu.addAction(f"About {kind}").triggered.connect(lambda _=False, k=kind: self._show_help(k))
        menu.addSeparator()
        menu.addAction(f"AstroLabNet {__version__}").setEnabled(False)

    def _show_help(self, kind: str) -> None:
        text_window(self._shell, f"About {kind}", resource("help", f"{kind}.md").read_text("utf-8")).show()

    def _fill(self, menu: QMenu, kind: str) -> None:
        menu.clear()
        if kind == "servers":
            self._menus.fill(menu, None)
        thing = self._desk.thing(self._nearest(kind))
        if thing is not None:
            menu.addSection(thing.label.replace("&", "&&"))
            self._menus.fill(menu, thing)
        elif kind != "servers":
            menu.addAction(f"Choose a {kind.removesuffix('s').replace('statement', 'task')} first").setEnabled(False)

    def _nearest(self, kind: str) -> Key | None:
        """The chosen thing, or the one above it, of that kind."""
        key = self._desk.selection
        while key is not None and key.kind != kind:
            key = key.parent
        return key
