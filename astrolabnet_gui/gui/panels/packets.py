"""Packets: the newest messages of a broker as rows, newest first; what each says in a few words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from ..safe import plain, tooltip
from ..words import clock, size, utc

HEADS = ("Made", "Says", "Size")
MOST = 500
_SHOWN = 5
Index = QModelIndex | QPersistentModelIndex
NOWHERE = QModelIndex()


class Packets(QAbstractTableModel):
    """Rows of ``source.tail``; the newest stands first, the oldest go when there are too many."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows: list[Mapping[str, Any]] = []

    def replace(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """These and no others, oldest first as they come."""
        self.beginResetModel()
        self.rows = list(rows)[-MOST:][::-1]
        self.endResetModel()

    def add(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """New ones, oldest first as they come."""
        new = list(rows)[-MOST:][::-1]
        if not new:
            return
        self.beginInsertRows(NOWHERE, 0, len(new) - 1)
        self.rows[:0] = new
        self.endInsertRows()
        if len(self.rows) > MOST:
            self.beginRemoveRows(NOWHERE, MOST, len(self.rows) - 1)
            del self.rows[MOST:]
            self.endRemoveRows()

    def rowCount(self, parent: Index = NOWHERE) -> int:
        """Messages."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = NOWHERE) -> int:
        """When, what, how large."""
        return 0 if parent.isValid() else len(HEADS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Names of the columns."""
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return HEADS[section]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A cell; its tooltip tells where the message stands."""
        if not index.isValid() or index.row() >= len(self.rows):
            return None
        row = self.rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return plain((made_at(row), summary(row), size(row.get("size_bytes") or 0))[index.column()], 300)
        if role == Qt.ItemDataRole.ToolTipRole:
            at = row.get("at")
            when = utc(datetime.fromisoformat(at)) if at else "no time"
            return tooltip(f"{row.get('ident')} · {when} · {row.get('form')}")
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() == 2:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None


def made_at(row: Mapping[str, Any]) -> str:
    """Time of day here."""
    at = row.get("at")
    return clock(datetime.fromisoformat(at)) if at else ""


def summary(row: Mapping[str, Any]) -> str:
    """The first plain values of a message, or why it can not be read."""
    if row.get("problem"):
        return f"⊠ {row['problem']}"
    return ", ".join(f"{name} {_short(value)}" for name, value in list(_leaves(row.get("tree")))[:_SHOWN])


def _leaves(tree: Any, depth: int = 2) -> Iterable[tuple[str, Any]]:
    if not isinstance(tree, Mapping):
        return
    inner: list[Any] = []
    for name, value in tree.items():
        if isinstance(value, Mapping):
            inner.append(value)
        elif not isinstance(value, list) and value is not None:
            yield name, value
    for value in inner if depth > 1 else ():
        yield from _leaves(value, depth - 1)


def _short(value: Any) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)[:40]
