"""Ink: pens, brushes and fonts of the chart, made once per theme. The only place where the chart meets the theme."""

from __future__ import annotations

import math
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetricsF, QPainter, QPen, QPixmap

from ...model.kind import Health
from ..theme import Theme

NO_PEN, NO_BRUSH = QPen(Qt.PenStyle.NoPen), QBrush(Qt.BrushStyle.NoBrush)


@dataclass(frozen=True, slots=True)
class Face:
    """A font at one size, with its measures."""

    font: QFont
    metrics: QFontMetricsF


class Ink:
    """What a theme gives the chart.

    Args:
        theme: dress of the window.
        font: the window's font; sizes are ours.

    Attributes:
        pictures: small pictures drawn with this ink, kept by those who made them.
    """

    def __init__(self, theme: Theme, font: QFont) -> None:
        self.theme = theme
        self._font = font
        self._colours: dict[tuple[str, float], QColor] = {}
        self._pens: dict[tuple[str, float, bool, float], QPen] = {}
        self._faces: dict[tuple[int, bool], Face] = {}
        self._widths: dict[tuple[str, float, bool], float] = {}
        self.pictures: dict[tuple[object, ...], QPixmap] = {}
        self._elided: dict[tuple[str, int, bool, int, bool], str] = {}

    def colour(self, token: str, alpha: float = 1.0) -> QColor:
        """Colour of a token, thinned to ``alpha``."""
        found = self._colours.get((token, alpha))
        if found is None:
            found = QColor(self.theme.colour(token)) if token != "shadow" else QColor(*self.theme.rgba(token))
            found.setAlphaF(found.alphaF() * alpha)
            self._colours[token, alpha] = found
        return found

    def pen(self, token: str, width: float = 1.0, *, dashed: bool = False, alpha: float = 1.0) -> QPen:
        """Pen with round joins; a width of 1 gets the theme's thin line (wider in high contrast)."""
        found = self._pens.get((token, width, dashed, alpha))
        if found is None:
            if len(self._pens) > 2000:
                self._pens.clear()
            real = width * self.theme.line if width <= 1.0 else width
            found = QPen(QBrush(self.colour(token, alpha)), real)
            found.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
            if dashed:
                found.setDashPattern([4.0 / real, 3.0 / real])
            self._pens[token, width, dashed, alpha] = found
        return found

    def brush(self, token: str, alpha: float = 1.0) -> QBrush:
        """Plain fill."""
        return QBrush(self.colour(token, alpha))

    def face(self, size: float, strong: bool = False) -> Face:
        """Font of ``size`` px, never under the smallest that may be painted."""
        pixels = max(math.ceil(self.theme.graph["label_min_px"]), round(size))
        found = self._faces.get((pixels, strong))
        if found is None:
            font = QFont(self._font)
            font.setPixelSize(pixels)
            font.setWeight(QFont.Weight.DemiBold if strong else QFont.Weight.Normal)
            font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
            found = self._faces[pixels, strong] = Face(font, QFontMetricsF(font))
        return found

    def width(self, text: str, size: float, strong: bool = False) -> float:
        """Width of a text. Kept."""
        found = self._widths.get((text, size, strong))
        if found is None:
            if len(self._widths) > 20_000:
                self._widths.clear()
            found = self._widths[text, size, strong] = self.face(size, strong).metrics.horizontalAdvance(text)
        return found

    def elide(self, text: str, size: float, width: float, *, strong: bool = False, middle: bool = True) -> str:
        """Text cut to ``width`` px: names in the middle, sentences at the end. Kept, for it is asked each frame."""
        key = (text, round(size), strong, int(width), middle)
        found = self._elided.get(key)
        if found is None:
            if len(self._elided) > 20_000:
                self._elided.clear()
            mode = Qt.TextElideMode.ElideMiddle if middle else Qt.TextElideMode.ElideRight
            found = self._elided[key] = self.face(size, strong).metrics.elidedText(text, mode, max(0.0, width))
        return found

    def ratio(self, painter: QPainter) -> float:
        """Device px of one px of the chart: the screen's own ratio, larger with larger text."""
        device = painter.device()
        return (1.0 if device is None else float(device.devicePixelRatio())) * self.theme.text_scale

    def word(self, health: Health) -> str:
        """Token of words that speak of a state: quiet for those that are no news."""
        return {Health.PENDING: "text2", Health.UNKNOWN: "text2"}.get(health, f"{health.value}_text")
