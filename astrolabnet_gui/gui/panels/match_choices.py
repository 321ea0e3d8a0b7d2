"""MatchChoices: the list a table is matched with, a file of this computer or places one pastes, and how near."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from ...catalog.roles import Roles
from ...command.around import UNITS
from ..picking import FilePicker
from ..safe import label, set_tooltip, text_view
from .view_choices import Choices, box, number

_LINES = 3
_HINT = "or places, one on a line:\n10.68 +41.27\n00:42:44.3 +41:16:09"


class MatchChoices(Choices):
    """See the module. A file and places exclude each other: what one of them holds greys the other."""

    def __init__(self) -> None:
        super().__init__("match")
        self.file, self.radius = _line("List"), _line("Radius", "1")
        self.list_ra, self.list_dec = _line("Right ascension in the list"), _line("Declination in the list")
        self.places = text_view(read_only=False, lines=0)
        self.places.setAccessibleName("Places")
        self.places.setPlaceholderText(_HINT)
        self.places.setTabChangesFocus(True)
        self.places.setFixedHeight(_LINES * self.places.fontMetrics().lineSpacing() + 12)
        self.boxes["unit"] = box("Unit")
        for unit in UNITS:
            self.boxes["unit"].addItem(unit, unit)
        self.nearest = QCheckBox("only the nearest")
        self.nearest.setChecked(True)
        for line, words in ((self.list_ra, "right ascension"), (self.list_dec, "declination")):
            line.setPlaceholderText(words)
            set_tooltip(line, f"Column of the list with its {words}; empty: found by UCD or name")
        self._build()
        self.file.textChanged.connect(lambda _: self._exclude())
        self.places.textChanged.connect(self._exclude)

    def _build(self) -> None:
        self.picker = FilePicker(self.file)
        column = QVBoxLayout()
        column.setSpacing(6)
        column.addLayout(_row(label("List", name="small"), self.file, self.picker))
        column.addWidget(self.places)
        column.addLayout(_row(label("Its columns", name="small"), self.list_ra, self.list_dec))
        column.addLayout(_row(label("Radius", name="small"), self.radius, self.boxes["unit"], self.nearest))
        self._row.insertLayout(0, column, 1)

    def _exclude(self) -> None:
        by_file, by_places = bool(self.file.text().strip()), bool(self.places.toPlainText().strip())
        self.places.setEnabled(not by_file)
        for part in (self.file, self.picker, self.list_ra, self.list_dec):
            part.setEnabled(by_file or not by_places)

    def offer(self, who: Roles, units: Callable[[str], str]) -> None:
        """The list stays as it is, whatever the columns of the table are."""

    def params(self) -> dict[str, Any]:
        """What was given; what is empty is left out."""
        lines = {name: getattr(self, name).text().strip() for name in ("file", "list_ra", "list_dec")}
        found: dict[str, Any] = {name: text for name, text in lines.items() if text}
        if "file" not in found:
            found = {"places": self.places.toPlainText().splitlines()}
        return {
            **found, "radius": number(self.radius.text().strip()), "unit": self.boxes["unit"].currentData(),
            "nearest": self.nearest.isChecked(),
        }  # fmt: skip


def _line(name: str, text: str = "") -> QLineEdit:
    made = QLineEdit(text)
    made.setAccessibleName(name)
    return made


def _row(*parts: QWidget) -> QHBoxLayout:
    made = QHBoxLayout()
    made.setSpacing(8)
    for part in parts:
        made.addWidget(part, 1 if isinstance(part, QLineEdit) else 0)
    return made
