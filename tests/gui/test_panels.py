"""Console, journal, log, notice, status, figures: what was done and what is going on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from astrolabnet_gui.gui import words
from astrolabnet_gui.gui.desk import Desk
from astrolabnet_gui.gui.notice import Notice
from astrolabnet_gui.gui.panels.console import Console, inked
from astrolabnet_gui.gui.panels.facts import chip, fact_line, rows
from astrolabnet_gui.gui.panels.figures import Stages, epoch, stage_words
from astrolabnet_gui.gui.panels.journal import JournalPanel
from astrolabnet_gui.gui.panels.log import GAP, LogPanel
from astrolabnet_gui.gui.panels.overlap import Streams
from astrolabnet_gui.gui.panels.progress_words import task_figures
from astrolabnet_gui.gui.style import Dress
from astrolabnet_gui.gui.window import Window
from astrolabnet_gui.journal.row import Row, State
from astrolabnet_gui.model.key import Key
from astrolabnet_gui.model.spark import Progress, Stage
from astrolabnet_gui.network.delta import Delta
from astrolabnet_gui.network.link import Problem, RunState
from tests.gui.fakes import FakeLink, history
from tests.gui.scene import NOW, SPARK, UUIDS, server, session, task

SESSION = Key(UUIDS["lal"], "e", ("sessions", 3))
LINE = 'net["lal"].sessions[3].send("pi", darts=1000)'


def test_the_console_keeps_each_act_with_its_line_and_outcome(
    qtbot: QtBot, desk: Desk, link: FakeLink, dress: Dress
) -> None:
    console = Console(desk, dress)
    qtbot.addWidget(console)
    console.resize(820, 148)
    console.show()
    assert console.model().rowCount() == 0
    run = desk.submit("session.send", SESSION, {"action": "pi"})
    link.run(run, "session.send", line=LINE, text="sending", progress=0.5)
    link.run(run, "session.send", RunState.DONE, line=LINE, text="Sent: pi.")
    other = desk.submit("session.close", SESSION, {})
    problem = Problem(type="Refused", what="no session 3.", server="lal", remedy="Look again.")
    link.run(other, "session.close", RunState.FAILED, line="net…close()", problem=problem)
    said = [console.model().index(n, 0).data(Qt.ItemDataRole.AccessibleTextRole) for n in range(2)]
    assert LINE in said[0]
    assert said[0].endswith("Sent: pi")
    assert said[1].endswith("lal: no session 3. Look again.")
    console.selectAll()
    console.copy()
    assert QApplication.clipboard().text() == f"{LINE}\nnet…close()"
    # As a script: only what was carried out, the server as its parameter.
    recorded = console.recorded()
    assert QApplication.clipboard().text() == recorded
    assert recorded.splitlines()[2:] == ["lal = 'lal'", "", "net[lal].sessions[3].send('pi', darts=1000)"]
    console.grab()


def test_a_line_is_inked_as_python() -> None:
    pieces = list(inked(LINE))
    assert "".join(piece for piece, _ in pieces) == LINE
    assert ('"pi"', "ok_text") in pieces
    assert ("1000", "busy_text") in pieces


def row(seq: int, act: str, state: State) -> Row:
    return Row(seq=seq, time=NOW, act=act, run=act, owner="site/4711", command="session.send", state=state, line=LINE)


def test_the_journal_shows_each_act_once_newest_first(qtbot: QtBot, desk: Desk, dress: Dress) -> None:
    rows_of = [row(4, "b", State.AMBIGUOUS), row(3, "a", State.DONE), row(2, "a", State.ACK), row(1, "a", State.INTENT)]
    panel = JournalPanel(desk, history(rows_of), dress)
    qtbot.addWidget(panel)
    panel.show()
    with qtbot.waitSignal(panel.counted) as counted:
        panel.renew()
    assert counted.args == [2]
    assert [panel.model.index(n, 1).data() for n in range(2)] == ["no reply", "done"]
    assert panel.model.index(0, 2).data() == LINE
    panel.grab()


def test_a_log_is_asked_once_and_shown_plainly(qtbot: QtBot, desk: Desk, link: FakeLink, dress: Dress) -> None:
    link.things([server("lal"), session("lal", 3, "nightly", "pyspark", "idle", 9)])
    panel = LogPanel(desk, dress)
    qtbot.addWidget(panel)
    panel.ask(SESSION)
    assert link.submitted == [("session.log", SESSION, {})]
    data = {"lines": ["stdout: ", "<b>bold</b> \x1b[31mred\x1b[0m", "z" * 9000], "total": 250}
    link.run("run0", "session.log", RunState.DONE, key=SESSION, result=data)
    assert "<b>bold</b> red" in panel.text
    assert "more characters" in panel.text
    assert "3 lines of 250 lines" in panel._title.text()
    panel.ask(None)
    assert link.submitted[-1] == ("island.log", None, {})
    link.run("run1", "island.log", RunState.FAILED, problem=Problem(type="Missing", what="there is no island."))
    assert panel.states.words == "there is no island."


def test_lines_a_server_let_go_of_between_two_looks_are_marked_and_counted(
    qtbot: QtBot, desk: Desk, link: FakeLink, dress: Dress
) -> None:
    link.things([server("lal"), session("lal", 3, "nightly", "pyspark", "idle", 9)])
    panel = LogPanel(desk, dress)
    qtbot.addWidget(panel)
    # Windows of the newest four lines; the third shares nothing with what was seen before.
    windows = [range(4), range(2, 6), range(20, 24), range(20, 24), range(22, 26)]
    for look, window in enumerate(windows):
        panel.ask(SESSION)
        data = {"lines": [f"line {n}" for n in window], "total": 4}
        link.run(f"run{look}", "session.log", RunState.DONE, key=SESSION, result=data)
        gaps = panel.text.splitlines().count(GAP)
        assert (gaps, "1 gap" in panel._title.text()) == ((0, False) if look < 2 else (1, True))
    lines = [f"line {n}" for n in (*range(6), *range(20, 26))]
    assert panel.text.splitlines() == [*lines[:6], GAP, *lines[6:]]
    assert "12 lines" in panel._title.text()


def test_a_log_of_two_parts_has_no_gap_where_only_the_first_has_grown() -> None:
    """As Livy's; a batch of the island, looked at in a window, had one after each look."""
    book = Streams()
    assert book.add(["stdout: ", "", "stderr: "]) == 0
    assert book.add(["stdout: ", "one", "", "stderr: ", "WARN a"]) == 2
    assert book.add(["stdout: ", "one", "two", "\nstderr: ", "WARN a", "INFO b"]) == 2
    assert (book.lines, book.missing) == (["stdout: ", "one", "two", "\nstderr: ", "WARN a", "INFO b"], 0)
    assert book.add(["stdout: ", "nine", "\nstderr: ", "INFO b"]) == 1
    assert (book.lines[3], book.missing) == (None, 1)
    plain = Streams()
    assert (plain.add(["a", "b"]), plain.add(["b", "c"]), plain.lines) == (2, 1, ["a", "b", "c"])


def test_a_log_is_followed_while_it_is_in_sight_and_its_question_is_not_out(
    qtbot: QtBot, desk: Desk, link: FakeLink, dress: Dress
) -> None:
    link.things([server("lal"), session("lal", 3, "nightly", "pyspark", "idle", 9)])
    panel = LogPanel(desk, dress)
    qtbot.addWidget(panel)
    timer = panel.findChild(QTimer)
    assert timer is not None
    timer.setInterval(1)

    def tick() -> int:
        with qtbot.waitSignals([timer.timeout] * 3):
            pass
        return len(link.submitted)

    panel.show()
    panel.ask(SESSION)
    panel.follow.setChecked(True)
    assert tick() == 1, "the first question has no answer yet"
    data = {"lines": ["one", "two"], "total": 2}
    link.run("run0", "session.log", RunState.DONE, key=SESSION, result=data)
    assert tick() == 2
    link.run("run1", "session.log", RunState.DONE, key=SESSION, result={"lines": ["two", "three"], "total": 3})
    assert panel.text.split() == ["one", "two", "three"]
    panel.hide()
    assert tick() == 2, "nobody looks"
    panel.show()
    assert tick() == 3
    link.run("run2", "session.log", RunState.FAILED, problem=Problem(type="Missing", what="it is gone."))
    assert not panel.follow.isChecked()
    assert not timer.isActive()


def test_a_notice_tells_only_of_mine_and_not_of_what_is_looked_at(window: Window, link: FakeLink) -> None:
    notice: Notice = window.notice
    link.things([server("lal"), session("lal", 3, "nightly", "pyspark", "busy", 9)])
    running = [task("lal", 3, n, f"t{n}", "running", 3) for n in range(3)]
    link.delta(Delta(UUIDS["lal"], added=tuple(running)))
    window.desk.select(running[0].key)
    link.delta(Delta(UUIDS["lal"], changed=(task("lal", 3, 0, "t0", "done", 1),)))
    assert not notice.isVisible()
    link.delta(Delta(UUIDS["lal"], changed=(task("lal", 3, 1, "t1", "done", 1),)))
    assert notice.words == "t1 is done"
    link.delta(Delta(UUIDS["lal"], changed=(task("lal", 3, 2, "t2", "failed", 1),)))
    assert notice.words == "1 task done, 1 failed"
    assert notice.isVisible()


def test_figures_and_stages_of_spark(qtbot: QtBot, dress: Dress) -> None:
    assert dict(task_figures(SPARK)) == {
        "Spark tasks": "424 of 424", "Read": "24.3\u202fGB", "Shuffle": "852\u202fMB", "Spill": "none", "Cores": "–",
    }  # fmt: skip
    made = Stages(dress)
    qtbot.addWidget(made)
    made.show_stages(SPARK)
    made.resize(436, made.sizeHint().height())
    assert not made.grab().isNull()
    made.show_stages(Progress())
    assert made.isHidden()
    assert epoch("2026-11-23T14:02:11.123GMT") == datetime(2026, 11, 23, 14, 2, 11, 123000, UTC).timestamp()
    assert epoch("yesterday") is None


def test_a_chip_says_what_is_so() -> None:
    done = task("lal", 3, 7, "t", "done", 5, started=1000, completed=49_000)
    assert chip(done, NOW) == "Done in 48\u202fs"
    assert chip(task("lal", 3, 7, "t", "running", 5, progress=0.62), NOW) == "Running 62 %"
    assert chip(server("gaia-arch", "down", age=14 * 60), NOW) == "Down 14\u202fmin"
    stale = session("gaia-arch", 2, "x", "pyspark", "idle", 60, stale_since=NOW - timedelta(minutes=14))
    assert chip(stale, NOW) == "Idle, last seen 14\u202fmin ago"
    assert fact_line(done).startswith("Python · sent ")
    known = done.payload.model_copy(update={"progress": Progress(spark="3.5.6")})
    assert fact_line(done.model_copy(update={"payload": known})).startswith("Python · Spark 3.5.6 · sent ")
    assert ("Address", "https://livy.lal.example:8998") in rows(server("lal"))


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        (words.span(31), "31 s"), (words.span(6 * 60 + 3), "6 min"), (words.span(7300), "2 h"),
        (words.span(12 * 86400), "12 d"), (words.took(0.42), "0.42 s"), (words.took(9.44), "9.4 s"),
        (words.size(0), "none"), (words.size(640e6), "640 MB"), (words.size(18.24e9), "18.2 GB"),
        (words.count(12288), "12 288"), (words.plural(1, "row"), "1 row"), (words.plural(0, "row"), "0 rows"),
        (words.since(None, NOW), ""), (words.column_type("LONG_TYPE"), "long"),
        (words.place(SESSION.child("statements", 7), "lal"), "lal › session 3 › task 7"),
    ],
)  # fmt: skip
def test_words(said: str, meant: str) -> None:
    assert said.replace("\u202f", " ") == meant


def test_a_stage_is_named_by_what_called_it() -> None:
    of = stage_words
    assert (
        of(Stage(stageId=1, name="count at /opt/app/x.py:3", description="Job group for statement 7"))
        == "count at x.py:3"
    )
    assert of(Stage(stageId=1, name="collect at <stdin>:2", description=None)) == "collect at <stdin>:2"
    assert of(Stage(stageId=1, name="count at x.py:3", description="nightly sum")) == "nightly sum"
