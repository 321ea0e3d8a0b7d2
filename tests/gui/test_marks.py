"""The eight marks: each is there, each in its own colour and shape, sharp on every screen."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter
from pytestqt.qtbot import QtBot

from astrolabnet_gui.gui.marks import mark_pixmap, paint_mark
from astrolabnet_gui.gui.theme import theme
from astrolabnet_gui.model.kind import Health


def inked(health: Health, side: int, dress: str = "dark") -> np.ndarray:
    """Alpha of a mark painted on nothing, 0..255."""
    image = QImage(side, side, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(0)
    painter = QPainter(image)
    paint_mark(painter, QRectF(0, 0, side, side), health, theme(dress))
    painter.end()
    return np.frombuffer(image.constBits(), np.uint8).reshape(side, side, 4)[:, :, 3].copy()


@pytest.mark.parametrize("health", Health)
@pytest.mark.parametrize("dress", ["dark", "light"])
def test_mark_shows_the_colour_of_its_state(qtbot: QtBot, health: Health, dress: str) -> None:
    image = mark_pixmap(health, theme(dress), 48).toImage()
    wanted = QColor(theme(dress).mark(health)).rgb()
    seen = [image.pixelColor(x, y) for x in range(48) for y in range(48)]
    assert sum(colour.rgb() == wanted for colour in seen if colour.alpha() == 255) > 20


def drawn(health: Health, side: int) -> np.ndarray:
    """Which pixels a mark changes on the chart's ground (its holes are ground)."""
    image = QImage(side, side, QImage.Format.Format_RGB32)
    image.fill(QColor(theme("dark").canvas))
    painter = QPainter(image)
    paint_mark(painter, QRectF(0, 0, side, side), health, theme("dark"))
    painter.end()
    pixels = np.frombuffer(image.constBits(), np.uint8).reshape(side, side, 4)[:, :, :3].astype(int)
    ground, ink = QColor(theme("dark").canvas), QColor(theme("dark").mark(health))
    way = np.array([ink.blue() - ground.blue(), ink.green() - ground.green(), ink.red() - ground.red()])
    return (pixels - [ground.blue(), ground.green(), ground.red()]) @ way / (way @ way) > 0.45


@pytest.mark.parametrize("side", [10, 12, 16])
def test_no_two_marks_have_the_same_shape(qtbot: QtBot, side: int) -> None:
    shapes = {health: drawn(health, side) for health in Health}
    for a in Health:
        for b in Health:
            if a is not b:
                assert (shapes[a] != shapes[b]).sum() >= side, f"{a} looks like {b} at {side} px"


def test_marks_stay_in_their_box(qtbot: QtBot) -> None:
    for health in Health:
        alpha = inked(health, 36)
        border = np.concatenate([alpha[0], alpha[-1], alpha[:, 0], alpha[:, -1]])
        assert border.max() == 0, health


def test_pixmap_is_kept_and_sharp(qtbot: QtBot) -> None:
    twice = mark_pixmap(Health.WARN, theme("dark"), 12, 2.0)
    assert (twice.width(), twice.devicePixelRatio()) == (24, 2.0)
    assert mark_pixmap(Health.WARN, theme("dark"), 12, 2.0).cacheKey() == twice.cacheKey()
    assert mark_pixmap(Health.WARN, theme("light"), 12, 2.0).cacheKey() != twice.cacheKey()


def test_painter_comes_back_as_it_was(qtbot: QtBot) -> None:
    image = QImage(20, 20, QImage.Format.Format_ARGB32_Premultiplied)
    painter = QPainter(image)
    before = painter.transform(), painter.pen().color(), painter.renderHints()
    paint_mark(painter, QRectF(2, 2, 12, 12), Health.BUSY, theme("dark"))
    assert (painter.transform(), painter.pen().color(), painter.renderHints()) == before
    painter.end()
