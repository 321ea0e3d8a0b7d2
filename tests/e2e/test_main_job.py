"""The main job with nothing in place of the real: island, Spark, window, mouse."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pyarrow import parquet
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QAbstractButton, QFileDialog

from astrolabnet_gui.gui.panels.table_page import TablePage
from astrolabnet_gui.model.key import Key, Step
from astrolabnet_gui.network.delta import Delta
from tests.e2e.live import Live

pytestmark = [pytest.mark.island, pytest.mark.timeout(400)]

IN_X = [
    pytest.mark.xvfb,
    pytest.mark.skipif(
        os.environ.get("QT_QPA_PLATFORM") != "xcb", reason="platform: no X window (QT_QPA_PLATFORM=xcb)"
    ),
]
LANGUAGES = ("pyspark", "spark", "sql", "sparkr")
ENDLESS = "import time\nwhile True:\n    time.sleep(0.05)"


@pytest.fixture
def server(live: Live) -> Key:
    """The island with a session of mine that speaks all languages: one JVM for them all."""
    key = live.island()
    live.until("the list of sessions is here", lambda: live.thing(key).state == "up")
    mine = [t for t in live.desk.store.children(key) if t.key.kind == "sessions" and t.mine and t.stale_since is None]
    if not mine:
        session = live.do("session.new", key, kind="shared").last
        assert session is not None
        assert session.focus is not None
        live.in_state(session.focus, "idle")
    return key


@pytest.mark.parametrize("screen", ["offscreen", pytest.param("xcb", marks=IN_X)])
def test_right_click_sends_and_each_language_gives_the_same_number(live: Live, server: Key, screen: str) -> None:
    assert QGuiApplication.platformName() == screen
    seen: dict[Key, list[float]] = {}
    rows: list[str] = []

    def look(delta: Delta) -> None:
        for thing in (*delta.added, *delta.changed):
            if thing.progress is not None:
                seen.setdefault(thing.key, []).append(thing.progress)
                rows.append(live.window.model.row_of(thing.key).siblingAtColumn(1).data())

    live.desk.changed.connect(look)
    numbers = {}
    for right_click, kind in (
        (live.at_row, "pyspark"), (live.at_node, "spark"), (live.at_row, "sql"), (live.at_node, "sparkr"),
    ):  # fmt: skip
        if kind == "sparkr" and not shutil.which("R"):
            pytest.skip("R is not installed; the other languages gave the same number")
        task = live.task_of(right_click(server, "server.send", f"pi/{kind}"))
        assert live.desk.selection == task
        assert live.ended(task).state == "done", live.thing(task).problem
        words = live.shown()
        number = re.findall(r"3\.14\d+", words["Table" if kind == "sql" else "Text"])[0]
        numbers[kind] = round(float(number), 5)
        assert "rand(1)" in words["Code"]
        between = [p for p in seen.get(task, ()) if 0 < p < 1]
        assert between or kind != "pyspark", seen.get(task)
        # Seeds and slices are the same: so is the number, whoever asks Spark for it.
        assert numbers[kind] == numbers["pyspark"]
        assert any("%" in row for row in rows), rows


def test_cancel_from_the_menu_of_row_and_node(live: Live, server: Key) -> None:
    for right_click in (live.at_row, live.at_node):
        task = live.send(server, ENDLESS)
        live.in_state(task, "running")
        live.well(right_click(task, "task.cancel"))
        assert live.in_state(task, "cancelled").progress is None
        assert task.parent is not None
        live.in_state(task.parent, "idle")
    assert "'2'" in live.output(live.send(server, "1 + 1"))


@pytest.mark.parametrize("kind", LANGUAGES)
def test_each_language_shows_how_far_it_is_and_stops_when_told(live: Live, server: Key, kind: str) -> None:
    if kind == "sparkr" and not shutil.which("R"):
        pytest.skip("R is not installed")
    hours = {"darts": 40_000_000_000, "slices": 4_000}
    task = live.task_of(live.do("server.send", server, kind=kind, action="pi", values=hours))

    def part() -> float | None:
        progress = live.thing(task).progress
        return progress if progress is not None and 0 < progress < 1 else None

    said = live.until("a part of it is done", part)
    row = live.window.model.row_of(task).siblingAtColumn(1).data()
    assert "%" in row, (said, row)
    live.well(live.at_row(task, "task.cancel"))
    assert live.in_state(task, "cancelled").progress is None
    two = {"pyspark": "'2'", "spark": "Int = 2", "sql": "[[2]]", "sparkr": "[1] 2"}
    again = live.task_of(live.do("server.send", server, kind=kind, action="one-plus-one"))
    assert two[kind] in live.output(again)


@pytest.mark.parametrize(
    ("kind", "code", "line", "words"),
    [
        (
            "pyspark",
            "def half(x):\n    é = '\"q\"'\n    return x / 0\nhalf(1)",
            3,
            "ZeroDivisionError: division by zero",
        ),
        ("spark", "val a = 1\nnosuch + a", 0, "not found: value nosuch"),
        ("sql", "select 1,\n  nosuch\nfrom range(1)", 2, "nosuch"),
        ("sparkr", "half <- function(x) {\n  stop('no é here')\n}\nhalf(1)", 0, "Error in half(1): no é here"),
    ],
)
def test_an_error_stands_with_its_line(live: Live, server: Key, kind: str, code: str, line: int, words: str) -> None:
    task = live.send(server, code, kind)
    assert live.ended(task).state == "failed"
    failure = live.read(task)["Failure"]
    assert words in failure
    # Of Scala Livy tells the line of its own counting only, but shows the line itself; of R the call, which words has.
    where = {"spark": "nosuch + a\n       ^"}.get(kind, f"failed in line {line}" if line else words)
    assert where in failure
    assert words.split(":")[-1].strip() in live.thing(task).problem


TABLE = """SELECT * FROM VALUES (1L, 18.5D, '=HYPERLINK("http://x")'), (2L, NULL, 'größe'), (NULL, -1.5D, '@SUM(A1)')
AS t(id, mag, name)"""


READ = """
import json, sys
from astropy.io.votable import parse_single_table
table = parse_single_table(sys.argv[1]).to_table()
print(json.dumps([table.colnames, [list(row) for row in zip(*(table[name].tolist() for name in table.colnames))]]))
"""


def read_votable(file: Path) -> Any:
    """Names and rows as astropy finds them. In a process of its own: its logger takes the place of pytest's."""
    told = subprocess.run([sys.executable, "-c", READ, str(file)], capture_output=True, text=True, check=True)
    return json.loads(told.stdout)


def test_a_table_becomes_a_file_by_its_button_that_others_read(
    live: Live, server: Key, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    task = live.send(server, TABLE, "sql")
    assert "Table" in live.read(task), live.shown()
    page = live.until("the table is shown", lambda: live.window.detail.result.findChild(TablePage))
    button = next(b for b in page.findChildren(QAbstractButton) if b.text() == "Export…")
    cells = [(1, 18.5, '=HYPERLINK("http://x")'), (2, None, "größe"), (None, -1.5, "@SUM(A1)")]

    def export(name: str, kind: str) -> Path:
        known = set(live.desk.acts)
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / name), kind))
        live.robot.click(button)
        return Path(live.well(live.new_act("task.save", known)).last.result["file"])  # type: ignore[union-attr]

    file = export("sky.csv", "CSV (*.csv)")
    with file.open(encoding="utf-8", newline="") as src:
        rows = list(csv.reader(src))
    assert rows == [
        ["id", "mag", "name"], ["1", "18.5", "'" + cells[0][2]], ["2", "", "größe"], ["", "-1.5", "'@SUM(A1)"],
    ]  # fmt: skip
    file = export("sky.csv", "Parquet (*.parquet)")
    assert file.name == "sky.parquet", "the kind that was chosen counts"
    assert [tuple(row.values()) for row in parquet.read_table(file).to_pylist()] == cells
    file = export("sky", "VOTable (*.vot)")
    assert read_votable(file) == [["id", "mag", "name"], [list(row) for row in cells]]
    known = set(live.desk.acts)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: ("", ""))
    live.robot.click(button)
    assert set(live.desk.acts) == known, "who thinks better of it writes nothing"


def test_what_runs_when_the_window_closes_is_found_again_by_the_next(
    live: Live, server: Key, open_window: Callable[[], Live], tmp_path: Path
) -> None:
    go = tmp_path / "go"
    code = f"import os, time\nwhile not os.path.exists({str(go)!r}):\n    time.sleep(0.05)\n'kept ' + 'for later'"
    task = live.send(server, code)
    live.in_state(task, "running")
    assert live.close()
    again = open_window()
    again.island()
    # Those of earlier tests, which ended, come back from the archive too.
    found = again.until("the task is there again", lambda: _of_number(again, task.id))
    again.in_state(found, "running")
    go.touch()
    words = again.read(found)
    assert "kept for later" in words["Text"]
    assert code in words["Code"]
    assert again.send(server, "6 * 7").id != found.id
    sessions = [t for t in again.desk.store.children(server) if t.key.kind == "sessions"]
    assert len(sessions) == 1, "no second session is opened while mine is free"


def _of_number(live: Live, number: Step) -> Key | None:
    things = live.desk.store.things.values()
    return next((t.key for t in things if t.key.kind == "statements" and t.key.id == number), None)
