"""TablePage: a table with its filter, the card of a column, and what is shown of what there is."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QMenu, QVBoxLayout, QWidget

from ...model.output import Table
from ..icons import icon
from ..safe import button_words, to_clipboard
from ..slices import Slices
from ..style import Dress
from ..words import count, percent, plural
from .column_card import ColumnCard
from .foot import Foot
from .save import ask_place
from .sieve import HINT, wanted_rows
from .table import AT_ONCE, TableModel, chosen_lines, chosen_ranges, table_view

KINDS = "CSV (*.csv);;Parquet (*.parquet);;VOTable (*.vot);;FITS (*.fits)"


class TablePage(QWidget):
    """One table; ``exports``: it can become a file.

    Signals:
        export_wanted(Path): the whole table shall become this file.
    """

    export_wanted = Signal(Path)

    def __init__(
        self, table: Table, dress: Dress, name: str = "table", parent: QWidget | None = None, *, exports: bool = True
    ) -> None:
        super().__init__(parent)
        self._name = name
        self.model = TableModel(table, dress, self)
        self.view = table_view(self.model, dress)
        self.filter = QLineEdit()
        self.filter.setPlaceholderText(HINT)
        self.filter.setAccessibleName("Filter the rows")
        self.filter.setClearButtonEnabled(True)
        self.filter.addAction(icon("search"), QLineEdit.ActionPosition.LeadingPosition)
        self.filter.setObjectName("filter")
        self.card = ColumnCard(dress)
        self.card.hide()
        self.foot = Foot()
        self._all = self.foot.add_link("Load all", self.model.show_all)
        self._clear = self.foot.add_link("Clear filter", self.filter.clear)
        self._column = self.foot.add_link("Column", self._turn_card)
        self._column.setToolTip("Statistics of the chosen column (Ctrl+I)")
        self._export = self.foot.add_link("Export…", self.export)
        self._export.setVisible(exports)
        self.copying = Slices(self)
        self.copying.went_on.connect(self._say_copied)
        self.copying.done.connect(self._copy_done)
        self._copied: list[str] = []
        self._build()
        self._soon = QTimer(self, interval=150, singleShot=True)
        self._soon.timeout.connect(self.sift)
        self._look_soon = QTimer(self, interval=60, singleShot=True)
        self._look_soon.timeout.connect(self._show_column)
        self.filter.textChanged.connect(lambda _: self._soon.start())
        self.model.counted.connect(self._count)
        self.model.arranging.connect(self._say_how_far)
        self.model.counted.connect(self._look_soon.start)
        self.view.selectionModel().currentChanged.connect(lambda *_: self._look_soon.start())
        self.view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.view.customContextMenuRequested.connect(self._menu)
        self._keys()
        self._count()

    def _build(self) -> None:
        top = QHBoxLayout()
        top.setContentsMargins(12, 6, 12, 6)
        top.addWidget(self.filter)
        middle = QHBoxLayout()
        middle.setContentsMargins(0, 0, 0, 0)
        middle.setSpacing(0)
        middle.addWidget(self.view, 1)
        middle.addWidget(self.card)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addLayout(middle, 1)
        column.addWidget(self.foot)

    def _keys(self) -> None:
        for key, act in (
            (QKeySequence(QKeySequence.StandardKey.Copy), self.copy),
            (QKeySequence("Ctrl+I"), self._turn_card),
        ):
            shortcut = QShortcut(key, self.view)
            shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)
            shortcut.activated.connect(act)

    def sift(self) -> None:
        """Show only the rows the filter lets through."""
        self._soon.stop()
        self.model.keep(wanted_rows(self.model.table, self.filter.text()))

    def copy(self, *, rows: bool = False) -> None:
        """The chosen cells, or the rows they are in; of many, a while later."""
        self._copied = []
        steps = chosen_lines(self.view, self._copied, rows=rows)
        chosen = sum(some.width() * some.height() for some in chosen_ranges(self.view))
        (self.copying.begin if chosen > AT_ONCE else self.copying.at_once)(steps)

    def _say_copied(self) -> None:
        self.foot.say(f"Copying … {plural(len(self._copied), 'row')}")

    def _copy_done(self) -> None:
        to_clipboard("\n".join(self._copied))
        if len(self._copied) > 1:
            self.foot.say(f"{plural(len(self._copied), 'row')} copied")
        self._copied = []

    def export(self) -> None:
        """Ask where, then let the whole table become that file."""
        place = ask_place(self, f"{self._name}.csv", KINDS)
        if place is not None:
            self.export_wanted.emit(place)

    def _menu(self, at: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(icon("copy"), "Copy cells").triggered.connect(lambda: self.copy())
        menu.addAction("Copy rows").triggered.connect(lambda: self.copy(rows=True))
        here = self.view.currentIndex()
        if here.isValid():
            name = self.model.table.columns[here.column()].name
            menu.addSeparator()
            menu.addAction(button_words(f"Statistics of {name}")).triggered.connect(self._open_card)
        menu.popup(self.view.viewport().mapToGlobal(at))

    def _open_card(self) -> None:
        self.card.show()
        self._show_column()

    def _turn_card(self) -> None:
        self.card.setVisible(not self.card.isVisible())
        self._show_column()

    def _show_column(self) -> None:
        """Only for a card in sight: it looks at every row."""
        if self.card.isVisible() and self.model.columnCount():
            chosen = max(0, self.view.currentIndex().column())
            self.card.show_column(self.model.table.columns[chosen], self.model.column(chosen))

    def _say_how_far(self, part: float) -> None:
        self.foot.say(f"Looking through {plural(len(self.model.table.rows), 'row')} · {percent(part)}")

    def _count(self) -> None:
        shown, fitting, there = self.model.rowCount(), self.model.fitting, len(self.model.table.rows)
        words = plural(shown, "row") if shown == there else f"{count(shown)} of {plural(fitting, 'row')}"
        if fitting < there:
            words = f"{words}, filtered from {count(there)}" if fitting else "No match"
        left_out = self.model.table.left_out
        across = plural(self.model.columnCount() + left_out, "column")
        if left_out:
            across = f"the first {count(self.model.columnCount())} of {across}, Export… has all"
        self.foot.say(f"{words} · {across}")
        self._all.setVisible(shown < fitting)
        self._clear.setVisible(fitting < there)
        self._column.setVisible(self.model.columnCount() > 0)
