"""Stage: the widget's pictures and clocks: what is painted in which order, and which timer runs while it must."""

from __future__ import annotations

import math
from collections.abc import Iterable
from itertools import islice

from PySide6.QtCore import QElapsedTimer, QEvent, QPointF, QSize, Qt, QTimer
from PySide6.QtGui import QHideEvent, QPainter, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ...model.key import Key
from ...model.kind import Health
from ..theme import Theme
from .card import draw_card
from .chart import Chart
from .flight import Flight
from .ink import Ink
from .layer import Layer
from .minimap import Minimap
from .overlay import Attention, Overlay
from .scene import Scene
from .table import OF_HEALTH
from .view import Level, View

# More that come at once than this do not grow one by one.
_GROWING = 12
# Plates fitted to their words in one frame: 20 µs each.
_MEASURED = 150
_FRAME_MS, _AGE_MS, _MAP_MS = 16, 20_000, 500
# From afar a server is a dot of a few pixels: the dots of a crowd change together, twice a second.
_FAR_MS = 500


class Stage(QWidget):
    """A chart on screen.

    Attributes:
        view: what is seen of it. scene: what it holds. mind: what the person is at.
        unmeasured: servers whose words are others now, so that their plates may need another width.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.view = View()
        self.scene = Scene()
        self.chart = Chart(self.scene, Ink(theme, self.font()))
        self.view.resize(1, 1, theme.text_scale)
        self.layer = Layer(self.chart)
        self.mind = Attention()
        self.minimap = Minimap()
        self.overlay = Overlay(self.chart)
        self._flight: Flight | None = None
        self._card: tuple[int, QPointF] | None = None
        self._untouched = True
        self._worn: set[int] = set()
        self.unmeasured: set[int] = set()
        self._frame = QTimer(self)
        self._frame.setInterval(_FRAME_MS)
        self._frame.setTimerType(Qt.TimerType.PreciseTimer)
        self._frame.timeout.connect(self._on_frame)
        self._living = QTimer(self)
        self._living.timeout.connect(self.update)
        self._ages = QTimer(self)
        self._ages.setInterval(_AGE_MS)
        self._ages.timeout.connect(self._grow_older)
        # The map need not follow each change at once: twice a second will do.
        self._map_rest = QTimer(self)
        self._map_rest.setSingleShot(True)
        self._map_rest.setInterval(_MAP_MS)
        self._map_rest.timeout.connect(self._map_old)
        self._far_rest = QTimer(self)
        self._far_rest.setSingleShot(True)
        self._far_rest.setInterval(_FAR_MS)
        self._far_rest.timeout.connect(self.wake)
        self._clock = QElapsedTimer()
        self._clock.start()

    @property
    def theme(self) -> Theme:
        """Dress of the moment."""
        return self.chart.ink.theme

    def set_theme(self, theme: Theme) -> None:
        """Another dress; nothing is rebuilt."""
        self.chart.set_ink(Ink(theme, self.font()))
        if theme.text_scale != self.view.grain:
            self._measure_screen()
        self.chart.measure(self.scene.servers())
        self.chart.rebuild()
        self.spoil()

    # ---- the view

    def fit(self) -> None:
        """Show everything."""
        bounds = self.scene.bounds()
        if bounds is not None:
            self.fly(self.view.fitting(bounds))

    def fly(self, goal: tuple[float, float, float]) -> None:
        """Take the view to a zoom and a world middle, in the time the theme gives."""
        self._untouched = False
        self._flight = Flight.plan(self.view, goal, self.seconds(), self.theme.motion["fly"] / 1000)
        self.wake()

    def look_changed(self) -> None:
        """The person moved the view."""
        self._flight = None
        self._untouched = False
        self.wake()

    def fit_if_untouched(self) -> None:
        """Until the person moves the view, all that comes is shown."""
        bounds = self.scene.bounds()
        if self._untouched and bounds is not None:
            self.view.look(*self.view.fitting(bounds))
            self.view.tell_most()

    # ---- the card

    def show_card(self, row: int, at: QPointF) -> None:
        """Show what is known of a thing near a screen point."""
        self._card = (row, at)
        self.update()

    def hide_card(self) -> bool:
        """True if there was one."""
        shown, self._card = self._card is not None, None
        if shown:
            self.update()
        return shown

    # ---- pictures and clocks

    def seconds(self) -> float:
        """A clock that only grows."""
        return self._clock.nsecsElapsed() / 1e9

    def spoil(self) -> None:
        """The whole picture is old."""
        self.layer.spoil()
        self.minimap.spoil()
        self.wake()

    def mend(self, servers: list[int]) -> None:
        """These servers look different now; many such calls cost one mending before the next painting."""
        self._worn.update(servers)
        if not self._map_rest.isActive():
            self._map_rest.start()
        if self.view.level is not Level.FAR:
            self.wake()
        elif not self._far_rest.isActive():
            self._far_rest.start()

    def grow(self, keys: Iterable[Key]) -> None:
        """Things that just came grow at their places, if a person sees it; a crowd is simply there."""
        rows = {row for key in keys if (row := self.scene.rows.get(key)) is not None and self.scene.shown[row]}
        if self.isVisible() and len(rows) <= _GROWING and self.view.level is not Level.FAR:
            self.overlay.growth.begin(rows, self.seconds(), self.theme.motion["move"] / 1000)

    def wake(self) -> None:
        """Something is to be painted, now and perhaps in the next frames."""
        self.update()
        if self.isVisible() and not self._frame.isActive():
            self._frame.start()

    def render_now(self) -> None:
        """Finish the picture at once: for screenshots and tests."""
        self._flight_step()
        self.mend([int(self.scene.owner[row]) for row in self.overlay.growth.end(math.inf)])
        self._measure(len(self.unmeasured))
        self._far_rest.stop()
        self._mend_worn()
        self.layer.finish(self.view)
        self.repaint()

    def _measure(self, most: int) -> None:
        """Fit some plates to their words; the others have their turn in the next frames."""
        rows = list(islice(self.unmeasured, most))
        self.unmeasured.difference_update(rows)
        if self.chart.measure([row for row in rows if row in self.scene.racks]):
            self._worn.update(rows)
            self.layer.spoil()

    def _mend_worn(self) -> None:
        if self.unmeasured:
            self._measure(_MEASURED)
        if not self._worn or self._far_rest.isActive():
            return
        self.layer.patch(row for row in self._worn if row in self.scene.racks)
        self._worn.clear()
        if self.layer.busy and self.isVisible() and not self._frame.isActive():
            self._frame.start()

    def _on_frame(self) -> None:
        flying = self._flight_step()
        grown = self.overlay.growth.end(self.seconds())
        if grown:
            self.mend([int(self.scene.owner[row]) for row in grown if self.scene.owner[row] >= 0])
        done = self.layer.step(self.view)
        moving = flying or self.overlay.rings.moving or bool(self.chart.growing) or bool(self.unmeasured)
        if moving or done:
            self.update()
        if not (moving or self.layer.due(self.view)):
            self._frame.stop()

    def _flight_step(self) -> bool:
        if self._flight is not None and not self._flight.move(self.view, self.seconds()):
            self._flight = None
            self.view.tell_most()
            self.update()
        return self._flight is not None

    def _live_on(self) -> None:
        """Start or stop what moves by itself; called after each painting, which knows what is seen."""
        rings, motion = self.overlay.rings, self.theme.motion
        if rings.moving and not self._frame.isActive():
            self._frame.start()
        # A turning ring needs at most 12 frames a second, a living wire 20.
        pause = 1000 // motion["flow_fps"] if self.overlay.flowing and motion["flow_fps"] else 84
        if not (self.overlay.flowing or rings.turning):
            self._living.stop()
        elif not self._living.isActive() or self._living.interval() != pause:
            self._living.start(pause)

    def _grow_older(self) -> None:
        """ "down 14 min" becomes 15: mend the plates that say how long."""
        servers = self.scene.servers()
        telling = servers[self.scene.health[servers] != OF_HEALTH[Health.OK]]
        if len(telling):
            self.unmeasured.update(telling.tolist())
            self.mend(telling.tolist())

    def _map_old(self) -> None:
        self.minimap.spoil()
        self.update()

    def _measure_screen(self) -> None:
        self.view.resize(self.width(), self.height(), self.theme.text_scale)
        self.fit_if_untouched()
        self._new_pictures()

    def _new_pictures(self) -> None:
        self.layer.resize(self.size(), self.devicePixelRatioF(), self.view.grain)
        self.minimap.spoil()
        self.wake()

    # ---- Qt

    def paintEvent(self, event: QPaintEvent) -> None:
        """Kept picture, living parts, map, card."""
        self._mend_worn()
        if self.layer.empty:
            self.layer.step(self.view, _FRAME_MS)
        painter = QPainter(self)
        self.layer.blit(painter, self.view)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.scale(self.view.grain, self.view.grain)
        self.overlay.draw(painter, self.view, self.mind, self.seconds())
        if self.mind.pull is None:  # the keys of a wire stand where the map is
            self.minimap.draw(painter, self.scene, self.view, self.chart.ink)
        if self._card is not None:
            row, at = self._card
            path = self.scene.path(row)
            if path:
                draw_card(painter, path, at, self.view, self.chart.ink, self.scene.cores.get(row), self.chart.now())
        painter.end()
        self._live_on()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """New pictures; what was in the middle stays there."""
        self._measure_screen()

    def showEvent(self, event: QShowEvent) -> None:
        """Ages grow only while they are seen."""
        self._ages.start()
        self.wake()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nothing moves while nobody looks."""
        for timer in (self._ages, self._frame, self._living, self._map_rest, self._far_rest):
            timer.stop()

    def event(self, event: QEvent) -> bool:
        """A screen of another ratio needs new pictures."""
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._new_pictures()
        return super().event(event)

    def sizeHint(self) -> QSize:
        """As in the pictures."""
        return QSize(820, 796)
