"""The graph under real mouse and key events."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from astrolabnet_gui.gui.canvas import Canvas
from astrolabnet_gui.gui.canvas.view import Level
from astrolabnet_gui.model.key import Key
from astrolabnet_gui.network.delta import Delta
from tests.gui import archipelago
from tests.gui.archipelago import server, task
from tests.gui.canvases import LAL, LEFT, NIGHTLY, NONE, Furnish, canvas, differing, furnish, spot

__all__ = ["canvas", "furnish"]  # fixtures


def test_click_picks_what_is_under_the_pointer(canvas: Canvas, qtbot: QtBot) -> None:
    for key in (LAL, NIGHTLY, task("lal", 3, 8, "").key):
        with qtbot.waitSignal(canvas.picked) as heard:
            QTest.mouseClick(canvas, LEFT, NONE, spot(canvas, key))
        assert heard.args == [key]
        assert canvas.selected_keys() == (key,)
    with qtbot.waitSignal(canvas.picked) as heard:
        QTest.mouseClick(canvas, LEFT, NONE, QPoint(400, 20))
    assert heard.args == [None]
    assert canvas.selected_keys() == ()


def test_a_wire_and_a_source_can_be_picked(canvas: Canvas, qtbot: QtBot) -> None:
    for world, ident in (((531.0, 229.0), Key("").child("channels", "dr22")), ((62.0, 113.0), archipelago.ALERTS)):
        with qtbot.waitSignal(canvas.picked) as heard:
            QTest.mouseClick(canvas, LEFT, NONE, QPointF(*canvas.view.to_screen(*world)).toPoint())
        assert heard.args == [ident]


def test_double_click_and_enter_open(canvas: Canvas, qtbot: QtBot) -> None:
    with qtbot.waitSignal(canvas.opened) as heard:
        QTest.mouseDClick(canvas, LEFT, NONE, spot(canvas, NIGHTLY))
    assert heard.args == [NIGHTLY]
    canvas.select(LAL)
    with qtbot.waitSignal(canvas.opened) as heard:
        QTest.keyClick(canvas, Qt.Key.Key_Return)
    assert heard.args == [LAL]


def test_right_click_picks_and_wants_the_menu_there(canvas: Canvas, qtbot: QtBot) -> None:
    at = spot(canvas, LAL)
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, canvas.mapToGlobal(at))
    with qtbot.waitSignals([canvas.picked, canvas.menu_wanted]), qtbot.waitSignal(canvas.menu_wanted) as heard:
        QApplication.sendEvent(canvas, event)
    assert heard.args == [LAL, canvas.mapToGlobal(at)]


def test_a_dragged_server_takes_its_children_and_its_place_is_told(
    canvas: Canvas, furnish: Furnish, qtbot: QtBot
) -> None:
    start, child = spot(canvas, LAL), spot(canvas, NIGHTLY)
    QTest.mousePress(canvas, LEFT, NONE, start)
    with qtbot.waitSignal(canvas.moved) as heard:
        for step in (QPoint(15, 0), QPoint(30, 20), QPoint(60, 40)):
            QTest.mouseMove(canvas, start + step)
        QTest.mouseRelease(canvas, LEFT, NONE, start + QPoint(60, 40))
    assert heard.args is not None
    assert heard.args == [{LAL: (371.0, 345.0)}, {LAL: pytest.approx((431.0, 385.0))}]
    assert spot(canvas, NIGHTLY) == child + QPoint(60, 40)
    others = {k: v for k, v in archipelago.PLACES.items() if k != LAL}
    assert {k: v for k, v in canvas.positions().items() if k != LAL} == others
    canvas.render_now()
    assert differing(canvas, furnish(canvas)) == 0


def test_wheel_zooms_at_the_pointer_and_levels_follow(canvas: Canvas) -> None:
    at = QPointF(spot(canvas, LAL))
    world = canvas.view.to_world(at.x(), at.y())
    for _ in range(8):
        QApplication.sendEvent(
            canvas,
            QWheelEvent(
                at, canvas.mapToGlobal(at), QPoint(), QPoint(0, -120), Qt.MouseButton.NoButton, NONE,
                Qt.ScrollPhase.NoScrollPhase, False,
            ),
        )  # fmt: skip
    assert canvas.view.zoom < 0.26
    assert canvas.view.level is Level.FAR
    assert canvas.view.to_world(at.x(), at.y()) == pytest.approx(world)


def test_band_chooses_what_it_holds(canvas: Canvas) -> None:
    shift = Qt.KeyboardModifier.ShiftModifier
    corner, other = spot(canvas, Key("fink"), -100, -40), spot(canvas, LAL, 90, 10)
    QTest.mousePress(canvas, LEFT, shift, corner)
    for at in (corner + QPoint(30, 30), other):
        where = QPointF(at)
        move = QMouseEvent(QEvent.Type.MouseMove, where, canvas.mapToGlobal(where), LEFT, LEFT, shift)
        QApplication.sendEvent(canvas, move)
    assert canvas.mind.band is not None
    QTest.mouseRelease(canvas, LEFT, shift, other)
    assert canvas.mind.band is None
    assert {Key("fink"), LAL} <= set(canvas.selected_keys())
    assert Key("rubin-dac") not in canvas.selected_keys()


def test_keys_walk_over_the_chart(canvas: Canvas, qtbot: QtBot) -> None:
    canvas.select(LAL)
    seen = []
    canvas.picked.connect(seen.append)
    for key in (Qt.Key.Key_Tab, Qt.Key.Key_Tab, Qt.Key.Key_Backspace, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Left):
        QTest.keyClick(canvas, key)
    names = [canvas.scene.things[canvas.scene.rows[key]].label for key in seen]  # type: ignore[union-attr]
    assert names[:3] == ["nightly", "ad hoc", "lal"]
    assert names[3] in ("rubin-dac", "dia")
    assert len(seen) == 6
    assert f" {names[-1]}" in canvas.accessibleDescription()


def test_the_card_comes_after_a_moment_of_rest(canvas: Canvas, qtbot: QtBot) -> None:
    canvas.render_now()
    QTest.mouseMove(canvas, spot(canvas, NIGHTLY))
    assert canvas.mind.hovered == canvas.scene.rows[NIGHTLY]
    qtbot.waitUntil(lambda: canvas.hide_card(), timeout=3000)
    assert not canvas.hide_card()


def test_m_wants_the_menu_of_what_has_the_keyboard(canvas: Canvas, qtbot: QtBot) -> None:
    canvas.select(NIGHTLY)
    with qtbot.waitSignal(canvas.menu_wanted) as heard:
        QTest.keyClick(canvas, Qt.Key.Key_M)
    assert heard.args == [NIGHTLY, canvas.mapToGlobal(spot(canvas, NIGHTLY))]


def test_what_was_seen_from_afar_is_named_again_when_all_of_it_fits(canvas: Canvas, qtbot: QtBot) -> None:
    view = canvas.view
    x0, _, x1, _ = canvas.scene.bounds() or view.seen()
    canvas.fit()
    qtbot.waitUntil(lambda: canvas._flight is None)
    canvas.resize(round(0.72 * (x1 - x0)) + 64, 900)
    view.zoom_at(0.3 / view.zoom, 0, 0)
    assert view.level is Level.MIDDLE
    canvas.fit()
    qtbot.waitUntil(lambda: canvas._flight is None)
    assert 0.7 < view.zoom < 0.75
    assert view.level is Level.NEAR


def test_fit_shows_everything_and_fly_to_brings_a_thing_to_the_middle(canvas: Canvas, qtbot: QtBot) -> None:
    canvas.fly_to(Key("euclid-it"))
    qtbot.waitUntil(lambda: abs(spot(canvas, Key("euclid-it")).x() - 410) <= 1, timeout=3000)
    QTest.keyClick(canvas, Qt.Key.Key_F)
    seen = canvas.scene.bounds()
    assert seen is not None

    def all_seen() -> bool:
        x0, y0, x1, y1 = canvas.view.seen()
        return x0 <= seen[0] and y0 <= seen[1] and x1 >= seen[2] and y1 >= seen[3]

    qtbot.waitUntil(all_seen, timeout=3000)


def test_what_is_chosen_survives_a_reset_and_what_is_gone_is_let_go(canvas: Canvas) -> None:
    canvas.select(NIGHTLY)
    canvas.reset(archipelago.things())
    assert canvas.selected_keys() == (NIGHTLY,)
    tasks = [task("lal", 3, i, "").key for i in (9, 8, 7)]
    canvas.apply(Delta("lal", removed=(*tasks, NIGHTLY)))
    assert canvas.selected_keys() == ()


def test_the_first_server_is_brought_into_view_and_later_ones_move_nothing(canvas: Canvas) -> None:
    canvas.reset(())
    canvas._untouched = True
    canvas.apply(Delta("first", added=(server("first"),)))
    assert canvas.rect().contains(spot(canvas, Key("first")))
    view = canvas.view.key
    canvas.apply(Delta("second", added=(server("second"),)))
    assert canvas.view.key == view
    assert canvas.positions().keys() == {Key("first"), Key("second")}


def test_a_chosen_task_behind_the_fifth_has_no_halo_in_the_open(canvas: Canvas) -> None:
    many = tuple(task("cc-lyon", 1, i, f"t{i}") for i in range(9))
    canvas.apply(Delta("cc-lyon", added=many))
    canvas.render_now()
    bare = canvas.grab().toImage()
    canvas.select(many[0].key)
    assert canvas.grab().toImage() == bare
    canvas.select(many[-1].key)
    assert canvas.grab().toImage() != bare
