"""A furnished graph for tests: the archipelago of the pictures, standing still at 14:04."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from astrolabnet_gui.gui.canvas import Canvas
from astrolabnet_gui.gui.theme import theme
from astrolabnet_gui.model.key import Key
from astrolabnet_gui.model.thing import Thing
from tests.gui import archipelago
from tests.gui.archipelago import NOW, session

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
LAL, NIGHTLY = Key("lal"), session("lal", 3, "", "pyspark").key


@pytest.fixture
def canvas(qtbot: QtBot) -> Iterator[Canvas]:
    made = furnished()
    qtbot.addWidget(made)
    made.show()
    qtbot.waitExposed(made)
    made.view.look(1.0, 410, 398)
    made.look_changed()
    made.render_now()
    yield made
    made.hide()


Furnish = Callable[..., Canvas]


@pytest.fixture
def furnish(qtbot: QtBot) -> Furnish:
    """Makes a chart that looks as another does."""

    def make(like: Canvas, dress: str = "dark", things: Iterable[Thing] | None = None) -> Canvas:
        made = furnished(dress)
        qtbot.addWidget(made)
        made.show()
        qtbot.waitExposed(made)
        made.set_positions(like.positions())
        if things is not None:
            made.reset(things)
            made.set_cores(archipelago.CORES)
        made.mind.selected, made.mind.focus = set(like.mind.selected), like.mind.focus
        made.mind.hovered = made.chart.hovered = like.mind.hovered
        made.view.look(like.view.zoom, *like.view.centre)
        made.view.tx, made.view.ty, made.view.level = like.view.tx, like.view.ty, like.view.level
        made.look_changed()
        made.spoil()
        made.render_now()
        return made

    return make


def furnished(dress: str = "dark", text: float = 1.0) -> Canvas:
    made = Canvas(theme(dress, reduced_motion=True, text_scale=text))
    made.chart.now = lambda: NOW  # type: ignore[method-assign]
    made.resize(round(820 * text), round(796 * text))
    made.set_positions(archipelago.PLACES)
    made.reset(archipelago.things())
    made.set_cores(archipelago.CORES)
    return made


def spot(canvas: Canvas, key: Key, dx: float = 0.0, dy: float = 0.0) -> QPoint:
    x, y = canvas.view.on_widget(*canvas.scene.middle(canvas.scene.rows[key]))
    return QPoint(round(x + dx), round(y + dy))


def pixels(image: QImage) -> np.ndarray:
    image = image.convertToFormat(QImage.Format.Format_RGB32)
    return np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4)[:, :, :3].astype(int)


def differing(a: Canvas, b: Canvas) -> int:
    """How many pixels of two charts are clearly not the same."""
    return int((np.abs(pixels(a.grab().toImage()) - pixels(b.grab().toImage())).max(2) > 24).sum())
