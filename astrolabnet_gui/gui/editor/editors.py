"""Editors: the pages beside the graph, one or more a session; what was written before is there again."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QMenu, QTabBar, QTabWidget, QToolButton

from ...model.key import Key
from ...model.livy import Session
from ...model.thing import Thing
from ..desk import Desk
from ..icons import icon
from ..menus import session_language
from ..safe import button_words, set_tooltip
from ..style import Dress
from ..words import place
from .page import EditPage
from .shelf import Draft, Shelf

LISTED = 40


class Editors(QObject):
    """Opens and closes the pages.

    Args:
        tabs: the centre; its first page is the graph and stays.
        folder: where the code is kept.
    """

    def __init__(self, tabs: QTabWidget, desk: Desk, dress: Dress, folder: Path) -> None:
        super().__init__(tabs)
        self._tabs, self._desk, self._dress = tabs, desk, dress
        self.shelf = Shelf(folder)
        # Pages that stood in the window when the program ended; each comes back when its session is seen.
        self._waiting = [draft for draft in self.shelf.drafts() if draft.open]
        desk.changed.connect(lambda delta: self._come_back(delta.added))
        desk.reset.connect(lambda: self._come_back(desk.store.things.values()))
        shortcut = QShortcut(QKeySequence("Ctrl+W"), tabs)
        shortcut.activated.connect(lambda: self._close(tabs.currentIndex()))

    def pages(self) -> list[EditPage]:
        """Pages in the window, from left to right."""
        found = (self._tabs.widget(n) for n in range(self._tabs.count()))
        return [page for page in found if isinstance(page, EditPage)]

    def open(self, session: Key) -> EditPage | None:
        """The editor of a session: its last page, the ones kept from before, or a new one."""
        thing = self._desk.thing(session)
        if thing is None or not isinstance(thing.payload, Session):
            return None
        here = [page for page in self.pages() if page.key == session]
        if not here:
            kept = [d for d in self.shelf.drafts() if d.meant_for(session) and d.open]
            here = [self._add(session, draft) for draft in kept] or [self._begin(session)]
        self._show(here[-1])
        return here[-1]

    def _come_back(self, added: Iterable[Thing]) -> None:
        """Pages of before, beside the one that is looked at."""
        for thing in added if self._waiting else ():
            if isinstance(thing.payload, Session):
                back = [draft for draft in self._waiting if draft.meant_for(thing.key)]
                self._waiting = [draft for draft in self._waiting if draft not in back]
                shown = {page.ident for page in self.pages()}
                for draft in back:
                    if draft.id not in shown:
                        self._add(thing.key, draft)

    def another(self, session: Key) -> EditPage:
        """One more page for a session."""
        page = self._begin(session)
        self._show(page)
        return page

    def bring_back(self, ident: str, session: Key) -> EditPage | None:
        """Code that was put away, or was meant for a session that is gone, as a new page of this one."""
        draft = next((d for d in self.shelf.drafts() if d.id == ident), None)
        if draft is None:
            return None
        page = self._begin(session)
        page.view.setPlainText(draft.text)
        page.keep()
        self._show(page)
        return page

    def kept(self) -> list[Draft]:
        """Code on the shelf that stands on no page now."""
        shown = {page.ident for page in self.pages()}
        return [draft for draft in self.shelf.drafts() if draft.id not in shown]

    def list_kept(self, page: EditPage) -> QMenu:
        """The code on the shelf as a menu above a page's foot; a row brings it back."""
        menu = QMenu(page)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for draft in reversed(self.kept()[-LISTED:]):
            first = next((line for line in draft.text.splitlines() if line.strip()), "")
            row = menu.addAction(button_words(f"{draft.title} · {first}", 70))
            set_tooltip(row, f"{draft.place}\n{draft.text[:600]}")
            row.triggered.connect(lambda _=False, d=draft: self.bring_back(d.id, page.key))
        if menu.isEmpty():
            menu.addAction("No page was put away yet").setEnabled(False)
        menu.setToolTipsVisible(True)
        menu.popup(page.kept.mapToGlobal(page.kept.rect().topLeft()))
        return menu

    def keep(self) -> None:
        """Write every page, as at the end of the program."""
        for page in self.pages():
            page.keep()

    def _begin(self, session: Key) -> EditPage:
        thing = self._desk.thing(session)
        kind = (session_language(thing) if thing is not None else "") or "pyspark"
        where = place(session, self._desk.alias(session))
        number = 1 + sum(1 for page in self.pages() if page.key == session)
        name = thing.label if thing is not None else str(session.id)
        title = name if number == 1 else f"{name} {number}"
        return self._add(session, self.shelf.begin(session, where, kind, title))

    def _add(self, session: Key, draft: Draft) -> EditPage:
        page = EditPage(self._desk, session, draft, self.shelf, self._dress)
        page.another_wanted.connect(self.another)
        page.kept_wanted.connect(lambda: self.list_kept(page))
        at = self._tabs.addTab(page, button_words(draft.title, 40))
        cross = QToolButton()
        cross.setIcon(icon("close"))
        cross.setAccessibleName(f"Put {draft.title} away")
        set_tooltip(cross, "Put the page away; its code stays kept (Ctrl+W)")
        cross.clicked.connect(lambda: self._close(self._tabs.indexOf(page)))
        self._tabs.tabBar().setTabButton(at, QTabBar.ButtonPosition.RightSide, cross)
        return page

    def _show(self, page: EditPage) -> None:
        self._tabs.setCurrentWidget(page)
        page.view.setFocus()

    def _close(self, at: int) -> None:
        page = self._tabs.widget(at)
        if isinstance(page, EditPage):
            page.put_away()
            self._tabs.removeTab(at)
            page.deleteLater()
