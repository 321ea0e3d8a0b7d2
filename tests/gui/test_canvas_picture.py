"""The kept picture of the graph: shifted, mended or dressed anew it is as a fresh one; what lives can stop."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from astrolabnet_gui.gui.canvas import Canvas
from astrolabnet_gui.gui.theme import theme
from astrolabnet_gui.network.delta import Delta
from tests.gui import archipelago
from tests.gui.archipelago import server, session, task
from tests.gui.canvases import LAL, LEFT, NONE, Furnish, canvas, differing, furnish, pixels

__all__ = ["canvas", "furnish"]  # fixtures


def test_dragging_the_ground_pans_and_the_shifted_picture_is_as_a_fresh_one(canvas: Canvas, furnish: Furnish) -> None:
    at, before, drawn = QPoint(500, 60), (canvas.view.tx, canvas.view.ty), canvas.layer.drawn
    QTest.mousePress(canvas, LEFT, NONE, at)
    for step in (QPoint(-40, 30), QPoint(-90, 80), QPoint(-130, 20)):
        QTest.mouseMove(canvas, at + step)
        canvas.repaint()
    QTest.mouseRelease(canvas, LEFT, NONE, at + QPoint(-130, 20))
    assert (canvas.view.tx - before[0], canvas.view.ty - before[1]) == (-130, 20)
    canvas.repaint()
    assert canvas.layer.drawn == drawn
    assert differing(canvas, furnish(canvas)) == 0


@pytest.mark.parametrize("zoom", [1.0, 0.5, 0.2])
def test_a_mended_picture_is_as_a_fresh_one(canvas: Canvas, furnish: Furnish, zoom: float) -> None:
    canvas.view.look(zoom, 410, 398)
    canvas.look_changed()
    canvas.render_now()
    drawn = canvas.layer.drawn
    later = {t.key: t for t in archipelago.things()}
    changes = [
        session("fink", 12, "tutorial", "pyspark", "idle"),
        session("lal", 5, "ad hoc", "sql", "dead"),
        task("lal", 3, 8, "fit-periods", "done"),
        server("euclid-it", state="down", since=archipelago.ago(minutes=3)),
    ]
    for thing in changes:
        later[thing.key] = thing
        canvas.apply(Delta(thing.key.server, changed=(thing,)))
    canvas.repaint()
    if zoom > 0.3:
        assert canvas.layer.drawn == drawn
    canvas.render_now()
    canvas.minimap.spoil()
    assert differing(canvas, furnish(canvas, things=later.values())) == 0


def test_from_afar_the_dots_of_a_crowd_change_together_and_by_themselves(
    canvas: Canvas, furnish: Furnish, qtbot: QtBot
) -> None:
    canvas.view.look(0.2, 410, 398)
    canvas.look_changed()
    canvas.render_now()
    before = canvas.grab().toImage()
    down = server("euclid-it", state="down", since=archipelago.ago(minutes=3))
    canvas.apply(Delta(down.key.server, changed=(down,)))
    assert canvas.grab().toImage() == before, "one of a crowd paints nothing at once"
    things = {t.key: t for t in archipelago.things()} | {down.key: down}
    fresh = furnish(canvas, things=things.values())

    def the_same() -> bool:
        canvas.minimap.spoil()  # the map and the dots come each in its own time
        return differing(canvas, fresh) == 0

    qtbot.waitUntil(the_same)


def test_space_shows_the_card_and_escape_closes_it_then_clears(canvas: Canvas) -> None:
    canvas.select(LAL)
    canvas.render_now()
    bare = canvas.grab().toImage()
    QTest.keyClick(canvas, Qt.Key.Key_Space)
    assert canvas.grab().toImage() != bare
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    assert canvas.grab().toImage() == bare
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    assert canvas.selected_keys() == ()


def test_another_theme_repaints_and_keeps_choice_and_places(canvas: Canvas, furnish: Furnish) -> None:
    canvas.select(LAL)
    places, view = canvas.positions(), canvas.view.key
    canvas.set_theme(theme("light", reduced_motion=True))
    canvas.render_now()
    assert (canvas.positions(), canvas.view.key, canvas.selected_keys()) == (places, view, (LAL,))
    assert differing(canvas, furnish(canvas, "light")) == 0


def test_nothing_moves_by_itself_when_motion_is_reduced_or_nobody_looks(canvas: Canvas, qtbot: QtBot) -> None:
    canvas.render_now()
    assert canvas.grab().toImage() == canvas.grab().toImage()
    canvas.set_theme(theme("dark"))
    canvas.render_now()
    first = canvas.grab().toImage()
    qtbot.waitUntil(lambda: canvas.grab().toImage() != first, timeout=3000)
    canvas.hide()
    assert not any(timer.isActive() for timer in (canvas._frame, canvas._living, canvas._ages))


def test_a_ring_goes_to_its_new_value_and_stays(canvas: Canvas) -> None:
    rings = canvas.overlay.rings
    rings.forget()
    assert rings.value(1, 0.2, 10.0, 0.16) == 0.2
    assert rings.value(1, 0.8, 10.0, 0.16) == 0.2
    assert 0.2 < rings.value(1, 0.8, 10.08, 0.16) < 0.8
    assert rings.value(1, 0.8, 10.2, 0.16) == 0.8


@pytest.mark.parametrize("ratio", [1.0, 2.0])
def test_the_picture_is_as_sharp_as_the_screen(canvas: Canvas, ratio: float) -> None:
    canvas.layer.resize(canvas.size(), ratio)
    canvas.layer.finish(canvas.view)
    image = QImage(round(820 * ratio), round(796 * ratio), QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ratio)
    painter = QPainter(image)
    canvas.layer.blit(painter, canvas.view)
    painter.end()
    ink = pixels(image)[:, :, 0] != pixels(image)[0, 0, 0]
    # Twice the ratio: about twice as many pixels along each edge, four times as many in all.
    assert ink.sum() > 15_000 * ratio**2
