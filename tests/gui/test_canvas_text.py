"""Larger text makes all of the graph larger: labels, map, card, what is felt; nothing is cut."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from astrolabnet_gui.gui.canvas import Canvas
from astrolabnet_gui.gui.theme import theme
from astrolabnet_gui.model.key import Key
from tests.gui.canvases import LAL, LEFT, NIGHTLY, NONE, furnished, pixels, spot
from tests.gui.clipping import SMALLEST_PX, cut_off, overheard, overlapping, picture

Grown = Callable[..., Canvas]
ZOOMS = (1.0, 0.5, 0.2)


@pytest.fixture
def grown(qtbot: QtBot) -> Grown:
    """The chart of the pictures with larger text, on a widget as much larger."""

    def make(text: float, zoom: float = 1.0) -> Canvas:
        made = furnished(text=text)
        qtbot.addWidget(made)
        made.show()
        qtbot.waitExposed(made)
        made.view.look(zoom, 380, 345)
        made.look_changed()
        made.render_now()
        return made

    return make


@pytest.mark.parametrize("zoom", ZOOMS)
def test_text_of_twice_the_size_is_the_chart_on_a_screen_twice_as_sharp(grown: Grown, zoom: float) -> None:
    usual, large = grown(1.0, zoom), grown(2.0, zoom)
    for canvas in (usual, large):
        canvas.show_card(canvas.scene.rows[NIGHTLY], QPointF(300, 200))
    sharp, big = picture(usual, 2.0), picture(large, 1.0)
    assert (sharp.width(), sharp.height()) == (big.width(), big.height())
    away = np.abs(pixels(sharp) - pixels(big)).max(2)
    # Letters are hinted for the size they are set in, so their edges may differ.
    assert float((away > 64).mean()) < 0.01


@pytest.mark.parametrize("zoom", ZOOMS)
@pytest.mark.parametrize("text", [1.25, 1.5, 2.0])
def test_every_word_grows_and_none_is_cut_or_lies_on_another(grown: Grown, text: float, zoom: float) -> None:
    said = {}
    for scale in (1.0, text):
        canvas = grown(scale, zoom)
        canvas.spoil()
        with overheard() as heard:
            canvas.layer.finish(canvas.view)
            picture(canvas, 1.0)
        assert overlapping(heard) == []
        assert cut_off(heard) == []
        said[scale] = {one.text: one.pixels for one in heard}
    assert said[1.0].keys() == said[text].keys()
    assert len(said[1.0]) > (5 if zoom > 0.3 else 3)
    for word, pixels_high in said[1.0].items():
        assert said[text][word] == pytest.approx(text * pixels_high), word
        assert said[text][word] >= text * SMALLEST_PX


def test_in_the_same_window_it_all_still_fits_and_is_as_large_as_the_words_beside_it(qtbot: QtBot) -> None:
    canvas = furnished(text=2.0)
    qtbot.addWidget(canvas)
    canvas.resize(820, 796)
    canvas.show()
    qtbot.waitExposed(canvas)
    canvas.fit()
    with overheard() as heard:
        canvas.spoil()
        canvas.layer.finish(canvas.view)
        picture(canvas, 1.0)
    x0, y0, x1, y1 = canvas.view.seen()
    places = np.array(list(canvas.positions().values()))
    assert bool(((places >= (x0, y0)) & (places <= (x1, y1))).all())
    assert heard
    assert min(one.pixels for one in heard) >= 2 * SMALLEST_PX
    assert overlapping(heard) == []
    rect = canvas.minimap.rect(canvas.view)
    assert rect.width() * canvas.view.grain == 2 * 141
    assert rect.right() * canvas.view.grain == 820 - 24


def test_the_card_grows_and_says_all_it_said(grown: Grown) -> None:
    said = {}
    for text in (1.0, 2.0):
        canvas = grown(text)
        with overheard() as heard:
            canvas.show_card(canvas.scene.rows[LAL], QPointF(700, 700))
            picture(canvas, 1.0)
        said[text] = {one.text: one for one in heard}
        room = canvas.rect()
        assert all(room.contains(one.rect.toAlignedRect()) for one in heard)
    assert said[1.0].keys() == said[2.0].keys()
    assert {"Enter", "menu"} <= said[1.0].keys()
    assert all(said[2.0][word].pixels == pytest.approx(2 * one.pixels) for word, one in said[1.0].items())


@pytest.mark.parametrize("text", [1.25, 2.0])
def test_the_hand_finds_what_the_eye_sees(grown: Grown, text: float) -> None:
    canvas, picked = grown(text), []
    canvas.picked.connect(picked.append)
    for key in (LAL, NIGHTLY):
        QTest.mouseClick(canvas, LEFT, NONE, spot(canvas, key))
    assert picked == [LAL, NIGHTLY]
    told = {node.key: node.rect for node in canvas.described()}
    assert told[LAL].contains(QPointF(spot(canvas, LAL)))
    assert told[LAL].width() >= 164 * text - 1
    at = spot(canvas, LAL)
    under = canvas.view.to_world(*canvas.view.felt(at.x(), at.y()))
    none = QPoint()
    QApplication.sendEvent(canvas, _wheel(canvas, at, none, QPoint(0, 120)))
    assert canvas.view.to_world(*canvas.view.felt(at.x(), at.y())) == pytest.approx(under)
    before = canvas.positions()[LAL]
    where = spot(canvas, LAL)
    QTest.mousePress(canvas, LEFT, NONE, where)
    for step in (20, 60, 100):
        QTest.mouseMove(canvas, where + QPoint(step, 0))
    QTest.mouseRelease(canvas, LEFT, NONE, where + QPoint(100, 0))
    after = canvas.positions()[LAL]
    assert after[0] - before[0] == pytest.approx(100 / text / canvas.view.zoom, abs=1)
    assert (spot(canvas, LAL) - where - QPoint(100, 0)).manhattanLength() <= 1


def _wheel(canvas: Canvas, at: QPoint, pixels_turned: QPoint, turned: QPoint) -> QWheelEvent:
    from PySide6.QtCore import Qt

    return QWheelEvent(
        QPointF(at), QPointF(canvas.mapToGlobal(at)), pixels_turned, turned, Qt.MouseButton.NoButton, NONE,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip


@pytest.mark.parametrize("text", [1.25, 2.0])
def test_a_panned_and_a_mended_picture_is_the_one_drawn_anew(grown: Grown, text: float) -> None:
    canvas = grown(text)
    for dx, dy in ((36, 0), (-12, 24), (4, -48)):
        canvas.view.pan(dx, dy)
        canvas.look_changed()
        canvas.repaint()
    canvas.mend([canvas.scene.rows[LAL], canvas.scene.rows[Key("fink")]])
    canvas.repaint()
    shifted = canvas.grab().toImage()
    canvas.spoil()
    canvas.render_now()
    fresh = canvas.grab().toImage()
    away = np.abs(pixels(shifted) - pixels(fresh)).max(2)
    assert float((away > 24).mean()) < 0.002


def test_another_size_of_text_keeps_the_middle(grown: Grown) -> None:
    canvas = grown(1.0)
    middle = canvas.view.centre
    canvas.set_theme(theme("dark", reduced_motion=True, text_scale=2.0))
    assert canvas.view.centre == pytest.approx(middle)
    assert canvas.view.zoom == 1.0
    assert canvas.view.grain == 2.0
