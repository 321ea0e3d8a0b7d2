"""Spark: its own account of a task below the figures: what works now, why tries failed, the stages, the timeline."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from ...model.task import Task
from ..safe import label, set_words
from ..style import Dress
from .figures import Stages
from .progress_words import progress_lines
from .timeline import Timeline


class SparkPart(QWidget):
    """Hidden for what is no task, and while Spark has said nothing."""

    def __init__(self, dress: Dress, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = label(name="small", wrap=True, copyable=True)
        self._words.setContentsMargins(16, 0, 16, 8)
        self.stages = Stages(dress)
        self.timeline = Timeline(dress)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for part in (self._words, self.stages, self.timeline):
            column.addWidget(part)

    @property
    def words(self) -> str:
        """What is said in words."""
        return self._words.text()

    def show_task(self, task: Task | None) -> None:
        """Follow a task."""
        progress = None if task is None else task.progress
        lines = () if task is None else progress_lines(task)
        set_words(self._words, "\n".join(lines))
        self._words.setVisible(bool(lines))
        self.stages.show_stages(progress)
        self.stages.setVisible(bool(progress and progress.stages))
        self.timeline.show_progress(progress)
        self.setVisible(bool(lines or (progress and progress.stages)))
