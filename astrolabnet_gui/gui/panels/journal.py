"""Journal: what was sent, newest first, also by earlier windows."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QHeaderView, QLineEdit, QTableView, QVBoxLayout, QWidget

from ...journal.row import Row, State
from ..desk import ENDED, Act, Desk
from ..grown import Grown
from ..icons import icon
from ..safe import plain, tooltip
from ..style import Dress
from ..words import clock, count, plural, utc
from .foot import Foot
from .four import FourStates

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
        self._all: list[Row] = []
        self._wanted = ""
        self.rows: list[Row] = []

    @property
    def there(self) -> int:
        """Acts there are, shown or not."""
        return len(self._all)

    def take(self, rows: tuple[Row, ...]) -> None:
        """Know these lines, newest first; of each act only the newest."""
        newest: dict[str, Row] = {}
        for row in rows:
            newest.setdefault(row.act, row)
        self._all = list(newest.values())
        self.sift(self._wanted)

    def sift(self, wanted: str) -> None:
        """Show only acts that have all these words."""
        self._wanted = wanted
        words = wanted.casefold().split()
        self.beginResetModel()
        self.rows = [row for row in self._all if all(word in _said(row) for word in words)] if words else self._all
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


def _said(row: Row) -> str:
    return f"{row.line or row.command} {WORDS[row.state]} {row.owner}".casefold()


class JournalPanel(QWidget):
    """The list; read again when an act has ended, at most three times a second.

    Signals:
        counted(int): acts in the journal, as far as read.
        folder_wanted(): the journal can not be written, and somebody wants to see where it lies.
    """

    counted = Signal(int)
    folder_wanted = Signal()
    _read = Signal(object)

    def __init__(self, desk: Desk, read: Read, dress: Dress, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ask = read
        self._pages = 1
        self.model = JournalModel(dress, self)
        self.view = _view(self.model, dress)
        self.filter = QLineEdit()
        self.filter.setPlaceholderText("Filter: words of the act, its state, who")
        self.filter.setAccessibleName("Filter the journal")
        self.filter.setObjectName("filter")
        self.filter.setClearButtonEnabled(True)
        self.filter.addAction(icon("search"), QLineEdit.ActionPosition.LeadingPosition)
        self.filter.textChanged.connect(self._sift)
        self.foot = Foot()
        self._earlier = self.foot.add_link("Show earlier acts", self.show_earlier)
        self._clear = self.foot.add_link("Clear filter", self.filter.clear)
        content = QWidget()
        inside = QVBoxLayout(content)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(0)
        for part, stretch in ((self.filter, 0), (self.view, 1), (self.foot, 0)):
            inside.addWidget(part, stretch)
        self.states = FourStates(content, dress)
        self.states.remedy.connect(self.folder_wanted)
        self.states.empty("Nothing sent yet")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.states)
        self._soon = QTimer(self, interval=330, singleShot=True)
        self._soon.timeout.connect(self.renew)
        self._read.connect(self._came, Qt.ConnectionType.QueuedConnection)
        desk.acted.connect(self._acted)
        self._soon.start()

    def renew(self) -> None:
        """Read the newest lines again, as many pages as are shown."""
        if not self.model.there:
            self.states.loading("Reading the journal")
        self._ask(self._pages * PAGE, None).add_done_callback(self._deliver)

    def show_earlier(self) -> None:
        """One more page."""
        self._pages += 1
        self.renew()

    def _deliver(self, answer: Future[tuple[Row, ...]]) -> None:
        # In the journal's thread: only a signal leaves it. Once the panel is gone, nobody waits for it.
        try:
            self._read.emit(answer)
        except RuntimeError:
            return

    def _came(self, answer: Future[tuple[Row, ...]]) -> None:
        error = answer.exception()
        if error is not None:
            self.states.failed(str(error), "Show folder")
            return
        rows = answer.result()
        self.model.take(rows)
        self._earlier.setVisible(len(rows) == self._pages * PAGE)
        if self.model.there:
            self.states.full()
        else:
            self.states.empty("Nothing sent yet")
        self._count()
        self.counted.emit(self.model.there)

    def _sift(self, words: str) -> None:
        self.model.sift(words)
        self._count()

    def _count(self) -> None:
        shown, there = len(self.model.rows), self.model.there
        more = self._earlier.isVisibleTo(self.foot)
        words = f"{count(shown)} of {plural(there, 'act')}" if shown < there else plural(there, "act")
        if there and not shown:
            words = f"No match for {self.filter.text()}"
        self.foot.say(f"{words}, newest first{', there are earlier ones' if more else ''}")
        self._clear.setVisible(shown < there)

    def _acted(self, act: Act) -> None:
        if act.state in ENDED and not self._soon.isActive():
            self._soon.start()


def _view(model: JournalModel, dress: Dress) -> QTableView:
    view = QTableView()
    view.setModel(model)
    view.setAccessibleName("Journal")
    view.setShowGrid(False)
    view.setWordWrap(False)
    view.verticalHeader().hide()
    view.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
    view.setEditTriggers(QTableView.EditTrigger.NoEditTriggers)
    head = view.horizontalHeader()
    head.setSectionResizeMode(2, QHeaderView.ResizeMode.Stretch)
    head.resizeSection(0, round(76 * dress.now.text_scale))
    head.resizeSection(1, round(84 * dress.now.text_scale))
    Grown(view, dress)
    return view
