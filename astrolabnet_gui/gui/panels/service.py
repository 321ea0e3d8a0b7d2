"""Service: a TAP service among the sources: its tables, the columns of one, and its answers to questions in ADQL."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QTabWidget, QVBoxLayout, QWidget

from ...command.registry import COMMANDS
from ...model.key import Key
from ...model.output import Table
from ..code_view import CodeView
from ..desk import Desk
from ..menus import Menus
from ..safe import button_words, label, set_words
from ..style import Dress
from .asked import Asked
from .table_page import TablePage

TABLES, COLUMNS, QUERY = range(3)
_FIRST = "SELECT TOP 100 * FROM tap_schema.tables"


class ServiceView(QWidget):
    """Follows one service while it is chosen; its tables are asked for when they come into sight.

    Attributes:
        tables, columns, answer: what was asked, each with its four states; query: what is asked in ADQL.
    """

    def __init__(self, desk: Desk, menus: Menus, dress: Dress) -> None:
        super().__init__()
        self._desk, self._menus, self._dress = desk, menus, dress
        self._key: Key | None = None
        self._table = ""
        self.tables = Asked(desk, dress, "source.tables", self._show_tables)
        hint = "Choose a table first (double click, or Enter)."
        self.columns = Asked(desk, dress, "source.tables", self._show_table, invitation=hint, button="Show tables")
        self.columns.values = lambda: {"table": self._table}
        self.columns.states.remedy.disconnect(self.columns.ask)
        self.columns.states.remedy.connect(self._ask_columns)
        self.answer = Asked(desk, dress, "source.query", self._show_table, button="",
                            invitation="Ask (Ctrl+Enter), and the rows come here.")  # fmt: skip
        self.answer.values = lambda: {"query": self.query.toPlainText()}
        self.query = CodeView("sql", dress)
        self.query.setAccessibleName("Query in ADQL")
        self.query.setPlainText(_FIRST)
        self.query.setFixedHeight(6 * self.query.fontMetrics().lineSpacing())
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self.query, self.answer.ask, context=Qt.ShortcutContext.WidgetShortcut)
        self._named = label(name="small", wrap=True, copyable=True)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        for page, name in ((self.tables, "Tables"), (self._page_of_columns(), "Columns"), (self._page(), "Query")):
            self.tabs.addTab(page, name)
        self.tabs.currentChanged.connect(self._turned)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.tabs)

    def _page_of_columns(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        self._named.setContentsMargins(16, 8, 16, 0)
        column.addWidget(self._named)
        column.addWidget(self.columns, 1)
        return page

    def _page(self) -> QWidget:
        page = QWidget()
        ask, fetch = QPushButton("Ask"), QPushButton("Fetch to…")
        ask.setToolTip("Ask the service and see the first rows (Ctrl+Enter)")
        ask.clicked.connect(self.answer.ask)
        fetch.setToolTip("Make the whole answer a table of a server")
        fetch.clicked.connect(lambda: self._fetch(fetch))
        row = QHBoxLayout()
        row.setContentsMargins(16, 0, 16, 4)
        row.addWidget(ask)
        row.addWidget(fetch)
        row.addStretch(1)
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 8, 0, 0)
        column.addWidget(self.query)
        column.addLayout(row)
        column.addWidget(self.answer, 1)
        return page

    def show_key(self, key: Key) -> None:
        """Look at a service."""
        if key != self._key:
            self._key, self._table = key, ""
            self._named.clear()
            self.query.setPlainText(_FIRST)
            for asked in (self.tables, self.columns, self.answer):
                asked.about(key)
        self._turned(self.tabs.currentIndex())

    def _turned(self, tab: int) -> None:
        if tab == TABLES:
            self.tables.look()

    def _ask_columns(self) -> None:
        """The button under the columns: what it says depends on whether there is a table to ask about."""
        if self._table:
            self.columns.ask()
        else:
            self.tabs.setCurrentIndex(TABLES)

    def choose(self, table: str) -> None:
        """Show the columns of a table, and have a question about it at hand."""
        self._table = table
        set_words(self._named, table)
        self.query.setPlainText(f"SELECT TOP 100 * FROM {table}")
        self.tabs.setCurrentIndex(COLUMNS)
        self.columns.about(None)
        self.columns.about(self._key)
        self.columns.ask()

    def _show_tables(self, room: QVBoxLayout, answer: Mapping[str, Any]) -> None:
        page = self._show_table(room, answer)

        def chosen(index: QModelIndex) -> None:
            self.choose(str(index.siblingAtColumn(0).data(Qt.ItemDataRole.DisplayRole)))

        page.view.activated.connect(chosen)
        page.view.setToolTip("Double click or Enter shows the columns of a table")

    def _show_table(self, room: QVBoxLayout, answer: Mapping[str, Any]) -> TablePage:
        page = TablePage(Table.model_validate(answer["table"]), self._dress, "service", exports=False)
        room.addWidget(page)
        return page

    def _fetch(self, beside: QWidget) -> None:
        """Which server, then the form with what is asked here."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        there = [thing for thing in self._desk.store.servers() if thing.state == "up"]
        for thing in there:
            row = menu.addAction(button_words(thing.label))
            row.triggered.connect(lambda _=False, key=thing.key: self._to(key))
        if not there:
            menu.addAction("No server is up").setEnabled(False)
        menu.popup(beside.mapToGlobal(beside.rect().bottomLeft()))

    def _to(self, server: Key) -> None:
        service = self._desk.thing(self._key)
        if service is not None:
            given = {"url": service.label, "query": self.query.toPlainText()}
            self._menus.ask(COMMANDS["tap.fetch"], server, given)
