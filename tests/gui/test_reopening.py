"""Another workspace is opened and taken at once: the window closes and comes again in one click, or later."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from PySide6.QtWidgets import QWidget

from astrolabnet_gui.gui.desk import Desk
from astrolabnet_gui.gui.leaving import Leaving
from astrolabnet_gui.gui.reopening import LATER, NOW, Reopening
from astrolabnet_gui.network.link import RunState
from tests.gui.fakes import FakeLink
from tests.gui.scene import server
from tests.gui.test_leaving import Settle, mine

# A person who opens a folder by a click on "yes" and one on "Restart now", and closes the window that comes.
PERSON = """
import json, os, sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMessageBox
from astrolabnet_gui.gui import app as program
from astrolabnet_gui.gui.app import App
seen, asked = [], []
opened = App.open
def open(self):
    opened(self)
    seen.append(str(self._house.workspace.folder))
    QTimer.singleShot(0, lambda: next_step(self))
def next_step(main):
    if len(seen) == 1:
        main.desk.submit("workspace.use", None, {"folder": sys.argv[1]})
    else:
        print(json.dumps({"seen": seen, "asked": asked}), flush=True)
        main.shell.close()
App.open = open
def click():
    for box in QApplication.topLevelWidgets():
        for button in box.buttons() if isinstance(box, QMessageBox) and box.isVisible() else ():
            if button.property("choice") in ("yes", "Restart now"):
                asked.append(box.text())
                button.click()
                return
app, _ = program.application()
timer = QTimer()
timer.timeout.connect(click)
timer.start(20)
os._exit(program.run())
"""


def used(desk: Desk, link: FakeLink, *, done: bool = True) -> None:
    """A person has opened another folder, or has thought better of it."""
    run = desk.submit("workspace.use", None, {"folder": "/mnt/fink"})
    link.run(run, "workspace.use", RunState.DONE, text="fink opens at the next start.", result={"done": done})


def test_it_says_what_is_kept_and_what_ends_and_one_click_brings_the_window_again(
    shell: QWidget, desk: Desk, link: FakeLink, settle: Settle
) -> None:
    reopening = Reopening(shell, desk, Leaving(shell, desk, lambda: False))
    link.things([server("lal"), mine("lal", 3), server("local"), mine("local", 0)])
    used(desk, link)
    assert reopening.question is not None
    words = reopening.question.text()
    assert words.startswith("fink opens at the next start.")
    assert "Pages of the editor, history and results are kept" in words
    assert "1 session of yours stay" in words
    assert "The island ends with the window, and 1 session of yours on it." in words
    next(b for b in reopening.question.buttons() if b.property("choice") == NOW).click()
    settle(lambda: not shell.isVisible())
    assert reopening.wanted
    assert not any(command == "session.closeall" for command, *_ in link.submitted)


def test_later_changes_nothing_and_who_said_no_is_not_asked(
    shell: QWidget, desk: Desk, link: FakeLink, settle: Settle
) -> None:
    reopening = Reopening(shell, desk, Leaving(shell, desk, lambda: False))
    used(desk, link, done=False)
    assert reopening.question is None
    used(desk, link)
    assert reopening.question is not None
    next(b for b in reopening.question.buttons() if b.property("choice") == LATER).click()
    settle(lambda: reopening.question is None)
    assert shell.isVisible()
    assert not reopening.wanted


def test_a_whole_window_comes_again_in_the_folder_that_was_opened(tmp_path: Path) -> None:
    (drive := tmp_path / "drive").mkdir()
    env = os.environ | {"ASTROLABNET_HOME": str(tmp_path / "home"), "QT_QPA_PLATFORM": "offscreen"}
    ended = subprocess.run(
        [sys.executable, "-c", PERSON, str(drive)], env=env, capture_output=True, text=True, timeout=120, check=False
    )
    assert ended.returncode == 0, ended.stderr[-2000:]
    told = json.loads(ended.stdout.splitlines()[-1])
    assert told["seen"][1:] == [str(drive)], "the second window works in it"
    assert [words.partition(".")[0] for words in told["asked"]] == [
        "drive is empty", "drive opens at the next start of AstroLabNet; your personal workspace stays as it is",
    ]  # fmt: skip
