"""Layer: the kept picture of the chart. Panning shifts it, zooming stretches it, and a new one is drawn meanwhile in
slices of a few ms, so that no frame waits for ten thousand nodes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

import numpy as np
from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, QSizeF
from PySide6.QtGui import QImage, QPainter

from .chart import Chart, Step
from .view import Level, View

# Of a frame, for a picture a person waits for, and for one that only follows the news.
SLICE_MS, CALM_MS = 5.0, 2.0
# More changed servers than this are left to the next whole picture.
_PATCHES = 8
# A jump further than this shows bare ground at the edge until the next picture is there.
_STRIP = 160.0

Clock = Callable[[], float]


class Layer:
    """Three pictures: the one shown, one to shift into, one being drawn.

    Attributes:
        drawn: how many whole pictures were finished.
    """

    def __init__(self, chart: Chart, clock: Clock = time.perf_counter) -> None:
        self._chart = chart
        self._clock = clock
        self._shown: View | None = None
        self._drawing: View | None = None
        self._steps: Iterator[Step] | None = None
        self._again = False
        self.drawn = 0
        self.resize(QSize(1, 1), 1.0)

    def resize(self, size: QSize, ratio: float, grain: float = 1.0) -> None:
        """Pictures of another size or pixel ratio; the old one is lost.

        Args:
            size: of the widget. grain: see View.
        """
        self._ratio, self._grain = ratio, grain
        self._widget, self._size = size, QSizeF(size) / grain
        self._front, self._spare, self._back = (self._image() for _ in range(3))
        self._shown = self._drawing = self._steps = None

    def _image(self) -> QImage:
        wide, high = round(self._widget.width() * self._ratio), round(self._widget.height() * self._ratio)
        image = QImage(max(1, wide), max(1, high), QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(self._ratio)
        return image

    @property
    def busy(self) -> bool:
        """A picture is being drawn, or must be."""
        return self._steps is not None or self._again or self._shown is None

    @property
    def empty(self) -> bool:
        """There is nothing to show yet."""
        return self._shown is None

    def spoil(self) -> None:
        """The picture is no longer true: draw a new one (the old one is shown until then)."""
        self._again = True

    def step(self, view: View, budget_ms: float | None = None) -> bool:
        """Draw for at most ``budget_ms``; True when the picture of this view is finished by it."""
        budget_ms = budget_ms or (SLICE_MS if self._late(view) else CALM_MS)
        if self._steps is None and self.due(view):
            self._again = False
            self._drawing = replace(view)
            self._steps = self._chart.steps(self._drawing, QRectF(0, 0, self._size.width(), self._size.height()))
        if self._steps is None:
            return False
        end = self._clock() + budget_ms / 1000
        painter = self._painter(self._back)
        for work in self._steps:
            work(painter)
            if self._clock() >= end:
                painter.end()
                return False
        painter.end()
        self._front, self._back = self._back, self._front
        self._shown, self._drawing, self._steps = self._drawing, None, None
        self.drawn += 1
        return True

    def due(self, view: View) -> bool:
        """There is drawing left to do for this view."""
        return self.busy or self._late(view)

    def _late(self, view: View) -> bool:
        """What is shown is another zoom's."""
        shown = self._shown
        return shown is None or (shown.zoom, shown.level) != (view.zoom, view.level)

    def finish(self, view: View) -> None:
        """Draw until the picture is whole (first sight, screenshots)."""
        self._again |= self._shown is None or self._shown.key != view.key
        while self.due(view):
            self.step(view, 1e6)

    def patch(self, servers: Iterable[int]) -> None:
        """These servers look different: mend the picture where they are, or ask for a new one."""
        if self._shown is None:
            return
        if self._steps is not None:
            self._again = True
        rows = self._chart.rows_in(self._shown, (*self._shown.seen(),), np.array(sorted(servers), np.int64))
        if not len(rows):
            return
        painter = self._painter(self._front)
        if self._shown.level is Level.FAR or len(rows) > _PATCHES:
            if self._shown.level is Level.FAR:
                self._chart.draw_servers(painter, rows, self._shown)
            self._again = True
        else:
            end = self._clock() + 2 * SLICE_MS / 1000
            for row in rows.tolist():
                self._region(painter, self._shown, self._around(row, self._shown))
                if self._clock() > end:
                    self._again = True
                    break
        painter.end()

    def redo(self, servers: Iterable[int]) -> None:
        """These servers are taken in hand or stand again: at once where they are, with their lines in the next whole
        picture."""
        self._mend_regions(servers)
        self._again = True

    def _mend_regions(self, servers: Iterable[int]) -> None:
        if self._shown is None or self._shown.level is Level.FAR:
            return
        painter = self._painter(self._front)
        for row in list(servers)[:_PATCHES]:
            self._region(painter, self._shown, self._around(row, self._shown))
        painter.end()

    def blit(self, painter: QPainter, view: View) -> None:
        """Put the picture on the widget as this view wants it: shifted with fresh strips, or stretched."""
        ground = self._chart.ink.colour("canvas")
        shown = self._shown
        if shown is None:
            painter.fillRect(QRectF(QPointF(0, 0), self._widget), ground)
            return
        if shown.zoom == view.zoom and shown.level == view.level:
            fine = self._ratio * self._grain
            dx, dy = (round((a - b) * fine) / fine for a, b in ((view.tx, shown.tx), (view.ty, shown.ty)))
            if dx or dy:
                self._shift(shown, dx, dy)
            painter.drawImage(QPointF(0, 0), self._front)
            return
        scale = view.zoom / shown.zoom
        painter.fillRect(QRectF(QPointF(0, 0), self._widget), ground)
        left, top = (view.tx - shown.tx * scale) * self._grain, (view.ty - shown.ty * scale) * self._grain
        wide, high = self._widget.width() * scale, self._widget.height() * scale
        painter.drawImage(QRectF(left, top, wide, high), self._front)

    def _shift(self, shown: View, dx: float, dy: float) -> None:
        wide, high = self._size.width(), self._size.height()
        painter = self._painter(self._spare)
        shown.pan(dx, dy)
        far = abs(dx) > _STRIP or abs(dy) > _STRIP
        if far:
            painter.fillRect(QRectF(0, 0, wide, high), self._chart.ink.colour("canvas"))
            self._again = True
        painter.save()
        painter.resetTransform()
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
        painter.drawImage(QPointF(dx, dy) * self._grain, self._front)
        painter.restore()
        if not far:
            if dx:
                self._region(painter, shown, QRectF(0 if dx > 0 else wide + dx, 0, abs(dx), high))
            if dy:
                self._region(painter, shown, QRectF(0, 0 if dy > 0 else high + dy, wide, abs(dy)))
        painter.end()
        self._front, self._spare = self._spare, self._front

    def _region(self, painter: QPainter, view: View, rect: QRectF) -> None:
        """Draw one screen rectangle at once."""
        painter.setClipRect(rect)
        for work in self._chart.steps(view, rect):
            work(painter)
        painter.setClipping(False)

    def _around(self, row: int, view: View) -> QRectF:
        """Screen rectangle of a server's plate and rack, on whole pixels of the widget."""
        left, top, right, bottom = self._chart.scene.box[row].tolist()
        x, y = self._chart.scene.at[row].tolist()
        x0, y0 = view.to_screen(x + left, y + top)
        x1, y1 = view.to_screen(x + right, y + bottom)
        grain = self._grain
        rect = QRectF(QPointF(x0 - 8, y0 - 8) * grain, QPointF(x1 + 8, y1 + 8) * grain).toAlignedRect()
        rect = rect.intersected(QRect(QPoint(0, 0), self._widget))
        return QRectF(QPointF(rect.topLeft()) / grain, QSizeF(rect.size()) / grain)

    def _painter(self, image: QImage) -> QPainter:
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.scale(self._grain, self._grain)
        return painter
