"""Twelve tasks, a window killed with -9 three times, the session killed once: every task is accounted for, and what
each does to the world is done exactly once."""

from __future__ import annotations

import os
import queue
import random
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from astrolabnet_gui.journal.database import Database
from astrolabnet_gui.journal.row import OPEN, Row, State
from astrolabnet_gui.tasks.send import COMMAND
from tests.e2e.conftest import QUIET
from tests.island_fixture import ROOT, RunningIsland, start_island, stop_island, wait_until

pytestmark = [pytest.mark.island, pytest.mark.timeout(420)]
NAMES = [f"task {n:02}" for n in range(12)]
_CODE = """
import os, time
book = os.open({book!r}, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
os.write(book, {line!r})
os.close(book)
time.sleep(1.2)
"""
ENDED = "(ended)"


class World:
    """A home, its island, the book in which the tasks write, the code of each task."""

    def __init__(self, home: Path) -> None:
        self.home, self.book = home, home / "book.txt"
        self.place = home / "state"
        self.place.mkdir(parents=True)
        self.jobs: dict[str, Path] = {}
        for name in NAMES:
            self.jobs[name] = home / f"{name}.py"
            self.jobs[name].write_text(_CODE.format(book=str(self.book), line=f"{name}\n".encode()))

    def lines(self) -> list[str]:
        """What the tasks have written."""
        return self.book.read_text().splitlines() if self.book.exists() else []

    def rows(self) -> dict[str, list[Row]]:
        """How each sending stands, by the name of its task."""
        path = self.place / "journal.sqlite"
        if not path.exists():
            return {}
        db = Database(path, read_only=True)
        rows: dict[str, list[Row]] = {}
        try:
            for row in db.last_of_each(frozenset(State)):
                if row.command == COMMAND:
                    rows.setdefault(str(row.params["name"]), []).append(row)
        finally:
            db.close()
        return rows

    @contextmanager
    def window(self, names: list[str]) -> Iterator[Window]:
        """A window that sends these tasks; killed with -9 at the end of the block."""
        command = [sys.executable, "-m", "tests.e2e.mortal_window", *(f"{name}={self.jobs[name]}" for name in names)]
        env = os.environ | {"ASTROLABNET_HOME": str(self.home), "QT_QPA_PLATFORM": "offscreen"}
        with subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True) as process:
            window = Window(process)
            try:
                window.until("looked")
                yield window
            finally:
                process.send_signal(signal.SIGKILL)


class Window:
    """What a killable window says."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._said: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._process = process
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._said.put(line.strip())
        self._said.put(ENDED)

    def until(self, word: str, within_s: float = 120.0) -> None:
        """Wait until it says so."""
        while (said := self._said.get(timeout=within_s)) != word:
            assert said != ENDED, f"the window ended before it said {word!r}"

    def has_said(self, word: str, within_s: float) -> bool:
        """Whether it says so now; the test's own time limit ends a wait that never ends."""
        try:
            return self._said.get(timeout=within_s) == word
        except queue.Empty:
            return False


def kill_a_driver(island: RunningIsland) -> None:
    """The driver of the newest session dies, as if memory had run out."""
    newest = max(session["id"] for session in island.get("/sessions")["sessions"])
    drivers = [p for p in psutil.Process(island.pid).children(recursive=True) if "driver" in " ".join(p.cmdline())]
    assert drivers, [p.cmdline() for p in psutil.Process(island.pid).children(recursive=True)]
    for driver in drivers:
        driver.send_signal(signal.SIGKILL)
    wait_until(lambda: island.state_of(newest) in ("dead", "error", "killed"), what="the session dies")


def test_twelve_tasks_three_kills_of_the_window_one_of_the_session(tmp_path: Path) -> None:
    dice, world = random.Random(12), World(tmp_path / "home")
    island = start_island(world.place, *QUIET)
    try:
        for life in range(3):
            unsent = [name for name in NAMES if name not in world.rows()]
            with world.window(unsent) as window:
                goal = min(len(world.lines()) + dice.randint(1, 3), len(NAMES))
                # Where all were sent before the session died, what is left is lost, and the window says "quiet".
                while len(world.lines()) < goal and not window.has_said("quiet", 0.05):
                    pass
                if life == 1:
                    kill_a_driver(island)
                threading.Event().wait(dice.random())  # any moment will do
        with world.window([]) as window:
            window.until("quiet")  # what still waited in the session has run, or is told to be lost
        for _ in range(4):
            # What a person does who reads the tree: what is not there or lost, and not in the book, is sent (again).
            missing = [name for name in NAMES if name not in world.lines()]
            if not missing:
                break
            with world.window(missing) as window:
                window.until("quiet")
        rows = world.rows()
        assert set(rows) == set(NAMES), "every task is in the journal"
        assert Counter(world.lines()) == Counter(NAMES), "each side effect exactly once"
        assert not [row for sent in rows.values() for row in sent if row.state in OPEN], "none is left open"
        for name, sent in rows.items():
            assert any(row.state in (State.DONE, State.FAILED, State.ACK) for row in sent), name
        done = [row for sent in rows.values() for row in sent if row.state is State.DONE]
        lost = [row for sent in rows.values() for row in sent if row.state is State.FAILED]
        assert len(done) + len(lost) >= len(NAMES)
        assert all("session" in row.evidence["why"] for row in lost), [row.evidence for row in lost]
    finally:
        stop_island(island, world.place)
