"""Figures: the five numbers of a task and its Spark stages as bars on one time axis."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from ...model.kind import Health
from ...model.spark import Progress, Stage
from ..marks import mark_pixmap
from ..safe import label, plain, set_words
from ..style import Dress
from ..words import THIN, count, plural, span, took

SHOWN = 6
_ROW = 24
# Below this width bars and numbers give way to the names.
ROOMY = 380
STAGE_HEALTH = {
    "ACTIVE": Health.BUSY, "COMPLETE": Health.OK, "FAILED": Health.FAILED, "PENDING": Health.PENDING,
    "SKIPPED": Health.GONE,
}  # fmt: skip


class Figures(QWidget):
    """Names above, values below."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(16, 8, 16, 8)
        self._grid.setVerticalSpacing(2)
        self._cells = []
        for n in range(5):
            name, value = label(name="caption"), label(name="number")
            self._grid.addWidget(name, 0, n)
            self._grid.addWidget(value, 1, n)
            self._cells.append((name, value))

    def show_figures(self, figures: tuple[tuple[str, str], ...]) -> None:
        """At most five pairs of name and value."""
        for n, (name, value) in enumerate(self._cells):
            pair = figures[n] if n < len(figures) else ("", "")
            set_words(name, pair[0])
            set_words(value, pair[1])
        self.setVisible(bool(figures))


class Stages(QWidget):
    """The last stages of a task; a skipped one is a dashed outline."""

    def __init__(self, dress: Dress, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._dress = dress
        self._stages: tuple[Stage, ...] = ()
        self._retried = 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_stages(self, progress: Progress | None) -> None:
        """Take Spark's account."""
        stages = () if progress is None else progress.stages
        if stages != self._stages:
            self._stages = stages
            self._retried = 0 if progress is None else progress.tasks_failed
            self.setVisible(bool(stages))
            self.setAccessibleName(f"{plural(len(stages), 'stage')} of Spark")
            self.updateGeometry()
            self.update()

    def sizeHint(self) -> QSize:
        """Head and at most ``SHOWN`` rows."""
        return QSize(300, 30 + _ROW * min(SHOWN, len(self._stages)) + 8)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Head, then a row a stage."""
        now = self._dress.now
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        strong, small = QFont(self.font()), QFont(self.font())
        strong.setPixelSize(now.size["small"])
        strong.setWeight(QFont.Weight.DemiBold)
        small.setPixelSize(now.size["small"])
        shown = self._stages[-SHOWN:]
        begin, end = _axis(shown)
        head = QRect(16, 4, self.width() - 32, 22)
        painter.setFont(strong)
        painter.setPen(QColor(now.text))
        hidden = len(self._stages) - len(shown)
        painter.drawText(
            head, Qt.AlignmentFlag.AlignVCenter, f"Stages{f'  last {SHOWN} of {len(self._stages)}' if hidden else ''}"
        )
        painter.setFont(small)
        painter.setPen(QColor(now.text2))
        words = f"0 s – {took(end - begin)}" if end > begin else ""
        if self._retried:
            words += f" · {plural(self._retried, 'Spark task')} retried"
        painter.drawText(head, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, words)
        for n, stage in enumerate(shown):
            self._row(painter, QRect(16, 30 + n * _ROW, self.width() - 32, _ROW), stage, begin, end)
        painter.end()

    def _row(self, painter: QPainter, rect: QRect, stage: Stage, begin: float, end: float) -> None:
        now = self._dress.now
        health = STAGE_HEALTH.get(stage.status, Health.UNKNOWN)
        ratio = self.devicePixelRatioF()
        bar, tasks_wide, time_wide = (104, 68, 62) if rect.width() >= ROOMY else (48, 56, 50)
        numbers = tasks_wide + time_wide + 2
        painter.drawPixmap(rect.left(), rect.center().y() - 5, mark_pixmap(health, now, 12, ratio))
        left, middle = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignVCenter
        right = Qt.AlignmentFlag.AlignRight | middle
        painter.setPen(QColor(now.text2))
        painter.drawText(QRect(rect.left() + 20, rect.top(), 30, rect.height()), left | middle, str(stage.stageId))
        name = painter.fontMetrics().elidedText(
            plain(stage_words(stage), 80), Qt.TextElideMode.ElideRight, rect.width() - 50 - bar - numbers - 14
        )
        painter.setPen(QColor(now.text))
        room = rect.width() - 50 - bar - numbers - 8
        painter.drawText(QRect(rect.left() + 50, rect.top(), room, rect.height()), left | middle, name)
        area = QRectF(rect.right() - bar - numbers - 6, rect.center().y() - 3, bar, 7)
        self._bar(painter, area, stage, health, begin, end)
        painter.setPen(QColor(now.text2))
        skipped = stage.status == "SKIPPED"
        tasks = "–" if skipped else f"{count(stage.numCompleteTasks)}/{count(stage.numTasks)}"
        painter.drawText(QRect(rect.right() - numbers, rect.top(), tasks_wide, rect.height()), right, tasks)
        seconds = _seconds(stage, end)
        words = "skipped" if skipped else stage_time(seconds) if seconds is not None else ""
        painter.drawText(QRect(rect.right() - time_wide, rect.top(), time_wide, rect.height()), right, words)

    def _bar(self, painter: QPainter, area: QRectF, stage: Stage, health: Health, begin: float, end: float) -> None:
        now = self._dress.now
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(now.raised))
        painter.drawRoundedRect(area, 2, 2)
        start = epoch(stage.submissionTime)
        if start is None or end <= begin:
            pen = QPen(QColor(now.mark(health)))
            pen.setStyle(Qt.PenStyle.DashLine)
            painter.setPen(pen)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(area.adjusted(0.5, 0.5, -0.5, -0.5), 2, 2)
            return
        stop = epoch(stage.completionTime) or end
        first = area.left() + area.width() * (start - begin) / (end - begin)
        wide = max(3.0, area.width() * (stop - start) / (end - begin))
        painter.setBrush(QColor(now.mark(health)))
        painter.drawRoundedRect(QRectF(first, area.top(), min(wide, area.right() - first), area.height()), 2, 2)


def stage_words(stage: Stage) -> str:
    """What a stage does: its description, or what called it; Livy's own job group tells a person nothing."""
    own = stage.description or ""
    if not own or own.startswith("Job group for statement "):
        own = stage.name
    return re.sub(r" at (?:\S*/)(?=[^/])", " at ", own)


def _axis(stages: tuple[Stage, ...]) -> tuple[float, float]:
    starts = [t for s in stages if (t := epoch(s.submissionTime)) is not None]
    ends = [t for s in stages if (t := epoch(s.completionTime)) is not None]
    if not starts:
        return 0.0, 0.0
    if any(s.status == "ACTIVE" for s in stages):
        ends.append(datetime.now(UTC).timestamp())
    return min(starts), max(ends, default=min(starts))


def _seconds(stage: Stage, end: float) -> float | None:
    start = epoch(stage.submissionTime)
    return None if start is None else max(0.0, (epoch(stage.completionTime) or end) - start)


def stage_time(seconds: float) -> str:
    """Stages are compared with each other: one decimal up to 100 s."""
    return f"{seconds:.1f}{THIN}s" if seconds < 100 else span(seconds)


def epoch(text: str | None) -> float | None:
    """Spark's ``2026-11-23T14:02:11.123GMT`` as seconds; None if it says nothing readable."""
    if not text:
        return None
    try:
        return datetime.fromisoformat(text.replace("GMT", "+00:00")).timestamp()
    except ValueError:
        return None
