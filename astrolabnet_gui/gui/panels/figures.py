"""Figures: the five numbers of a task and its Spark stages as bars on one time axis."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from ...model.kind import Health
from ...model.spark import Progress, Stage
from ..marks import mark_pixmap
from ..safe import label, plain, set_words
from ..style import Dress
from ..words import THIN, count, plural, span, took

SHOWN = 6
# Below this width, at usual text, bars give way to the names; below the other there are none.
ROOMY, NAMES = 380, 70
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
        self._grid.setHorizontalSpacing(12)
        self._across = 5
        self._cells = []
        for n in range(5):
            name, value = label(name="caption"), label(name="number")
            self._grid.addWidget(name, 0, n)
            self._grid.addWidget(value, 1, n)
            self._cells.append((name, value))

    def minimumSizeHint(self) -> QSize:
        """Three cells side by side; the others go below them."""
        wide = sum(max(part.sizeHint().width() for part in cell) for cell in self._cells[:3])
        return QSize(wide + 2 * 12 + 32, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """As many side by side as there is room for."""
        super().resizeEvent(event)
        self._flow()

    def changeEvent(self, event: QEvent) -> None:
        """Larger text needs more room."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._flow()

    def _flow(self) -> None:
        wide = sum(max(part.sizeHint().width() for part in cell) for cell in self._cells)
        across = 5 if wide + 4 * 12 + 32 <= self.width() else 3
        if across == self._across:
            return
        self._across = across
        for n, cell in enumerate(self._cells):
            for m, part in enumerate(cell):
                self._grid.addWidget(part, 2 * (n // across) + m, n % across)

    def show_figures(self, figures: tuple[tuple[str, str], ...]) -> None:
        """At most five pairs of name and value."""
        for n, (name, value) in enumerate(self._cells):
            pair = figures[n] if n < len(figures) else ("", "")
            set_words(name, pair[0])
            set_words(value, pair[1])
        self._flow()
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
        return QSize(300, 6 + self._row_high() * (1 + min(SHOWN, len(self._stages))) + 8)

    def _row_high(self) -> int:
        small = QFont(self.font())
        small.setPixelSize(self._dress.now.size["small"])
        return max(24, QFontMetrics(small).height() + 8)

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
        head = QRect(16, 4, self.width() - 32, self._row_high() - 2)
        painter.setFont(strong)
        painter.setPen(QColor(now.text))
        hidden = len(self._stages) - len(shown)
        title = f"Stages{f'  last {SHOWN} of {len(self._stages)}' if hidden else ''}"
        painter.drawText(head, Qt.AlignmentFlag.AlignVCenter, title)
        head.setLeft(head.left() + painter.fontMetrics().horizontalAdvance(title) + 12)
        painter.setFont(small)
        painter.setPen(QColor(now.text2))
        words = f"0 s – {took(end - begin)}" if end > begin else ""
        if self._retried:
            words += f" · {plural(self._retried, 'Spark task')} retried"
        words = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, head.width())
        painter.drawText(head, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, words)
        high, told = self._row_high(), [_numbers(stage, end) for stage in shown]
        measure = painter.fontMetrics().horizontalAdvance
        wide = tuple(max(measure(words[n]) for words in told) + 12 for n in range(3)) if told else (0, 0, 0)
        for n, (stage, words_of) in enumerate(zip(shown, told, strict=True)):
            row = QRect(16, 6 + (n + 1) * high, self.width() - 32, high)
            self._row(painter, row, stage, words_of, wide, begin, end)
        painter.end()

    def _row(
        self, painter: QPainter, rect: QRect, stage: Stage, words: _Words, wide: Sequence[int], begin: float, end: float
    ) -> None:
        now = self._dress.now
        health = STAGE_HEALTH.get(stage.status, Health.UNKNOWN)
        left, middle = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignVCenter
        number, tasks, seconds = wide
        name = rect.adjusted(20 + number, 0, -tasks - seconds, 0)
        bar = 104 if rect.width() >= ROOMY * now.text_scale else 48
        if name.width() - bar - 8 < NAMES * now.text_scale:
            bar = 0
        painter.drawPixmap(rect.left(), rect.center().y() - 5, mark_pixmap(health, now, 12, self.devicePixelRatioF()))
        if bar:
            name.setRight(name.right() - bar - 8)
            self._bar(painter, QRectF(name.right() + 8, rect.center().y() - 3, bar, 7), stage, health, begin, end)
        painter.setPen(QColor(now.text2))
        painter.drawText(rect.adjusted(20, 0, 0, 0), left | middle, words[0])
        right = Qt.AlignmentFlag.AlignRight | middle
        painter.drawText(rect, right, words[2])
        painter.drawText(rect.adjusted(0, 0, -seconds, 0), right, words[1])
        painter.setPen(QColor(now.text))
        elide = Qt.TextElideMode.ElideRight
        painter.drawText(name, left | middle, painter.fontMetrics().elidedText(
            plain(stage_words(stage), 80), elide, name.width()))  # fmt: skip

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


_Words = tuple[str, str, str]
"""Number of a stage, its tasks, its time."""


def _numbers(stage: Stage, end: float) -> _Words:
    if stage.status == "SKIPPED":
        return str(stage.stageId), "–", "skipped"
    seconds = _seconds(stage, end)
    tasks = f"{count(stage.numCompleteTasks)}/{count(stage.numTasks)}"
    return str(stage.stageId), tasks, stage_time(seconds) if seconds is not None else ""


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
