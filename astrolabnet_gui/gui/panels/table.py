"""Table: a result's rows in a view that stays smooth with a hundred thousand of them."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Sequence
from typing import Any, cast

from PySide6.QtCore import (
    QAbstractTableModel,
    QItemSelectionRange,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QAbstractItemView, QTableView, QWidget

from ...model.inert import guarded
from ...model.output import Table
from ..grown import Grown
from ..safe import plain, tooltip
from ..slices import Slices
from ..style import Dress
from ..words import column_type, count
from .arranged import Found, by_column, sifted
from .cell_paint import CellPainter, Grid
from .cells import PROBED_ROWS, at, cell_text, cell_words, large, numeric, places
from .sieve import Test

Index = QModelIndex | QPersistentModelIndex
COLUMN_MAX = 360
# Of a wider table the first are shown; each costs a width, and nobody pages through more.
MOST_COLUMNS = 200
PAGE = 1000
# Cells that are sifted or sorted at once; of more a slice after the other.
AT_ONCE = 20_000
NOWHERE = QModelIndex()


class TableModel(QAbstractTableModel):
    """Rows of an output, only looked at where the view asks; shown page by page, sorted and filtered as a whole.

    Many rows are sifted and sorted in slices; until they are whole the old ones stay.

    Signals:
        counted(): how many rows are shown, or are there, has changed.
        arranging(float): how far the next order of the rows is, 0..1; ``counted`` follows.
    """

    counted = Signal()
    arranging = Signal(float)

    def __init__(self, table: Table, dress: Dress, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.table = table
        self._dress = dress
        # Numbers of the rows, filtered and sorted; the first ``_shown`` of them have been asked for.
        self._order: Sequence[int] = range(len(table.rows))
        self._test: Test | None = None
        self._sifted: Sequence[int] | None = self._order
        self._next: Sequence[int] = self._order
        self._part = 0.0
        self.slices = Slices(self)
        self.slices.went_on.connect(lambda: self.arranging.emit(self._part))
        self.slices.done.connect(self._arranged)
        self._by: tuple[int, bool] | None = None
        self._shown = min(PAGE, len(table.rows))
        columns = range(len(table.columns))
        self.numeric = [numeric(table, n) for n in columns]
        self._places = [places(table, n) for n in columns]
        self._large = [large(table, n) for n in columns]

    @property
    def fitting(self) -> int:
        """Rows the filter lets through, shown or not."""
        return len(self._order)

    def rowCount(self, parent: Index = NOWHERE) -> int:
        """Rows shown."""
        return 0 if parent.isValid() else self._shown

    def columnCount(self, parent: Index = NOWHERE) -> int:
        """Columns there are."""
        return 0 if parent.isValid() else len(self.table.columns)

    def canFetchMore(self, parent: Index) -> bool:
        """There are rows beyond the pages shown."""
        return not parent.isValid() and self._shown < len(self._order)

    def fetchMore(self, _parent: Index) -> None:
        """Scrolled to the end: the next page."""
        self._show(self._shown + PAGE)

    def show_all(self) -> None:
        """Every page."""
        self._show(len(self._order))

    def _show(self, rows: int) -> None:
        rows = min(rows, len(self._order))
        if rows > self._shown:
            self.beginInsertRows(NOWHERE, self._shown, rows - 1)
            self._shown = rows
            self.endInsertRows()
            self.counted.emit()

    def value(self, row: int, column: int) -> Any:
        """Cell as the server sent it; None where a row is too short."""
        return at(self.table.rows[self._order[row]], column)

    def column(self, column: int) -> list[Any]:
        """Cells of all rows the filter lets through, shown or not."""
        rows = self.table.rows
        return [row[column] if column < len(row) else None for row in map(rows.__getitem__, self._order)]

    def words(self, row: int, column: int) -> tuple[str, bool]:
        """What a cell shows, and whether it is null."""
        value, after = self.value(row, column), self._places[column]
        if self._large[column] and isinstance(value, int):
            return count(value), False
        if after is not None and isinstance(value, float) and (not value or 1e-4 <= abs(value) < 1e7):
            return f"{value:.{after}f}", False
        return cell_words(value), value is None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Words, place and colour of a cell."""
        if not index.isValid():
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.words(index.row(), index.column())[0]
        if role == Qt.ItemDataRole.TextAlignmentRole and self.numeric[index.column()]:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.ForegroundRole and self.value(index.row(), index.column()) is None:
            return QColor(self._dress.now.text3)
        if role == Qt.ItemDataRole.ToolTipRole:
            words = cell_words(self.value(index.row(), index.column()), 1200)
            return tooltip(words) if len(words) > 40 else None
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Name and unit or type of a column; number of a row."""
        if orientation == Qt.Orientation.Vertical:
            if role == Qt.ItemDataRole.ForegroundRole:
                return QColor(self._dress.now.text3)
            return section + 1 if role == Qt.ItemDataRole.DisplayRole else None
        if not 0 <= section < len(self.table.columns):
            return None
        column = self.table.columns[section]
        if role == Qt.ItemDataRole.DisplayRole:
            below = plain(column.unit or column_type(column.type), 24)
            return f"{plain(column.name, 60)}\n{below}" if below else plain(column.name, 60)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if self.numeric[section] else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.ToolTipRole:
            return tooltip(" ".join(w for w in (column.name, column.type, column.unit) if w))
        return None

    def keep(self, test: Test | None) -> None:
        """Only the rows for which this is true; None = all."""
        self._test, self._sifted = test, None if test else range(len(self.table.rows))
        self._arrange()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Rows by one column, nulls last; -1 = as the server sent them."""
        self._by = None if column < 0 else (column, order == Qt.SortOrder.DescendingOrder)
        self._arrange()

    def _arrange(self) -> None:
        few = len(self.table.rows) * max(1, len(self.table.columns)) <= AT_ONCE
        (self.slices.at_once if few else self.slices.begin)(self._steps())

    def _steps(self) -> Iterator[None]:
        rows, self._part = self.table.rows, 0.0
        half = 0.5 if self._by is not None and self._sifted is None else 1.0
        if self._sifted is None:
            assert self._test is not None
            self._sifted = yield from self._told(sifted(rows, self._test, len(self.table.columns)), 0, half)
        self._next = self._sifted
        if self._by is not None:
            self._next = yield from self._told(by_column(rows, self._sifted, *self._by), 1 - half, half)

    def _told(self, steps: Found, begin: float, share: float) -> Generator[None, None, Sequence[int]]:
        while True:
            try:
                self._part = begin + share * next(steps)
            except StopIteration as end:
                return cast(Sequence[int], end.value)
            yield

    def _arranged(self) -> None:
        self.beginResetModel()
        # Who has asked for all rows keeps them all; a sieve that lets more through starts with a page.
        everything = self._shown == len(self._order)
        self._order = found = self._next
        self._shown = len(found) if everything and self._shown > PAGE else min(len(found), max(PAGE, self._shown))
        self.endResetModel()
        self.counted.emit()


def table_view(model: TableModel, dress: Dress, parent: QWidget | None = None) -> QTableView:
    """A view of a table that sorts by a click on a head."""
    table = model.table
    view = Grid(dress, parent)
    view.setModel(model)
    view.setAccessibleName(f"Table of {len(table.rows)} rows")
    view.setItemDelegate(CellPainter(view, model, dress))
    view.setWordWrap(False)
    view.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    Grown(view, dress)
    view.horizontalHeader().setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
    view.horizontalHeader().setSortIndicatorClearable(True)
    view.setSortingEnabled(True)
    metrics = view.fontMetrics()
    for n, column in enumerate(table.columns):
        seen = [model.words(row, n)[0] for row in range(min(PROBED_ROWS, model.rowCount()))]
        seen += [plain(column.name, 60), (column.unit or column_type(column.type))[:24]]
        widest = max(metrics.horizontalAdvance(words) for words in seen)
        view.setColumnWidth(n, min(COLUMN_MAX, max(56, widest + 20)))
    # Last: each width that changes lets the last column be stretched anew, 3 ms a time.
    view.horizontalHeader().setStretchLastSection(True)
    return view


def chosen_ranges(view: QTableView) -> list[QItemSelectionRange]:
    """What is chosen, as rectangles."""
    return list(cast(Iterable[QItemSelectionRange], view.selectionModel().selection()))


def chosen_text(view: QTableView, *, rows: bool = False) -> str:
    """Chosen cells, or the whole rows they are in, as lines with tabs between them."""
    lines: list[str] = []
    for _ in chosen_lines(view, lines, rows=rows):
        pass
    return "\n".join(lines)


def chosen_lines(view: QTableView, into: list[str], *, rows: bool = False) -> Iterator[None]:
    """The same line by line, in steps."""
    model = view.model()
    assert isinstance(model, TableModel)
    every = range(model.columnCount())
    # By ranges: Qt would make an index of each cell, of a hundred thousand rows for a second.
    columns: dict[int, list[range]] = {}
    for chosen in chosen_ranges(view):
        for row in range(chosen.top(), chosen.bottom() + 1):
            columns.setdefault(row, []).append(range(chosen.left(), chosen.right() + 1))
            if row % PAGE == 0:
                yield
    cells = 0
    for row in sorted(columns):
        wanted = every if rows else sorted({n for some in columns[row] for n in some})
        into.append("\t".join(_pasteable(model.value(row, n)) for n in wanted))
        cells += len(wanted)
        if cells > PAGE:
            cells = 0
            yield


def _pasteable(value: Any) -> str:
    words = cell_text(value).replace("\t", " ").replace("\n", " ")
    return guarded(words) if isinstance(value, str) else words
