"""A wire is drawn from a handle or by keys: what fits is lit, what does not says why, nothing else moves."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from astrolabnet_gui.gui.canvas import Canvas
from astrolabnet_gui.gui.fits import fits
from astrolabnet_gui.model.key import Key
from astrolabnet_gui.model.source import Origin, Source
from astrolabnet_gui.model.thing import Thing
from astrolabnet_gui.network.delta import Delta
from astrolabnet_gui.network.store import Store
from tests.gui import archipelago
from tests.gui.archipelago import ALERTS, channel
from tests.gui.canvases import LAL, LEFT, NONE, canvas, spot

__all__ = ["canvas"]  # fixture

ISLAND, EUCLID, RUBIN, GAIA = Key("local"), Key("euclid-it"), Key("rubin-dac"), Key("gaia-arch")
DR22 = Key("cc-lyon").child("datasets", "ztf_dr22")


def known(thing: Thing) -> Thing:
    """A source that was described here."""
    return thing.model_copy(
        update={"payload": Source(name=thing.label, place=thing.fact, origin=Origin(servers="a:1"))}
    )


@pytest.fixture
def drawn(canvas: Canvas) -> tuple[Canvas, list[tuple[object, ...]]]:
    """A canvas that tells what was drawn on it."""
    store, heard = Store(), list[tuple[object, ...]]()
    for thing in archipelago.things():
        store.apply(Delta(thing.key.server, added=(known(thing) if thing.key == ALERTS else thing,)))
    canvas.fitting = lambda key: fits(store, key)
    canvas.wired.connect(lambda a, b: heard.append(("wired", a, b)))
    canvas.unbound.connect(lambda a, _: heard.append(("open", a)))
    canvas.refused.connect(lambda words: heard.append(("refused", words)))
    return canvas, heard


Drawn = tuple[Canvas, list[tuple[object, ...]]]


def handle(canvas: Canvas, key: Key, side: int = 1) -> QPoint:
    """Middle of a handle."""
    row = canvas.scene.rows[key]
    half = 17 if key == ALERTS else 15 if key.kind == "datasets" else float(canvas.scene.plate_w[row]) / 2
    return spot(canvas, key, side * half * canvas.view.zoom)


def pull(canvas: Canvas, key: Key, *way: QPoint) -> None:
    """Draw from a handle along points; the button stays down."""
    QTest.mouseMove(canvas, spot(canvas, key))
    QTest.mouseMove(canvas, handle(canvas, key))
    QTest.mousePress(canvas, LEFT, NONE, handle(canvas, key))
    for at in (handle(canvas, key) + QPoint(12, 4), *way):
        QTest.mouseMove(canvas, at)


@pytest.mark.parametrize("origin", [ALERTS, DR22, RUBIN], ids=["source", "dataset", "server"])
def test_a_wire_from_a_handle_to_a_server(drawn: Drawn, origin: Key) -> None:
    canvas, heard = drawn
    before = canvas.positions()
    pull(canvas, origin, spot(canvas, LAL))
    assert canvas.mind.pull is not None
    assert canvas.mind.pull.target == LAL
    canvas.render_now()
    QTest.mouseRelease(canvas, LEFT, NONE, spot(canvas, LAL))
    assert heard == [("wired", origin, LAL)]
    assert canvas.mind.pull is None
    assert canvas.positions() == before, "a wire moves no server"


def test_only_what_fits_is_a_target_and_the_rest_says_why(drawn: Drawn) -> None:
    canvas, heard = drawn
    pull(canvas, RUBIN, spot(canvas, GAIA))
    under_way = canvas.mind.pull
    assert under_way is not None
    assert under_way.target is None
    assert under_way.fits[GAIA].reason == "it is down, timed out"
    assert under_way.fits[RUBIN].reason == "it is where the data is"
    assert under_way.fits[Key("ztf-west")].reason == "wait for its first answer"
    QTest.mouseRelease(canvas, LEFT, NONE, spot(canvas, GAIA))
    assert heard == [("refused", "gaia-arch: it is down, timed out.")]
    assert canvas.mind.pull is None


def test_let_fall_in_the_open_and_left_by_esc(drawn: Drawn) -> None:
    canvas, heard = drawn
    pull(canvas, ALERTS, QPoint(30, 700))
    QTest.mouseRelease(canvas, LEFT, NONE, QPoint(30, 700))
    assert heard == [("open", ALERTS)]
    heard.clear()
    pull(canvas, ALERTS, spot(canvas, LAL))
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    assert canvas.mind.pull is None
    QTest.mouseRelease(canvas, LEFT, NONE, spot(canvas, LAL))
    assert heard == []


def test_a_wire_by_keys(drawn: Drawn) -> None:
    canvas, heard = drawn
    canvas.select(RUBIN)
    canvas.setFocus()
    QTest.keyClick(canvas, Qt.Key.Key_W)
    under_way = canvas.mind.pull
    assert under_way is not None
    seen = []
    for _ in under_way.targets:
        QTest.keyClick(canvas, Qt.Key.Key_Tab)
        seen.append(under_way.target)
    assert seen == under_way.targets, "Tab goes round"
    QTest.keyClick(canvas, Qt.Key.Key_Backtab)
    assert under_way.target == seen[-2]
    assert "Enter wires it" in canvas.accessibleDescription()
    QTest.keyClick(canvas, Qt.Key.Key_Return)
    assert heard == [("wired", RUBIN, seen[-2])]
    QTest.keyClick(canvas, Qt.Key.Key_W)
    QTest.keyClick(canvas, Qt.Key.Key_Return)
    assert heard[-1] == ("open", RUBIN)
    canvas.pick(None)
    QTest.keyClick(canvas, Qt.Key.Key_W)
    assert heard[-1][0] == "refused"


def test_a_click_ends_a_wire_that_keys_began(drawn: Drawn) -> None:
    canvas, heard = drawn
    canvas.start_wire(RUBIN)
    QTest.mouseMove(canvas, spot(canvas, LAL))
    QTest.mouseClick(canvas, LEFT, NONE, spot(canvas, LAL))
    assert heard == [("wired", RUBIN, LAL)]


def test_what_fits_follows_the_news(drawn: Drawn) -> None:
    canvas, heard = drawn
    store = Store()
    store.apply(Delta("", added=tuple(archipelago.things())))
    canvas.fitting = lambda key: fits(store, key)
    canvas.start_wire(RUBIN)
    under_way = canvas.mind.pull
    assert under_way is not None
    under_way.aim(LAL)
    gone = archipelago.server("lal", state="down")
    store.apply(Delta("lal", changed=(gone,)))
    canvas.apply(Delta("lal", changed=(gone,)))
    assert under_way.target is None
    assert under_way.fits[LAL].reason
    canvas.apply(Delta("rubin-dac", removed=(RUBIN,)))
    assert canvas.mind.pull is None, "where it came from is gone"
    assert heard == []


def test_a_click_on_a_handle_is_a_choice_and_a_drag_on_the_plate_moves_it(drawn: Drawn) -> None:
    canvas, heard = drawn
    QTest.mouseMove(canvas, spot(canvas, RUBIN))
    at = handle(canvas, RUBIN, -1) + QPoint(3, 0)
    QTest.mouseMove(canvas, at)
    QTest.mouseClick(canvas, LEFT, NONE, at)
    assert canvas.selected_keys() == (RUBIN,)
    before = canvas.positions()[RUBIN]
    QTest.mousePress(canvas, LEFT, NONE, spot(canvas, RUBIN))
    for dx in (10, 30, 60):
        QTest.mouseMove(canvas, spot(canvas, RUBIN) + QPoint(dx, 0))
    QTest.mouseRelease(canvas, LEFT, NONE, spot(canvas, RUBIN))
    assert canvas.positions()[RUBIN] != before
    assert heard == []


def test_the_menu_of_a_wire_and_its_keys(drawn: Drawn) -> None:
    canvas, _ = drawn
    asked: list[object] = []
    acted: list[tuple[object, str]] = []
    canvas.menu_wanted.connect(lambda key, _: asked.append(key))
    canvas.wire_acted.connect(lambda key, word: acted.append((key, word)))
    wire = channel("alerts", ALERTS, Key("fink")).key
    run = next(run for run in canvas.chart.courses if run.wire.ident == wire)
    at = QPoint(*(round(v) for v in canvas.view.to_screen(*run.middle)))
    QApplication.sendEvent(canvas, QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, canvas.mapToGlobal(at)))
    assert asked == [wire]
    assert canvas.mind.wire == wire
    for key in (Qt.Key.Key_P, Qt.Key.Key_BracketLeft, Qt.Key.Key_BracketRight):
        QTest.keyClick(canvas, key)
    assert acted == [(wire, "turn"), (wire, "slower"), (wire, "faster")]


def test_a_source_known_from_a_channel_only_says_so(drawn: Drawn) -> None:
    canvas, heard = drawn
    store = Store()
    store.apply(Delta("", added=tuple(archipelago.things())))
    canvas.fitting = lambda key: fits(store, key)
    assert not canvas.start_wire(ALERTS)
    [(word, words)] = heard
    assert word == "refused"
    assert "only known from a channel" in str(words)
    assert fits(store, archipelago.session("lal", 3, "", "pyspark").key) == {}


def test_a_picture_while_a_wire_is_drawn(drawn: Drawn) -> None:
    """Looked at where it must be lit, and where it must be dim."""
    canvas, _ = drawn
    plain = canvas.grab().toImage()
    pull(canvas, DR22, spot(canvas, LAL))
    canvas.render_now()
    shown = canvas.grab().toImage()
    west = spot(canvas, Key("ztf-west"), -10)
    assert shown.pixelColor(west).lightness() < plain.pixelColor(west).lightness()
    flow = canvas.theme.colour("flow")
    edge = spot(canvas, LAL, 0, -29)
    near = [shown.pixelColor(edge + QPoint(0, dy)).name() for dy in range(-3, 4)]
    assert flow.lower() in [name.lower() for name in near]
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    QTest.mouseRelease(canvas, LEFT, NONE, QPoint(30, 700))
    QTest.mouseMove(canvas, QPoint(30, 700))
    canvas.render_now()
    assert canvas.grab().toImage() == plain
