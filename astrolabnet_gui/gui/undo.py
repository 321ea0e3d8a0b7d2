"""Undo: local acts that can be taken back and done again: the window's own, and commands that know their way back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from ..command.undo import Back, back_of
from ..network.link import RunState
from .desk import ENDED, Act, Desk

MOST = 100


@dataclass(frozen=True, slots=True)
class Step:
    """One local act. Either ``back`` is run as a command, or ``undo`` and ``redo`` are called."""

    title: str
    back: Back | None = None
    undo: Callable[[], object] = lambda: None
    redo: Callable[[], object] = lambda: None


class Undo(QObject):
    """Done and undone steps.

    Signals:
        changed(): what can be undone or redone is another.
    """

    changed = Signal()

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._done: list[Step] = []
        self._undone: list[Step] = []
        self._going: tuple[str, list[Step]] | None = None
        self._busy = False
        desk.acted.connect(self._acted)

    def did(self, title: str, undo: Callable[[], object], redo: Callable[[], object]) -> None:
        """The window did something of its own; not while it takes something back."""
        if not self._busy:
            self._push(Step(title, undo=undo, redo=redo))

    def undo(self) -> None:
        """Take the last act back."""
        self._go(self._done, self._undone)

    def redo(self) -> None:
        """Do again what was taken back last."""
        self._go(self._undone, self._done)

    def words(self, again: bool = False) -> str:
        """Title of the menu row, with what it is about."""
        steps = self._undone if again else self._done
        verb = "Redo" if again else "Undo"
        return f"{verb}: {steps[-1].title}" if steps else verb

    def why_not(self, again: bool = False) -> str:
        """Reason why there is nothing to do; "" if there is."""
        if self._going is not None:
            return "The last one is still under way."
        return "" if (self._undone if again else self._done) else f"Nothing to {'redo' if again else 'undo'}."

    def _go(self, source: list[Step], target: list[Step]) -> None:
        if self._going is not None or not source:
            return
        step = source.pop()
        if step.back is not None:
            back = step.back
            # Its end brings the step that leads the other way.
            self._going = ("", target)
            run = self._desk.submit(back.command, back.key, back.params)
            act = self._desk.acts.get(run)
            if self._going is not None:
                self._going = (run, target) if act is not None and act.state not in ENDED else None
        else:
            self._busy = True
            (step.undo if target is self._undone else step.redo)()
            self._busy = False
            target.append(step)
        self.changed.emit()

    def _acted(self, act: Act) -> None:
        if not act.here or act.state not in ENDED:
            return
        back = back_of(act.last.result) if act.last is not None and act.state is RunState.DONE else None
        if self._going is not None and self._going[0] in ("", act.run):
            target, self._going = self._going[1], None
            if back is not None:
                target.append(Step(back.title, back))
            self.changed.emit()
        elif back is not None:
            self._push(Step(back.title, back))

    def _push(self, step: Step) -> None:
        self._done.append(step)
        del self._done[:-MOST]
        self._undone.clear()
        self.changed.emit()
