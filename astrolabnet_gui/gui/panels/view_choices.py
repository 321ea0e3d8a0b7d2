"""Choices: what can be said to each view before it is drawn: its columns, its order, its object."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QWidget

from ...catalog.roles import Roles
from ..safe import label, plain

VIEWS = {
    "sky": "Sky map", "lightcurve": "Light curve", "stamps": "Stamps", "histogram": "Histogram",
    "density": "Two columns", "series": "Over time", "cone": "Around a place",
    "match": "With a list", "packet": "One row",
}  # fmt: skip
AUTO = ""


def box(name: str, editable: bool = False) -> QComboBox:
    """A narrow box that elides."""
    made = QComboBox()
    made.setAccessibleName(name)
    made.setMinimumContentsLength(6)
    made.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    if editable:
        made.setEditable(True)
        made.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
    return made


class Choices(QWidget):
    """One row of boxes for one view; ``params`` is what its command is asked with."""

    def __init__(self, view: str) -> None:
        super().__init__()
        self.view = view
        self.boxes: dict[str, QComboBox] = {}
        self.checks: dict[str, QCheckBox] = {}
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(8)
        for name, words in _BOXES.get(view, ()):
            made = box(words, editable=name in _TYPED)
            self._row.addWidget(label(words, name="small"))
            self._row.addWidget(made, 1)
            self.boxes[name] = made
        if view in _CHECKS:
            name, words = _CHECKS[view]
            self.checks[name] = QCheckBox(words)
            self._row.addWidget(self.checks[name])
        self._row.addStretch(0)

    def offer(self, who: Roles, units: Callable[[str], str]) -> None:
        """Fill the boxes by the roles of the columns; ``units`` gives the unit of a column."""
        for name, made in self.boxes.items():
            made.blockSignals(True)
            made.clear()
            if name == "order":
                made.addItem("by the rows", AUTO)
                for order in range(1, 7):
                    made.addItem(str(order), order)
            elif name in _TYPED:
                made.setEditText(_TYPED[name])
            else:
                if name == "value":
                    made.addItem("number of rows", AUTO)
                for column in who.numbers:
                    unit = units(column)
                    made.addItem(plain(f"{column}, {unit}" if unit else column, 60), column)
                    made.setItemData(made.count() - 1, plain(column), Qt.ItemDataRole.AccessibleTextRole)
                made.setCurrentIndex(max(0, made.findData(_first(self.view, name, who))))
            made.blockSignals(False)

    def objects(self, found: Iterable[tuple[str, int]], chosen: str) -> None:
        """Names of objects to choose from."""
        made = self.boxes["object"]
        listed = list(found)
        made.blockSignals(True)
        if listed:
            made.clear()
            for name, rows in listed:
                made.addItem(plain(f"{name}  ({rows})", 80), name)
        index = made.findData(chosen)
        if index >= 0:
            made.setCurrentIndex(index)
        else:
            made.setEditText(plain(chosen, 200))
        made.blockSignals(False)

    def params(self) -> dict[str, Any]:
        """What was chosen; what is left to the server is left out."""
        found: dict[str, Any] = {}
        for name, made in self.boxes.items():
            if name in _TYPED:
                typed = made.currentText().strip()
                index = made.findText(typed)
                value: Any = made.itemData(index) if index >= 0 else typed
                value = number(typed) if name == "radius" else value
            else:
                value = made.currentData()
            if value not in (None, AUTO):
                found[name] = value
        return found | {name: True for name, made in self.checks.items() if made.isChecked()}


_CHECKS = {"histogram": ("log", "log"), "packet": ("binary", "Binary values too")}
_TYPED = {"object": "", "at": "", "radius": "60"}
"""Boxes one writes into, and what stands there at first."""


def number(text: str) -> float | str:
    """What was typed as a number; else as it is: the command says what is wrong with it."""
    try:
        return float(text)
    except ValueError:
        return text


_BOXES = {
    "sky": (("order", "Order"), ("value", "Colour")), "lightcurve": (("object", "Object"),),
    "histogram": (("column", "Column"),), "density": (("y", "y"), ("x", "x")),
    "series": (("y", "Column"), ("time", "Time")), "cone": (("at", "Place"), ("radius", "Radius, arcsec")),
}  # fmt: skip


def _first(view: str, name: str, who: Roles) -> str:
    """What is likely to be meant."""
    free = [n for n in who.numbers if n not in (who.ra, who.dec, who.id, who.object, who.band)]
    match name:
        case "time":
            return who.time
        case "x":
            return who.ra or (free[0] if free else "")
        case "y" if view == "density":
            return who.dec or (free[1] if len(free) > 1 else "")
        case "value":
            return AUTO
    return who.brightness or next((n for n in free if n != who.time), "")
