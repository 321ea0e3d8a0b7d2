"""Atlas: small pictures of all states, drawn once, then stamped by the thousand in one call."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QImage, QPainter, QPen, QPixmap

from ...model.kind import Health
from ..marks import paint_mark
from . import shapes
from .bulk import draw_stamps
from .ink import NO_PEN, Ink
from .table import BATCH, DATASET, HEALTHS, SESSION, TASK, Floats, Ints

FAR_SIZES = (12.0, 15.0, 18.0, 22.0)
_CELL_W, _CELL_H = 40, 44
LOUD = (Health.FAILED, Health.WARN, Health.UNKNOWN)


class Atlas:
    """Pictures in cells: column = state, row = size (far) or kind (middle).

    Attributes:
        cell: logical size of one cell.
    """

    def __init__(self, lines: int, cell: tuple[int, int], ratio: float) -> None:
        self._ratio = ratio
        self.cell = cell
        self._image = QImage(
            round(len(HEALTHS) * cell[0] * ratio), round(lines * cell[1] * ratio),
            QImage.Format.Format_ARGB32_Premultiplied,
        )  # fmt: skip
        self._image.setDevicePixelRatio(ratio)
        self._image.fill(0)
        self._pixmap = QPixmap()

    def begin(self) -> QPainter:
        """Painter for its cells."""
        painter = QPainter(self._image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        return painter

    def close(self) -> None:
        """All cells are drawn."""
        self._pixmap = QPixmap.fromImage(self._image)
        self._pixmap.setDevicePixelRatio(1.0)

    def stamp(self, painter: QPainter, x: Floats, y: Floats, column: Ints, line: Ints) -> None:
        """Put one picture at each screen point."""
        if not len(x):
            return
        wide, high = self.cell[0] * self._ratio, self.cell[1] * self._ratio
        pieces = np.zeros((len(x), 10))
        pieces[:, 0], pieces[:, 1] = np.rint(x), np.rint(y)
        pieces[:, 2], pieces[:, 3] = column * wide, line * high
        pieces[:, 4], pieces[:, 5] = wide, high
        pieces[:, 6:8] = 1.0 / self._ratio
        pieces[:, 9] = 1.0
        draw_stamps(painter, pieces, self._pixmap)


def far(ink: Ink, ratio: float) -> Atlas:
    """Servers at the far level: a hexagon in four sizes, filled with its worst state; trouble adds its mark."""
    made = Atlas(len(FAR_SIZES), (_CELL_W, _CELL_H), ratio)
    painter = made.begin()
    for column, health in enumerate(HEALTHS):
        for line, size in enumerate(FAR_SIZES):
            painter.save()
            painter.translate((column + 0.5) * _CELL_W, (line + 0.5) * _CELL_H)
            path = shapes.hexagon(size, size * 0.62, size * 0.26)
            if health is Health.GONE:
                painter.setPen(ink.pen("gone", 1.0, dashed=True))
                painter.setBrush(ink.brush("canvas"))
            else:
                quiet = health in (Health.OK, Health.PENDING, Health.FLOW)
                painter.setPen(NO_PEN)
                painter.setBrush(ink.brush("text3" if quiet else health.value))
            painter.drawPath(path)
            if health in LOUD:
                paint_mark(painter, QRectF(-6, -size * 0.31 - 14, 12, 12), health, ink.theme)
            painter.restore()
    painter.end()
    made.close()
    return made


def middle(ink: Ink, zoom: float, ratio: float) -> Atlas:
    """Children at the middle level: bare silhouettes, with a small mark where it is not well."""
    side = int(44 * zoom) + 10
    made = Atlas(DATASET + 1, (side, side), ratio)
    painter = made.begin()
    for column, health in enumerate(HEALTHS):
        for line in (SESSION, TASK, BATCH, DATASET):
            painter.save()
            painter.translate((column + 0.5) * side, (line + 0.5) * side)
            down = health is Health.GONE
            painter.save()
            painter.scale(zoom, zoom)
            pen = QPen(ink.pen("gone" if down else "edge", 1.0, dashed=down))
            pen.setWidthF(pen.widthF() / zoom)
            painter.setPen(pen)
            painter.setBrush(ink.brush("canvas" if down else "raised"))
            painter.drawPath(shapes.outline(line))
            if line == DATASET:
                painter.drawPath(shapes.lid())
            painter.restore()
            if line != TASK and health in (Health.FAILED, Health.WARN, Health.PENDING):
                mark = max(8.0, 12 * zoom)
                at = QPointF(10.0 * zoom, -10.0 * zoom)
                paint_mark(painter, QRectF(at.x() - mark / 2, at.y() - mark / 2, mark, mark), health, ink.theme)
            elif line == TASK and not down and health is not Health.BUSY:
                mark = 12 * zoom
                paint_mark(painter, QRectF(-mark / 2, -mark / 2, mark, mark), health, ink.theme)
            painter.restore()
    painter.end()
    made.close()
    return made
