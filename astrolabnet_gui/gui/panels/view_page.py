"""ViewPage: pictures of one table: which views its columns allow, what each asks for, and the cell that filters all."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QComboBox, QHBoxLayout, QPushButton, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from ...catalog.healpix import Cell
from ...catalog.roles import Roles, roles
from ...catalog.schema import Field
from ...catalog.spots import find
from ...errors import BadInput
from ...model.key import Key
from ...model.output import Table
from .. import plotting
from ..desk import Desk
from ..safe import button_words, label, set_words
from ..style import Dress
from ..words import count, plural
from .asked import Asked
from .match_choices import MatchChoices
from .view_choices import VIEWS, Choices, box

_READS = {
    "sky": "It reads the positions of {whole}.", "histogram": "It reads one column of {whole}, twice.",
    "density": "It reads two columns of {whole}, twice.", "series": "It reads two columns of {whole}, twice.",
    "lightcurve": "Without an object it reads the names of {whole} to list those with the most rows.",
    "stamps": "It reads the pictures of three rows.", "cone": "It reads the positions of {whole}.",
    "match": "It reads the positions of {whole}.", "packet": "It reads one row.",
}  # fmt: skip
_WHAT = {
    "sky": "How many rows lie where on the sky.", "histogram": "How many rows have which value.",
    "density": "One column against another.", "series": "A column over time.",
    "lightcurve": "The brightness of one object over time.", "stamps": "The small pictures in the rows.",
    "cone": "The rows around a place: degrees (10.68 +41.27), hours (00:42:44 +41:16:09) or an object's name.",
    "match": "Rows near to the places of a list of yours. The list (at most 20 000 places) travels.",
    "packet": "One row with all that is in it.",
}  # fmt: skip


_DOES = {"cone": "Search", "match": "Match"}


class ViewPage(QWidget):
    """See the module.

    Attributes:
        view: box with the views; choices, asked: of each view.
        cell: filters all views; None = the whole table.
    """

    def __init__(self, desk: Desk, dress: Dress, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk, self._dress = desk, dress
        self._key: Key | None = None
        self._whole = "the whole table"
        self.cell: Cell | None = None
        self._zoomed: Cell | None = None
        self.view: QComboBox = box("View")
        self.choices = {name: MatchChoices() if name == "match" else Choices(name) for name in VIEWS}
        self.asked = {
            name: Asked(
                desk, dress, f"table.{name}", partial(self._show, name), invitation=" ", button=_DOES.get(name, "Draw")
            )
            for name in VIEWS
        }
        self._file = ""
        for name, asked in self.asked.items():
            asked.values = partial(self.params, name)
        self._boxes, self._drawn = QStackedWidget(), QStackedWidget()
        self.draw = QPushButton("Draw")
        self.draw.clicked.connect(lambda: self._ask())
        self._filter = QWidget()
        self._filter_words = label(name="small", copyable=True)
        self.into, self.out = QPushButton("Zoom in"), QPushButton("All the sky")
        self.forget = QPushButton(button_words("All rows"))
        self._build()
        self.view.currentIndexChanged.connect(self._chosen)
        self.choices["lightcurve"].boxes["object"].currentTextChanged.connect(lambda _: self._say_filter())
        self.offer(())

    def _build(self) -> None:
        top = QHBoxLayout()
        top.setContentsMargins(12, 6, 12, 0)
        top.setSpacing(8)
        top.addWidget(self.view, 1)
        top.addWidget(self.draw)
        below = QHBoxLayout()
        below.setContentsMargins(12, 4, 12, 6)
        below.addWidget(self._boxes, 1)
        line = QHBoxLayout(self._filter)
        line.setContentsMargins(12, 0, 12, 4)
        line.setSpacing(8)
        line.addWidget(self._filter_words, 1)
        for button, act in ((self.into, self.zoom_in), (self.out, self.zoom_out), (self.forget, self._all_rows)):
            button.setProperty("link", True)
            button.clicked.connect(lambda _=False, act=act: act())
            line.addWidget(button)
        self._filter.hide()
        for name in VIEWS:
            self._boxes.addWidget(self.choices[name])
            self._drawn.addWidget(self.asked[name])
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addLayout(below)
        column.addWidget(self._filter)
        column.addWidget(self._drawn, 1)

    def about(self, key: Key) -> None:
        """Be about another table."""
        if key != self._key:
            self._key, self.cell, self._zoomed = key, None, None
            for asked in self.asked.values():
                asked.about(key)
            self.offer(())
            self._say_filter()

    def offer(self, columns: tuple[Field, ...]) -> None:
        """Offer what these columns allow; none are known yet = only one row whole."""
        who = roles(columns)

        def unit(name: str) -> str:
            try:
                return find(columns, name).field.unit
            except BadInput:
                return ""

        before = self.view.currentData()
        self.view.blockSignals(True)
        self.view.clear()
        for name in sorted(who.views, key=list(VIEWS).index):
            self.view.addItem(VIEWS[name], name)
            self.choices[name].offer(who, unit)
        self._roles: Roles = who
        index = self.view.findData(before) if columns and before != "packet" else 0
        self.view.setCurrentIndex(max(0, index))
        self.view.blockSignals(False)
        self._chosen()

    def cost(self, whole: str) -> None:
        """Say what the whole table is."""
        self._whole = whole
        self._invite()

    def _invite(self) -> None:
        for name, asked in self.asked.items():
            asked.invite(f"{_WHAT[name]} {_READS[name].format(whole=self._whole)}")

    def _chosen(self) -> None:
        name = self.view.currentData() or "packet"
        self.draw.setText(_DOES.get(name, "Draw"))
        for one, choices in self.choices.items():  # the highest of them shall not make the others high
            high = QSizePolicy.Policy.Preferred if one == name else QSizePolicy.Policy.Ignored
            choices.setSizePolicy(QSizePolicy.Policy.Preferred, high)
        self._boxes.setCurrentWidget(self.choices[name])
        self._boxes.setVisible(bool(self.choices[name].boxes or self.choices[name].checks))
        self._drawn.setCurrentWidget(self.asked[name])
        self._invite()
        self._say_filter()

    def params(self, name: str) -> Mapping[str, Any]:
        """What the command of a view is asked with."""
        found = self.choices[name].params()
        kept = self._zoomed if name == "sky" else self.cell
        if kept is not None and not (name == "lightcurve" and "object" in found):
            found["cell"] = str(kept)
        if name == "sky" and self._zoomed is not None:
            found.pop("order", None)
        if name == "stamps" and (chosen := self.choices["lightcurve"].params().get("object")):
            found["object"] = chosen
            found.pop("cell", None)
        return found | ({"into": self._file} if self._file else {})

    def _ask(self) -> None:
        plotting.expect(self)  # while the server counts
        self.asked[self.view.currentData() or "packet"].ask()

    def _show(self, name: str, room: QVBoxLayout, answer: Mapping[str, Any]) -> None:
        room.addWidget(self._made(name, answer), 1)

    def _made(self, name: str, answer: Mapping[str, Any]) -> QWidget:
        """The picture of an answer; what draws is imported at the first picture."""
        if name == "sky":
            from .sky_map import SkyPage

            page = SkyPage(answer, self._dress)
            page.map.chosen.connect(self.choose)
            return page
        if name in ("cone", "match"):
            return self._rows(name, answer)
        if name == "stamps":
            from .stamp_sheet import StampSheet

            return StampSheet(answer, self._dress)
        if name == "packet":
            from .json_tree import JsonTree

            if answer["packet"] is None:
                return _none("There is no such row.")
            return JsonTree(answer["packet"], self._dress)
        from . import graphs

        if name == "lightcurve":
            self.choices[name].objects(answer["objects"], answer["object"])
            self._say_filter()
            if not answer["points"]:
                return _none(f"{answer['object'] or 'The table'} has no points.")
        draw = {"histogram": graphs.histogram, "density": graphs.density, "series": graphs.series}
        return graphs.Graph(draw.get(name, graphs.light_curve), answer, self._dress)

    def _rows(self, name: str, answer: Mapping[str, Any]) -> QWidget:
        """Rows that were found, with what there is to say of them; they become a file by being asked for again."""
        from .table_page import TablePage

        found = plural(len(answer["table"]["rows"]), "row")
        said = f"{found} within {answer['within']}."
        if name == "match":
            places = f"{count(answer['matched'])} of {plural(answer['places'], 'place')}"
            said = f"{places} have rows within {answer['within']}."
            if left := answer["of"] - answer["places"]:
                said += f" {plural(left, 'row')} of the list without a position."
        if answer["file"]:
            said += f" Written into {answer['file']}."
        if not answer["table"]["rows"]:
            return _none(said)
        made = TablePage(Table.model_validate(answer["table"]), self._dress, "around" if name == "cone" else "matched")
        made.export_wanted.connect(partial(self._write, name))
        page, column = QWidget(), QVBoxLayout()
        column.setContentsMargins(0, 0, 0, 0)
        words = label(said, name="small", wrap=True, copyable=True)
        words.setContentsMargins(16, 6, 16, 0)
        column.addWidget(words)
        column.addWidget(made, 1)
        page.setLayout(column)
        return page

    def _write(self, name: str, place: Path) -> None:
        """Ask once more, for a file too."""
        self._file = str(place)
        self.asked[name].ask()
        self._file = ""

    def choose(self, cell: Cell | None) -> None:
        """Let a cell of the sky filter all views; None = all rows."""
        self.cell = cell
        self._say_filter()

    def zoom_in(self) -> None:
        """Look into the chosen cell."""
        self._zoomed = self.cell
        self.asked["sky"].ask()
        self._say_filter()

    def zoom_out(self) -> None:
        """The whole sky again."""
        self._zoomed = None
        self.asked["sky"].ask()
        self._say_filter()

    def _all_rows(self) -> None:
        self.cell = None
        if self._zoomed is not None:
            self.zoom_out()
        self._say_filter()

    def _say_filter(self) -> None:
        self._filter.setVisible(self.cell is not None or self._zoomed is not None)
        set_words(self._filter_words, "" if self.cell is None else self._kept_words())
        self.into.setVisible(self.cell is not None and self.cell != self._zoomed)
        self.out.setVisible(self._zoomed is not None)
        self.forget.setVisible(self.cell is not None)

    def _kept_words(self) -> str:
        """An object is shown with all its rows, wherever they lie."""
        name = self.view.currentData()
        chosen = self.choices["lightcurve"].params().get("object") if name in ("lightcurve", "stamps") else None
        return f"All rows of {chosen}, not only cell {self.cell}" if chosen else f"Only cell {self.cell}, in all views"


def _none(words: str) -> QWidget:
    made = label(words, name="small", wrap=True)
    made.setContentsMargins(16, 14, 16, 14)
    return made
