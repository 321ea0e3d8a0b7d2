"""Dataset panel: one dataset: where the newest replica is, how the others stand to it, and where a job on it would end
first.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QPushButton, QTabWidget, QVBoxLayout, QWidget

from ...model.dataset import Dataset, Replica
from ...model.key import Key
from ...model.output import Column, Table
from ...model.thing import Thing
from ...network.delta import Delta
from ..desk import ENDED, Act, Desk
from ..safe import OneLine, button_words, label, set_tooltip, set_words
from ..style import Dress
from ..words import place, since, size
from .asked import Asked
from .chip import Chip
from .placing import PlacingPanel
from .table_page import TablePage

_WORDS = {"equal": "verified equal", "behind": "behind", "differs": "differs", "unknown": "not compared"}
_COLUMNS = ("Server", "Stands", "Newest datum", "Last change", "Rows", "Size", "Equal to", "Proved", "Table")
_CHANGES = ("dataset.ask", "dataset.prove", "dataset.declare", "dataset.edit", "job.place")


class DatasetPanel(QWidget):
    """Follows one dataset, or the dataset of one replica, while it is chosen.

    Attributes:
        path: where it is; "" for nothing.
    """

    def __init__(self, desk: Desk, dress: Dress, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self._desk, self._dress = desk, dress
        self._key: Key | None = None
        self.path = ""
        self.title = OneLine("title")
        self.state = Chip(dress)
        self.fact = label(name="small", wrap=True, copyable=True)
        self.newest = Asked(desk, dress, "dataset.newest", self._show_newest)
        self.placing = PlacingPanel(desk, dress)
        self.prove = QPushButton("Prove equality")
        set_tooltip(self.prove, "Reads every replica whole, at its server; only numbers travel.")
        self.prove.clicked.connect(lambda: self._act("dataset.prove"))
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.addTab(self.newest, "Where is the newest?")
        self.tabs.addTab(self.placing, "Send a job to it")
        self._build()
        desk.changed.connect(self._changed)
        desk.acted.connect(self._acted)

    def _build(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self.title)
        top.addWidget(self.state)
        top.addStretch(1)
        top.addWidget(self.prove)
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
        """Look at a dataset or a replica."""
        thing = self._desk.thing(key)
        if thing is None:
            return
        self._head(thing)
        if key != self._key:
            self._key = key
            self.newest.about(key)
            self.placing.about(key, thing.payload.name if isinstance(thing.payload, Dataset | Replica) else thing.label)
        self.newest.look()

    def _head(self, thing: Thing) -> None:
        self.path = place(thing.key, self._desk.alias(thing.key)) if thing.key.server else f"datasets › {thing.label}"
        self.title.say(thing.label)
        self.state.show_state(thing)
        value = thing.payload
        words = [thing.fact]
        if isinstance(value, Dataset):
            words += [value.description, f"dated by {value.dated}" if value.dated else ""]
        set_words(self.fact, " · ".join(word for word in words if word))

    def _show_newest(self, room: QVBoxLayout, answer: Mapping[str, Any]) -> None:
        replicas, silent = answer.get("replicas") or (), answer.get("not_asked") or ()
        if replicas:
            page = TablePage(_table(replicas), self._dress, "replicas", exports=False)
            room.addWidget(page, 1)
        else:
            words = "Nobody was asked yet: size, last change and newest datum of the replicas are not known."
            said = label(words, name="small", wrap=True)
            said.setContentsMargins(16, 12, 16, 4)
            room.addWidget(said)
        for problem in answer.get("problems") or ():
            said = label(problem, name="wrong", wrap=True)
            said.setContentsMargins(16, 4, 16, 4)
            room.addWidget(said)
        if silent:
            room.addWidget(self._not_asked(silent))
        if not replicas:
            room.addStretch(1)

    def _not_asked(self, silent: Any) -> QWidget:
        made = QWidget()
        column = QVBoxLayout(made)
        column.setContentsMargins(16, 10, 16, 14)
        column.setSpacing(4)
        column.addWidget(label("Not asked", name="strong"))
        for one in silent:
            column.addWidget(label(f"{one['server']}: {one['cost']}", name="small", wrap=True))
        self.ask = QPushButton(button_words("Ask them"))
        self.ask.setProperty("primary", True)
        self.ask.clicked.connect(lambda: self._act("dataset.ask"))
        row = QHBoxLayout()
        row.addWidget(self.ask)
        row.addStretch(1)
        column.addSpacing(4)
        column.addLayout(row)
        return made

    def _act(self, verb: str) -> None:
        if self._key is not None:
            self._desk.submit(verb, self._key, {})

    def _acted(self, act: Act) -> None:
        """What was asked or proved is shown; what it takes meanwhile is said."""
        if act.command not in _CHANGES or act.key is None or act.last is None or self._key is None:
            return
        if self._name(act.key) != self._name(self._key):
            return
        answer, ended = act.last.result, act.state in ENDED
        if ended and isinstance(answer, Mapping) and "replicas" in answer:
            self.newest.show_answer(answer)
        elif not ended and act.command in ("dataset.ask", "dataset.prove"):
            self.newest.states.loading(act.last.text or "Asking", act.last.progress, cancellable=False)
        elif ended and act.command in ("dataset.ask", "dataset.prove"):
            self.newest.states.failed(str(act.last.problem or "Cancelled."), "Ask again")

    def _name(self, key: Key) -> str:
        thing = self._desk.thing(key)
        value = None if thing is None else thing.payload
        return value.name if isinstance(value, Dataset | Replica) else ""

    def _changed(self, delta: Delta) -> None:
        thing = self._desk.thing(self._key)
        if thing is not None and any(t.key == thing.key for t in delta.changed):
            self._head(thing)


def _table(replicas: Any) -> Table:
    """Replicas as rows, the newest first."""
    now = datetime.now(UTC)
    rows = tuple(
        (
            one["server"], _WORDS.get(str(one["standing"]), str(one["standing"])), one["data_time"] or "",
            _ago(one["committed"], now), one["rows"], size(one["size_bytes"]) if one["size_bytes"] else "",
            ", ".join(one["equal_to"]), _ago(one["proved"], now), ".".join(one["table"][1:]),
        )
        for one in replicas
    )  # fmt: skip
    return Table(columns=tuple(Column(name=name) for name in _COLUMNS), rows=rows)


def _ago(text: Any, now: datetime) -> str:
    return f"{since(datetime.fromisoformat(text), now)} ago" if text else ""
