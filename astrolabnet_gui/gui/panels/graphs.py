"""Graphs: what the server counted, on paper: histogram, density or points, series, light curve."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QVBoxLayout, QWidget

from .. import plotting
from ..safe import label, plain
from ..style import Dress
from ..words import count
from .foot import Foot
from .plot import dye, escaped, new_paper
from .save import ask_place
from .scale import Scale
from .shades import painted, parts, shades

Draw = Callable[[Any, Mapping[str, Any], Dress], str]
_SYMBOLS = ("o", "s", "t", "d", "star", "+")
_KNOWN = ("u", "g", "r", "i", "z", "y")
LEGEND = 4  # names beside each other
CLOSE = 3_000  # points; more of them are drawn smaller and without soft edges


class Graph(QWidget):
    """Paper and foot; drawn anew when the colours change.

    Args:
        draw: puts an answer on the paper and says what is seen.
    """

    def __init__(self, draw: Draw, answer: Mapping[str, Any], dress: Dress, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._draw, self._answer, self._dress = draw, answer, dress
        self.paper: Any = label(plotting.WORDS, name="small")
        self.paper.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._ready = False
        self.foot = Foot()
        self.foot.add_link("Fit", self._fit)
        self.foot.add_link("Save…", self.save)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.paper, 1)
        if answer.get("fields"):
            column.addWidget(Scale([field[2] for field in answer["fields"]], "rows a field", dress))
        column.addWidget(self.foot)
        self._column = column
        self.draw()
        dress.changed.connect(self.draw)

    def draw(self) -> None:
        """Put it on the paper, once what draws is there."""
        if not self._ready:
            if not plotting.when_there(self, self.draw):
                return
            words, self.paper, self._ready = self.paper, new_paper(self), True
            self._column.replaceWidget(words, self.paper)
            words.deleteLater()
        self.paper.clear()
        dye(self.paper, self._dress)
        self.foot.say(self._draw(self.paper, self._answer, self._dress))

    def _fit(self) -> None:
        if self._ready:
            self.paper.getPlotItem().enableAutoRange()

    def save(self) -> None:
        """The paper as a picture."""
        place = ask_place(self, "view.png", "PNG (*.png)")
        if place is not None:
            self.paper.grab().save(str(place), "PNG")


def histogram(paper: Any, answer: Mapping[str, Any], dress: Dress) -> str:
    """Bars between the edges."""
    import pyqtgraph as pg

    edges, counts = np.array(answer["edges"], dtype=np.float64), np.array(answer["counts"], dtype=np.float64)
    now = dress.now
    if len(counts):
        paper.addItem(
            pg.BarGraphItem(
                x0=edges[:-1], x1=edges[1:], y0=0, y1=counts, brush=QColor(now.busy_text), pen=QColor(now.surface)
            )
        )
    _axes(paper, answer["column"], {"name": "number of rows"})
    left = answer["rows"] - answer["drawn"]
    return f"{count(answer['drawn'])} rows in {len(counts)} steps" + (f", {count(left)} left out" if left else "")


def density(paper: Any, answer: Mapping[str, Any], dress: Dress) -> str:
    """Points, or fields by their counts."""
    import pyqtgraph as pg

    spans, logs = answer["spans"], [bool(span["log"]) for span in answer["spans"]] or [False, False]
    _axes(paper, answer["x"], answer["y"])
    for side, on in zip(("bottom", "left"), logs, strict=True):
        paper.getAxis(side).setLogMode(*((on, False) if side == "bottom" else (False, on)))
    points = answer.get("points")
    if points:
        x, y = np.array(points, dtype=np.float64).T
        x, y = (np.log10(axis) if on else axis for axis, on in zip((x, y), logs, strict=True))
        ink = QColor(dress.now.busy_text)
        few = len(x) <= CLOSE
        ink.setAlphaF(0.8 if few else 1.0)
        paper.addItem(
            pg.ScatterPlotItem(
                x, y, pen=None, brush=ink, symbol="o" if few else "s", size=4 if few else 2, antialias=few
            )
        )
        return f"{count(len(x))} of {count(answer['rows'])} rows as points"
    if not answer.get("fields"):
        return "no row has both numbers"
    bins = int(answer["bins"])
    heights = np.zeros((bins, bins))
    for i, j, n in answer["fields"]:
        if 0 <= i < bins and 0 <= j < bins:
            heights[bins - 1 - j, i] = n
    rgba = shades(dress)[(parts(heights) * 255).astype(np.intp)]
    rgba[heights == 0] = 0
    ends = [[np.log10(s[e]) if s["log"] else s[e] for e in ("low", "high")] for s in spans]
    image = pg.QtWidgets.QGraphicsPixmapItem(pg.QtGui.QPixmap.fromImage(painted(rgba)))
    (x0, x1), (y0, y1) = ends
    # A pixmap's first row is at the top, the paper counts upwards.
    image.setTransform(pg.QtGui.QTransform.fromTranslate(x0, y1).scale((x1 - x0) / bins, -(y1 - y0) / bins))
    paper.addItem(image)
    paper.setRange(QRectF(x0, y0, x1 - x0, y1 - y0))
    return f"{count(int(heights.sum()))} of {count(answer['rows'])} rows in {bins} × {bins} fields"


def series(paper: Any, answer: Mapping[str, Any], dress: Dress) -> str:
    """Mean of each step as a line, least and most as a band around it."""
    import pyqtgraph as pg

    steps = [step for step in answer["steps"] if step[2] is not None]
    now = dress.now
    start = 0.0 if answer["x"].get("time") else _start(step[0] for step in steps)
    if steps:
        x, _, mean, low, high = (np.array(column, dtype=np.float64) for column in zip(*steps, strict=True))
        x = x - start
        ink = QColor(now.busy_text)
        ground = QColor(ink)
        ground.setAlphaF(0.25)
        ends = [pg.PlotCurveItem(x, y, pen=pg.mkPen(ground)) for y in (low, high)]
        for end in ends:
            paper.addItem(end)
        paper.addItem(pg.FillBetweenItem(*ends, brush=ground))
        paper.plot(x, mean, pen=pg.mkPen(ink, width=2), symbol="o", symbolSize=4, symbolPen=None, symbolBrush=ink)
    paper.getPlotItem().invertY(bool(answer.get("magnitudes")))
    _axes(paper, {**answer["x"], "name": _since(answer["x"]["name"], start)}, answer["y"])
    return f"{count(answer['good'])} of {count(answer['rows'])} rows: mean, least and most in {len(steps)} steps"


def light_curve(paper: Any, answer: Mapping[str, Any], dress: Dress) -> str:
    """Points with errors by band, limits as open triangles; magnitudes grow downwards."""
    import pyqtgraph as pg

    now = dress.now
    inks = [now.busy_text, *(now.tint[name] for name in ("clay", "straw", "rose", "lilac")), now.text2]
    points = answer["points"]
    bands = sorted({p[3] for p in points}, key=lambda b: (_KNOWN.index(b) if b in _KNOWN else 9, b))
    start = _start(p[0] for p in points)
    legend = None
    if any(bands):
        legend = paper.addLegend(offset=(-8, 2), labelTextColor=QColor(now.text2), colCount=LEGEND, verSpacing=-4)
        legend.clear()
        legend.setColumnCount(LEGEND)
        paper.addItem(_room_above(points, start, bool(answer["magnitudes"])))
    for n, band in enumerate(bands):
        ink, symbol = QColor(inks[n % len(inks)]), _SYMBOLS[n % len(_SYMBOLS)]
        seen = np.array([(p[0], p[1], p[2] or 0.0) for p in points if p[3] == band and not p[4]], dtype=np.float64)
        limits = np.array([(p[0], p[1]) for p in points if p[3] == band and p[4]], dtype=np.float64)
        name = escaped(plain(band, 20)) if band else None
        if len(seen):
            x = seen[:, 0] - start
            paper.addItem(pg.ErrorBarItem(x=x, y=seen[:, 1], height=2 * seen[:, 2], pen=pg.mkPen(ink, width=1)))
            paper.plot(
                x, seen[:, 1], pen=None, symbol=symbol, symbolSize=7, symbolPen=QColor(now.surface), symbolBrush=ink,
                name=name,
            )  # fmt: skip
        if len(limits):
            # On an axis that is turned over "t1" points down on the paper's own terms, which is fainter.
            paper.plot(
                limits[:, 0] - start, limits[:, 1], pen=None, symbol="t" if answer["magnitudes"] else "t1",
                symbolSize=8, symbolPen=pg.mkPen(ink), symbolBrush=None, name=f"{name or ''} limit",
            )  # fmt: skip
    paper.getPlotItem().invertY(bool(answer["magnitudes"]))
    unit = answer["time_unit"] or "d"
    time = _since(answer["time"], start)
    _axes(paper, {"name": time, "unit": unit}, {"name": answer["brightness"], "unit": answer["unit"]})
    limited = sum(bool(p[4]) for p in points)
    said = f"{answer['object']}: {count(len(points))} points" + (f", {limited} of them limits" if limited else "")
    return said + (", the first of more" if answer.get("cut") else "")


def _start(times: Iterable[float]) -> float:
    """What days are counted from: Julian dates are too long for an axis."""
    first = float(np.floor(min(times, default=0.0)))
    return first if first > 10_000 else 0.0


def _since(name: str, start: float) -> str:
    return f"{name} − {start:.0f}" if start else name


def _room_above(points: Any, start: float, downwards: bool) -> Any:
    """Something unseen above the points, so that the legend has a place of its own whenever the paper is fitted."""
    import pyqtgraph as pg

    low, high = (end(p[1] for p in points) for end in (min, max)) if points else (0.0, 1.0)
    room = 0.18 * ((high - low) or 1.0)
    x = points[0][0] - start if points else 0.0
    top = low - room if downwards else high + room
    return pg.PlotCurveItem([x, x], [top, top], pen=None)


def _axes(paper: Any, x: Mapping[str, Any], y: Mapping[str, Any]) -> None:
    import pyqtgraph as pg

    if x.get("time"):
        paper.setAxisItems({"bottom": pg.DateAxisItem()})
    for side, about in (("bottom", x), ("left", y)):
        unit = "" if about.get("time") or not about.get("unit") else f", {about['unit']}"
        paper.setLabel(side, escaped(plain(f"{about['name']}{unit}", 60)))
