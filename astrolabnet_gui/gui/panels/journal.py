"""Journal: what was sent, newest first, also by earlier windows."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QHeaderView, QTableView, QVBoxLayout, QWidget

from ...journal.row import Row, State
from ..desk import ENDED, Act, Desk
from ..safe import label, plain, set_words, tooltip
from ..style import Dress
from ..words import clock, utc

Index = QModelIndex | QPersistentModelIndex
NOWHERE = QModelIndex()
Read = Callable[[int, int | None], "Future[tuple[Row, ...]]"]
PAGE = 300
HEADS = ("Time", "State", "Act", "By")
WORDS = {
    State.INTENT: "meant", State.ACK: "sent", State.REFUSED: "refused", State.AMBIGUOUS: "no reply",
    State.UNKNOWN: "unknown", State.DONE: "done", State.FAILED: "failed", State.CANCELLED: "cancelled",
}  # fmt: skip
INKS = {
    State.REFUSED: "failed_text", State.FAILED: "failed_text", State.AMBIGUOUS: "unknown_text",
    State.UNKNOWN: "unknown_text", State.DONE: "ok_text", State.CANCELLED: "gone_text",
}  # fmt: skip


class JournalModel(QAbstractTableModel):
    """One row an act, as its newest line says."""

    def __init__(self, dress: Dress, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._dress = dress
        self.rows: list[Row] = []

    def take(self, rows: tuple[Row, ...]) -> None:
        """Show these lines, newest first; of each act only the newest."""
        self.beginResetModel()
        newest: dict[str, Row] = {}
        for row in rows:
            newest.setdefault(row.act, row)
        self.rows = list(newest.values())
        self.endResetModel()

    def rowCount(self, parent: Index = NOWHERE) -> int:
        """Acts shown."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = NOWHERE) -> int:
        """Time, state, act, who."""
        return 0 if parent.isValid() else len(HEADS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Head of a column."""
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return HEADS[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Words of a cell."""
        if not index.isValid():
            return None
        row = self.rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            here = (clock(row.time), WORDS[row.state], plain(row.line or row.command, 300), row.owner.partition("/")[2])
            return here[index.column()]
        if role == Qt.ItemDataRole.ForegroundRole and index.column() < 2:
            return QColor(self._dress.now.colour(INKS.get(row.state, "text2") if index.column() else "text3"))
        if role == Qt.ItemDataRole.ToolTipRole:
            reason = row.evidence.get("reason") or row.evidence.get("problem") or ""
            return tooltip("\n".join(w for w in (utc(row.time), row.line or row.command, str(reason)) if w))
        return None


class JournalPanel(QWidget):
    """The list; read again when an act has ended, at most three times a second.

    Signals:
        counted(int): acts in the journal, as far as read.
    """

    counted = Signal(int)
    _read = Signal(object)

    def __init__(self, desk: Desk, read: Read, dress: Dress, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ask = read
        self._said = label("Nothing sent yet", name="small")
        self._said.setContentsMargins(16, 12, 16, 12)
        self.model = JournalModel(dress, self)
        self._view = QTableView()
        self._view.setModel(self.model)
        self._view.setAccessibleName("Journal")
        self._view.setShowGrid(False)
        self._view.setWordWrap(False)
        self._view.verticalHeader().hide()
        self._view.verticalHeader().setDefaultSectionSize(dress.now.space["row"])
        self._view.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
        self._view.setEditTriggers(QTableView.EditTrigger.NoEditTriggers)
        head = self._view.horizontalHeader()
        head.setSectionResizeMode(2, QHeaderView.ResizeMode.Stretch)
        head.resizeSection(0, 76)
        head.resizeSection(1, 84)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._said)
        column.addWidget(self._view, 1)
        self._view.hide()
        self._soon = QTimer(self, interval=330, singleShot=True)
        self._soon.timeout.connect(self.renew)
        self._read.connect(self._came, Qt.ConnectionType.QueuedConnection)
        desk.acted.connect(self._acted)
        self._soon.start()

    def renew(self) -> None:
        """Read the newest lines."""
        self._ask(PAGE, None).add_done_callback(self._deliver)

    def _deliver(self, answer: Future[tuple[Row, ...]]) -> None:
        # In the journal's thread: only a signal leaves it. Once the panel is gone, nobody waits for it.
        try:
            self._read.emit(answer)
        except RuntimeError:
            return

    def _came(self, answer: Future[tuple[Row, ...]]) -> None:
        error = answer.exception()
        if error is not None:
            set_words(self._said, error)
            self._said.show()
            return
        self.model.take(answer.result())
        self._said.setVisible(not self.model.rows)
        self._view.setVisible(bool(self.model.rows))
        self.counted.emit(len(self.model.rows))

    def _acted(self, act: Act) -> None:
        if act.state in ENDED and not self._soon.isActive():
            self._soon.start()
