"""Table: a result's rows in a view that stays smooth with a hundred thousand of them."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QKeySequence, QShortcut
from PySide6.QtWidgets import QAbstractItemView, QApplication, QTableView, QWidget

from ...model.output import Table
from ..safe import plain, tooltip
from ..style import Dress
from ..words import THIN, column_type

Index = QModelIndex | QPersistentModelIndex
CELL_CHARS = 300
COLUMN_MAX = 360
PROBED_ROWS = 60
NOWHERE = QModelIndex()
_NUMBERS = ("int", "bigint", "long", "short", "byte", "double", "float", "decimal", "smallint", "tinyint", "number")


class TableModel(QAbstractTableModel):
    """Rows of an output, only looked at where the view asks."""

    def __init__(self, table: Table, dress: Dress, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.table = table
        self._dress = dress
        self._order: Sequence[int] | None = None
        self._numeric = [self._is_numeric(n, column.type) for n, column in enumerate(table.columns)]
        self._digits = [self._places(n) for n in range(len(table.columns))]

    def _is_numeric(self, column: int, type_name: str) -> bool:
        if type_name.lower().startswith(_NUMBERS):
            return True
        found = [row[column] for row in self.table.rows[:PROBED_ROWS] if column < len(row) and row[column] is not None]
        return bool(found) and all(isinstance(v, int | float) and not isinstance(v, bool) for v in found)

    def _places(self, column: int) -> int | None:
        """Decimal places for a column of numbers, so that their points stand below each other; None = as they are."""
        cells = [row[column] for row in self.table.rows[:PROBED_ROWS] if column < len(row)]
        found = [v for v in cells if isinstance(v, float) and math.isfinite(v)]
        if not found or any(v and not 1e-4 <= abs(v) < 1e7 for v in found):
            return None
        return max(len(f"{v:.6g}".partition(".")[2]) for v in found)

    def rowCount(self, parent: Index = NOWHERE) -> int:
        """Rows there are."""
        return 0 if parent.isValid() else len(self.table.rows)

    def columnCount(self, parent: Index = NOWHERE) -> int:
        """Columns there are."""
        return 0 if parent.isValid() else len(self.table.columns)

    def value(self, row: int, column: int) -> Any:
        """Cell as the server sent it; None where a row is too short."""
        cells = self.table.rows[row if self._order is None else self._order[row]]
        return cells[column] if column < len(cells) else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Words, place and colour of a cell."""
        if not index.isValid():
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            value, places = self.value(index.row(), index.column()), self._digits[index.column()]
            if places is not None and isinstance(value, float) and (not value or 1e-4 <= abs(value) < 1e7):
                return f"{value:.{places}f}"
            return cell_words(value)
        if role == Qt.ItemDataRole.TextAlignmentRole and self._numeric[index.column()]:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.ForegroundRole and self.value(index.row(), index.column()) is None:
            return QColor(self._dress.now.text3)
        if role == Qt.ItemDataRole.ToolTipRole:
            words = cell_words(self.value(index.row(), index.column()), 1200)
            return tooltip(words) if len(words) > 40 else None
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Name and type of a column; number of a row."""
        if orientation == Qt.Orientation.Vertical:
            if role == Qt.ItemDataRole.ForegroundRole:
                return QColor(self._dress.now.text3)
            return section + 1 if role == Qt.ItemDataRole.DisplayRole else None
        if not 0 <= section < len(self.table.columns):
            return None
        column = self.table.columns[section]
        if role == Qt.ItemDataRole.DisplayRole:
            kind = plain(column_type(column.type), 24)
            return f"{plain(column.name, 60)}\n{kind}" if kind else plain(column.name, 60)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if self._numeric[section] else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.ToolTipRole:
            return tooltip(f"{column.name} {column.type}")
        return None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Rows by one column, nulls last; -1 = as the server sent them."""
        self.layoutAboutToBeChanged.emit()
        if column < 0:
            self._order = None
        else:
            rows = self.table.rows
            filled = [n for n, r in enumerate(rows) if column < len(r) and r[column] is not None]
            empty = [n for n, r in enumerate(rows) if column >= len(r) or r[column] is None]
            falling = order == Qt.SortOrder.DescendingOrder
            filled.sort(key=lambda n: _sort_key(rows[n][column]), reverse=falling)
            self._order = filled + empty
        self.layoutChanged.emit()


def _sort_key(value: Any) -> tuple[int, Any]:
    if isinstance(value, int | float) and not (isinstance(value, float) and math.isnan(value)):
        return (0, value)
    return (1, value if isinstance(value, str) else json.dumps(value, default=str))


def cell_words(value: Any, limit: int = CELL_CHARS) -> str:
    """A cell as words: null is a dash, whole numbers have thin spaces, the inside of structs is JSON."""
    match value:
        case None:
            return "–"
        case bool():
            return "true" if value else "false"
        case int():
            return f"{value:,}".replace(",", THIN) if abs(value) >= 10_000 else str(value)
        case float():
            if math.isnan(value):
                return "NaN"
            return f"{value:.6g}" if math.isfinite(value) else ("∞" if value > 0 else "-∞")
        case str():
            return plain(value[: 2 * limit].replace("\n", "⏎"), limit)
    return plain(json.dumps(value, ensure_ascii=False, default=str)[: 2 * limit], limit)


def table_view(table: Table, dress: Dress, parent: QWidget | None = None) -> QTableView:
    """A view of a table: sorts by a click on a head, copies what is chosen as lines with tabs."""
    view = QTableView(parent)
    model = TableModel(table, dress, view)
    view.setModel(model)
    view.setAccessibleName(f"Table of {len(table.rows)} rows")
    view.setWordWrap(False)
    view.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    view.verticalHeader().setDefaultSectionSize(dress.now.space["row"])
    view.horizontalHeader().setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
    view.horizontalHeader().setSortIndicatorClearable(True)
    view.setSortingEnabled(True)
    view.horizontalHeader().setStretchLastSection(True)
    metrics = view.fontMetrics()
    for n, column in enumerate(table.columns):
        seen = [cell_words(row[n]) for row in table.rows[:PROBED_ROWS] if n < len(row)]
        seen += [plain(column.name, 60), column_type(column.type)[:24]]
        widest = max(metrics.horizontalAdvance(words) for words in seen)
        view.setColumnWidth(n, min(COLUMN_MAX, max(56, widest + 20)))
    copy = QShortcut(QKeySequence(QKeySequence.StandardKey.Copy), view)
    copy.setContext(Qt.ShortcutContext.WidgetShortcut)
    copy.activated.connect(lambda: QApplication.clipboard().setText(chosen_text(view)))
    return view


def chosen_text(view: QTableView) -> str:
    """Chosen cells as lines with tabs between them."""
    cells = sorted((i.row(), i.column()) for i in view.selectedIndexes())
    model = view.model()
    assert isinstance(model, TableModel)
    lines: dict[int, list[str]] = {}
    for row, column in cells:
        value = model.value(row, column)
        lines.setdefault(row, []).append("" if value is None else str(value))
    return "\n".join("\t".join(words) for words in lines.values())


def csv_text(table: Table) -> str:
    """The whole table as CSV."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([c.name for c in table.columns])
    writer.writerows(["" if v is None else v for v in row] for row in table.rows)
    return out.getvalue()
