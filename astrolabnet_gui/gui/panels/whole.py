"""Whole: brings the large output of the task that is shown from its file; only the one looked at is in memory."""

from __future__ import annotations

from PySide6.QtCore import QObject

from ...model.key import Key
from ..desk import ENDED, Act, Desk
from .result import ResultView


class Whole(QObject):
    """Lives with the view it serves."""

    def __init__(self, desk: Desk, view: ResultView) -> None:
        super().__init__(view)
        self._desk, self._view, self._run = desk, view, ""
        view.whole_wanted.connect(self._ask)
        desk.acted.connect(self._acted)

    def _ask(self, key: Key) -> None:
        self._run = self._desk.submit("task.result", key, {}, here=False)

    def _acted(self, act: Act) -> None:
        if act.run and act.run == self._run and act.state in ENDED and act.last is not None:
            self._run = ""
            self._view.take((act.last.result or {}).get("output"), str(act.last.problem or ""))
