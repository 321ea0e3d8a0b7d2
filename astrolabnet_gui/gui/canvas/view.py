"""View: which part of the chart is on screen, how large, and how much of it is told (the three levels)."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum

ZOOM_MIN, ZOOM_MAX = 0.02, 4.0
MIDDLE, NEAR, HYSTERESIS = 0.28, 0.75, 0.10

Rect = tuple[float, float, float, float]
Point = tuple[float, float]


class Level(IntEnum):
    """How much is told."""

    FAR = 0
    MIDDLE = 1
    NEAR = 2


def level_after(level: Level, zoom: float) -> Level:
    """Level at ``zoom`` after ``level``: crossing a border needs 10 % more, so that levels do not flicker."""
    up, down = 1 + HYSTERESIS, 1 - HYSTERESIS
    if level < Level.NEAR and zoom >= NEAR * up:
        return Level.NEAR
    if level > Level.FAR and zoom < MIDDLE * down:
        return Level.FAR
    if level is Level.NEAR and zoom < NEAR * down:
        return Level.MIDDLE
    if level is Level.FAR and zoom >= MIDDLE * up:
        return Level.MIDDLE
    return level


@dataclass(slots=True)
class View:
    """Screen = world × zoom + offset. The screen's px are the widget's at usual text; larger text makes each larger, so
    that all of the chart grows with it.

    Attributes:
        zoom: screen px per world px.
        tx, ty: where the world's origin is on screen.
        width, height: size of the screen.
        grain: the widget's logical px per screen px.
    """

    width: float = 1.0
    height: float = 1.0
    zoom: float = 1.0
    tx: float = 0.0
    ty: float = 0.0
    grain: float = 1.0
    level: Level = field(default=Level.NEAR)

    @property
    def key(self) -> tuple[float, float, float, Level]:
        """What a picture of this view depends on."""
        return self.zoom, self.tx, self.ty, self.level

    @property
    def centre(self) -> Point:
        """World point in the middle of the screen."""
        return self.to_world(self.width / 2, self.height / 2)

    def to_world(self, x: float, y: float) -> Point:
        """World point under a screen point."""
        return (x - self.tx) / self.zoom, (y - self.ty) / self.zoom

    def to_screen(self, x: float, y: float) -> Point:
        """Screen point of a world point."""
        return x * self.zoom + self.tx, y * self.zoom + self.ty

    def felt(self, x: float, y: float) -> Point:
        """Screen point under a point of the widget."""
        return x / self.grain, y / self.grain

    def on_widget(self, wx: float, wy: float) -> Point:
        """Point of the widget where a world point is."""
        x, y = self.to_screen(wx, wy)
        return x * self.grain, y * self.grain

    def holds(self, x: float, y: float, edge: float, below: float | None = None) -> bool:
        """A screen point is not at the edge."""
        low = self.height - (edge if below is None else below)
        return edge <= x <= self.width - edge and edge <= y <= low

    def seen(self) -> Rect:
        """World rectangle on screen: left, top, right, bottom."""
        return (*self.to_world(0, 0), *self.to_world(self.width, self.height))

    def pan(self, dx: float, dy: float) -> None:
        """Move the chart by screen px."""
        self.tx += dx
        self.ty += dy

    def zoom_at(self, factor: float, x: float, y: float) -> None:
        """Zoom so that the world point under the screen point (x, y) stays there."""
        wx, wy = self.to_world(x, y)
        self.look(self.zoom * factor, wx, wy, x, y)

    def tell_most(self) -> None:
        """The view rests after a flight or a fit: the more telling level, for what keeps levels from flickering under
        a hand would leave the names out.
        """
        self.level = level_after(Level.NEAR, self.zoom)

    def look(self, zoom: float, wx: float, wy: float, x: float | None = None, y: float | None = None) -> None:
        """Show world point (wx, wy) at screen point (x, y), by default in the middle."""
        self.zoom = min(ZOOM_MAX, max(ZOOM_MIN, zoom))
        self.level = level_after(self.level, self.zoom)
        self.tx = (self.width / 2 if x is None else x) - wx * self.zoom
        self.ty = (self.height / 2 if y is None else y) - wy * self.zoom

    def resize(self, width: float, height: float, grain: float = 1.0) -> None:
        """The widget has a new size, or its text has; what was in the middle stays there."""
        self.grain, width, height = grain, width / grain, height / grain
        self.tx += (width - self.width) / 2
        self.ty += (height - self.height) / 2
        self.width, self.height = width, height

    def fitting(self, box: Rect, margin: float = 32.0) -> tuple[float, float, float]:
        """Zoom and world middle that show a whole box, never larger than life."""
        wide, high = max(1.0, box[2] - box[0]), max(1.0, box[3] - box[1])
        zoom = min(1.0, (self.width - 2 * margin) / wide, (self.height - 2 * margin) / high)
        return max(ZOOM_MIN, zoom), (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
