"""Palette: one field over the window that reaches every thing and every command (Ctrl+K)."""

from __future__ import annotations

from collections.abc import Iterator
from time import monotonic

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QTimer,
    Signal,
    SignalInstance,
)
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QListView, QVBoxLayout, QWidget

from .desk import Desk
from .finds import Find, Finder, Section
from .icons import icon
from .palette_paint import FindPainter, FindRole
from .safe import label, set_words, tooltip
from .style import Dress

WIDE, SLICE_S = 760, 0.006
NOWHERE = QModelIndex()
Index = QModelIndex | QPersistentModelIndex


class FindModel(QAbstractListModel):
    """Sections as rows: a head, then its finds; only finds can be chosen."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.rows: list[Section | Find] = []

    def show_sections(self, sections: list[Section]) -> None:
        """Other rows."""
        self.beginResetModel()
        self.rows = []
        for section in sections:
            if section.finds:
                self.rows += [section, *section.finds]
        self.endResetModel()

    def rowCount(self, parent: Index = NOWHERE) -> int:
        """Qt's own question."""
        return 0 if parent.isValid() else len(self.rows)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """A head can not be chosen."""
        able = isinstance(index.data(FindRole), Find)
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable if able else Qt.ItemFlag.NoItemFlags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The row itself, and its words for a screen reader."""
        row = self.rows[index.row()]
        if role == FindRole:
            return row
        if isinstance(row, Section):
            return row.head if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole) else None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            reason = f"not now: {row.why_not}" if row.why_not else ""
            return ", ".join(word for word in (row.title, row.detail, row.word, reason) if word)
        if role == Qt.ItemDataRole.ToolTipRole:
            return tooltip(row.why_not or (row.verb.help.partition("\n\n")[0] if row.verb else "")) or None
        return None


class Palette(QWidget):
    """A veil over the window with the field and its list.

    Signals:
        chosen(Find): do it, go there; form_wanted(Find): fill in its fields first; shown_wanted(Find): on the graph.
    """

    chosen = Signal(object)
    form_wanted = Signal(object)
    shown_wanted = Signal(object)

    def __init__(self, over: QWidget, desk: Desk, finder: Finder, dress: Dress) -> None:
        super().__init__(over)
        self._over, self._desk, self._finder, self._dress = over, desk, finder, dress
        self._back: QWidget | None = None
        self._search: Iterator[list[Section] | None] = iter(())
        self.card = QFrame(self)
        self.card.setObjectName("popup")
        self.field = QLineEdit()
        self.field.setObjectName("palette")
        self.field.setAccessibleName("Go to a thing or a command")
        self.field.setPlaceholderText("Type a name or a verb")
        self.field.addAction(icon("search"), QLineEdit.ActionPosition.LeadingPosition)
        self.list = QListView()
        self.list.setAccessibleName("Found")
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setMouseTracking(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.model = FindModel(self)
        self.painter = FindPainter(self.list, dress)
        self.list.setModel(self.model)
        self.list.setItemDelegate(self.painter)
        self._line = label(name="code")
        self._none = label("Nothing is called so", name="small")
        self._build()
        self._more = QTimer(self, interval=0)
        self._more.timeout.connect(self._go_on)
        self.field.textChanged.connect(self._typed)
        self.field.installEventFilter(self)
        self.list.entered.connect(self.list.setCurrentIndex)
        self.list.clicked.connect(lambda _: self._do(self.chosen))
        self.list.selectionModel().currentChanged.connect(lambda *_: self._say())
        over.installEventFilter(self)
        self.hide()

    def _build(self) -> None:
        top = QHBoxLayout()
        top.setContentsMargins(8, 8, 16, 8)
        top.setSpacing(6)
        top.addWidget(self.field, 1)
        for words, role in ((">", "key"), ("commands", "small"), (":", "key"), ("kinds", "small")):
            top.addWidget(label(words, name=role))
        foot = QFrame()
        foot.setObjectName("foot_raised")
        row = QHBoxLayout(foot)
        row.setContentsMargins(16, 6, 16, 6)
        row.setSpacing(6)
        keys = (("↑ ↓", "choose"), ("Enter", "do it"), ("Tab", "fill in its fields"), ("Ctrl Enter", "show it"))
        for key, words in keys:
            row.addWidget(label(key, name="key"))
            row.addWidget(label(words, name="small"))
            row.addSpacing(8)
        row.addStretch(1)
        row.addWidget(self._line)
        self._none.setContentsMargins(16, 12, 16, 12)
        column = QVBoxLayout(self.card)
        column.setContentsMargins(1, 1, 1, 1)
        column.setSpacing(0)
        column.addLayout(top)
        line = QFrame()
        line.setObjectName("line")
        column.addWidget(line)
        column.addWidget(self._none)
        column.addWidget(self.list, 1)
        column.addWidget(foot)

    # --- coming and going

    def open(self, text: str = "") -> None:
        """Come over the window; the focus goes back where it was at the end."""
        if not self.isVisible():
            self._back = self._over.focusWidget()
        self._place()
        self.show()
        self.raise_()
        self.field.setText(text)
        self.field.setFocus()
        self._typed(text)

    def leave(self) -> None:
        """Go, with nothing done."""
        self._more.stop()
        self.hide()
        if self._back is not None:
            self._back.setFocus()

    def _place(self) -> None:
        whole = self._over.rect()
        self.setGeometry(whole)
        wide = min(max(WIDE, self.fontMetrics().horizontalAdvance("n") * 92), whole.width() - 32)
        high = min(max(470, self.fontMetrics().height() * 26), whole.height() - 48)
        self.card.setGeometry((whole.width() - wide) // 2, min(112, (whole.height() - high) // 2), wide, high)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The veil."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(*self._dress.now.rgba("shadow")))
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A press beside the card leaves."""
        self.leave()

    # --- searching

    def _typed(self, text: str) -> None:
        self.painter.typed = text
        self._search = self._finder.search(text)
        self._go_on()

    def _go_on(self) -> None:
        """Search for a few milliseconds; the old rows stay until the new ones are all found."""
        until = monotonic() + SLICE_S
        for sections in self._search:
            if sections is not None:
                self._more.stop()
                self._show(sections)
                return
            if monotonic() >= until:
                break
        self._more.start()

    def _show(self, sections: list[Section]) -> None:
        self.model.show_sections(sections)
        some = bool(self.model.rows)
        self.list.setVisible(some)
        self._none.setVisible(not some)
        set_words(self._none, "Type a name or a verb" if not self.field.text() else "Nothing is called so")
        self._step(1)
        self._say()

    def found(self) -> Find | None:
        """The row that is chosen now."""
        row = self.list.currentIndex().row()
        what = self.model.rows[row] if 0 <= row < len(self.model.rows) else None
        return what if isinstance(what, Find) else None

    def _step(self, way: int) -> None:
        rows, at = self.model.rows, self.list.currentIndex().row()
        for _ in rows:
            at = (at + way) % len(rows)
            if isinstance(rows[at], Find):
                self.list.setCurrentIndex(self.model.index(at))
                # The head of a section's first row comes into sight with it.
                self.list.scrollTo(self.model.index(max(0, at - 1)))
                self.list.scrollTo(self.model.index(at))
                return

    def _say(self) -> None:
        find = self.found()
        alias = "" if find is None or find.key is None else self._desk.alias(find.key)
        set_words(self._line, "" if find is None else find.line(alias))
        self.field.setAccessibleDescription(str(self.list.currentIndex().data() or ""))

    # --- acting

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keys of the field that belong to the list; the veil follows the window's size."""
        if watched is self._over and event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        if watched is self.field and event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._key(event)
        return super().eventFilter(watched, event)

    def _key(self, event: QKeyEvent) -> bool:
        keys, control = Qt.Key, bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        match event.key():
            case keys.Key_Escape:
                self.leave()
            case keys.Key_Down | keys.Key_Up:
                self._step(1 if event.key() == keys.Key_Down else -1)
            case keys.Key_PageDown | keys.Key_PageUp:
                for _ in range(6):
                    self._step(1 if event.key() == keys.Key_PageDown else -1)
            case keys.Key_Return | keys.Key_Enter:
                self._do(self.shown_wanted if control else self.chosen)
            case keys.Key_Tab:
                self._do(self.form_wanted)
            case _:
                return False
        return True

    def _do(self, wanted: SignalInstance) -> None:
        while self._more.isActive():
            # Enter came before the search had ended: what was typed counts, not what is still shown.
            self._go_on()
        find = self.found()
        if find is None or find.why_not:
            return
        if find.kind:
            self.field.setText(f"{find.title} ")
            return
        self._finder.chosen(find)
        self.leave()
        wanted.emit(find)
