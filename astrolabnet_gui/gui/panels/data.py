"""Data panel: one table of a catalog: its first rows, its columns and how they are spread, its facts by cost."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QTabWidget, QVBoxLayout, QWidget

from ...catalog.schema import Field
from ...model.key import Key
from ...model.output import Table
from ...model.thing import Thing
from ...network.delta import Delta
from ...network.link import RunState
from ..code_view import CodeView
from ..desk import Act, Desk
from ..safe import OneLine, label, page, set_words
from ..style import Dress
from ..words import count, place, plural, size
from .asked import Asked
from .chip import Chip
from .columns import columns_page, columns_table
from .facts import unheard
from .table_page import TablePage
from .view_page import ViewPage

# Who walks through the tree with the arrow keys shall not ask for every table on the way; a click means this one.
PAUSE_MS, CLICKED_MS = 250, 0
MEASURE_HIGH = 140
TABS = ("Preview", "Columns", "Profile", "Facts", "View")


class DataPanel(QWidget):
    """Follows one table while it is chosen.

    Attributes:
        path: where the table is, server first; "" for nothing.
    """

    def __init__(self, desk: Desk, dress: Dress, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self._desk, self._dress = desk, dress
        self._key: Key | None = None
        self._columns: list[Mapping[str, Any]] = []
        self.path = ""
        self.title = OneLine("title")
        self.state = Chip(dress)
        self.fact = label(name="small", wrap=True, copyable=True)
        self.preview = Asked(desk, dress, "table.look", self._show_preview)
        self.columns = Asked(desk, dress, "table.facts", self._show_columns)
        self.profile = Asked(desk, dress, "table.profile", self._show_profile, invitation=" ", button="Profile")
        self.facts = Asked(desk, dress, "table.facts", self._show_facts)
        self.measure = Asked(desk, dress, "table.measure", self._show_measure, invitation=" ", button="Measure")
        self.views = ViewPage(desk, dress)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        facts = QWidget()
        both = QVBoxLayout(facts)
        both.setContentsMargins(0, 0, 0, 0)
        both.addWidget(self.measure)
        both.addWidget(self.facts, 1)
        self.measure.setMaximumHeight(MEASURE_HIGH)
        self._of_tab = (self.preview, self.columns, self.profile, self.facts)
        pages = zip((*self._of_tab[:3], facts, self.views), TABS, strict=True)
        for shown, words in pages:
            self.tabs.addTab(shown, words)
        self._build()
        self._soon = QTimer(self, singleShot=True)
        self._soon.timeout.connect(self._look)
        self.tabs.currentChanged.connect(lambda _: self._wait())
        desk.acted.connect(self._learned)
        desk.changed.connect(self._changed)

    def _build(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self.title)
        top.addWidget(self.state)
        top.addStretch(1)
        head = QVBoxLayout()
        head.setContentsMargins(16, 14, 16, 12)
        head.setSpacing(6)
        head.addLayout(top)
        head.addWidget(self.fact)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.tabs, 1)

    def show_key(self, key: Key) -> None:
        """Look at a table."""
        thing = self._desk.thing(key)
        if thing is None:
            return
        self._head(thing)
        if key != self._key:
            self._key, self._columns = key, []
            for asked in (self.preview, self.columns, self.profile, self.facts, self.measure):
                asked.about(key)
            self.views.about(key)
            self._cost({})
            self._wait()

    def _wait(self) -> None:
        pressed = QGuiApplication.mouseButtons() != Qt.MouseButton.NoButton
        self._soon.start(CLICKED_MS if pressed else PAUSE_MS)

    def _head(self, thing: Thing) -> None:
        self.path = place(thing.key, self._desk.alias(thing.key))
        self.title.say(thing.label)
        self.state.show_state(thing)
        silent = unheard(thing, self._desk.thing(thing.key.root))
        set_words(self.fact, silent or thing.fact or str(thing.payload))

    def _look(self) -> None:
        thing = self._desk.thing(self._key)
        # The columns decide which views there are.
        shown = (*self._of_tab, self.columns)[self.tabs.currentIndex()]
        if thing is None or not self.isVisible():
            return
        if thing.stale_since is not None:
            shown.states.empty("Its server does not answer. Rows are looked at when it is back.", "Ask again")
        else:
            shown.look()

    def _changed(self, delta: Delta) -> None:
        thing = self._desk.thing(self._key)
        if thing is not None and any(t.key in (thing.key, thing.key.root) for t in delta.changed):
            self._head(thing)

    def _learned(self, act: Act) -> None:
        """What one answer says is of use on other tabs too."""
        if act.key != self._key or act.last is None or act.last.state is not RunState.DONE:
            return
        answer = act.last.result or {}
        if act.command == "table.look":
            self._cost(answer.get("facts") or {})
        elif act.command == "table.facts":
            self._columns = list(answer.get("columns") or ())
            self.views.offer(tuple(map(Field.model_validate, self._columns)))
            for asked in (self.columns, self.facts):
                if not asked.answered:
                    asked.show_answer(answer)

    def _cost(self, facts: Mapping[str, Any]) -> None:
        """Say on the dear ones what they cost, as far as it is known."""
        known = size(facts["size_bytes"]) if facts.get("size_bytes") else ""
        rows = f", {plural(facts['rows'], 'row')}" if facts.get("rows") else ""
        whole = f"the whole table ({known}{rows})" if known else "the whole table, of a size nobody has measured"
        self.views.cost(whole)
        self.profile.invite(
            f"Least, most, mean, distinct values, nulls, quantiles and a histogram of each column. It reads {whole}."
        )
        self.measure.invite("Files, bytes, rows, partitions and the last change. Every file of the table is opened.")

    # --- what the answers look like

    def _show_preview(self, room: QVBoxLayout, answer: Mapping[str, Any]) -> None:
        table = Table.model_validate(answer["table"])
        if not table.rows:
            room.addWidget(label("  This table has no rows.", name="small"))
        room.addWidget(TablePage(table, self._dress, "preview", exports=False), 1)

    def _show_columns(self, room: QVBoxLayout, answer: Mapping[str, Any]) -> None:
        room.addWidget(columns_page(columns_table(answer["columns"]), self._dress), 1)

    def _show_profile(self, room: QVBoxLayout, answer: Mapping[str, Any]) -> None:
        found = answer["columns"]
        columns = self._columns or [{"name": c["name"], "type": c["type"]} for c in found]
        names = {c["name"] for c in found}
        table = columns_table([{**c, "parts": ()} for c in columns if c["name"] in names], found)
        words = f"{plural(answer['rows'], 'row')} read"
        if len(found) < answer["of"]:
            words += f", the first {len(found)} of {count(answer['of'])} columns"
        room.addWidget(columns_page(table, self._dress), 1)
        said = label(words, name="small")
        said.setContentsMargins(16, 4, 16, 4)
        room.addWidget(said)

    def _show_facts(self, room: QVBoxLayout, answer: Mapping[str, Any]) -> None:
        partitions = ", ".join(answer.get("partitioned_by") or ())
        room.addWidget(_pairs((
            ("Kind", str(answer.get("type") or "").lower()), ("Format", answer.get("provider")),
            ("Place", answer.get("location")), ("Owner", answer.get("owner")), ("Made", answer.get("created")),
            ("Partitioned by", partitions or "nothing"), ("Sky index", answer.get("sky_index")),
            ("Comment", answer.get("comment")),
            ("Size", size(answer["size_bytes"]) if answer.get("size_bytes") else "not analysed"),
            ("Rows", count(answer["rows"]) if answer.get("rows") is not None else "not analysed"),
        )))  # fmt: skip
        if answer.get("ddl"):
            view = CodeView("sql", self._dress, read_only=True)
            view.setAccessibleName("SQL that makes the table anew")
            view.setPlainText(page(str(answer["ddl"]))[0])
            room.addWidget(view, 1)
        else:
            room.addStretch(1)

    def _show_measure(self, room: QVBoxLayout, answer: Mapping[str, Any]) -> None:
        files = answer.get("files")
        room.addWidget(_pairs((
            ("Rows", count(answer["rows"])), ("Files", "" if files is None else count(files)),
            ("Bytes", "" if files is None else size(answer["size_bytes"])),
            ("Partitions", "" if answer.get("partitions") is None else count(answer["partitions"])),
            ("Last change", answer.get("changed")),
        )))  # fmt: skip
        room.addStretch(1)


def _pairs(pairs: tuple[tuple[str, Any], ...]) -> QWidget:
    """Names and values, those without a value left out."""
    made = QWidget()
    grid = QGridLayout(made)
    grid.setContentsMargins(16, 12, 16, 12)
    grid.setVerticalSpacing(6)
    grid.setColumnStretch(1, 1)
    for row, (name, value) in enumerate(pair for pair in pairs if pair[1]):
        grid.addWidget(label(name, name="caption"), row, 0)
        grid.addWidget(label(value, name="small", wrap=True, copyable=True), row, 1)
    return made
