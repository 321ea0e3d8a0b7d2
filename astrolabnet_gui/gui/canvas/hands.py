"""Hands: mouse, wheel and pinch on the chart: choose, open, drag, draw a band, pan, zoom."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum, auto

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QContextMenuEvent, QMouseEvent, QNativeGestureEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QWidget

from ...model.key import Key
from ..theme import Theme
from . import hit
from .card import REST_MS
from .ground import Point
from .stage import Stage

_WHEEL = 1.0015
_LEFT, _MIDDLE = Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton
_ADD = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


class _Doing(Enum):
    """What a pressed button means."""

    NOTHING = auto()
    PRESSED = auto()
    DRAG = auto()
    PAN = auto()
    BAND = auto()
    MAP = auto()


class Hands(Stage):
    """A stage one can act on.

    Signals:
        picked: Key of what was chosen (of a wire: its channel), or None for nothing.
        opened: Key to show in detail. menu_wanted: Key (None: the ground) and a global point.
        folded: Key of a server, and whether its rack is folded away now.
        moved: places of what was dragged, before and after, to be remembered and to be taken back.
    """

    picked = Signal(object)
    opened = Signal(object)
    menu_wanted = Signal(object, QPoint)
    folded = Signal(object, bool)
    moved = Signal(object, object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Graph of the archipelago")
        self._doing = _Doing.NOTHING
        self._from = self._last = QPointF()
        self._row: int | None = None
        self._before: dict[Key, Point] = {}
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MS)
        self._rest.timeout.connect(self._rested)

    # ---- choosing

    def felt(self, at: QPointF) -> QPointF:
        """Point of the chart's screen under one of the widget."""
        return QPointF(*self.view.felt(at.x(), at.y()))

    def row_under(self, at: QPointF) -> int | None:
        """Row of the thing under a point of the widget."""
        spot = self.felt(at)
        return hit.row_at(self.chart, self.view, spot.x(), spot.y())

    def selected_keys(self) -> tuple[Key, ...]:
        """What has the halo."""
        return tuple(key for row in sorted(self.mind.selected) if (key := self.key_of(row)) is not None)

    def key_of(self, row: int | None) -> Key | None:
        """Identity of a row."""
        thing = None if row is None else self.scene.things[row]
        return None if thing is None else thing.key

    def attend(self, row: int | None, selected: Iterable[int] = (), wire: Key | None = None) -> None:
        """Put halo and keyboard somewhere, and tell a screen reader; no signal."""
        self.mind.selected, self.mind.focus, self.mind.wire = set(selected), row, wire
        self.setAccessibleDescription(self.scene.spoken(row, self.chart.now()))
        self.update()

    def pick(self, row: int | None, *, add: bool = False) -> None:
        """The person chose a thing (None: nothing)."""
        if row is None:
            self.attend(None)
        else:
            self.attend(row, self.mind.selected ^ {row} if add else {row})
        self.picked.emit(self.key_of(row))

    def _hover(self, row: int | None) -> None:
        if row == self.mind.hovered:
            return
        servers = {int(self.scene.owner[r]) for r in (row, self.mind.hovered) if r is not None}
        self.mind.hovered = self.chart.hovered = row
        self.setCursor(Qt.CursorShape.ArrowCursor if row is None else Qt.CursorShape.PointingHandCursor)
        self.mend([server for server in servers if server in self.scene.racks])

    def _rested(self) -> None:
        if self.mind.hovered is not None and self._doing is _Doing.NOTHING:
            self.show_card(self.mind.hovered, self._last)

    def rest_hands(self) -> None:
        """What was begun is another hand's now."""
        self._doing = _Doing.NOTHING

    # ---- mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Left: a thing or a wire, with Shift a band, else the ground moves. Middle: the ground moves."""
        self.hide_card()
        self._rest.stop()
        at = self._from = self._last = self.felt(event.position())
        if event.button() is _MIDDLE:
            self._doing = _Doing.PAN
        elif event.button() is _LEFT:
            spot = None if self.mind.pull else self.minimap.world(self.view, at.x(), at.y())
            if spot is not None:
                self._doing = _Doing.MAP
                self._centre(spot)
                return
            self._row = hit.row_at(self.chart, self.view, at.x(), at.y())
            self._doing = _Doing.PRESSED

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Hover, or go on with what was begun."""
        at = self.felt(event.position())
        if self._doing is _Doing.PRESSED and (at - self._from).manhattanLength() >= QApplication.startDragDistance():
            self._doing = self._begun(event)
            self._last = self._from
        step = at - self._last
        self._last = at
        match self._doing:
            case _Doing.NOTHING:
                self.hide_card()
                self._hover(hit.row_at(self.chart, self.view, at.x(), at.y()))
                self._rest.start()
            case _Doing.PAN:
                self.view.pan(round(step.x()), round(step.y()))
                self._last = at - QPointF(step.x() - round(step.x()), step.y() - round(step.y()))
                self.look_changed()
            case _Doing.DRAG:
                self.drag(self._grabbed(), step.x() / self.view.zoom, step.y() / self.view.zoom)
            case _Doing.BAND:
                self.mind.band = QRectF(self._from, at).normalized()
                self.update()
            case _Doing.MAP:
                spot = self.minimap.world(self.view, at.x(), at.y())
                if spot is not None:
                    self._centre(spot)

    def _begun(self, event: QMouseEvent) -> _Doing:
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            return _Doing.BAND
        if self._row is not None and self.scene.owner[self._row] == self._row:
            return _Doing.DRAG
        return _Doing.PAN

    def _grabbed(self) -> list[int]:
        """Servers that follow the hand: the pressed one, with all chosen ones if it is one of them."""
        if self._row is None:
            return []
        many = [row for row in sorted(self.mind.selected) if self.scene.owner[row] == row]
        return many if self._row in many else [self._row]

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End of what was begun; a press without a way is a choice."""
        doing, self._doing = self._doing, _Doing.NOTHING
        at = self.felt(event.position())
        if doing is _Doing.PRESSED:
            self._choose(at, bool(event.modifiers() & _ADD))
        elif doing is _Doing.DRAG:
            self.drop()
        elif doing is _Doing.BAND and self.mind.band is not None:
            band, self.mind.band = self.mind.band, None
            rows = hit.rows_within(self.chart, self.view, band.left(), band.top(), band.right(), band.bottom())
            self.attend(min(rows, default=None), rows)
            self.picked.emit(self.key_of(self.mind.focus))

    def _choose(self, at: QPointF, add: bool) -> None:
        if self._row is not None:
            self.pick(self._row, add=add)
            return
        ident = hit.wire_at(self.chart, self.view, at.x(), at.y())
        if ident is None:
            self.pick(None)
        else:
            self.attend(None, wire=ident)
            self.picked.emit(ident)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Open it."""
        row = self.row_under(event.position())
        if event.button() is _LEFT and row is not None:
            self.opened.emit(self.key_of(row))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Choose what is under the pointer, then ask for its menu."""
        if event.reason() is QContextMenuEvent.Reason.Keyboard:
            self.want_menu()
            return
        self.hide_card()
        self._rest.stop()
        row = self.row_under(QPointF(event.pos()))
        if row not in self.mind.selected:
            self.pick(row)
        self.menu_wanted.emit(self.key_of(row), event.globalPos())

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is hovered any more."""
        self._rest.stop()
        self.hide_card()
        self._hover(None)

    def drag(self, rows: list[int], dx: float, dy: float) -> None:
        """Servers follow the hand, by world px."""
        if self.chart.hidden != rows:
            self.chart.hidden = rows
            self._before = self._places_of(rows)
            self.layer.redo(rows)
        self.scene.at[rows] += (dx, dy)
        self.chart.follow(rows)
        self.wake()

    def drop(self) -> None:
        """The hand let go: the places are kept."""
        rows, self.chart.hidden = self.chart.hidden, []
        self.scene.settle(rows)
        self.layer.redo(rows)
        self.spoil()
        self.moved.emit(self._before, self._places_of(rows))

    def _places_of(self, rows: list[int]) -> dict[Key, Point]:
        return {key: self.scene.middle(row) for row in rows if (key := self.key_of(row)) is not None}

    def _centre(self, spot: tuple[float, float]) -> None:
        self.view.look(self.view.zoom, *spot)
        self.look_changed()

    # ---- zoom

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom at the pointer; a touchpad's two fingers pan, with Ctrl they zoom."""
        at, pixels = self.felt(event.position()), self.felt(QPointF(event.pixelDelta()))
        self.hide_card()
        if not pixels.isNull() and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.view.pan(pixels.x(), pixels.y())
        else:
            self.view.zoom_at(_WHEEL ** event.angleDelta().y(), at.x(), at.y())
        self.look_changed()
        event.accept()

    def event(self, event: QEvent) -> bool:
        """A pinch zooms."""
        if isinstance(event, QNativeGestureEvent) and event.gestureType() is Qt.NativeGestureType.ZoomNativeGesture:
            at = self.felt(event.position())
            self.view.zoom_at(1.0 + event.value(), at.x(), at.y())
            self.look_changed()
            return True
        return super().event(event)

    def want_menu(self) -> None:
        """Menu of what has the keyboard, beside it."""
        row = self.mind.focus
        middle = None if row is None else QPointF(*self.view.on_widget(*self.scene.middle(row))).toPoint()
        at = self.rect().center() if middle is None else middle
        self.menu_wanted.emit(self.key_of(row), self.mapToGlobal(at))
