"""A hundred thousand rows are sifted, sorted, counted and copied in slices: the window answers in between."""

from __future__ import annotations

import gc
import random
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QItemSelection, QItemSelectionModel, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from astrolabnet_gui.gui.ordering import AT_ONCE, ended, in_order
from astrolabnet_gui.gui.panels.column import counted, statistics
from astrolabnet_gui.gui.panels.table_page import TablePage
from astrolabnet_gui.gui.style import Dress
from astrolabnet_gui.model.output import Column, Table
from tests.gui.slices import GAP_S, pieces

ROWS = 100_000
SLICE_S = GAP_S
"""CPU time of one slice."""
DICE = random.Random(4)
SKY = Table(
    columns=(Column(name="name"), Column(name="mag", type="double"), Column(name="class"), Column(name="field")),
    rows=tuple(
        (f"ZTF{n:06d}", None if n % 50 == 0 else DICE.uniform(14, 22), DICE.choice(("AGN", "SN", "RRLyr")), n // 40_000)
        for n in range(ROWS)
    ),
)


@pytest.fixture(autouse=True)
def _uncollected() -> Iterator[None]:
    """As in the window: what is old is searched for by gui/sweep.py when nobody would notice."""
    gc.disable()
    yield
    gc.enable()


@pytest.fixture
def page(qtbot: QtBot, dress: Dress) -> TablePage:
    made = TablePage(SKY, dress)
    qtbot.addWidget(made)
    made.resize(700, 600)
    with qtbot.waitExposed(made):
        made.show()
    QApplication.processEvents()
    return made


def longest(act: Callable[[], object], busy: Callable[[], bool]) -> tuple[float, int]:
    """CPU seconds of the longest slice of an act, and how many there were."""
    slices = pieces(act, busy)
    return max(slices), len(slices)


@pytest.mark.parametrize("wanted", ["rrlyr", "mag<19 class=agn", "name~99", "nothing of that"])
def test_a_filter_looks_through_many_rows_in_slices(page: TablePage, wanted: str) -> None:
    def sift() -> None:
        page.filter.setText(wanted)
        page.sift()

    said: list[str] = []
    page.model.arranging.connect(lambda _: said.append(page.foot.words))
    slowest, slices = longest(sift, lambda: page.model.slices.turning)
    assert slices > 1
    assert slowest < SLICE_S
    assert page.model.fitting < ROWS
    assert any("Looking through 100" in words for words in said)
    assert "Looking" not in page.foot.words


@pytest.mark.parametrize("column", [0, 1, 2, 3])
def test_a_head_sorts_many_rows_in_slices(page: TablePage, column: int) -> None:
    page.model.show_all()
    for order in (Qt.SortOrder.DescendingOrder, Qt.SortOrder.AscendingOrder):
        sort = lambda order=order: page.view.sortByColumn(column, order)  # noqa: E731
        slowest, slices = longest(sort, lambda: page.model.slices.turning)
        assert slowest < SLICE_S
        assert slices > 1
    cells = page.model.column(column)
    filled = [cell for cell in cells if cell is not None]
    assert filled == sorted(filled)
    assert cells == filled + [None] * (ROWS - len(filled))


def test_a_sort_begun_while_the_filter_works_holds_for_what_it_lets_through(page: TablePage) -> None:
    page.filter.setText("class=sn")
    page.sift()
    assert page.model.slices.busy
    page.view.sortByColumn(1, Qt.SortOrder.AscendingOrder)
    while page.model.slices.turning:
        QApplication.processEvents()
    assert set(page.model.column(2)) == {"SN"}
    cells = [cell for cell in page.model.column(1) if cell is not None]
    assert cells == sorted(cells)
    page.filter.clear()
    page.sift()
    while page.model.slices.turning:
        QApplication.processEvents()
    assert page.model.fitting == ROWS


def test_a_hundred_thousand_rows_are_copied_and_counted_in_slices(page: TablePage) -> None:
    page.model.show_all()
    everything = QItemSelection(page.model.index(0, 0), page.model.index(ROWS - 1, 3))
    page.view.selectionModel().select(everything, QItemSelectionModel.SelectionFlag.Select)
    QApplication.processEvents()
    slowest, slices = longest(page.copy, lambda: page.copying.turning)
    # The last one hands 5 MB to the clipboard.
    assert slowest < 4 * SLICE_S
    assert slices > 1
    lines = QGuiApplication.clipboard().text().splitlines()
    assert (len(lines), lines[1][:10]) == (ROWS, "ZTF000001\t")
    assert page.foot.words.startswith("100\u202f000 rows copied")
    QGuiApplication.clipboard().clear()
    page.view.setCurrentIndex(page.model.index(0, 1))
    slowest, _ = longest(page._open_card, lambda: page.card.slices.turning)
    assert slowest < SLICE_S
    assert page.card.facts["Rows"] == "100\u202f000"
    assert page.card.facts["Null"].startswith("2\u202f000")


@given(st.lists(st.integers(0, 9) | st.floats(allow_nan=False), max_size=40), st.booleans())
def test_ordering_is_what_sorted_gives(some: list[float], falling: bool) -> None:
    many = [(value, n) for n, value in enumerate(some * (1 + 2 * AT_ONCE // max(1, len(some))))]
    steps = in_order(many, lambda pair: pair[0], falling=falling)
    assert ended(steps) == sorted(many, key=lambda pair: pair[0], reverse=falling)


def test_figures_of_many_are_those_of_few() -> None:
    numbers = [float(n % 1000) for n in range(5 * AT_ONCE)]
    many, few = dict(statistics(numbers).facts), dict(statistics(numbers[:1000]).facts)
    for name in ("Min", "Max", "Mean", "Median", "Deviation", "Distinct"):
        assert many[name] == few[name]
    assert sum(n for _, n in statistics(numbers).bars) == len(numbers)
    assert ended(counted(numbers)) == statistics(numbers)
