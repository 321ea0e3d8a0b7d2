"""Icons: line drawings from resources/icons, inked by the theme at the moment they are painted."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from PySide6.QtCore import QByteArray, QPoint, QRect, QRectF, QSize
from PySide6.QtGui import QColor, QIcon, QIconEngine, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from ..resources import resource
from .theme import Theme, theme

_current: Callable[[], Theme] = theme


def follow(current: Callable[[], Theme]) -> None:
    """Say where the theme of the moment is asked for; icons made before follow it too."""
    global _current
    _current = current


def icon(name: str, token: str = "text2", active: str = "") -> QIcon:
    """Icon ``name`` in the colour ``token``; ``active`` is its colour when on or chosen ("" = the same).

    Raises:
        FileNotFoundError: there is no such icon.
    """
    resource("icons", f"{name}.svg")
    return QIcon(_Engine(name, token, active))


def icon_pixmap(name: str, colour: str, size: int, ratio: float = 1.0) -> QPixmap:
    """Drawing of an icon, ``size`` logical pixels, for a screen of that pixel ratio. Cached."""
    return _drawn(name, colour, size, ratio)


class _Engine(QIconEngine):
    """Asks for the theme when it paints, so that a change of theme or screen needs no new icons."""

    def __init__(self, name: str, token: str, active: str) -> None:
        super().__init__()
        self._name, self._token, self._active = name, token, active

    def clone(self) -> QIconEngine:
        """A copy, as Qt wants it."""
        return _Engine(self._name, self._token, self._active)

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        """Paint into a square in the middle of ``rect``."""
        side = min(rect.width(), rect.height())
        device = painter.device()
        ratio = device.devicePixelRatio() if device is not None else 1.0
        corner = QPoint(rect.x() + (rect.width() - side) // 2, rect.y() + (rect.height() - side) // 2)
        painter.drawPixmap(corner, _drawn(self._name, self._colour(mode, state), side, ratio))

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        """Drawing for a screen of ratio 1."""
        return _drawn(self._name, self._colour(mode, state), min(size.width(), size.height()), 1.0)

    def scaledPixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State, scale: float) -> QPixmap:
        """Drawing of ``size`` device pixels for a screen of ratio ``scale``."""
        side = round(min(size.width(), size.height()) / scale)
        return _drawn(self._name, self._colour(mode, state), side, scale)

    def _colour(self, mode: QIcon.Mode, state: QIcon.State) -> str:
        now = _current()
        if mode == QIcon.Mode.Disabled:
            return now.edge
        chosen = self._active and (state == QIcon.State.On or mode == QIcon.Mode.Selected)
        return now.colour(self._active if chosen else self._token)


@cache
def _source(name: str) -> bytes:
    return resource("icons", f"{name}.svg").read_bytes()


@cache
def _drawn(name: str, colour: str, size: int, ratio: float) -> QPixmap:
    pixels = max(1, round(size * ratio))
    drawn = QPixmap(pixels, pixels)
    drawn.fill(QColor.fromRgba(0))
    # QtSvg paints currentColor black, so the word is replaced before it sees it.
    renderer = QSvgRenderer(QByteArray(_source(name).replace(b"currentColor", colour[:7].encode())))
    painter = QPainter(drawn)
    renderer.render(painter, QRectF(0, 0, pixels, pixels))
    painter.end()
    drawn.setDevicePixelRatio(ratio)
    return drawn
