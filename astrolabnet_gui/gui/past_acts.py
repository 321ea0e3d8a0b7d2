"""Past acts: what was done since a past moment, each to be done again by a person's own word."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from ..model.key import Key
from .desk import ENDED, Act, Desk
from .safe import label, plain, set_tooltip, set_words

MOST = 200
WAITING, ENDS = "going on", {"done": "done again", "failed": "failed", "cancelled": "cancelled"}


class PastActs(QDialog):
    """The acts, oldest first. Nothing is done but by a press of its button; what asks, asks again.

    Args:
        acts: as ``journal.since`` gives them.
        now: brings the window back to now, for only there can something be done.
    """

    def __init__(self, parent: QWidget, desk: Desk, acts: Sequence[Mapping[str, Any]], now: Callable[[], None]) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Continue from here")
        self.resize(760, 460)
        self._desk, self._now = desk, now
        self._runs: dict[str, int] = {}
        self.said: list[QLabel] = []
        self.buttons: list[QPushButton] = []
        grid = QGridLayout()
        grid.setColumnStretch(1, 1)
        shown = list(acts)[:MOST]
        for place, act in enumerate(shown):
            self._row(grid, place, act)
        grid.setRowStretch(len(shown), 1)
        inside = QWidget()
        inside.setLayout(grid)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setWidget(inside)
        more = f" The first {MOST} of {len(acts)}." if len(acts) > MOST else ""
        head = f"These were done after this moment.{more} Each is done again, now, only if you press its button."
        if not acts:
            head = "Nothing was done after this moment: there is nothing to continue."
        close = QPushButton("Close")
        close.clicked.connect(self.close)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(close)
        column = QVBoxLayout(self)
        column.addWidget(label(head, wrap=True))
        column.addWidget(scroll, 1)
        column.addLayout(foot)
        desk.acted.connect(self._acted)

    def _row(self, grid: QGridLayout, place: int, act: Mapping[str, Any]) -> None:
        grid.addWidget(label(str(act["time"])[:19].replace("T", " "), name="small"), place, 0)
        line = label(plain(act["line"], 120), name="code")
        set_tooltip(line, act["line"])
        grid.addWidget(line, place, 1)
        said = label("", name="small")
        self.said.append(said)
        grid.addWidget(said, place, 2)
        again = QPushButton("Do again")
        again.setAccessibleName(plain(f"Do again: {act['line']}", 120))
        again.clicked.connect(partial(self._again, place, act))
        self.buttons.append(again)
        grid.addWidget(again, place, 3)

    def _again(self, place: int, act: Mapping[str, Any], _checked: bool = False) -> None:
        if self._desk.in_past:
            self._now()
        self.buttons[place].setEnabled(False)
        set_words(self.said[place], WAITING)
        key = act["key"]
        run = self._desk.submit(str(act["command"]), None if key is None else Key(*key), act["params"])
        self._runs[run] = place
        made = self._desk.acts.get(run)
        if made is not None:
            self._acted(made)

    def _acted(self, act: Act) -> None:
        place = self._runs.get(act.run)
        if place is not None and act.state in ENDED:
            words = ENDS[act.state.value]
            if act.last is not None and act.last.problem is not None:
                words = f"{words}: {act.last.problem}"
                set_tooltip(self.said[place], str(act.last.problem))
            set_words(self.said[place], plain(words, 60))
            self.buttons[place].setEnabled(True)
