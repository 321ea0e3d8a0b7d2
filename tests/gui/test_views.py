"""Views of a result: long text with colours, filters and figures of tables, JSON."""

from __future__ import annotations

import math
import time

import pytest
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from astrolabnet_gui.gui.panels.ansi import INKS, Ansi
from astrolabnet_gui.gui.panels.column import BINS, histogram, statistics
from astrolabnet_gui.gui.panels.json_tree import PAGE, JsonModel, JsonTree
from astrolabnet_gui.gui.panels.sieve import wanted_rows
from astrolabnet_gui.gui.panels.table_page import TablePage
from astrolabnet_gui.gui.panels.text import TextPage
from astrolabnet_gui.gui.safe import LINE_CHARS
from astrolabnet_gui.gui.style import Dress
from astrolabnet_gui.model.output import Column, Table, parse
from tests.gui.scene import table

# --- text


def test_colours_are_shown_and_no_escape_acts() -> None:
    ansi = Ansi()
    lines, runs = ansi.lines("\x1b[1;31mred\x1b[0m plain \x1b]0;title\x07\x1b[2J\x1b[Hx\n\x1b[92mgreen\nstill\x1b[m no")
    assert lines == ["red plain x", "green", "still no"]
    assert [(r.start, r.end, r.ink.token, r.ink.strong) for r in runs[0]] == [(0, 3, "failed_text", True)]
    assert [(r.start, r.end, r.ink.token) for r in runs[2]] == [(0, 5, "ok_text")]


@pytest.mark.parametrize(
    ("codes", "token"),
    [
        ("38;5;1", "failed_text"), ("38;5;196", "failed_text"), ("38;5;21", "busy_text"), ("38;5;250", "text"),
        ("38;2;0;255;255", "flow_text"), ("35", "unknown_text"), ("38;5", ""), ("38", ""), ("99999", ""),
        ("48;2;1;2;3;33", "warn_text"), (";" * 500, ""),
    ],
)  # fmt: skip
def test_every_colour_becomes_one_that_can_be_read(codes: str, token: str) -> None:
    _, runs = Ansi().lines(f"\x1b[{codes}mx")
    assert [r.ink.token for r in runs.get(0, ())] == ([token] if token else [])
    assert token in ("", *INKS)


def test_odd_text_is_plain() -> None:
    lines, _ = Ansi().lines("10 %\r50 %\r100 %\r\na\x00b\u202e\ud800\n\x1b[31\n" + "y" * 5000)
    assert lines[0] == "100 %"
    assert not {"\x00", "\u202e", "\x1b", "\ud800"} & set("".join(lines))
    assert lines[-1].endswith("(1000 more characters)")
    assert len(lines[-1]) < LINE_CHARS + 40


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("a\rb" * 300_000, "b"),
        ("x" * 1_200_000 + "\r" * 1_500_000, "x" * LINE_CHARS + f" … ({1_200_000 - LINE_CHARS} more characters)"),
        ("x" * 200_000 + "\r100 %", "100 %"),
        ("\r" * 200_000, ""),
    ],
)
def test_of_a_line_without_end_the_last_writing_is_shown(line: str, shown: str, qtbot: QtBot, dress: Dress) -> None:
    page = TextPage(f"\n{line}\nend", "Text", dress)
    qtbot.addWidget(page)
    while page.left:
        page._take()
    assert page.view.toPlainText() == f"\n{shown}\nend"
    assert page.foot.words.startswith("3 lines")


def test_twenty_megabytes_are_there_at_once(qtbot: QtBot, dress: Dress) -> None:
    text = "\n".join(f"{n} \x1b[32mINFO\x1b[0m a line of a long log with words about Spark" for n in range(330_000))
    assert len(text) > 20_000_000
    began = time.process_time()
    page = TextPage(text, "Text", dress)
    qtbot.addWidget(page)
    page.resize(440, 500)
    page.show()
    assert time.process_time() - began < 0.5
    assert page.left > 19_000_000
    assert page.foot.words.endswith(" of 21.3\u202fMB")


def test_a_long_text_comes_in_pieces_to_its_end_and_can_be_searched(qtbot: QtBot, dress: Dress) -> None:
    text = "\n".join(f"{n} \x1b[32mINFO\x1b[0m a line of a long log with words about Spark" for n in range(30_000))
    page = TextPage(text, "Text", dress)
    qtbot.addWidget(page)
    page.resize(440, 500)
    page.show()
    assert page.left > 1_000_000
    largest = 0
    while page.left:
        before = page.left
        page._take()
        largest = max(largest, before - page.left)
    # What a piece may cost: lines with colours take about half a millisecond a kilobyte.
    assert largest <= 25_000
    assert page.foot.words.startswith("30\u202f000 lines")
    page.search.open()
    page.search.field.setText("29999 INFO")
    qtbot.waitUntil(lambda: page.search.said.text() == "1 of 1", timeout=20_000)
    assert page.view.textCursor().selectedText() == "29999 INFO"


# --- tables

SKY = Table(
    columns=(Column(name="name"), Column(name="mag", type="double", unit="mag"), Column(name="my z")),
    rows=(("AGN 1", 18.5, None), ("star", 20.0, 0.1), ("agn x", None, "0.2"), ("galaxy",), ("n=1", float("nan"), 3)),
)


@pytest.mark.parametrize(
    ("wanted", "rows"),
    [
        ("", None), ("   ", None), ("agn", [0, 2]), ("mag<19", [0]), ("mag>=18.5 star", [1]), ("mag=null", [2, 3]),
        ("mag!=null", [0, 1, 4]), ("name~A", [0, 1, 2, 3]), ("name=star", [1]), ('"my z=3"', [4]), ("n=1", [4]),
        ('name="AGN 1"', [0]), ("nothing", []), ('"agn', []), ("mag<word", [0, 1, 4]), ("MAG<19", [0]),
    ],
)  # fmt: skip
def test_a_filter_is_words_and_conditions(wanted: str, rows: list[int] | None) -> None:
    test = wanted_rows(SKY, wanted)
    assert (None if test is None else [n for n, row in enumerate(SKY.rows) if test(row)]) == rows


def test_a_filtered_table_says_how_many_and_comes_back(qtbot: QtBot, dress: Dress) -> None:
    found = parse(table(12_288))[0]
    assert isinstance(found, Table)
    page = TablePage(found, dress)
    qtbot.addWidget(page)
    assert page.foot.words == "1\u202f000 of 12\u202f288 rows · 5 columns"
    page.model.fetchMore(page.model.index(-1, -1))
    page.model.show_all()
    assert page.foot.words.startswith("12\u202f288 rows")
    # Only now: in the middle of an insertion the tester itself asks for more rows, which no view does.
    tester = QAbstractItemModelTester(page.model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    assert tester.model() is page.model
    del tester
    page.filter.setText("n>89000 mag_std=null")
    page.sift()
    qtbot.waitUntil(lambda: not page.model.slices.busy)
    assert 0 < page.model.rowCount() < 50
    assert "filtered from 12\u202f288" in page.foot.words
    assert all(row > 89_000 for row in page.model.column(1))
    page.filter.setText("no such word")
    page.sift()
    qtbot.waitUntil(lambda: not page.model.slices.busy)
    assert page.foot.words == "No match · 5 columns"
    page.filter.clear()
    page.sift()
    qtbot.waitUntil(lambda: not page.model.slices.busy)
    assert page.model.fitting == 12_288


def test_the_figures_of_a_column() -> None:
    facts = dict(statistics([3, 1, 2, None, float("nan"), 2]).facts)
    assert (facts["Min"], facts["Max"], facts["Mean"], facts["Median"]) == ("1", "3", "2", "2")
    assert (facts["Rows"], facts["Null"], facts["NaN or ∞"], facts["Distinct"]) == (
        "6", "1 (17\u202f%)", "1 (20\u202f%)", "3",
    )  # fmt: skip
    words = statistics(["b", "a", "b", None, {"x": 1}])
    assert dict(words.facts)["Distinct"] == "3"
    assert words.bars[0] == ("b", 2)
    assert statistics([]).facts == (("Rows", "0"), ("Null", "none"), ("Distinct", "0"))
    assert dict(statistics([math.inf, math.nan]).facts)["NaN or ∞"] == "2 (100\u202f%)"
    assert dict(statistics([10**400, 1]).facts)["Null"] == "none"
    assert sum(histogram([-1e308, 0.0, 1e308], -1e308, 1e308)) == 3
    assert histogram([5, 5], 5, 5) == [2]
    assert len(histogram([0, 1], 0, 1)) == BINS


def test_the_card_of_a_column_follows_the_filter(qtbot: QtBot, dress: Dress) -> None:
    page = TablePage(SKY, dress)
    qtbot.addWidget(page)
    page.resize(640, 300)
    page.show()
    page.view.setCurrentIndex(page.model.index(0, 1))
    page._open_card()
    assert page.card.facts["Rows"] == "5"
    page.filter.setText("mag<19")
    page.sift()
    qtbot.waitUntil(lambda: page.card.facts["Rows"] == "1", timeout=3000)
    page.grab()


# --- JSON


def test_a_json_tree_grows_only_where_somebody_looks(qtbot: QtBot, dress: Dress) -> None:
    value = {"rows": [{"n": n, "deep": {"x": [n]}} for n in range(20_000)], "a b": None, "text": "<b>no</b>"}
    began = time.process_time()
    tree = JsonTree(value, dress)
    qtbot.addWidget(tree)
    assert time.process_time() - began < 0.3
    model = tree.model
    assert isinstance(model, JsonModel)
    rows = model.index(0, 0)
    assert model.rowCount(rows) == 0
    assert model.hasChildren(rows)
    assert model.index(0, 1).data() == "[ 20\u202f000 values ]"
    model.fetchMore(rows)
    assert model.rowCount(rows) == PAGE
    assert model.index(2, 1).data() == "<b>no</b>"
    assert model.node(model.index(1, 0)).path() == '$["a b"]'
    tree.filter.setText("19999")
    tree.seek()
    qtbot.waitUntil(lambda: tree.foot.words == "$.rows[19999]", timeout=20_000)
    tree.seek()
    qtbot.waitUntil(lambda: tree.foot.words == "$.rows[19999].n", timeout=20_000)
    tree.copy_path()
    assert QApplication.clipboard().text() == "$.rows[19999].n"


def test_a_search_in_json_goes_round_and_ends(qtbot: QtBot, dress: Dress) -> None:
    tree = JsonTree({"a": [1, {"b": "hit"}], "hit": 2}, dress)
    qtbot.addWidget(tree)
    tree.filter.setText("hit")
    for place in ("$.a[1].b", "$.hit", "$.a[1].b"):
        tree.seek()
        qtbot.waitUntil(lambda place=place: tree.foot.words == place, timeout=3000)
    tree.filter.setText("not there")
    tree.seek()
    qtbot.waitUntil(lambda: tree.foot.words == "No match for not there", timeout=3000)


@pytest.mark.parametrize("value", [{}, [], None, "text", 3, [[[]]], {"a": {"b": [1, None, {"c": float("inf")}]}}])
def test_a_json_model_is_a_model(qtbot: QtBot, dress: Dress, value: object) -> None:
    tree = JsonTree(value, dress)
    qtbot.addWidget(tree)
    tester = QAbstractItemModelTester(tree.model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    tree.view.expandAll()
    assert tester.model().rowCount() == len(value) if isinstance(value, dict | list) else 1
