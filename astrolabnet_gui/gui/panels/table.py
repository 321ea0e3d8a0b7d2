"""Table: a result's rows in a view that stays smooth with a hundred thousand of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QAbstractItemView, QTableView, QWidget

from ...model.inert import guarded
from ...model.output import Table
from ..grown import Grown
from ..safe import plain, tooltip
from ..style import Dress
from ..words import column_type, count
from .cell_paint import CellPainter, Grid
from .cells import PROBED_ROWS, at, cell_text, cell_words, large, numeric, places, sort_key

Index = QModelIndex | QPersistentModelIndex
COLUMN_MAX = 360
# Of a wider table the first are shown; each costs a width, and nobody pages through more.
MOST_COLUMNS = 200
PAGE = 1000
NOWHERE = QModelIndex()


class TableModel(QAbstractTableModel):
    """Rows of an output, only looked at where the view asks; shown page by page, sorted and filtered as a whole.

    Signals:
        counted(): how many rows are shown, or are there, has changed.
    """

    counted = Signal()

    def __init__(self, table: Table, dress: Dress, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.table = table
        self._dress = dress
        # Numbers of the rows, filtered and sorted; the first ``_shown`` of them have been asked for.
        self._order: Sequence[int] = range(len(table.rows))
        self._wanted: Sequence[int] | None = None
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
        return [at(rows[n], column) for n in self._order]

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

    def keep(self, wanted: Sequence[int] | None) -> None:
        """Only these rows of the table; None = all."""
        self._wanted = wanted
        self._arrange()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Rows by one column, nulls last; -1 = as the server sent them."""
        self._by = None if column < 0 else (column, order == Qt.SortOrder.DescendingOrder)
        self._arrange()

    def _arrange(self) -> None:
        self.beginResetModel()
        rows = self.table.rows
        found: Sequence[int] = range(len(rows)) if self._wanted is None else self._wanted
        if self._by is not None:
            column, falling = self._by
            filled = [n for n in found if at(rows[n], column) is not None]
            empty = [n for n in found if at(rows[n], column) is None]
            filled.sort(key=lambda n: sort_key(rows[n][column]), reverse=falling)
            found = filled + empty
        # Who has asked for all rows keeps them all; a sieve that lets more through starts with a page.
        everything = self._shown == len(self._order)
        self._order = found
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


def chosen_text(view: QTableView, *, rows: bool = False) -> str:
    """Chosen cells, or the whole rows they are in, as lines with tabs between them."""
    model = view.model()
    assert isinstance(model, TableModel)
    cells = sorted((i.row(), i.column()) for i in view.selectedIndexes())
    if rows:
        cells = [(row, n) for row in dict.fromkeys(row for row, _ in cells) for n in range(model.columnCount())]
    lines: dict[int, list[str]] = {}
    for row, column in cells:
        lines.setdefault(row, []).append(_pasteable(model.value(row, column)))
    return "\n".join("\t".join(words) for words in lines.values())


def _pasteable(value: Any) -> str:
    words = cell_text(value).replace("\t", " ").replace("\n", " ")
    return guarded(words) if isinstance(value, str) else words
