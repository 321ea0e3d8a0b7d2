"""Columns: the columns of a table of a catalog, what is within them, and how their values are spread."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem, QWidget

from ...model.output import Column, Table
from ..style import Dress
from ..words import column_type
from .table import TableModel
from .table_page import TablePage

_PLAIN = ("Column", "Type", "Unit", "Meaning", "Comment")
_PROFILED = ("Column", "Type", "Spread", "Nulls", "Distinct", "Least", "Most", "Mean", "Median", "Unit")
SPREAD = _PROFILED.index("Spread")
_MEDIAN = 2


def columns_table(columns: Sequence[Mapping[str, Any]], profile: Sequence[Mapping[str, Any]] = ()) -> Table:
    """One row a column, and one for each part within it: ``parts[].x``; with a profile its figures.

    Args:
        columns: as ``table.facts`` gives them; profile: as ``table.profile`` does.
    """
    figures = {found["name"]: found for found in profile}
    rows: list[tuple[Any, ...]] = []
    for column in columns:
        for path, part in _walk(str(column["name"]), column):
            found = figures.get(path) if part is column else None
            about = (part.get("unit") or None, part.get("ucd") or None, part.get("comment") or None)
            kind = column_type(str(part["type"]))
            rows.append((path, kind, *_figures(found), about[0]) if figures else (path, kind, *about))
    heads = _PROFILED if figures else _PLAIN
    return Table(columns=tuple(Column(name=head) for head in heads), rows=tuple(rows))


def columns_page(table: Table, dress: Dress) -> TablePage:
    """The same to look at; the spread is drawn."""
    page = TablePage(table, dress, "columns", exports=False)
    if len(table.columns) == len(_PROFILED):
        page.view.setItemDelegateForColumn(SPREAD, Bars(dress, page.view))
        page.view.setColumnWidth(SPREAD, 96)
    return page


def _walk(path: str, column: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    yield path, column
    for part in column.get("parts") or ():
        yield from _walk(f"{path}[]" if column["type"] == "array" else f"{path}.{part['name']}", part)


def _figures(found: Mapping[str, Any] | None) -> tuple[Any, ...]:
    if found is None:
        return (None,) * 7
    quantiles = found.get("quantiles") or ()
    measured = f"{found['measured']} " if found.get("measured") else ""
    ends = tuple(f"{measured}{found[end]}" if found.get(end) else None for end in ("least", "most"))
    median = quantiles[_MEDIAN] if len(quantiles) > _MEDIAN else None
    return (list(found.get("bars") or ()) or None, found.get("nulls"), found.get("distinct"), *ends,
            found.get("mean"), median)  # fmt: skip


class Bars(QStyledItemDelegate):
    """A cell of numbers as small bars."""

    def __init__(self, dress: Dress, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._dress = dress

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """The ground as usual, then the bars."""
        model = index.model()
        assert isinstance(model, TableModel)
        values = model.value(index.row(), index.column())
        now, rect = self._dress.now, option.rect.adjusted(6, 4, -6, -4)
        most = max(values, default=0) if values else 0
        if not most:
            return
        step = rect.width() / len(values)
        painter.save()
        for n, value in enumerate(values):
            high = max(1.0, rect.height() * value / most) if value else 0.0
            bar = QRectF(rect.left() + n * step, rect.bottom() + 1 - high, max(1.0, step - 1), high)
            painter.fillRect(bar, QColor(now.link_wire))
        painter.restore()

    def displayText(self, value: Any, locale: Any) -> str:
        """No words: the picture says it."""
        return ""
