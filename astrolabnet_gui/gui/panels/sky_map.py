"""SkyMap: counts in HEALPix cells on the whole sky or within one cell; a click chooses a cell."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFont, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from ...catalog.healpix import Cell, cell, numbers
from ..style import Dress
from ..words import count
from .foot import Foot
from .projection import Camera, Mollweide, Projection
from .save import ask_place
from .scale import Scale
from .shades import STEPS, painted, parts, shades

_INSET = 12
_WIDEST = 1400


class SkyMap(QWidget):
    """Draws and finds cells.

    Signals:
        hovered(str): words about the cell under the pointer; "" for none.
        chosen(object): a cell was clicked, or Enter pressed on it.
    """

    hovered = Signal(str)
    chosen = Signal(object)

    def __init__(self, answer: Mapping[str, Any], dress: Dress, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._dress = dress
        self.order = int(answer["order"])
        self.inside = cell(answer["cell"]) if answer.get("cell") else None
        cells = answer["cells"]
        self._numbers = np.array([c[0] for c in cells], dtype=np.int64)
        self._counts = np.array([c[1] for c in cells], dtype=np.int64)
        self._means = np.array([math.nan if c[2] is None else c[2] for c in cells], dtype=np.float64)
        self._value = str(answer.get("value") or "")
        self._shade = parts(self._means, log=False) if self._value else parts(self._counts)
        self._projection: Projection = Mollweide() if self.inside is None else _camera(self.inside)
        self.marked: Cell | None = None
        self._image: QImage | None = None
        self.setMinimumSize(200, 140)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(f"Sky map, {count(len(cells))} cells of order {self.order}")
        dress.changed.connect(self._redress)

    def at(self, point: QPointF) -> Cell | None:
        """The cell at a place of the widget."""
        area = self._area()
        x = (point.x() - area.center().x()) / (area.width() / 2)
        y = (area.center().y() - point.y()) / (area.height() / 2)
        if abs(x) > 1 or abs(y) > 1:
            return None
        ra, dec = self._projection.sky(x, y)
        number = int(numbers(ra, dec, self.order))
        found = Cell(order=self.order, number=number) if number >= 0 else None
        return found if found is None or self._is_inside(found) else None

    def place(self, there: Cell) -> QPointF:
        """Where the middle of a cell is on the widget."""
        area = self._area()
        x, y = self._projection.screen(*there.centre)
        return QPointF(
            area.center().x() + float(x) * area.width() / 2, area.center().y() - float(y) * area.height() / 2
        )

    def words(self, there: Cell | None) -> str:
        """What is in a cell."""
        if there is None:
            return ""
        ra, dec = there.centre
        n = int(np.searchsorted(self._numbers, there.number))
        hit = n < len(self._numbers) and self._numbers[n] == there.number
        rows = f"{count(int(self._counts[n]))} rows" if hit else "no rows"
        mean = f", mean {self._value} {self._means[n]:.4g}" if hit and self._value else ""
        return f"cell {there} · {ra:.2f}° {dec:+.2f}° · {rows}{mean}"

    def _is_inside(self, found: Cell) -> bool:
        outer = self.inside
        return outer is None or found.number >> 2 * (found.order - outer.order) == outer.number

    def _area(self) -> QRectF:
        wide, high = self.width() - 2 * _INSET, self.height() - 2 * _INSET
        aspect = self._projection.aspect
        w = max(1.0, min(wide, high * aspect))
        return QRectF((self.width() - w) / 2, (self.height() - w / aspect) / 2, w, w / aspect)

    def _drawn(self) -> QImage:
        area = self._area()
        wide = max(1, min(_WIDEST, int(area.width() * self.devicePixelRatioF())))
        high = max(1, int(wide / self._projection.aspect))
        if self._image is not None and (self._image.width(), self._image.height()) == (wide, high):
            return self._image
        x, y = np.meshgrid((np.arange(wide) + 0.5) / wide * 2 - 1, 1 - (np.arange(high) + 0.5) / high * 2)
        found = numbers(*self._projection.sky(x, y), self.order)
        rgba = np.zeros((high, wide, 4), dtype=np.uint8)
        sky = found >= 0
        if self.inside is not None:
            sky &= found >> 2 * (self.order - self.inside.order) == self.inside.number
        rgba[sky] = np.array(QColor(self._dress.now.raised).getRgb(), dtype=np.uint8)
        if len(self._numbers):
            n = np.minimum(np.searchsorted(self._numbers, found), len(self._numbers) - 1)
            hit = sky & (self._numbers[n] == found)
            table = shades(self._dress)
            rgba[hit] = table[(self._shade[n[hit]] * (STEPS - 1)).astype(np.intp)]
        self._image = painted(rgba)
        return self._image

    def _redress(self) -> None:
        self._image = None
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Cells, lines of equal coordinates, the chosen cell."""
        now = self._dress.now
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.drawImage(self._area(), self._drawn())
        painter.setPen(QPen(QColor(now.edge), 1))
        if self.inside is None:
            self._lines(painter)
            painter.drawEllipse(self._area())
            self._names(painter)
        else:
            painter.drawPolygon(self._outline(self.inside, 32))
        if self.marked is not None:
            painter.setPen(QPen(QColor(now.text), 2))
            painter.drawPolygon(self._outline(self.marked, 8))
        painter.end()

    def _lines(self, painter: QPainter) -> None:
        ink = QColor(self._dress.now.edge)
        ink.setAlphaF(0.45)
        painter.setPen(QPen(ink, 1))
        up, around = np.linspace(-90, 90, 61), np.linspace(0.01, 359.99, 121)
        for ra in range(30, 360, 30):
            painter.drawPolyline(self._polygon(np.full_like(up, ra), up))
        for dec in (-60, -30, 0, 30, 60):
            painter.drawPolyline(self._polygon(around, np.full_like(around, dec)))
        painter.setPen(QPen(QColor(self._dress.now.edge), 1))

    def _names(self, painter: QPainter) -> None:
        font = QFont(self.font())
        font.setPixelSize(self._dress.now.size["caption"])
        painter.setFont(font)
        ground = QColor(self._dress.now.surface)
        ground.setAlphaF(0.8)
        painter.setPen(QColor(self._dress.now.text2))
        for ra in (60, 120, 180, 240, 300):
            at = self._polygon(np.array([ra]), np.array([0.0])).at(0)
            plate = QRectF(at.x() - 16, at.y() + 2, 32, 14)  # dense cells would swallow the words
            painter.fillRect(plate, ground)
            painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, f"{ra}°")

    def _outline(self, there: Cell, steps: int) -> QPolygonF:
        edge = np.array(there.edge(steps))
        made = self._polygon(edge[:, 0], edge[:, 1])
        # A cell that is cut by the rim of the map would be drawn across all of it.
        wide = made.boundingRect().width()
        return QPolygonF() if self.inside is None and wide > self._area().width() * 0.7 else made

    def _polygon(self, ra: Any, dec: Any) -> QPolygonF:
        area, middle = self._area(), self._area().center()
        x, y = self._projection.screen(ra, dec)
        good = np.isfinite(x) & np.isfinite(y)
        return QPolygonF([
            QPointF(middle.x() + float(a) * area.width() / 2, middle.y() - float(b) * area.height() / 2)
            for a, b in zip(x[good], y[good], strict=True)
        ])  # fmt: skip

    def mark(self, there: Cell | None) -> None:
        """Draw a cell's edge."""
        self.marked = there
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Say what is under the pointer."""
        self.hovered.emit(self.words(self.at(event.position())))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the cell."""
        self._choose(self.at(event.position()))

    def _choose(self, there: Cell | None) -> None:
        self.mark(there)
        self.hovered.emit(self.words(there))
        self.chosen.emit(there)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows walk from cell to cell, Enter chooses, Esc forgets."""
        step = max(3.0, self._area().height() / (3 * (1 << min(self.order, 6))))
        ways = {
            Qt.Key.Key_Left: (-step, 0.0), Qt.Key.Key_Right: (step, 0.0),
            Qt.Key.Key_Up: (0.0, -step), Qt.Key.Key_Down: (0.0, step),
        }  # fmt: skip
        way = ways.get(Qt.Key(event.key()))
        if way is not None:
            start = self._area().center() if self.marked is None else self.place(self.marked)
            found, far = self.marked, 1
            while found == self.marked and far < 8:
                found = self.at(start + QPointF(*way) * far)
                far += 1
            if found is not None:
                self.mark(found)
                self.hovered.emit(self.words(found))
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.marked is not None:
            self._choose(self.marked)
        elif event.key() == Qt.Key.Key_Escape and self.marked is not None:
            self._choose(None)
        else:
            super().keyPressEvent(event)


class SkyPage(QWidget):
    """The map with its foot.

    Attributes:
        map: the map.
    """

    def __init__(self, answer: Mapping[str, Any], dress: Dress, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.map = SkyMap(answer, dress)
        self.foot = Foot()
        without = f", {count(answer['without'])} have no position" if answer["without"] else ""
        where = f"within cell {answer['cell']}" if answer["cell"] else "on the whole sky"
        self._all = f"{count(answer['rows'])} rows {where}, order {answer['order']}{without}"
        self.foot.say(self._all)
        self.foot.add_link("Save…", self.save)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.map, 1)
        value = str(answer.get("value") or "")
        what = f"mean {value}" if value else "rows a cell"
        shown = [c[2] if value else c[1] for c in answer["cells"]]
        self.scale = Scale([math.nan if one is None else one for one in shown], what, dress, log=not value)
        column.addWidget(self.scale)
        column.addWidget(self.foot)
        self.map.hovered.connect(lambda words: self.foot.say(words or self._all))

    def save(self) -> None:
        """The map as a picture."""
        place = ask_place(self, "sky.png", "PNG (*.png)")
        if place is not None:
            self.map.grab().save(str(place), "PNG")


def _camera(inside: Cell) -> Camera:
    ra, dec = inside.centre
    x, y, z = _vectors([(ra, dec)])[0]
    far = max(
        math.degrees(math.acos(max(-1.0, min(1.0, x * a + y * b + z * c)))) for a, b, c in _vectors(inside.edge(4))
    )
    return Camera(ra, dec, far * 1.03)


def _vectors(places: list[tuple[float, float]]) -> list[tuple[float, float, float]]:
    found = []
    for ra, dec in places:
        a, d = math.radians(ra), math.radians(dec)
        found.append((math.cos(d) * math.cos(a), math.cos(d) * math.sin(a), math.sin(d)))
    return found
