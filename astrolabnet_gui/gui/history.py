"""HistoryBranch: brings the tasks of the archive into the tree: a page at a time, those the filter asks for, and the
result of the one that is looked at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QModelIndex, QObject, QTimer
from PySide6.QtWidgets import QLineEdit

from ..model.action import LANGUAGES
from ..model.key import Key
from ..model.task import Task
from ..network.link import RunState
from .desk import Act, Desk
from .tree_model import TreeModel
from .tree_rows import OLDER, TASKS
from .tree_told import IdentRole
from .tree_view import TreeView

PAGE = 50
SEARCHED = 300
TYPING_MS = 250


class HistoryBranch(QObject):
    """The branch *Tasks*."""

    def __init__(self, desk: Desk, model: TreeModel, tree: TreeView, words: QLineEdit) -> None:
        super().__init__(tree)
        self._desk, self._model, self._words = desk, model, words
        self._kept = 0
        self._paging = self._searching = ""
        self._typed = QTimer(self, interval=TYPING_MS, singleShot=True)
        self._typed.timeout.connect(self._search)
        words.textChanged.connect(self._typing)
        tree.opened.connect(self._opened)
        tree.clicked.connect(self._clicked)
        desk.selected.connect(self._selected)
        desk.acted.connect(self._acted)
        desk.reset.connect(self._first_page)

    def _first_page(self) -> None:
        self._paging = self._desk.submit("task.find", None, {"limit": PAGE}, here=False)

    def _typing(self, _text: str) -> None:
        self._typed.start()

    def _clicked(self, index: QModelIndex) -> None:
        self._opened(index.siblingAtColumn(0).data(IdentRole))

    def _opened(self, ident: object) -> None:
        if ident == OLDER and not self._paging:
            asked = {"limit": PAGE, "before": self._model.oldest_task}
            self._paging = self._desk.submit("task.find", None, asked, here=False)

    def _search(self) -> None:
        asked = search_of(self._words.text())
        if asked:
            self._searching = self._desk.submit("task.find", None, asked | {"limit": SEARCHED}, here=False)
        else:
            self._searching = ""
            self._model.set_history(self._kept, frozenset())

    def _selected(self, key: Key | None) -> None:
        thing = self._desk.thing(key)
        task = None if thing is None else thing.payload
        if key is None or key.kind != TASKS or not isinstance(task, Task) or not task.archived:
            return
        if not task.gave:
            self._desk.submit("task.result", key, {"brief": True})

    def _acted(self, act: Act) -> None:
        ended = act.state in (RunState.DONE, RunState.FAILED, RunState.CANCELLED)
        if not ended or act.run not in (self._paging, self._searching) or not act.run:
            return
        told: Any = act.last.result if act.last is not None and act.state is RunState.DONE else None
        if act.run == self._paging:
            self._paging = ""
            if isinstance(told, Mapping):
                self._kept = int(told["total"])
                self._model.set_history(self._kept, frozenset())
        elif isinstance(told, Mapping):
            self._model.set_history(self._kept, frozenset(row["task_key"] for row in told["tasks"]))


def search_of(text: str) -> dict[str, str]:
    """What the archive is asked for a text of the filter box; {} if it asks nothing of tasks."""
    asked: dict[str, str] = {}
    words: list[str] = []
    by_name = {name.casefold(): kind for kind, name in LANGUAGES.items()}
    for part in text.split():
        name, colon, value = part.partition(":")
        match name.casefold():
            case "state" | "server" | "since" | "until" if colon:
                if value:
                    asked[name.casefold()] = value
            case "language" if colon:
                if value.casefold() in by_name:
                    asked["language"] = by_name[value.casefold()]
            case "kind" if colon:
                if value.casefold() not in ("task", "tasks", "statement", ""):
                    return {}
            case _:
                words.append(part)
    if words:
        asked["text"] = " ".join(words)
    return asked
