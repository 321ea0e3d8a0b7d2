"""Timeline: stages and executors of a task as bars over time; pyqtgraph is loaded when it is first opened."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush, QColor, QFont, QPen
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from ...model.kind import Health
from ...model.spark import Executor, Progress, Stage
from .. import plotting
from ..safe import plain
from ..style import Dress
from ..words import plural
from .figures import STAGE_HEALTH, epoch

SHOWN_STAGES, SHOWN_EXECUTORS = 12, 8
_ROW, _AXIS = 17, 24
_OPEN, _CLOSED = "Hide timeline (seconds)", "Show timeline"


class Bar(NamedTuple):
    """One row: its name, when it begins and ends in seconds from the first stage, and its mark."""

    name: str
    begin_s: float
    end_s: float
    health: Health


def bars(progress: Progress, now: datetime) -> tuple[Bar, ...]:
    """Rows from above: the last stages that began, then the executors that were there meanwhile."""
    begun = [s for s in progress.stages if epoch(s.submissionTime) is not None][-SHOWN_STAGES:]
    if not begun:
        return ()
    zero = min(_begin(stage) for stage in begun)
    running = any(stage.status == "ACTIVE" for stage in begun)
    ends = [t for stage in begun if (t := epoch(stage.completionTime)) is not None]
    end = now.timestamp() if running or not ends else max(ends)
    rows = [
        Bar(
            f"stage {stage.stageId}",
            _begin(stage) - zero,
            max(_begin(stage), epoch(stage.completionTime) or end) - zero,
            STAGE_HEALTH.get(stage.status, Health.UNKNOWN),
        )
        for stage in begun
    ]
    return (*rows, *_executors(progress.executors, zero, max(end, zero)))


def _begin(stage: Stage) -> float:
    return epoch(stage.submissionTime) or 0.0


def _executors(executors: Sequence[Executor], zero: float, end: float) -> list[Bar]:
    rows = []
    for one in executors:
        begin, gone = epoch(one.addTime) or zero, epoch(one.removeTime) or end
        if (one.totalCores or one.activeTasks or one.completedTasks) and begin <= end and gone >= zero:
            health = Health.OK if one.isActive else Health.FAILED if one.removeReason else Health.GONE
            rows.append(Bar(_name(one), max(begin, zero) - zero, min(gone, end) - zero, health))
    # Those that were lost tell most.
    return sorted(rows, key=lambda bar: bar.health is not Health.FAILED)[:SHOWN_EXECUTORS]


def _name(executor: Executor) -> str:
    name = plain(executor.id, 10)
    return name if name == "driver" else f"exec {name}"


class Timeline(QWidget):
    """Closed until somebody wants it; then it follows the task.

    Attributes:
        opened: the bars are shown.
    """

    def __init__(self, dress: Dress, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._dress = dress
        self._rows: tuple[Bar, ...] = ()
        self._progress: Progress | None = None
        self._plot: Any = None
        self.opened = False
        self.button = QPushButton(_CLOSED)
        self.button.setProperty("link", True)
        self.button.clicked.connect(self.toggle)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(12, 0, 12, 6)
        self._column.setSpacing(0)
        self._column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignLeft)
        dress.changed.connect(lambda _: self._draw())
        self.hide()

    def show_progress(self, progress: Progress | None) -> None:
        """Follow Spark's account; without a stage that began there is nothing to see."""
        if progress is self._progress and progress is not None and not progress.tasks_running:
            return
        self._progress = progress
        self._rows = () if progress is None else bars(progress, datetime.now(UTC))
        self.setVisible(bool(self._rows))
        if self.opened:
            self._draw()

    def toggle(self) -> None:
        """Open or close."""
        self.opened = not self.opened
        if self._plot is not None:
            self._plot.setVisible(self.opened)
        self.button.setText(_OPEN if self.opened else _CLOSED)
        self._draw()

    def _draw(self) -> None:
        if not self.opened or not self._rows or not plotting.when_there(self, self._draw):
            return
        import pyqtgraph as pg

        if self._plot is None:
            self._plot = _make_plot(self._dress.now.size["small"] - 1)
            self._column.addWidget(self._plot)

        now, plot, rows = self._dress.now, self._plot, self._rows
        end = max(0.1, max(bar.end_s for bar in rows))
        plot.clear()
        plot.setBackground(QColor(now.surface))
        for axis in (plot.getAxis("left"), plot.getAxis("bottom")):
            axis.setPen(QPen(QColor(now.border)))
            axis.setTextPen(QPen(QColor(now.text2)))
        plot.getAxis("left").setTicks([[(-n, bar.name) for n, bar in enumerate(rows)]])
        plot.addItem(
            pg.BarGraphItem(
                x0=[bar.begin_s for bar in rows],
                width=[max(bar.end_s - bar.begin_s, end / 200) for bar in rows],
                y=[-n for n in range(len(rows))],
                height=0.55,
                pens=[QPen(Qt.PenStyle.NoPen)] * len(rows),
                brushes=[QBrush(QColor(now.mark(bar.health))) for bar in rows],
            )
        )
        plot.setXRange(0, end, padding=0.02)
        plot.setYRange(-len(rows) + 0.4, 0.6, padding=0)
        plot.setFixedHeight(_ROW * len(rows) + _AXIS)
        lost = sum(bar.health is Health.FAILED for bar in rows)
        plot.setAccessibleName(f"Timeline: {plural(len(rows), 'row')} over {end:.1f} s, {lost} failed")


def _make_plot(small: int) -> Any:
    import pyqtgraph as pg

    font = QFont()
    font.setPixelSize(small)
    plot = pg.PlotWidget(enableMenu=False)
    # It makes this menu all the same, a window without a parent that would outlive it.
    menu = plot.getPlotItem().ctrlMenu
    menu.setParent(plot, menu.windowFlags())
    plot.hideButtons()
    plot.setMouseEnabled(x=False, y=False)
    plot.setFrameShape(plot.Shape.NoFrame)
    plot.getAxis("bottom").enableAutoSIPrefix(False)
    for axis in (plot.getAxis("left"), plot.getAxis("bottom")):
        axis.setStyle(tickLength=0, tickFont=font)
    return plot
