"""Pictures, plots, the four states of each panel, logs put together."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPixmap
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from astrolabnet_gui.gui.panels.drawing import BARS, POINTS, bars, points, steps
from astrolabnet_gui.gui.panels.four import PATIENCE_MS, FourStates, Standing
from astrolabnet_gui.gui.panels.image import MOST, Picture
from astrolabnet_gui.gui.panels.overlap import KEPT, LogBook
from astrolabnet_gui.gui.panels.plot import ROW, PlotPage
from astrolabnet_gui.gui.panels.table import TableModel
from astrolabnet_gui.gui.safe import label
from astrolabnet_gui.gui.style import Dress
from astrolabnet_gui.model.output import Table, parse
from tests.gui.scene import table

# --- pictures


def test_a_picture_fits_zooms_about_the_pointer_and_never_gets_lost(qtbot: QtBot) -> None:
    shown = Picture(QPixmap(1000, 500))
    qtbot.addWidget(shown)
    shown.resize(416, 416)
    shown.show()
    assert shown.scale == pytest.approx(0.4)
    about = QPointF(100, 150)
    before = shown._on_picture(about)
    shown.zoom(2.0, about)
    after = shown._on_picture(about)
    assert (after.x(), after.y()) == pytest.approx((before.x(), before.y()))
    shown.setFocus()
    for key in (Qt.Key.Key_Plus, Qt.Key.Key_Minus, *(Qt.Key.Key_Left,) * 200):
        QTest.keyClick(shown, key)
    assert shown._middle.x() == 0
    shown.zoom(1e9)
    assert shown.scale == MOST
    QTest.keyClick(shown, Qt.Key.Key_0)
    assert shown.scale == 1.0
    QTest.keyClick(shown, Qt.Key.Key_F)
    assert shown.scale == pytest.approx(0.4)
    shown.grab()


# --- plots


def test_what_is_drawn_is_said() -> None:
    assert points(None, [1, None, 3.0, "x"], line=False, log=(False, False)).said == (
        "2 of 4 rows drawn, 2 have no number there"
    )
    assert list(points([3, 1, 2], [30, 10, 20], line=True, log=(False, False)).y) == [10, 20, 30]
    assert len(points([1, -1], [1, 1], line=False, log=(True, False)).x) == 1
    many = points(None, range(250_000), line=False, log=(False, False))
    assert len(many.x) == POINTS
    assert many.said == "100\u202f000 of 250\u202f000 rows drawn, thinned evenly"
    assert sum(steps([1.0, 2.0, None]).y) == 2
    assert steps([None, "a"]).said.startswith("0 of 2 rows drawn")
    tall = bars([f"b{n}" for n in range(100)] + ["b7"], None)
    assert (tall.names[0], tall.y[0], len(tall.names)) == ("b7", 2.0, BARS)
    assert "the 40 highest of 100 bars" in tall.said
    assert list(bars(["a", "b", "a"], [1, 5, 2]).y) == [5, 3]
    assert points(["2026-11-23", "no"], [1, 2], line=False, log=(False, False)).x[0] > 1.7e9


def test_plots_of_every_kind_follow_boxes_filter_and_theme(qtbot: QtBot, dress: Dress) -> None:
    found = parse(table(2000))[0]
    assert isinstance(found, Table)
    model = TableModel(found, dress)
    page = PlotPage(model, dress)
    qtbot.addWidget(page)
    model.setParent(page)
    page.resize(436, 420)
    assert page.drawn is None
    page.show()
    assert page.drawn is not None
    assert (page.kind.currentData(), page.across.currentData(), page.up.currentData()) == ("scatter", 0, 1)
    for kind in ("line", "histogram", "bar", "scatter"):
        page.kind.setCurrentIndex(page.kind.findData(kind))
        for log in (True, False):
            page.log_y.setChecked(log)
            page.log_x.setChecked(log)
            assert page.foot.words.startswith(("2\u202f000 rows", "1\u202f999", "2000"))
            page.grab()
    page.across.setCurrentIndex(page.across.findData(4))
    page.up.setCurrentIndex(page.up.findData(ROW))
    model.keep(lambda row: row in found.rows[:3])
    assert page.drawn is not None
    assert len(page.drawn.x) == 3
    dress.choose("light")
    dress.choose("dark")
    page.grab()


# --- four states, logs


def test_old_content_stays_for_two_hundred_milliseconds_then_the_wait_is_shown(qtbot: QtBot, dress: Dress) -> None:
    content = label("content")
    states = FourStates(content, dress)
    qtbot.addWidget(states)
    states.show()
    states.loading("n of m", 0.5, cancellable=True)
    assert content.isVisible()
    qtbot.waitUntil(lambda: not content.isVisible(), timeout=2000)
    with qtbot.waitSignal(states.cancel):
        states._wait.cancel.click()
    states.full()
    assert content.isVisible()
    states.failed("lal did not answer", "Ask again")
    assert content.isVisible()
    with qtbot.waitSignal(states.remedy):
        states._banner.remedy.click()
    states.empty("nothing", "Do it")
    assert (states.standing, states.words) == (Standing.EMPTY, "nothing")
    states.failed("again")
    assert not content.isVisible()
    assert PATIENCE_MS == 200


@pytest.mark.parametrize(
    ("pages", "lines"),
    [
        (["abc", "bcd", "cde"], "abcde"),
        (["abc", "xyz"], "abc|xyz"),
        (["aab", "aba"], "aaba"),
        (["abab", "abab"], "abab"),
        (["abc", ""], "abc"),
        (["aaa", "aaaa"], "aaaa"),
        (["abc", "bc"], "abc"),
        (["ab", "abx"], "abx"),
    ],
)
def test_windows_of_a_log_are_put_together(pages: list[str], lines: str) -> None:
    book = LogBook()
    for page in pages:
        book.add(list(page))
    assert "".join("|" if line is None else line for line in book.lines) == lines


def test_a_log_has_an_end_and_stays_quick() -> None:
    book = LogBook()
    began = time.process_time()
    for n in range(40):
        book.add([f"line {k}" for k in range(n * 2000, n * 2000 + 4000)])
    book.add(["a"] * 10_000)
    book.add(["a"] * 10_000)
    assert len(book.lines) == KEPT
    assert book.missing == 1
    assert time.process_time() - began < 2.0


def test_every_panel_has_its_four_states(qtbot: QtBot, dress: Dress) -> None:
    from tests.gui.states import PANELS

    wanted: dict[tuple[str, str], Callable[[], object]] = {}
    for panel, states in PANELS.items():
        assert set(states) == {"empty", "loading", "full", "failed"}, panel
        for state, make in states.items():
            wanted[panel, state] = make
            made = make()
            qtbot.addWidget(made)
            made.resize(436, 500)
            made.show()
            assert made.grab().toImage().pixelColor(200, 100).isValid()
    assert len(wanted) == 24
