"""Editor: what is typed is kept, what is meant is sent, what can follow is offered; a large page does not freeze."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QTabWidget, QWidget
from pytestqt.qtbot import QtBot

from astrolabnet_gui.gui.desk import Desk
from astrolabnet_gui.gui.editor.editors import Editors
from astrolabnet_gui.gui.editor.page import EditPage
from astrolabnet_gui.gui.editor.piece import cells, line_at, next_cell, piece_at, prefix_at, words_like
from astrolabnet_gui.gui.editor.shelf import Shelf
from astrolabnet_gui.gui.style import Dress
from astrolabnet_gui.model.key import Key
from astrolabnet_gui.network.delta import Delta
from astrolabnet_gui.network.link import Problem, RunState
from tests.gui.fakes import FakeLink
from tests.gui.scene import UUIDS, server, session

SESSION = Key(UUIDS["lal"], "e", ("sessions", 3))
THREE = "# %% load\nx = 1\n\n# %% count\ny = x + 1\nprint(y)\n# %%\nlast()\n"


@pytest.fixture
def editors(qtbot: QtBot, desk: Desk, link: FakeLink, dress: Dress, tmp_path: Path) -> Iterator[Editors]:
    tabs = QTabWidget()
    tabs.addTab(QWidget(), "Graph")
    tabs.resize(820, 600)
    qtbot.addWidget(tabs)
    link.things(
        [server("lal"), session("lal", 3, "nightly", "pyspark", "idle", 9), session("lal", 5, "q", "sql", "idle", 9)]
    )
    made = Editors(tabs, desk, dress, tmp_path / "editor")
    tabs.show()
    yield made
    tabs.close()


@pytest.fixture
def page(editors: Editors) -> EditPage:
    found = editors.open(SESSION)
    assert found is not None
    return found


# --- what is meant


@pytest.mark.parametrize(
    ("text", "start", "end", "code", "name"),
    [
        (THREE, 12, 12, "# %% load\nx = 1", "load"),
        (THREE, THREE.index("print"), THREE.index("print"), "# %% count\ny = x + 1\nprint(y)", "count"),
        (THREE, len(THREE), len(THREE), "# %%\nlast()", ""),
        (THREE, 10, 15, "x = 1", ""),
        ("a = 1\nb = 2\n", 7, 7, "a = 1\nb = 2", ""),
        ("if a:\n    b = 1\n    c = 2\n", 6, 25, "b = 1\nc = 2", ""),
        ("-- %% one\nselect 1\n-- %% two\nselect 2", 25, 25, "-- %% two\nselect 2", "two"),
        ("// %%\nval a = 1\n//%% b\nval c = 2", 30, 30, "//%% b\nval c = 2", "b"),
        ("", 0, 0, "", ""),
        ('s = """\n# %% not at the start of the text\n"""', 3, 3, 's = """', ""),
    ],
)
def test_ctrl_enter_means_the_selection_else_the_cell_else_all(
    text: str, start: int, end: int, code: str, name: str
) -> None:
    found = piece_at(text, start, end)
    assert (found.code, found.name) == (code, name)


def test_cells_lines_and_words() -> None:
    assert [THREE[a:b].split("\n")[0] for a, b in cells(THREE)] == ["# %% load", "# %% count", "# %%"]
    assert next_cell(THREE, 0) == THREE.index("# %% count")
    assert next_cell(THREE, len(THREE) - 1) == len(THREE) - 1
    assert line_at("a\n  bcd\ne", 4).code == "bcd"
    assert prefix_at("spark.re", 8) == "re"
    assert prefix_at("3re ", 4) == ""
    assert words_like("redshift = 1\nread = redshift", "re") == ["read", "redshift"]


def test_the_cell_of_the_cursor_is_sent_and_shift_enter_goes_on(page: EditPage, link: FakeLink) -> None:
    page.view.setPlainText(THREE)
    page.view.go(12)
    QTest.keyClick(page.view, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    sent = {"kind": "pyspark", "code": "# %% load\nx = 1", "name": "load"}
    assert link.submitted[-1] == ("session.send", SESSION, sent)
    QTest.keyClick(page.view, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert [act for act in link.submitted if act[0] == "session.send"] == [("session.send", SESSION, sent)] * 2
    assert (page.view.piece().name, page.view.toPlainText()) == ("count", THREE)
    page.run_the_line()
    assert link.submitted[-1][2]["code"] == "# %% count"
    link.run("run2", "session.send", RunState.FAILED, problem=Problem(type="Refused", what="no.", server="lal"))
    assert page.foot.words == "lal: no."


def test_a_session_that_is_gone_takes_nothing_and_the_code_stays(page: EditPage, link: FakeLink) -> None:
    page.view.setPlainText("1 + 1")
    link.delta(Delta(UUIDS["lal"], removed=(SESSION,)))
    assert page.run_piece() == ""
    assert not page.run.isEnabled()
    assert "the code stays here" in page.foot.words
    assert not [act for act in link.submitted if act[0] == "session.send"]


# --- what is kept


def test_pages_are_there_again_after_a_restart(
    editors: Editors, page: EditPage, desk: Desk, link: FakeLink, dress: Dress, tmp_path: Path, qtbot: QtBot
) -> None:
    page.view.setPlainText("größe = '\U0001f52d'\nprint(größe)")
    second = editors.another(SESSION)
    second.view.setPlainText("second()")
    qtbot.waitUntil(lambda: len(Shelf(tmp_path / "editor").drafts()) == 2, timeout=3000)
    tabs = QTabWidget()
    qtbot.addWidget(tabs)
    tabs.addTab(QWidget(), "Graph")
    again = Editors(tabs, desk, dress, tmp_path / "editor")
    link.things([session("lal", 7, "other", "pyspark", "idle", 9)])
    assert again.pages() == []
    link.things([session("lal", 3, "nightly", "pyspark", "starting", 9)])
    both = ["größe = '\U0001f52d'\nprint(größe)", "second()"]
    assert [p.view.toPlainText() for p in again.pages()] == both
    assert tabs.currentIndex() == 0, "nobody is taken away from what they look at"
    again._close(1)
    assert again.open(SESSION) is again.pages()[0]
    link.delta(Delta(UUIDS["lal"], removed=(SESSION,)))
    link.things([session("lal", 3, "nightly", "pyspark", "idle", 9)])
    assert [p.view.toPlainText() for p in again.pages()] == both[1:], "what was put away does not come back by itself"


def test_a_closed_page_is_put_away_not_lost(editors: Editors, page: EditPage) -> None:
    page.view.setPlainText("precious()")
    editors._close(1)
    assert editors.pages() == []
    kept = editors.kept()
    assert [d.text for d in kept] == ["precious()"]
    other = Key(UUIDS["lal"], "e", ("sessions", 5))
    back = editors.bring_back(kept[0].id, other)
    assert back is not None
    assert back.view.toPlainText() == "precious()"
    assert back.kind == "sql"
    editors._close(0)  # the graph stays
    assert editors._tabs.count() == 2


def test_damaged_pages_are_kept_aside_and_the_rest_is_read(tmp_path: Path) -> None:
    key = Key("u", "e", ("sessions", 1))
    shelf = Shelf(tmp_path)
    good = shelf.begin(key, "lal", "pyspark", "t").model_copy(update={"text": "x"})
    shelf.keep(good)
    for name, data in (("bad.json", b"{"), ("odd.json", b"[1]"), ("sent.json", b"17"), ("bytes.json", b"\xff\xfe")):
        (tmp_path / name).write_bytes(data)
    again = Shelf(tmp_path)
    assert again.drafts() == [good]
    assert len(again.problems) == 4
    assert len(list(tmp_path.glob("*.damaged-*"))) == 4
    shelf.keep(good.model_copy(update={"text": "  "}))
    assert Shelf(tmp_path).drafts() == []


def test_a_disk_that_takes_nothing_is_said_and_typing_goes_on(page: EditPage, tmp_path: Path) -> None:
    (tmp_path / "editor").rmdir() if (tmp_path / "editor").exists() else None
    (tmp_path / "editor").write_text("a file where the folder should be")
    page.view.setPlainText("x")
    page.keep()
    assert "could not be saved" in page.foot.words
    assert page.view.toPlainText() == "x"


KILLED = """
import sys, os
from pathlib import Path
from PySide6.QtWidgets import QApplication, QTabWidget, QWidget
from astrolabnet_gui.gui.desk import Desk
from astrolabnet_gui.gui.editor.editors import Editors
from astrolabnet_gui.gui.style import Dress
from tests.gui.fakes import FakeLink
from tests.gui.scene import server, session
from tests.gui.test_editor import SESSION
app = QApplication([])
desk, link = Desk(()), FakeLink()
desk.connect_to(link)
link.subscribe(desk.receive)
link.things([server("lal"), session("lal", 3, "nightly", "pyspark", "idle", 9)])
tabs = QTabWidget()
tabs.addTab(QWidget(), "Graph")
page = Editors(tabs, desk, Dress(app, "dark"), Path(sys.argv[1])).open(SESSION)
page.view.setPlainText("typed before the kill")
print("typed", flush=True)
app.exec()
"""


def test_what_was_typed_a_second_before_a_kill_is_there(qtbot: QtBot, tmp_path: Path) -> None:
    env = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    with subprocess.Popen([sys.executable, "-c", KILLED, str(tmp_path)], env=env, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"typed\n"
        qtbot.waitUntil(lambda: bool(list(tmp_path.glob("*.json"))), timeout=20_000)
        child.send_signal(signal.SIGKILL)
    assert [draft.text for draft in Shelf(tmp_path).drafts()] == ["typed before the kill"]


def test_what_was_sent_comes_back_by_alt_up(page: EditPage, link: FakeLink, tmp_path: Path) -> None:
    for code in ("first()", "second()"):
        page.view.setPlainText(code)
        page.run_piece()
    page.view.setPlainText("now()")
    page.recall(1)
    page.recall(1)
    page.recall(1)
    assert page.view.toPlainText() == "first()"
    page.recall(-1)
    assert page.view.toPlainText() == "second()"
    page.view.undo()
    assert page.view.toPlainText() == "first()"
    assert Shelf(tmp_path / "editor").sent("pyspark") == ["first()", "second()"]


# --- writing


def test_the_sessions_words_are_offered_and_taken(page: EditPage, link: FakeLink) -> None:
    QTest.keyClicks(page.view, "spark.re")
    QTest.keyClick(page.view, Qt.Key.Key_Tab)
    assert link.submitted[-1] == ("session.complete", SESSION, {"code": "spark.re", "kind": "pyspark"})
    found = {"candidates": ["read", "readStream", "version"]}
    link.run("run0", "session.complete", RunState.DONE, key=SESSION, result=found)
    assert page.view.list.popup().isVisible()
    QTest.keyClick(page.view, Qt.Key.Key_Return)
    assert page.view.toPlainText() == "spark.read"


def test_an_answer_that_comes_too_late_is_not_shown(page: EditPage, link: FakeLink) -> None:
    QTest.keyClicks(page.view, "spark.re")
    page.view.complete()
    QTest.keyClicks(page.view, "x")
    link.run("run0", "session.complete", RunState.DONE, key=SESSION, result={"candidates": ["rex"]})
    assert not page.view.list.popup().isVisible()


def test_indent_comment_and_enter(page: EditPage) -> None:
    QTest.keyClicks(page.view, "if x:")
    QTest.keyClick(page.view, Qt.Key.Key_Return)
    QTest.keyClicks(page.view, "y()")
    assert page.view.toPlainText() == "if x:\n    y()"
    page.view.selectAll()
    page.view.turn_comment()
    assert page.view.toPlainText() == "# if x:\n    # y()"
    page.view.turn_comment()
    assert page.view.toPlainText() == "if x:\n    y()"
    page.view.selectAll()
    QTest.keyClick(page.view, Qt.Key.Key_Backtab)
    assert page.view.toPlainText() == "if x:\ny()"


def test_find_and_replace_count_in_characters(page: EditPage) -> None:
    page.view.setPlainText("\U0001f52d mag MAG \U0001f52d\nmag")
    page.view.go(0)
    page.search.open()
    page.search.field.setText("mag")
    assert page.search.said.text() == "1 of 3"
    page.search.next()
    assert page.view.textCursor().selectedText() == "MAG"
    page.search.previous()
    page.search.previous()
    assert page.search.said.text() == "3 of 3"
    page.search.replacement.setText("flux")
    page.search.replace_all()
    assert page.view.toPlainText() == "\U0001f52d flux flux \U0001f52d\nflux"
