"""Result: what a task gave, as tabs: table, plot, text, image, JSON, failure, and its code; or why there is none."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QTabWidget, QVBoxLayout, QWidget

from ...errors import Malformed
from ...model.key import Key
from ...model.output import Failure, Image, Json, Part, Table, Text, parse
from ...model.record import history_key
from ...model.spark import Progress
from ...model.task import Task
from ...model.thing import Thing
from ..code_view import CodeView
from ..find import FindBar
from ..safe import button_words, page, to_clipboard
from ..style import Dress
from ..words import count, plural, size
from .facts import duration_words
from .foot import Foot
from .four import FourStates
from .image import ImagePage
from .json_tree import JsonTree
from .plot import PlotPage
from .plugged_views import plugged_views
from .table import MOST_COLUMNS
from .table_page import TablePage
from .text import TextPage
from .traceback import Traceback

# Plain words of a file name.
_NAME_CHARS = 40


class ResultView(QWidget):
    """Tabs of one task; only those that have something. Rebuilt when the output changes, never before.

    Signals:
        verb_wanted(str, dict): a command for the task that is shown, with its values.
        whole_wanted(Key): of this task the output lies in a file; ``take`` what is in there.
    """

    verb_wanted = Signal(str, dict)
    whole_wanted = Signal(object)

    def __init__(self, dress: Dress, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self._dress = dress
        self._shown: object = None
        self._awaited: tuple[Thing, Task] | None = None
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.states = FourStates(self.tabs, dress)
        self.states.cancel.connect(lambda: self.verb_wanted.emit("task.cancel", {}))
        self.states.remedy.connect(lambda: self.verb_wanted.emit("task.again", {}))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.states)

    def show_task(self, thing: Thing, task: Task) -> None:
        """Show the output of a task, or say why there is none yet."""
        output = None if task.statement is None else task.statement.output
        ended = thing.state in thing.kind.terminal
        if not ended and output is None:
            self.states.loading(*awaited(thing, task), cancellable=True)
            self._shown = None
            return
        seen = (thing.key, thing.state, thing.problem, task.code, task.spooled or output)
        if seen == self._shown:
            return
        self._shown = seen
        if task.spooled:
            self._awaited = (thing, task)
            self.states.loading(f"Reading the result from the disk{_size_of(task.spooled)}")
            self.whole_wanted.emit(kept_as(thing, task))
        else:
            self._awaited = None
            self._show(thing, task, parse(output, MOST_COLUMNS))

    def take(self, output: Mapping[str, Any] | None, problem: str = "") -> None:
        """What was in the file, or why it can not be read."""
        if self._awaited is not None:
            (thing, task), self._awaited = self._awaited, None
            self._show(thing, task, parse(output, MOST_COLUMNS), problem)

    def _show(self, thing: Thing, task: Task, parts: tuple[Part, ...], problem: str = "") -> None:
        while self.tabs.count():
            old = self.tabs.widget(0)
            self.tabs.removeTab(0)
            if old is not None:
                old.deleteLater()
        for part in parts:
            self._add(part, task)
            for title, made in plugged_views(part, self._dress):
                self.tabs.addTab(made, button_words(title))
        something = self.tabs.count() > 0
        if task.code:
            self.tabs.addTab(_code(task, self._dress), "Code")
        if something:
            self.states.full()
        elif problem:
            self.states.full()
            self.states.failed(problem)
        elif thing.state == "done":
            took = duration_words(thing)
            kept = task.statement is None or task.gave
            words = "This task gave no output" if kept else "The output of this task is not kept here"
            self.states.empty(words + (f". It took {took}." if took else "."))
        else:
            self.states.full()
            self.states.failed(thing.problem or f"The task is {thing.state}; there is no output.", "Send again")

    def _add(self, part: Part, task: Task) -> None:
        name = "".join(c if c.isalnum() else "-" for c in task.name[:_NAME_CHARS]).strip("-") or "result"
        match part:
            case Table():
                table = TablePage(part, self._dress, name)
                table.export_wanted.connect(self._save_table)
                self.tabs.addTab(table, "Table")
                if part.rows and part.columns:
                    self.tabs.addTab(PlotPage(table.model, self._dress), "Plot")
            case Text():
                self.tabs.addTab(TextPage(part.text, "Text", self._dress), "Text")
            case Json():
                self.tabs.addTab(JsonTree(part.value, self._dress), "JSON")
            case Image():
                try:
                    self.tabs.addTab(ImagePage(part, name), "Image")
                except Malformed as problem:
                    broken = FourStates(QWidget(), self._dress)
                    broken.failed(str(problem))
                    self.tabs.addTab(broken, "Image")
            case Failure():
                self.tabs.addTab(Traceback(part, task, self._dress), "Failure")

    def _save_table(self, place: Path) -> None:
        self.verb_wanted.emit("task.save", {"file": str(place)})


def kept_as(thing: Thing, task: Task) -> Key:
    """Key under which its result is asked for: of mine that of the archive, whatever became of server and session."""
    return history_key(task.task_key) if task.archived and task.task_key else thing.key


def _size_of(file: str) -> str:
    try:
        return f" ({size(Path(file).stat().st_size)})"
    except OSError:
        return ""


def awaited(thing: Thing, task: Task) -> tuple[str, float | None]:
    """What a task that has not ended waits for, and how far it is."""
    progress: Progress | None = task.progress
    if progress is not None and progress.tasks_total:
        words = f"{count(progress.tasks_done)} of {plural(progress.tasks_total, 'Spark task')}"
        return words, progress.tasks_done / progress.tasks_total
    if thing.state == "running":
        return "Running", thing.progress
    return f"The task is {thing.state}", None


def _code(task: Task, dress: Dress) -> QWidget:
    """What was sent."""
    made = QWidget()
    view = CodeView(task.language, dress, read_only=True)
    view.setAccessibleName("Code")
    shown, left_out = page(task.code)
    view.setPlainText(shown)
    foot = Foot()
    foot.say(left_out or f"{plural(view.blockCount(), 'line')} · {size(len(task.code))}")
    search = FindBar(view, dress)
    foot.add_link("Find", search.open)
    foot.add_link("Copy all", lambda: to_clipboard(task.code))
    column = QVBoxLayout(made)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    for part, stretch in ((search, 0), (view, 1), (foot, 0)):
        column.addWidget(part, stretch)
    return made
