"""Keys: the chart without a mouse: walk from thing to thing and along wires, open, fold, zoom."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from ..theme import Theme
from .puller import Puller
from .steps import STEPS, Walk


class Keys(Puller):
    """Hands that have a keyboard too.

    Signals:
        wire_acted(Key, str): the chosen wire shall ``turn`` (pause, or go on), or go ``slower`` or ``faster``.
    """

    wire_acted = Signal(object, str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._walk = Walk(self.chart)

    def event(self, event: QEvent) -> bool:
        """Tab walks to the next child, Shift+Tab to the next wire, while something has the keyboard."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and self.pull_key(event.key()):
            return True
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and self.mind.focus is not None:
            if event.key() == Qt.Key.Key_Tab and self._step("child"):
                return True
            if event.key() == Qt.Key.Key_Backtab and self._next_wire():
                return True
        return super().event(event)

    def _next_wire(self) -> bool:
        ident = self._walk.wire(self.mind.focus, self.mind.wire)
        if ident is not None:
            self.attend(self.mind.focus, wire=ident)
            self.picked.emit(ident)
        return ident is not None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows, Enter, Space, Backspace, M, F, 0, +, −, C, W, P, [, ], Esc; all else belongs to the window."""
        word = STEPS.get(event.key(), "")
        if event.modifiers() & ~(Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier) or not word:
            super().keyPressEvent(event)
            return
        centre = (self.view.width / 2, self.view.height / 2)
        match word:
            case "left" | "right" | "up" | "down" | "parent":
                self._step(word)
            case "fit":
                self.fit()
            case "life":
                self.fly((1.0, *self.view.centre))
            case "closer" | "further":
                self.view.zoom_at(1.25 if word == "closer" else 0.8, *centre)
                self.look_changed()
            case "open" if self.mind.wire is not None:
                self.opened.emit(self.mind.wire)
            case "fold" if self.mind.focus is not None:
                self.fold_wanted(int(self.scene.owner[self.mind.focus]))
            case "open" if self.mind.focus is not None:
                self.opened.emit(self.key_of(self.mind.focus))
            case "card" if self.mind.focus is not None:
                if not self.hide_card():
                    self.show_card(self.mind.focus, QPointF(*self.view.to_screen(*self.scene.middle(self.mind.focus))))
            case "menu":
                self.want_menu()
            case "wire":
                self.start_wire()
            case "turn" | "slower" | "faster" if self.mind.wire is not None:
                self.wire_acted.emit(self.mind.wire, word)
            case "away" if self.hide_card():
                pass
            case "away" if self.mind.selected or self.mind.focus is not None or self.mind.wire is not None:
                self.pick(None)
            case _:
                super().keyPressEvent(event)

    def fold_wanted(self, root: int) -> None:
        """A person wants a rack folded away, or out again."""
        raise NotImplementedError

    def _step(self, way: str) -> bool:
        row = self._walk.step(self.view, self.mind.focus, way)
        if row is None:
            return False
        self.pick(row)
        x, y = self.view.to_screen(*self.scene.middle(row))
        if not self.view.holds(x, y, 24):
            self.fly((self.view.zoom, *self.scene.middle(row)))
        return True
