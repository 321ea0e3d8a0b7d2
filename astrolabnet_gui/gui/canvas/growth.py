"""Growth: a node that just came grows at its place for a moment, over the kept picture; nothing else moves for it."""

from __future__ import annotations

import numpy as np
from PySide6.QtGui import QPainter

from .chart import Chart
from .view import Level, View


class Growth:
    """Which rows grow, and since when. While they do, the chart leaves them out."""

    def __init__(self, chart: Chart) -> None:
        self._chart = chart
        self._born: dict[int, tuple[float, float]] = {}

    def begin(self, rows: set[int], now_s: float, lasts_s: float) -> None:
        """These came just now."""
        if lasts_s > 0:
            self._born.update(dict.fromkeys(rows, (now_s, lasts_s)))
            self._chart.growing |= rows

    def end(self, now_s: float) -> list[int]:
        """Those that have their size; they belong to the kept picture from now on."""
        grown = [row for row, (since, lasts) in self._born.items() if now_s >= since + lasts]
        for row in grown:
            del self._born[row]
        still = {row for row in self._born if row in self._chart.growing}
        self._born = {row: self._born[row] for row in still}
        self._chart.growing.intersection_update(still)
        return grown

    def draw(self, painter: QPainter, view: View, now_s: float) -> None:
        """Each at its size of the moment."""
        chart = self._chart
        for row, (since, lasts) in self._born.items():
            if row not in chart.growing or view.level is Level.FAR:
                continue
            part = min(1.0, max(0.05, (now_s - since) / lasts))
            size = 1 - (1 - part) ** 3
            x, y = view.to_screen(*chart.scene.middle(row))
            painter.save()
            painter.translate(x, y)
            painter.scale(size, size)
            painter.translate(-x, -y)
            chart.growing.discard(row)
            if chart.scene.owner[row] == row:
                chart.draw_servers(painter, np.array([row], np.int64), view)
            elif view.level is Level.NEAR:
                chart.draw_child(painter, row, view)
            chart.growing.add(row)
            painter.restore()
