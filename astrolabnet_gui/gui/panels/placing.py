"""Placing panel: a job on a dataset: where it would end first, its parts measured or assumed, three ways to send it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QBrush, QColor, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from ...model.action import LANGUAGES
from ...model.key import Key
from ..code_view import CodeView
from ..desk import ENDED, Act, Desk
from ..safe import button_words, label, set_tooltip, set_words
from ..style import Dress
from ..words import size, took
from .asked import Asked

WAYS = (
    ("send", "Send job to data", "The data lie there."),
    ("bring", "Bring data first", "They are copied there and stay as a replica."),
    ("read", "Read remotely", "They are read where they lie, while the job runs."),
)
CONFIRM_BYTES = 1e9
_TONES = {"start": "pending", "wait": "gone", "move": "warn", "run": "busy", "out": "ok"}


class PlacingPanel(QWidget):
    """Code, the servers by when it would end there, and the three buttons."""

    def __init__(self, desk: Desk, dress: Dress) -> None:
        super().__init__()
        self._desk, self._dress = desk, dress
        self._key: Key | None = None
        self._dataset = ""
        self.kind = QComboBox()
        for kind in ("sql", "pyspark", "spark", "sparkr"):
            self.kind.addItem(LANGUAGES.get(kind, kind), kind)
        self.code = CodeView("sql", dress)
        self.code.setAccessibleName("Code of the job")
        self.code.setMaximumHeight(130)
        self.offers = Asked(
            desk, dress, "job.place", self._show, button="Where would it end first?",
            invitation="The job finds the data as a view of the dataset's name. Each server is asked what it can do; "
            "nothing is sent.",
        )  # fmt: skip
        self.offers.values = self.values
        self.confirm = QLineEdit()
        self.confirm.setAccessibleName("Type the name of the dataset")
        self.confirm.textChanged.connect(lambda _: self._renew())
        self.warning = label(name="small", wrap=True)
        self.ways = {how: QPushButton(button_words(words)) for how, words, _ in WAYS}
        self._choice = QButtonGroup(self)
        self._rows: list[Mapping[str, Any]] = []
        self.chosen = ""
        self._build()
        self._renew()
        desk.acted.connect(self._acted)

    def _build(self) -> None:
        top = QHBoxLayout()
        top.setContentsMargins(16, 10, 16, 6)
        top.setSpacing(8)
        top.addWidget(label("Language", name="caption"))
        top.addWidget(self.kind)
        top.addStretch(1)
        ways = QHBoxLayout()
        ways.setSpacing(8)
        for how, _, tip in WAYS:
            button = self.ways[how]
            set_tooltip(button, tip)
            button.clicked.connect(lambda _=False, how=how: self.send(how))
            ways.addWidget(button)
        ways.addStretch(1)
        foot = QVBoxLayout()
        foot.setContentsMargins(16, 8, 16, 14)
        foot.setSpacing(6)
        foot.addWidget(self.warning)
        foot.addWidget(self.confirm)
        foot.addLayout(ways)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(self.code)
        column.addWidget(self.offers, 1)
        column.addLayout(foot)

    def about(self, key: Key, dataset: str) -> None:
        """Be about another dataset."""
        self._key, self._dataset, self._rows, self.chosen = key, dataset, [], ""
        if not self.code.toPlainText().strip():
            name = dataset if dataset.isidentifier() else f"`{dataset.replace('`', '``')}`"
            self.code.setPlainText(f"SELECT count(*) FROM {name}")
        self.offers.about(key)
        self._renew()

    def values(self) -> dict[str, Any]:
        """What is asked about."""
        return {"datasets": [self._dataset], "kind": self.kind.currentData(), "code": self.code.toPlainText()}

    def send(self, how: str) -> None:
        """Send it to the chosen server in one of the ways."""
        if self._key is not None and self.chosen:
            more = {"server": self.chosen, "how": how, "confirm": self.confirm.text()}
            self._desk.submit("job.place", self._key, self.values() | more)

    def _acted(self, act: Act) -> None:
        """A job that has run makes the next estimate a measured one."""
        if act.command == "job.place" and act.key == self._key and act.state in ENDED and act.last is not None:
            answer = act.last.result
            if (act.values or {}).get("server") and isinstance(answer, Mapping):
                self.offers.show_answer(answer)
                set_words(self.warning, act.last.text or "")

    def _show(self, room: QVBoxLayout, answer: Mapping[str, Any]) -> None:
        self._rows = list(answer.get("offers") or ())
        good = [one for one in self._rows if one["eligible"]]
        self.chosen = str(good[0]["server"]) if good else ""
        longest = max((float(one["total_s"]) for one in good), default=1.0)
        inside = QWidget()
        inside.setObjectName("panel")
        column = QVBoxLayout(inside)
        column.setContentsMargins(16, 10, 16, 10)
        column.setSpacing(10)
        column.addWidget(Legend(self._dress))
        for one in self._rows:
            row = OfferRow(one, longest, self._dress, chosen=one["server"] == self.chosen)
            row.picked.connect(self._pick)
            self._choice.addButton(row.button)
            column.addWidget(row)
        for problem in answer.get("problems") or ():
            column.addWidget(label(problem, name="wrong", wrap=True))
        column.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setWidget(inside)
        room.addWidget(area, 1)
        self._renew()

    def _pick(self, server: str) -> None:
        self.chosen = server
        self._renew()

    def _renew(self) -> None:
        one = next((row for row in self._rows if row["server"] == self.chosen), None)
        moved = float(one["moved_bytes"]) if one else 0.0
        dear = moved > CONFIRM_BYTES
        self.confirm.setVisible(dear)
        names = list(one["moved"]) if one else []
        words = ""
        if one and moved:
            origins = ", ".join(dict.fromkeys(one["moved"].values()))
            words = f"{size(moved)} of {', '.join(names)} would be moved from {origins}."
        if dear:
            words += f" Type {names[0]} to go on."
            self.confirm.setPlaceholderText(names[0])
        if one and one["stale"]:
            words = f"{words} Mind: {'; '.join(one['stale'])}.".strip()
        set_words(self.warning, words)
        typed = not dear or self.confirm.text().strip() in names
        for how, button in self.ways.items():
            button.setEnabled(bool(one) and how in (one["how"] if one else ()) and typed)
            button.setProperty("primary", button.isEnabled() and how in ("send", "read"))
            button.style().polish(button)


class OfferRow(QWidget):
    """One server: its name, its seconds as a bar, where each part is from; or what it lacks.

    Signals:
        picked(str): it was chosen.
    """

    picked = Signal(str)

    def __init__(self, one: Mapping[str, Any], longest_s: float, dress: Dress, *, chosen: bool) -> None:
        super().__init__()
        self.server = str(one["server"])
        self.button = QRadioButton()
        self.button.setAccessibleName(self.server)
        self.button.setEnabled(bool(one["eligible"]))
        self.button.setChecked(chosen)
        self.button.toggled.connect(lambda on: self.picked.emit(self.server) if on else None)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3)
        top = QHBoxLayout()
        top.addWidget(self.button)
        top.addWidget(label(self.server, name="strong"))
        if one["stale"]:
            top.addWidget(label("stale", name="wrong"))
        top.setSpacing(8)
        top.addStretch(1)
        top.addWidget(label(took(float(one["total_s"])) if one["eligible"] else "not eligible", name="number"))
        column.addLayout(top)
        if one["eligible"]:
            parts = [part for part in one["parts"] if part["seconds"] > 0]
            column.addWidget(Bar(parts, longest_s, dress))
            said = [f"{p['name']} {took(float(p['seconds']))} {p['source']}" for p in parts]
            column.addWidget(label(" · ".join(said), name="caption", wrap=True))
            if one["stale"]:
                column.addWidget(label("; ".join(one["stale"]), name="caption", wrap=True))
        else:
            column.addWidget(label("; ".join(one["failed"]), name="small", wrap=True))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Anywhere on the row chooses it."""
        self.button.click()
        super().mousePressEvent(event)


class Bar(QWidget):
    """Seconds by part; what is assumed is hatched."""

    def __init__(self, parts: Sequence[Mapping[str, Any]], longest_s: float, dress: Dress) -> None:
        super().__init__()
        self._parts, self._longest, self._dress = parts, max(longest_s, 1e-9), dress
        self.setFixedHeight(12)

    def sizeHint(self) -> QSize:
        """As wide as there is room."""
        return QSize(200, 12)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Parts from left to right, in the order in which they happen."""
        painter = QPainter(self)
        painter.setPen(Qt.PenStyle.NoPen)
        theme, x = self._dress.now, 0.0
        for part in self._parts:
            wide = max(2.0, self.width() * float(part["seconds"]) / self._longest)
            colour = QColor(getattr(theme, _TONES.get(str(part["name"]), "busy")))
            _fill(painter, QRectF(x, 1, wide - 1, 10), colour, assumed=part["source"] == "assumed")
            x += wide
        painter.end()


class Legend(QWidget):
    """Which tone is which part, and that hatching is an assumption."""

    def __init__(self, dress: Dress) -> None:
        super().__init__()
        self._dress = dress
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        for name, tone in (*_TONES.items(), ("assumed", "text3")):
            row.addWidget(_Swatch(tone, dress, name == "assumed"))
            row.addWidget(label(name, name="caption"))
        row.addStretch(1)


class _Swatch(QWidget):
    def __init__(self, tone: str, dress: Dress, assumed: bool) -> None:
        super().__init__()
        self._tone, self._dress, self._assumed = tone, dress, assumed
        self.setFixedSize(14, 10)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(Qt.PenStyle.NoPen)
        _fill(painter, QRectF(0, 0, 14, 10), QColor(getattr(self._dress.now, self._tone)), assumed=self._assumed)
        painter.end()


def _fill(painter: QPainter, rect: QRectF, colour: QColor, *, assumed: bool) -> None:
    """Solid, or a pale ground with hatching."""
    if not assumed:
        painter.fillRect(rect, colour)
        return
    pale = QColor(colour)
    pale.setAlphaF(0.25)
    painter.fillRect(rect, pale)
    painter.fillRect(rect, QBrush(colour, Qt.BrushStyle.BDiagPattern))
