"""TreeTold: the rows as Qt asks for them, and what it is told when one comes or goes.

Of many rows below one thing Qt is told a page at a time: to unfold a hundred thousand would take it a second.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from PySide6.QtCore import QAbstractItemModel, QMimeData, QModelIndex, QObject, QPersistentModelIndex, Qt

from ..model.action import Action
from ..model.key import Key
from .safe import tooltip
from .tree_hint import hint_of
from .tree_row import PAGE, Ident, Row, is_unasked
from .tree_rows import FLOWS, Rows
from .tree_words import NAME, SINCE, STATE, cell_text

Index = QModelIndex | QPersistentModelIndex
HEADS = ("Name", "State", "Since")
IdentRole = Qt.ItemDataRole.UserRole
NOWHERE = QModelIndex()
_USUAL = Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEnabled
_DRAGGED = _USUAL | Qt.ItemFlag.ItemIsDragEnabled
NEAR_PAGES = 10
"""A row is brought into the tree for its own sake if it is not further away than so many pages."""


class TreeTold(QAbstractItemModel):
    """Rows for Qt."""

    def __init__(self, actions: Iterable[Action], parent: QObject | None) -> None:
        super().__init__(parent)
        self._rows = Rows(actions)

    def row_of(self, ident: Ident) -> QModelIndex:
        """Index of the row of a thing, an action or a group; invalid if it is not shown, or not told yet."""
        row = self._rows.by_ident.get(ident, self._rows.root)
        return self._index_of(row) if self._is_told(row) else QModelIndex()

    def bring(self, ident: Ident) -> QModelIndex:
        """The same, after telling the pages up to its own if they are not too many."""
        row = self._rows.by_ident.get(ident)
        while row is not None and row.parent is not None:
            missing = row.place + 1 - row.parent.told
            if 0 < missing <= NEAR_PAGES * PAGE:
                self._tell_more(row.parent, missing)
            row = row.parent
        return self.row_of(ident)

    def there(self, index: Index) -> int:
        """How many rows are below it, told or not."""
        return len(self._row(index).children)

    def has_more(self, index: Index) -> bool:
        """There are rows below it that are not told yet."""
        row = self._row(index)
        return row.told < len(row.children)

    def tell_more(self, index: Index) -> None:
        """The next page of rows below it."""
        row = self._row(index)
        self._tell_more(row, min(PAGE, len(row.children) - row.told))

    def _tell_more(self, row: Row, number: int) -> None:
        heard, at = self._is_told(row), row.told
        if heard:
            self.beginInsertRows(self._index_of(row), at, at + number - 1)
        row.limit = at + number
        if heard:
            self.endInsertRows()

    def _is_told(self, row: Row) -> bool:
        """It and all above it are told; the root is."""
        while row.parent is not None:
            if row.place >= row.parent.told:
                return False
            row = row.parent
        return True

    # --- keeping the rows

    def _insert(self, run: list[Row]) -> None:
        if not run:
            return
        parent = run[0].parent
        assert parent is not None
        if parent.ident in FLOWS and parent.ident not in self._rows.by_ident:
            parent.children, self._rows.by_ident[parent.ident] = run, parent
            run, parent = [parent], self._rows.root
        at, told = run[0].place, parent.told
        # What comes among the told rows is told, too; at their end only until the page is full.
        number = len(run) if at < told else min(len(run), max(0, parent.limit - told)) if at == told else 0
        heard = number and self._is_told(parent)
        if heard:
            self.beginInsertRows(self._index_of(parent), at, at + number - 1)
        parent.children[at:at] = run
        parent.limit = max(parent.limit, told + number)
        if heard:
            self.endInsertRows()

    def _take_out(self, row: Row, number: int = 1) -> None:
        """A row goes, and so many after it below the same one; in one signal."""
        parent = row.parent
        assert parent is not None
        at, told = row.place, parent.told
        inside = max(0, min(at + number, told) - at)
        heard, more = inside and self._is_told(row), inside and told < len(parent.children)
        if heard:
            self.beginRemoveRows(self._index_of(parent), at, at + inside - 1)
        gone = parent.children[at : at + number]
        del parent.children[at : at + number]
        for one in gone:
            self._rows.forget(one)
        if more:
            parent.limit = told - inside
        if heard:
            self.endRemoveRows()
        missing = min(PAGE, len(parent.children)) - parent.told
        if missing > 0:
            self._tell_more(parent, missing)
        if parent.told == len(parent.children):
            parent.limit = max(parent.limit, PAGE)
        if parent.ident in FLOWS and not parent.children:
            self._take_out(parent)

    def _tell(self, row: Row) -> None:
        if self._is_told(row):
            self.dataChanged.emit(self._index_of(row), self._index_of(row, SINCE))

    def _index_of(self, row: Row, column: int = 0) -> QModelIndex:
        return QModelIndex() if row.parent is None else self.createIndex(row.place, column, row)

    # --- what Qt asks

    def _row(self, index: Index) -> Row:
        if not index.isValid():
            return self._rows.root
        row = index.internalPointer()
        assert isinstance(row, Row)
        return row

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        """What a dragged server is to others: its name."""
        made = QMimeData()
        made.setText("\n".join(str(index.data()) for index in indexes if index.column() == NAME))
        return made

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Servers can be dragged to another place in the list. Short, for Qt asks it of each row that it lays out."""
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        ident = index.internalPointer().ident
        return _DRAGGED if isinstance(ident, Key) and not ident.path else _USUAL

    def index(self, row: int, column: int, parent: Index = NOWHERE) -> QModelIndex:
        """Qt's own question."""
        above = self._row(parent)
        if not 0 <= row < above.told or not 0 <= column < len(HEADS) or (parent.isValid() and parent.column()):
            return QModelIndex()
        return self.createIndex(row, column, above.children[row])

    def parent(self, index: Index = NOWHERE) -> QModelIndex:  # type: ignore[override]
        """Qt's own question."""
        above = self._row(index).parent
        return QModelIndex() if above is None else self._index_of(above)

    def rowCount(self, parent: Index = NOWHERE) -> int:
        """Qt's own question."""
        return 0 if parent.isValid() and parent.column() else self._row(parent).told

    def hasChildren(self, parent: Index = NOWHERE) -> bool:
        """Also what is asked for only when it is unfolded."""
        row = self._row(parent)
        return bool(row.children) or is_unasked(row)

    def columnCount(self, parent: Index = NOWHERE) -> int:
        """Name, State, Since."""
        return len(HEADS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Head of a column."""
        if orientation == Qt.Orientation.Horizontal and 0 <= section < len(HEADS):
            if role == Qt.ItemDataRole.DisplayRole:
                return HEADS[section]
            if role == Qt.ItemDataRole.TextAlignmentRole and section == SINCE:
                return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Words of a cell: what the delegate paints, what a screen reader says, what the pointer is told."""
        if not index.isValid():
            return None
        row = self._row(index)
        if role == Qt.ItemDataRole.DisplayRole:
            return cell_text(row, index.column(), datetime.now(UTC))
        if role == Qt.ItemDataRole.ToolTipRole:
            return tooltip(hint_of(row, index.column())) or None
        if role == Qt.ItemDataRole.AccessibleTextRole and index.column() == NAME:
            words = (row.text, row.fact, cell_text(row, STATE, datetime.now(UTC)))
            return ", ".join(word for word in words if word)
        return row.ident if role == IdentRole else None
