"""Why it failed and Spark's account, as the detail panel shows them."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from astrolabnet_gui.gui.panels.cause import CauseBox
from astrolabnet_gui.gui.panels.progress_words import progress_lines, task_figures
from astrolabnet_gui.gui.panels.spark import SparkPart
from astrolabnet_gui.gui.panels.timeline import Timeline, bars
from astrolabnet_gui.gui.style import Dress
from astrolabnet_gui.gui.window import Window
from astrolabnet_gui.model.key import Key
from astrolabnet_gui.model.kind import Health
from astrolabnet_gui.model.livy import Session
from astrolabnet_gui.model.spark import Executor, Progress, Spread, Stage, TryFailed
from astrolabnet_gui.model.task import Task
from astrolabnet_gui.model.thing import Thing
from astrolabnet_gui.network.delta import Delta
from tests.gui.fakes import FakeLink
from tests.gui.scene import UUIDS, server, session, task

BEGIN = datetime(2026, 11, 23, 14, 2, 0, tzinfo=UTC)


def at(seconds: float) -> str:
    """As Spark writes times."""
    return (BEGIN + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%S.000GMT")


STAGES = (
    Stage(stageId=1, status="COMPLETE", submissionTime=at(0), completionTime=at(4), inputBytes=5_000_000,
          inputRecords=12_000, shuffleWriteBytes=2_000_000),
    Stage(stageId=2, status="ACTIVE", submissionTime=at(3), numActiveTasks=3, shuffleReadBytes=2_000_000),
    Stage(stageId=3, status="PENDING"),
)  # fmt: skip
EXECUTORS = (
    Executor(id="driver", addTime=at(-60)),
    Executor(id="0", totalCores=2, activeTasks=2, addTime=at(-20), executorLogs={"stderr": "http://w/1"}),
    Executor(id="1", totalCores=2, activeTasks=1, addTime=at(1)),
    Executor(id="2", totalCores=2, isActive=False, addTime=at(1), removeTime=at(2), removeReason="worker lost"),
    Executor(id="9", totalCores=2, isActive=False, addTime=at(-90), removeTime=at(-60), removeReason="worker lost"),
)
PROGRESS = Progress(
    jobs=1, tasks_done=8, tasks_total=20, tasks_running=3, tasks_failed=1, tasks_skipped=4, stages=STAGES,
    executors=EXECUTORS,
    failures=(TryFailed(stage=2, index=0, attempt=0, executor="2", host="w2", reason="No space left on device"),),
)  # fmt: skip


def failed(message: str, *, spark: Progress | None = None) -> Thing:
    output = {"status": "error", "ename": "Error", "evalue": message, "traceback": []}
    return task("lal", 3, 7, "sky-density", "failed", 5, output=output, problem=message, spark=spark)


def dead(*log: str, **more: Any) -> Thing:
    thing = session("lal", 3, "nightly", "pyspark", "dead", 9)
    return thing.model_copy(update={"payload": Session(id=3, state="dead", kind="pyspark", log=log, **more)})


def seen(box: CauseBox) -> list[str]:
    """Words of everything that can be read or pressed."""
    parts: list[QLabel | QPushButton] = [*box.findChildren(QLabel), *box.findChildren(QPushButton)]
    return [part.text() for part in parts if not part.isHidden()]


def test_a_dead_session_opens_on_its_cause_and_the_remedy_is_a_press_away(
    qtbot: QtBot, window: Window, link: FakeLink
) -> None:
    ended = dead("INFO SparkContext: bye", "java.lang.OutOfMemoryError: Java heap space", driverMemory="2g", queue="q")
    link.things([server("lal"), ended])
    window.desk.select(ended.key)
    box = window.detail.cause
    assert seen(box)[0] == "The driver ran out of memory."
    assert "java.lang.OutOfMemoryError: Java heap space" in seen(box)
    assert "New session with 4g" in seen(box)
    qtbot.mouseClick(box.findChild(QPushButton, "mend"), Qt.MouseButton.LeftButton)
    command, key, params = link.submitted[-1]
    assert (command, key) == ("session.new", Key(UUIDS["lal"]))
    assert params == {"kind": "pyspark", "driver_memory": "4g", "queue": "q"}


def test_a_failed_task_opens_on_its_cause_with_the_logs_beside(qtbot: QtBot, window: Window, link: FakeLink) -> None:
    bad = failed("Failed to find data source: kafka. Please deploy", spark=PROGRESS)
    link.things([server("lal"), session("lal", 3, "nightly", "pyspark", "idle", 9), bad])
    window.desk.select(bad.key)
    box = window.detail.cause
    words = seen(box)
    assert words[0] == "The server has no JAR for the data source kafka."
    assert words[-2:] == ["Driver log", "Executor log"]
    mend = box.findChild(QPushButton, "mend")
    assert mend.text() == "New session with a JAR…"
    for name, command, key in (("Driver log", "session.log", bad.key.parent), ("Executor log", "task.log", bad.key)):
        button = next(b for b in box.findChildren(QPushButton) if b.text() == name)
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        assert link.submitted[-1][:2] == (command, key)
    qtbot.mouseClick(mend, Qt.MouseButton.LeftButton)
    assert window.verbs.form is not None
    assert window.verbs.form.verb.name == "session.new"


def test_the_cause_of_a_lost_driver_comes_when_the_session_is_known_to_be_dead(window: Window, link: FakeLink) -> None:
    bad = failed("Answer from Java side is empty")
    link.things([server("lal"), session("lal", 3, "nightly", "pyspark", "busy", 9), bad])
    window.desk.select(bad.key)
    assert seen(window.detail.cause)[0] == "Spark's driver ended while the code ran."
    link.delta(Delta(UUIDS["lal"], changed=(dead("Java ended with exit code 52"),)))
    assert seen(window.detail.cause)[0] == "The driver ran out of memory."


def test_what_went_well_has_no_cause_but_may_be_uneven(qtbot: QtBot) -> None:
    box = CauseBox()
    qtbot.addWidget(box)
    good = task("lal", 3, 7, "t", "done", 5)
    box.show_thing(good, None)
    assert box.isHidden()
    assert box.cause is None
    spread = Spread(stage=2, tasks=8, median_s=0.1, longest_s=9)
    box.show_thing(task("lal", 3, 7, "t", "done", 5, spark=Progress(spread=spread)), None)
    assert not box.isHidden()
    assert seen(box)[0].startswith("One of the 8 tasks of stage 2 ran 9.0 s")
    assert box.findChild(QPushButton, "mend").isHidden()


def test_words_of_a_server_stay_words(qtbot: QtBot) -> None:
    box = CauseBox()
    qtbot.addWidget(box)
    box.show_thing(failed("<b>x</b>: No module named '<img src=x>'"), None)
    assert all(part.textFormat() == Qt.TextFormat.PlainText for part in box.findChildren(QLabel))
    assert "<b>x</b>" in box.findChildren(QLabel)[2].text()


def test_progress_says_what_works_and_why_a_try_failed() -> None:
    lines = progress_lines(Task(progress=PROGRESS))
    assert lines[0] == "Stage 2 runs · 3 running · 1 failed · 4 skipped · 2 executors"
    assert lines[1].replace("\u202f", " ") == "12 000 records read · 2.00 MB shuffled out"
    assert lines[2] == "1 try failed, the last on executor 2: The disk is full where the code or Spark writes."
    assert lines[3] == "Executor 9 was lost: worker lost"
    assert dict(task_figures(PROGRESS))["Cores"] == "3 of 4"
    more = progress_lines(Task(progress=PROGRESS.model_copy(update={"jobs": 3, "jobs_done": 1})))
    assert more[0].startswith("1 of 3 jobs done · stage 2 runs · 3 running")
    assert not any("remain" in line or "left" in line for line in lines)


def test_a_spark_that_can_not_be_reached_is_told_once(qtbot: QtBot, dress: Dress) -> None:
    part = SparkPart(dress)
    qtbot.addWidget(part)
    part.show_task(Task(spark_ui="its Spark UI is on w1, another host."))
    assert part.words == "Spark's progress is not reachable from here: its Spark UI is on w1, another host."
    assert part.stages.isHidden()
    part.show_task(Task(spark_ui="Spark did not answer in time", progress=PROGRESS))
    assert "not reachable" not in part.words, "what is known is shown, not the last trouble"
    part.show_task(None)
    assert part.isHidden()


def test_bars_of_stages_and_executors() -> None:
    rows = bars(PROGRESS, BEGIN + timedelta(seconds=10))
    assert [(bar.name, bar.begin_s, bar.end_s) for bar in rows] == [
        ("stage 1", 0, 4), ("stage 2", 3, 10), ("exec 2", 1, 2), ("exec 0", 0, 10), ("exec 1", 1, 10),
    ]  # fmt: skip
    assert [bar.health for bar in rows[1:4]] == [Health.BUSY, Health.FAILED, Health.OK]
    assert bars(Progress(executors=EXECUTORS), BEGIN) == ()


def test_the_timeline_opens_follows_and_changes_its_dress(qtbot: QtBot, dress: Dress) -> None:
    made = Timeline(dress)
    qtbot.addWidget(made)
    made.resize(440, 300)
    made.show()
    made.show_progress(PROGRESS)
    assert not made.opened
    empty = made.grab().toImage()
    made.toggle()
    assert made.opened
    plot = made._plot
    assert plot.accessibleName().startswith("Timeline: 5 rows over")
    assert made.grab().toImage() != empty
    dark = plot.grab().toImage()
    dress.choose("light")
    assert plot.grab().toImage() != dark
    dress.choose("dark")
    made.show_progress(PROGRESS.model_copy(update={"executors": ()}))
    assert plot.accessibleName().startswith("Timeline: 2 rows over")
    made.toggle()
    assert not made.opened
    made.show_progress(None)
    assert made.isHidden()


def test_pyqtgraph_is_loaded_when_a_timeline_is_opened_and_not_before() -> None:
    code = (
        "import sys, os\nos.environ['QT_QPA_PLATFORM'] = 'offscreen'\n"
        "from astrolabnet_gui.gui.app import application\napp, dress = application()\n"
        "from astrolabnet_gui.gui.panels.spark import SparkPart\nfrom tests.gui.test_cause_box import PROGRESS\n"
        "from astrolabnet_gui.model.task import Task\npart = SparkPart(dress)\n"
        "part.show_task(Task(progress=PROGRESS))\n"
        "print('pyqtgraph' in sys.modules)\npart.timeline.toggle()\n"
        "while part.timeline._plot is None:\n    app.processEvents()\nprint('pyqtgraph' in sys.modules)\n"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert told.stdout.split() == ["False", "True"]
