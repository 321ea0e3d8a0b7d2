"""The plotting library is fetched beside the window: the first plot freezes nothing and says what it waits for."""

from __future__ import annotations

import subprocess
import sys

from astrolabnet_gui.gui import plotting
from tests.gui.slices import PACE

CODE = """
import os, sys, time
os.environ["QT_QPA_PLATFORM"] = "offscreen"
from PySide6.QtCore import QEventLoop, QTimer, Qt
from PySide6.QtWidgets import QLabel
from astrolabnet_gui.gui import plotting
from astrolabnet_gui.gui.app import application
app, dress = application()
from astrolabnet_gui.gui.panels.result import ResultView
from tests.gui.scene import session, task

table = {"schema": {"fields": [{"name": n, "type": "long"} for n in "ab"]}, "data": [[1, 2], [3, 5]]}
view = ResultView(dress)
view.resize(600, 400)
thing = task("lal", 3, 7, "t", "done", 9, output={"status": "ok", "data": {"application/json": table}})
if len(sys.argv) > 1:
    plotting.AFTER_MS = 10**6  # nobody has fetched it when the plot is looked at
view.show_task(thing, thing.payload)
view.show()
print("shown", "pyqtgraph" in sys.modules)
loop, until = QEventLoop(), time.monotonic() + 60
gaps, last = [], [time.process_time()]
def beat():
    now = time.process_time()
    gaps.append(now - last[0])
    last[0] = now
    page = view.tabs.widget(1)
    if (plotting.is_there() if len(sys.argv) == 1 else page.drawn is not None) or time.monotonic() > until:
        loop.quit()
timer = QTimer(interval=5, timerType=Qt.TimerType.PreciseTimer)
timer.timeout.connect(beat)
timer.start()
if len(sys.argv) > 1:
    view.tabs.setCurrentIndex(1)
    page = view.tabs.widget(1)
    print("waits", page.drawn is None, page._wait.isVisible(), page._wait.text())
loop.exec()
page = view.tabs.widget(1)
view.tabs.setCurrentIndex(1)
print("there", plotting.is_there(), page.drawn is not None, not page._wait.isVisible())
print("gap", max(gaps[1:]))
if len(sys.argv) > 1:
    print("ends", plotting.rest(0))
"""


def told(*words: str) -> dict[str, list[str]]:
    said = subprocess.run(
        [sys.executable, "-c", CODE, *words], capture_output=True, text=True, timeout=100, check=False
    )
    assert said.returncode == 0, said.stderr
    return {line.split()[0]: line.split()[1:] for line in said.stdout.splitlines()}


def test_a_table_fetches_it_before_somebody_looks_at_the_plot() -> None:
    said = told()
    assert said["shown"] == ["False"]
    assert said["there"] == ["True", "True", "True"]
    assert float(said["gap"][0]) <= 0.2 * PACE, (
        "CPU of the whole process between two beats of the window; imported in it: 0.4 s"
    )


def test_a_plot_that_is_looked_at_at_once_says_what_it_waits_for_and_comes() -> None:
    said = told("at once")
    assert said["waits"] == ["True", "True", *plotting.WORDS.split()]
    assert said["there"] == ["True", "True", "True"]
    assert float(said["gap"][0]) <= 0.2 * PACE
    assert said["ends"] == ["True"]
