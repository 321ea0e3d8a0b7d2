"""Puller: the hand that draws a wire: from a handle with the mouse, or by W, Tab, Enter, Esc."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QPoint, QPointF, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget

from ...model.key import Key
from ..theme import Theme
from . import hit
from .hands import Hands
from .pull import Fit, Pull, ports, pullable
from .view import Level

# A handle is felt so far around its middle, screen px.
_FELT = 10.0


class Puller(Hands):
    """Hands that can draw a wire.

    Attributes:
        fitting: says of every server whether it can be the end of a wire from a thing; the window gives it.

    Signals:
        wired(origin, target): it was let fall on what fits.
        unbound(origin, QPoint): it was let fall in the open, at a global point.
        refused(str): it can not be drawn, and why.
        pulled(object): the Pull that is under way now, or None.
    """

    wired = Signal(object, object)
    unbound = Signal(object, QPoint)
    refused = Signal(str)
    pulled = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.fitting: Callable[[Key], Mapping[Key, Fit]] = lambda _: {}
        self._armed: int | None = None
        self._by_hand = False

    # --- begin and end

    def start_wire(self, key: Key | None = None, *, at: tuple[float, float] | None = None) -> bool:
        """Begin a wire from a thing (None: from what has the keyboard); False if it can not be drawn."""
        if key is None:
            key = self.key_of(self.mind.focus)
        if key is None:
            self.refused.emit("Choose where data comes from first: a source, a dataset or a server.")
            return False
        pull = Pull(key, self._words_of(key), self.fitting(key), at=at)
        pull.names = {server: self._words_of(server) for server in pull.fits}
        if pull.row(self.scene) is None or not pull.fits:
            self.refused.emit("No wire can leave from there.")
            return False
        if not pull.targets:
            why = next(iter(pull.fits.values())).reason
            self.refused.emit(f"No server can take data from {pull.words} now: {why}.")
            return False
        self.hide_card()
        self.mind.pull = pull
        self.pulled.emit(pull)
        self.update()
        return True

    def leave_wire(self) -> bool:
        """Forget the wire that is being drawn; True if there was one."""
        was, self.mind.pull, self._armed = self.mind.pull, None, None
        self._by_hand = False
        if was is not None:
            self.pulled.emit(None)
            self.update()
        return was is not None

    def fits_again(self) -> None:
        """Things changed while a wire is being drawn: what fits now?"""
        pull = self.mind.pull
        if pull is None:
            return
        pull.fits = self.fitting(pull.origin)
        pull.names = {server: self._words_of(server) for server in pull.fits}
        pull.aim(pull.target)
        if pull.row(self.scene) is None or not pull.fits:
            self.leave_wire()

    def drop_wire(self, at: QPoint | None = None) -> None:
        """Let it fall: on its target, or in the open at a global point."""
        pull = self.mind.pull
        if pull is None:
            return
        self.leave_wire()
        if pull.target is not None:
            self.wired.emit(pull.origin, pull.target)
        else:
            self.unbound.emit(pull.origin, at or self.mapToGlobal(self.rect().center()))

    def pull_key(self, key: int) -> bool:
        """A key while a wire is being drawn; True if it meant something."""
        pull = self.mind.pull
        if pull is None:
            return False
        match key:
            case Qt.Key.Key_Tab | Qt.Key.Key_Down | Qt.Key.Key_Right:
                self._show_target(pull.turn(1))
            case Qt.Key.Key_Backtab | Qt.Key.Key_Up | Qt.Key.Key_Left:
                self._show_target(pull.turn(-1))
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self.drop_wire()
            case Qt.Key.Key_Escape:
                self.leave_wire()
            case _:
                return False
        self.update()
        return True

    def _show_target(self, key: Key | None) -> None:
        row = None if key is None else self.scene.rows.get(key)
        if row is None or self.mind.pull is None:
            return
        self.setAccessibleDescription(f"wire {self.mind.pull.words} to {self._words_of(key)}; Enter wires it")
        x, y = self.view.to_screen(*self.scene.middle(row))
        if not self.view.holds(x, y, 24, 60):
            self.fly((self.view.zoom, *self.scene.middle(row)))

    def _words_of(self, key: Key | None) -> str:
        row = None if key is None else self.scene.rows.get(key)
        thing = None if row is None else self.scene.things[row]
        return str(key.id if key is not None else "") if thing is None else thing.label

    # --- mouse

    def _hover(self, row: int | None) -> None:
        """Whoever reaches for a handle is still with its thing."""
        if row is None and self.mind.hovered is not None and self._port_at(self._last.x(), self._last.y()):
            return
        super()._hover(row)

    def _port_at(self, x: float, y: float) -> bool:
        row = self.mind.hovered
        if row is None or self.view.level is not Level.NEAR or not pullable(self.scene, row) or row < 0:
            return False
        if not self.scene.shown[row]:
            return False
        spots = (self.view.to_screen(*port) for port in ports(self.scene, row))
        return any((x - px) ** 2 + (y - py) ** 2 <= _FELT**2 for px, py in spots)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """On a handle a wire may begin; while one is drawn by keys, a click chooses."""
        if self.mind.pull is not None:
            self._follow(event)
            return
        at = self.felt(event.position())
        held = event.button() is Qt.MouseButton.LeftButton and self._port_at(at.x(), at.y())
        self._armed = self.mind.hovered if held else None
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """A wire follows the hand."""
        if self.mind.pull is not None:
            self._follow(event)
            return
        if self._armed is not None and event.buttons() & Qt.MouseButton.LeftButton:
            at = self.felt(event.position())
            if (at - self._from).manhattanLength() < QApplication.startDragDistance():
                return
            key, self._armed = self.key_of(self._armed), None
            self.rest_hands()
            if key is not None and self.start_wire(key, at=(at.x(), at.y())):
                self._by_hand = True
                self._follow(event)
            return
        super().mouseMoveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let the wire fall where the hand is."""
        self._armed = None
        if self.mind.pull is None:
            super().mouseReleaseEvent(event)
            return
        self._follow(event)
        pull, row = self.mind.pull, self.row_under(event.position())
        owner = None if row is None else self.key_of(int(self.scene.owner[row]))
        if pull.target is None and owner is not None:
            fit = pull.fits.get(owner)
            if self._by_hand or fit is not None:
                self.leave_wire()
            if fit is not None and fit.reason:
                self.refused.emit(f"{self._words_of(owner)}: {fit.reason}.")
            return
        self.drop_wire(event.globalPosition().toPoint())

    def _follow(self, event: QMouseEvent) -> None:
        pull = self.mind.pull
        if pull is None:
            return
        at = self.felt(event.position())
        row = self.row_under(event.position())
        owner = -1 if row is None else int(self.scene.owner[row])
        pull.at = (at.x(), at.y())
        pull.aim(self.key_of(owner) if owner >= 0 else None)
        self.update()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The other button leaves a wire that is being drawn; on a wire that is there it asks for its menu."""
        if self.leave_wire():
            return
        at = self.felt(QPointF(event.pos()))
        if event.reason() is not QContextMenuEvent.Reason.Keyboard and self.row_under(QPointF(event.pos())) is None:
            ident = hit.wire_at(self.chart, self.view, at.x(), at.y())
            if ident is not None:
                self.attend(None, wire=ident)
                self.picked.emit(ident)
                self.menu_wanted.emit(ident, event.globalPos())
                return
        super().contextMenuEvent(event)
