"""Plot: the rows of a table as line, scatter, histogram or bars, chosen by boxes; pyqtgraph comes at the first look."""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QShowEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from ...model.output import Table
from .. import plotting
from ..safe import label, plain
from ..style import Dress
from .cells import numeric
from .foot import Foot
from .save import ask_place
from .table import TableModel

if TYPE_CHECKING:
    from .drawing import Drawn

KINDS = {"scatter": "Scatter", "line": "Line", "histogram": "Histogram", "bar": "Bars"}
ROW = -1
# Words below bars; more would lie over each other in a narrow panel.
NAMES = 5


class PlotPage(QWidget):
    """Draws what the filter of the table lets through.

    Attributes:
        kind, across, up: boxes with what is drawn; log_x, log_y: logarithmic axes.
        drawn: what is on the paper now; None before the first look.
    """

    def __init__(self, model: TableModel, dress: Dress, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model, self._dress = model, dress
        self._paper: Any = None
        self.drawn: Drawn | None = None
        self._room = QVBoxLayout()
        self._wait = label(plotting.WORDS, name="small")
        self._wait.setAlignment(Qt.AlignmentFlag.AlignCenter)
        plotting.expect(self)
        self.kind, self.across, self.up = _box("Kind of plot"), _box("Across"), _box("Up")
        self.log_x, self.log_y = QCheckBox("log x"), QCheckBox("log y")
        for key, words in KINDS.items():
            self.kind.addItem(words, key)
        self.foot = Foot()
        self.foot.add_link("Fit", self._fit)
        self.foot.add_link("Save…", self.save)
        self._build()
        self._begin(model.table)
        self._kind_chosen()
        self.kind.currentIndexChanged.connect(self._kind_chosen)
        for box in (self.across, self.up):
            box.currentIndexChanged.connect(self.draw)
        for check in (self.log_x, self.log_y):
            check.toggled.connect(self.draw)
        model.counted.connect(self.draw)
        dress.changed.connect(self._redress)

    def _build(self) -> None:
        top = QHBoxLayout()
        top.setContentsMargins(12, 6, 12, 0)
        top.setSpacing(8)
        top.addWidget(self.kind, 1)
        for check in (self.log_x, self.log_y):
            top.addWidget(check)
        axes = QHBoxLayout()
        axes.setContentsMargins(12, 4, 12, 6)
        axes.setSpacing(8)
        for name, box in (("y", self.up), ("x", self.across)):
            axes.addWidget(label(name, name="small"))
            axes.addWidget(box, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addLayout(axes)
        column.addLayout(self._room, 1)
        self._room.addWidget(self._wait)
        column.addWidget(self.foot)

    def _begin(self, table: Table) -> None:
        """Words of the boxes, and a first choice that is likely to be meant."""
        able = [n for n in range(len(table.columns)) if numeric(table, n)]
        self.across.addItem("row number", ROW)
        self.up.addItem("number of rows", ROW)
        for n, column in enumerate(table.columns):
            words = plain(f"{column.name}, {column.unit}" if column.unit else column.name, 60)
            self.across.addItem(words, n)
            self.up.addItem(words, n)
        if len(able) > 1:
            self._choose("scatter", able[0], able[1])
        elif able and len(table.columns) > 1:
            words_column = next(n for n in range(len(table.columns)) if n not in able)
            self._choose("bar", words_column, able[0])
        elif able:
            self._choose("histogram", able[0], ROW)
        else:
            self._choose("bar", 0, ROW)

    def _choose(self, kind: str, x: int, y: int) -> None:
        for box, value in ((self.kind, kind), (self.across, x), (self.up, y)):
            box.setCurrentIndex(box.findData(value))

    def _kind_chosen(self) -> None:
        kind = self.kind.currentData()
        self.up.setEnabled(kind != "histogram")
        self.log_x.setEnabled(kind in ("scatter", "line"))
        self.draw()

    def showEvent(self, event: QShowEvent) -> None:
        """The first look fetches the plotting library."""
        super().showEvent(event)
        self.draw()

    def draw(self) -> None:
        """Draw what is chosen; nothing while nobody looks."""
        if not self.isVisible():
            return
        if self._paper is None:
            if not plotting.when_there(self, self.draw):
                return
            self._wait.hide()
            self._paper = new_paper(self)
            self._room.addWidget(self._paper)
            self._dye()
        self.drawn = self._made()
        log = (self.log_x.isChecked() and self.log_x.isEnabled(), self.log_y.isChecked())
        self._put(self.drawn, log)
        self.foot.say(self.drawn.said)

    def _made(self) -> Drawn:
        from .drawing import bars, points, steps

        kind, x, y = self.kind.currentData(), self._cells(self.across), self._cells(self.up)
        if kind == "histogram":
            return steps(range(1, self._model.fitting + 1) if x is None else x)
        if kind == "bar":
            return bars(range(1, self._model.fitting + 1) if x is None else x, y)
        log = (self.log_x.isChecked(), self.log_y.isChecked())
        up = range(1, self._model.fitting + 1) if y is None else y
        return points(x, up, line=kind == "line", log=log)

    def _cells(self, box: QComboBox) -> Sequence[Any] | None:
        chosen = box.currentData()
        return None if chosen == ROW else self._model.column(chosen)

    def _put(self, drawn: Drawn, log: tuple[bool, bool]) -> None:
        import pyqtgraph as pg

        from .drawing import dates

        now, paper = self._dress.now, self._paper
        paper.clear()
        ink = QColor(now.busy_text)
        across = self._cells(self.across)
        moments = not drawn.names and across is not None and dates(across)
        paper.setAxisItems({"bottom": pg.DateAxisItem() if moments else pg.AxisItem("bottom")})
        self._dye()
        if self.kind.currentData() in ("histogram", "bar"):
            paper.setLogMode(False, False)
            heights = drawn.y
            if log[1]:
                import numpy as np

                heights = np.log10(np.maximum(drawn.y, 0.5))
                paper.getAxis("left").setLogMode(False, True)
            floor = -0.31 if log[1] else 0.0
            paper.addItem(
                pg.BarGraphItem(x=drawn.x, y0=floor, y1=heights, width=drawn.wide, brush=ink, pen=QColor(now.surface))
            )
            if drawn.names:
                every = 1 + len(drawn.names) // NAMES
                paper.getAxis("bottom").setTicks([[(n, word[:12]) for n, word in enumerate(drawn.names)][::every]])
        else:
            paper.setLogMode(*log)
            if self.kind.currentData() == "line":
                paper.plot(drawn.x, drawn.y, pen=pg.mkPen(ink, width=1))
            else:
                dots = QColor(ink)
                dots.setAlphaF(0.8 if len(drawn.x) < 2000 else 0.35)
                paper.plot(drawn.x, drawn.y, pen=None, symbol="o", symbolSize=4, symbolPen=None, symbolBrush=dots)
        up = "number of rows" if self.kind.currentData() == "histogram" else self.up.currentText()
        paper.setLabel("bottom", escaped(self.across.currentText()))
        paper.setLabel("left", escaped(up))
        self._fit()

    def _dye(self) -> None:
        dye(self._paper, self._dress)

    def _redress(self) -> None:
        if self._paper is not None:
            self.draw()

    def _fit(self) -> None:
        if self._paper is not None:
            self._paper.getPlotItem().enableAutoRange()

    def save(self) -> None:
        """The paper as a picture."""
        place = ask_place(self, "plot.png", "PNG (*.png)")
        if place is not None and self._paper is not None:
            self._paper.grab().save(str(place), "PNG")


def _box(name: str) -> QComboBox:
    made = QComboBox()
    made.setAccessibleName(name)
    made.setMinimumContentsLength(5)
    made.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    return made


def dye(paper: Any, dress: Dress) -> None:
    """Ground and axes in the colours of now."""
    now = dress.now
    paper.setBackground(QColor(now.surface))
    for side in ("left", "bottom"):
        axis = paper.getAxis(side)
        axis.setPen(QColor(now.edge))
        axis.setTextPen(QColor(now.text2))
        axis.enableAutoSIPrefix(False)


def new_paper(parent: QWidget) -> Any:
    """A sheet of pyqtgraph's, which is imported here for the first time."""
    import pyqtgraph as pg

    made = pg.PlotWidget(parent)
    made.setMenuEnabled(False)
    made.hideButtons()
    made.showGrid(x=True, y=True, alpha=0.15)
    made.setFrameShape(made.Shape.NoFrame)
    made.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    made.getPlotItem().setClipToView(True)
    made.getPlotItem().setDownsampling(auto=True, mode="peak")
    return made


def escaped(words: str) -> str:
    """pyqtgraph reads its labels as HTML."""
    return html.escape(words)
