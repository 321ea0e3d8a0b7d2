"""Group panel: one sending to several servers: how each server stands, and their results in one table."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from ...model.group import Group, Member
from ...model.key import Key
from ...model.kind import KINDS, Health
from ...model.output import Table
from ...model.thing import Thing
from ...network.delta import Delta
from ..desk import Desk
from ..marks import mark_pixmap
from ..safe import OneLine, button_words, label, plain, set_words
from ..style import Dress
from ..words import percent, plural, state_word
from .chip import Chip
from .table_page import TablePage

_ROWS_MAX = 6
_ROW = 30
_NO_ROWS = "No result yet: rows come as the servers end"
_LARGE = "Results over 1 MB are not in this table"


class GroupPanel(QWidget):
    """Follows one group while it is chosen.

    Signals:
        thing_wanted(Key): somebody wants to see one server's part by itself.
    """

    thing_wanted = Signal(object)

    def __init__(self, desk: Desk, dress: Dress, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self._desk, self._dress = desk, dress
        self._key: Key | None = None
        self._members: tuple[Member, ...] = ()
        self._table: Table | None = None
        self.title = OneLine("title")
        self.state = Chip(dress)
        self._fact = label(name="small", wrap=True)
        self.retry = _button("Try the failed again", lambda: self._act("group.retry"))
        self.cancel = _button("Cancel all", lambda: self._act("group.cancel"))
        self._rows = QVBoxLayout()
        self._rows.setContentsMargins(16, 4, 8, 4)
        self._rows.setSpacing(0)
        self._area = QScrollArea()
        self.page: TablePage | None = None
        self._nothing = label(_NO_ROWS, name="small")
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._build()
        desk.changed.connect(self._changed)
        desk.reset.connect(self.renew)

    def _build(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(8)
        for part in (self.title, self.state):
            top.addWidget(part)
        top.addStretch(1)
        verbs = QHBoxLayout()
        verbs.setSpacing(8)
        for button in (self.retry, self.cancel):
            verbs.addWidget(button)
        verbs.addStretch(1)
        head = QVBoxLayout()
        head.setContentsMargins(16, 14, 16, 12)
        head.setSpacing(6)
        for line in (top, self._fact, verbs):
            head.addWidget(line) if isinstance(line, QWidget) else head.addLayout(line)
        inside = QWidget()
        inside.setObjectName("panel")
        inside.setLayout(self._rows)
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setWidget(inside)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addLayout(head)
        self._column.addWidget(_line())
        self._column.addWidget(self._area)
        self._column.addWidget(_line())
        self._column.addWidget(self._nothing, 1)

    def show_key(self, key: Key) -> None:
        """Look at a group."""
        self._key, self._members, self._table = key, (), None
        self.renew()

    def renew(self) -> None:
        """Show it as it is known now."""
        thing = self._desk.thing(self._key)
        if thing is None or not isinstance(thing.payload, Group):
            return
        group = thing.payload
        self.title.say(thing.label)
        self.state.show_state(thing)
        self.retry.setEnabled(any(not m.open and not m.well for m in group.counted))
        self.cancel.setEnabled(group.state == "running")
        # The rows of all servers are merged only when one of them has news.
        if group.members != self._members or self._table is None:
            self._members = group.members
            self._show_members(group.members)
            table = group.table
            if table != self._table:
                self._table = table
                self._show_table(table, thing)
        set_words(self._fact, _fact(group, len(self._table.rows)))

    def _show_members(self, members: tuple[Member, ...]) -> None:
        while (item := self._rows.takeAt(0)) is not None:
            old = item.widget()
            if old is not None:
                old.hide()
                old.deleteLater()
        for member in members:
            row = _MemberRow(member, self._dress)
            row.opened.connect(self.thing_wanted)
            row.left_out.connect(lambda address: self._act("group.leave", server=address))
            row.again.connect(lambda address: self._act("group.retry", servers=(address,)))
            self._rows.addWidget(row)
        self._rows.addStretch(1)
        self._area.setFixedHeight(min(len(members), _ROWS_MAX) * _high(self._dress) + 8)

    def _show_table(self, table: Table, thing: Thing) -> None:
        if self.page is not None:
            self._column.removeWidget(self.page)
            self.page.hide()
            self.page.deleteLater()
            self.page = None
        self._nothing.setVisible(not table.rows)
        group = thing.payload
        large = isinstance(group, Group) and group.large
        set_words(self._nothing, f"{_LARGE}: Open shows one, Save merged table… writes all" if large else _NO_ROWS)
        if table.rows:
            self.page = TablePage(table, self._dress, name=thing.label)
            self.page.export_wanted.connect(lambda place: self._act("group.save", file=str(place)))
            self._column.addWidget(self.page, 1)

    def _act(self, verb: str, **params: object) -> None:
        if self._key is not None:
            self._desk.submit(verb, self._key, params)

    def _changed(self, delta: Delta) -> None:
        if self.isVisible() and any(thing.key == self._key for thing in (*delta.added, *delta.changed)):
            self.renew()


class _MemberRow(QWidget):
    """One server: mark, name, state or why not, and what can be done about it.

    Signals:
        opened(Key), again(str), left_out(str): with its address.
    """

    opened = Signal(object)
    again = Signal(str)
    left_out = Signal(str)

    def __init__(self, member: Member, dress: Dress) -> None:
        super().__init__()
        self._member, self._dress = member, dress
        self.setFixedHeight(_high(dress))
        row = QHBoxLayout(self)
        row.setContentsMargins(20, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(label(member.address, name="strong"))
        said = percent(member.progress) if member.open and member.progress is not None else state_word(member.state)
        row.addWidget(label(said, name="small"))
        why = OneLine("caption")
        why.say(member.problem)
        row.addWidget(why, 1)
        self.setAccessibleName(", ".join(w for w in (member.address, said, plain(member.problem)) if w))
        thing = member.thing
        if thing is not None:
            row.addWidget(_link("Open", lambda: self.opened.emit(thing)))
        if not member.open and not member.well and member.state != "left out":
            row.addWidget(_link("Again", lambda: self.again.emit(member.address)))
        if not member.well and member.state != "left out":
            row.addWidget(_link("Leave out", lambda: self.left_out.emit(member.address)))

    def sizeHint(self) -> QSize:
        """As high as a row."""
        return QSize(super().sizeHint().width(), _high(self._dress))

    def paintEvent(self, event: QPaintEvent) -> None:
        """The mark."""
        super().paintEvent(event)
        painter = QPainter(self)
        drawn = mark_pixmap(health_of(self._member), self._dress.now, 12, self.devicePixelRatioF())
        painter.drawPixmap(QPoint(0, self.height() // 2 - 6), drawn)
        painter.end()


def _high(dress: Dress) -> int:
    return round(_ROW * dress.now.text_scale)


def health_of(member: Member) -> Health:
    """Mark of one server's part."""
    if member.state == "sending":
        return Health.PENDING
    if member.state == "left out":
        return Health.GONE
    kind = "batches" if member.thing is not None and member.thing.kind == "batches" else "statements"
    return KINDS[kind].health(member.state)


def _fact(group: Group, rows: int) -> str:
    counted = group.counted
    well, bad = sum(m.well for m in counted), sum(not m.open and not m.well for m in counted)
    words = [f"{well} of {plural(len(counted), 'server')} done", f"{bad} failed" if bad else ""]
    left = len(group.members) - len(counted)
    words.append(f"{left} left out" if left else "")
    words.append(plural(rows, "row"))
    words.append(f"without the large results of {', '.join(group.large)}" if group.large else "")
    return " · ".join(word for word in words if word)


def _button(words: str, act: Callable[[], None]) -> QPushButton:
    made = QPushButton(button_words(words))
    made.clicked.connect(act)
    return made


def _link(words: str, act: Callable[[], None]) -> QPushButton:
    made = _button(words, act)
    made.setProperty("link", True)
    return made


def _line() -> QFrame:
    line = QFrame()
    line.setObjectName("line")
    return line
