"""Results: every kind of output, also large, broken and hostile ones, is shown without a freeze."""

from __future__ import annotations

import base64
import struct
import time
import zlib

import pytest
from PySide6.QtCore import QBuffer, QIODevice, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication, QLabel, QPlainTextEdit, QTableView
from pytestqt.qtbot import QtBot

from astrolabnet_gui.errors import Malformed
from astrolabnet_gui.gui.desk import Desk
from astrolabnet_gui.gui.panels.cells import cell_words
from astrolabnet_gui.gui.panels.picture import PIXELS_MAX, decoded, dimensions
from astrolabnet_gui.gui.panels.result import ResultView
from astrolabnet_gui.gui.panels.table import PAGE, TableModel, chosen_text, table_view
from astrolabnet_gui.gui.panels.table_page import TablePage
from astrolabnet_gui.gui.panels.traceback import Traceback
from astrolabnet_gui.gui.panels.where import Place, failing_place
from astrolabnet_gui.gui.style import Dress
from astrolabnet_gui.gui.window import Window
from astrolabnet_gui.model.output import Column, Failure, Image, Table
from astrolabnet_gui.model.task import Task
from tests.gui.fakes import FakeLink
from tests.gui.scene import server, session, table, task


def png(wide: int, high: int) -> bytes:
    """Header of a PNG of that size; nothing follows."""
    head = b"IHDR" + struct.pack(">IIBBBBB", wide, high, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + head + struct.pack(">I", zlib.crc32(head))


def real_png() -> str:
    image = QImage(30, 20, QImage.Format.Format_RGB32)
    image.fill(0)
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")
    return base64.b64encode(buffer.data().data()).decode()


def tabs_of(view: ResultView) -> list[str]:
    return [view.tabs.tabText(n) for n in range(view.tabs.count())]


def test_d17_a_result_that_came_before_its_panel_is_shown_when_its_task_is_chosen(
    window: Window, desk: Desk, link: FakeLink
) -> None:
    """In the original a result that arrived before its tab existed was lost."""
    output = {"status": "ok", "data": {"text/plain": "forty-two"}}
    late = task("lal", 3, 7, "late", "done", 5, output=output)
    link.things([server("lal"), session("lal", 3, "nightly", "pyspark", "idle", 9), late])
    assert window.detail.result.tabs.count() == 0
    desk.select(late.key)
    tabs = window.detail.result.tabs
    words = [one.toPlainText() for n in range(tabs.count()) for one in tabs.widget(n).findChildren(QPlainTextEdit)]
    assert any("forty-two" in said for said in words)


@pytest.fixture
def view(qtbot: QtBot, dress: Dress) -> ResultView:
    made = ResultView(dress)
    qtbot.addWidget(made)
    made.resize(440, 500)
    made.show()
    return made


def give(view: ResultView, output: dict[str, object] | None, state: str = "done", **more: object) -> None:
    thing = task("lal", 3, 7, "t", state, 5, output=output, **more)
    assert isinstance(thing.payload, Task)
    view.show_task(thing, thing.payload)


@pytest.mark.parametrize(
    ("data", "tabs"),
    [
        ({"text/plain": "res0: Int = 2"}, ["Text", "Code"]),
        ({"application/json": [1, {"a": None}]}, ["JSON", "Code"]),
        ({"image/png": "not base64 !"}, ["Image", "Code"]),
        ({"text/plain": ""}, ["Code"]),
        ({"application/x-strange": "who knows"}, ["Text", "Code"]),
    ],
)
def test_each_output_has_its_tab(view: ResultView, data: dict[str, object], tabs: list[str]) -> None:
    give(view, {"status": "ok", "data": data})
    assert tabs_of(view) == tabs


def test_a_hundred_thousand_rows_open_sort_and_scroll(view: ResultView) -> None:
    output = table(100_000)
    began = time.process_time()
    give(view, output)
    QApplication.processEvents()
    opened = time.process_time() - began
    page = view.findChild(TablePage)
    assert isinstance(page, TablePage)
    assert page.model.rowCount() == PAGE
    assert page.foot.words.startswith("1\u202f000 of 100\u202f000 rows")
    shown: QTableView = page.view
    page.model.show_all()
    assert shown.model().rowCount() == 100_000
    began = time.process_time()
    shown.scrollToBottom()
    shown.viewport().repaint()
    scrolled = time.process_time() - began
    began = time.process_time()
    shown.sortByColumn(1, Qt.SortOrder.DescendingOrder)
    slices = [time.process_time() - began]
    while page.model.slices.turning:
        began = time.process_time()
        QApplication.processEvents()
        slices.append(time.process_time() - began)
    sort = sum(slices)
    assert shown.model().index(0, 1).data() == "90\u202f099"
    assert (opened, scrolled, sort) < (2.0, 0.5, 1.0)


def test_a_table_says_null_nan_and_long_cells_plainly(dress: Dress) -> None:
    rows = ((1, None, "a<b>\n", float("nan")), (123456, {"x": [1]}, "y" * 5000, 0.5), (7,))
    made = Table(columns=tuple(Column(name=n, type="STRING_TYPE") for n in "abcd"), rows=rows)
    model = TableModel(made, dress)
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    assert tester.model() is model
    words = [[model.index(r, c).data() for c in range(4)] for r in range(3)]
    assert words[0] == ["1", "–", "a<b>⏎", "NaN"]
    assert words[1][0] == "123\u202f456"
    assert len(words[1][2]) == 300
    assert words[2] == ["7", "–", "–", "–"]
    assert cell_words(float("-inf")) == "-∞"


def test_chosen_cells_are_copied_as_lines_with_tabs(qtbot: QtBot, dress: Dress) -> None:
    made = Table(columns=(Column(name="a"), Column(name="b")), rows=((1, "x"), (2, None)))
    shown = table_view(TableModel(made, dress), dress)
    qtbot.addWidget(shown)
    shown.selectAll()
    assert chosen_text(shown) == "1\tx\n2\t"
    shown.clearSelection()
    shown.setCurrentIndex(shown.model().index(1, 1))
    assert chosen_text(shown) == ""
    assert chosen_text(shown, rows=True) == "2\t"


def test_a_picture_is_looked_at_before_it_is_decoded(qapp: QApplication) -> None:
    assert decoded(Image(mime="image/png", base64=real_png())).width() == 30
    bomb = base64.b64encode(png(60_000, 60_000)).decode()
    with pytest.raises(Malformed, match="60000 × 60000"):
        decoded(Image(mime="image/png", base64=bomb))
    for mime, text, why in (
        ("image/svg+xml", "PHN2Zy8+", "kind of picture"),
        ("image/png", base64.b64encode(b"<html>").decode(), "does not begin"),
        ("image/png", "###", "base64"),
        ("image/png", base64.b64encode(png(10, 10)).decode(), "damaged"),
    ):
        with pytest.raises(Malformed, match=why):
            decoded(Image(mime=mime, base64=text))
    assert PIXELS_MAX < 60_000 * 60_000
    jpeg = b"\xff\xd8\xff\xe0\x00\x04ab\xff\xc0\x00\x11\x08\x00\x0a\x00\x14\x03" + b"\x00" * 12
    assert dimensions(jpeg, "jpeg") == (20, 10)
    assert dimensions(b"\xff\xd8\xff\xe0\x00\x00" + b"\x00" * 20, "jpeg") is None


@pytest.mark.parametrize(
    ("language", "trace", "shift", "line"),
    [
        ("pyspark", '  File "<stdin>", line 5, in <module>\n', 3, 2),
        ("pyspark", '  File "/usr/lib/python3/x.py", line 2\n', 0, None),
        ("pyspark", '  File "<stdin>", line 99\n', 0, None),
        ("spark", "<console>:26: error: not found: value x", 25, 1),
        ("sql", "[PARSE_SYNTAX_ERROR] at 'FORM'.(line 2, pos 7)", 0, 2),
        ("sql", "[UNRESOLVED_COLUMN] with name `x` cannot be resolved.; line 2 pos 5;", 0, 2),
    ],
)
def test_the_failing_line_is_the_users_own(language: str, trace: str, shift: int, line: int | None) -> None:
    failed = Failure(name="E", message="m", traceback=(trace,))
    sent = Task(language=language, code="one\ntwo\nthree", line_shift=shift)
    assert failing_place(failed, sent) == (None if line is None else Place(line))


CODE = 'import math\n\ndf = spark.table("t")\nn = df.count() / zero\nprint(missing)  # a / b\nx["nope"]\n'


@pytest.mark.parametrize(
    ("language", "code", "name", "message", "trace", "line"),
    [
        # As Livy sends them: the frame of the top level is taken away.
        ("pyspark", CODE, "NameError", "name 'missing' is not defined", (), 5),
        ("pyspark", CODE, "KeyError", "'nope'", (), 6),
        ("pyspark", CODE, "Py4JJavaError", "An error occurred", ('  File "<path>", line 1234, in count\n',), 4),
        ("pyspark", CODE, "ZeroDivisionError", "division by zero", (), None),  # two lines may have divided
        ("pyspark", "# a comment\n1 / 0", "ZeroDivisionError", "division by zero", (), 2),
        ("pyspark", "a = 1\nraise ValueError(why)", "ValueError", "bad night", (), 2),
        ("spark", "val a = 0\nval b = 1 / a", "java.lang.ArithmeticException", "/ by zero", ("  ... 51 elided\n",), 2),
        ("sparkr", "x <- 1\ny <- log(x, gone)", "", "object 'gone' not found", (), 2),
        ("sparkr", "x <- 1\nstop('no')\nprint(x)", "", "Error in f(x): no", (), 2),
    ],
)
def test_a_failing_line_the_server_hides_is_read_from_the_code_and_called_probable(
    language: str, code: str, name: str, message: str, trace: tuple[str, ...], line: int | None
) -> None:
    failed = Failure(name=name, message=message, traceback=trace)
    found = failing_place(failed, Task(language=language, code=code))
    assert found == (None if line is None else Place(line, sure=False))


def test_a_failure_shows_its_last_line_first_and_everything_below(view: ResultView) -> None:
    output = {
        "status": "error", "ename": "ZeroDivisionError", "evalue": "division by <b>zero</b>",
        "traceback": ["Traceback\n", '  File "<stdin>", line 2, in <module>\n'],
    }  # fmt: skip
    give(view, output, "failed")
    assert tabs_of(view) == ["Failure", "Code"]
    page = view.findChild(Traceback)
    assert isinstance(page, Traceback)
    assert page.place == Place(2)
    assert page.full is None
    page.fold.click()
    assert page.full is not None
    assert not page.full.isHidden()
    assert "<b>zero</b>" in page.full.view.toPlainText()


def test_of_a_failure_that_wraps_another_the_inner_one_comes_first(view: ResultView) -> None:
    trace = [
        "Traceback (most recent call last):\n",
        "py4j.protocol.Py4JJavaError: An error occurred while calling o52.count.\n",
        "Caused by: org.apache.spark.api.python.PythonException: Traceback (most recent call last):\n",
        '  File "<stdin>", line 3, in <lambda>\n', "ZeroDivisionError: division by zero\n",
    ]  # fmt: skip
    evalue = "An error occurred while calling o52.count."
    give(view, {"status": "error", "ename": "Py4JJavaError", "evalue": evalue, "traceback": trace}, "failed")
    page = view.findChild(Traceback)
    assert isinstance(page, Traceback)
    said = [one.text() for one in page.findChildren(QLabel) if one.objectName() == "failure"]
    assert said == ["ZeroDivisionError: division by zero"]


def test_the_tabs_stay_while_nothing_changes(view: ResultView) -> None:
    output = {"status": "ok", "data": {"text/plain": "x"}}
    give(view, output)
    first = view.tabs.widget(0)
    give(view, output)
    assert view.tabs.widget(0) is first
