"""The real engine in the one QThread: events come into the GUI thread, and the end is quick and whole."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from astrolabnet_gui.gui.app import App
from astrolabnet_gui.gui.placed import places_of
from astrolabnet_gui.gui.shell import Shell
from astrolabnet_gui.gui.style import Dress
from astrolabnet_gui.gui.threads import PIECE_S, EngineThread, Relay
from astrolabnet_gui.model.key import Key
from astrolabnet_gui.model.kind import Health
from astrolabnet_gui.model.server import Server
from astrolabnet_gui.network.delta import Delta
from astrolabnet_gui.network.engine import Engine
from astrolabnet_gui.network.link import DeltaEvent, Event, Reset, RunEvent, RunState
from astrolabnet_gui.settings.paths import paths
from astrolabnet_gui.settings.workspace import Workspace
from tests.spies import spied

FIRST_PICTURE = """
import sys
from PySide6.QtWidgets import QApplication
import astrolabnet_gui.gui.app as app
a, dress = app.application()
shell = app.Shell(dress)
shell.show()
a.processEvents()
heavy = {"pydantic", "httpx", "numpy", "networkx", "igraph", "pyqtgraph", "keyring", "apsw"} & set(sys.modules)
print(sorted(heavy))
"""


def test_nothing_heavy_is_imported_before_the_first_picture() -> None:
    done = subprocess.run([sys.executable, "-c", FIRST_PICTURE], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "[]"


def test_events_arrive_in_the_gui_thread(qtbot: QtBot) -> None:
    heard: list[tuple[Event, threading.Thread]] = []

    async def execute(*_: object) -> object:
        raise AssertionError("no command is run here")

    engine = Engine((), execute=execute, connect=lambda _: None)  # type: ignore[arg-type,return-value]
    relay = Relay(lambda event: heard.append((event, threading.current_thread())))
    thread = EngineThread(engine)
    engine.subscribe(relay.hear)
    thread.start()
    qtbot.waitUntil(lambda: bool(heard))
    assert isinstance(heard[0][0], Reset)
    assert heard[0][1] is threading.main_thread()
    began = time.monotonic()
    assert thread.halt()
    assert time.monotonic() - began < 0.8
    assert thread.error is None
    relay.close()
    relay.hear(Reset())
    QApplication.processEvents()
    assert len(heard) == 1
    thread.deleteLater()


def test_what_comes_at_once_is_taken_in_by_pieces_and_in_its_order(qtbot: QtBot) -> None:
    heard: list[str] = []

    def slowly(event: Event) -> None:
        heard.append(event.deltas[0].server if isinstance(event, DeltaEvent) else type(event).__name__)
        until = time.thread_time() + PIECE_S / 2
        while time.thread_time() < until:
            pass

    relay = Relay(slowly)
    relay.hear(DeltaEvent(deltas=tuple(Delta(server=str(n)) for n in range(20))))
    relay.hear(Reset())
    QTimer.singleShot(0, lambda: heard.append("a hand's turn"))
    qtbot.waitUntil(lambda: len(heard) == 22)
    assert heard.index("a hand's turn") < 20, "it had to wait for all of them"
    heard.remove("a hand's turn")
    assert heard == [*map(str, range(20)), "Reset"]
    relay.hear(DeltaEvent(deltas=(Delta(server="late"),)))
    relay.close()
    QApplication.processEvents()
    assert len(heard) == 21


def test_an_engine_that_breaks_says_why(qtbot: QtBot) -> None:

    class Broken(Engine):
        async def main(self) -> None:
            raise ValueError("no loop today")

    async def execute(*_: object) -> object:
        raise AssertionError

    thread = EngineThread(Broken((), execute=execute, connect=lambda _: None))  # type: ignore[arg-type,return-value]
    with qtbot.waitSignal(thread.finished):
        thread.start()
    assert isinstance(thread.error, ValueError)
    thread.wait()
    thread.deleteLater()


@pytest.fixture
def shell(dress: Dress) -> Shell:
    return Shell(dress)


@pytest.mark.parametrize("apart", [False, True])
def test_the_whole_window_opens_on_an_empty_home_and_closes(qtbot: QtBot, shell: Shell, apart: bool) -> None:
    main = App(shell, apart=apart)
    with qtbot.waitExposed(shell):
        shell.show()
    main.begin()
    qtbot.waitUntil(lambda: main.desk is not None)
    assert main.desk is not None
    assert main.window is not None
    desk = main.desk
    qtbot.waitUntil(
        lambda: any(a.command == "task.reconcile" and a.state is RunState.DONE for a in desk.acts.values()),
        timeout=30_000,
    )
    assert shell.centre.currentWidget() is main.window.start
    desk.submit("server.add", None, {"alias": "lal", "url": "not an address"})
    qtbot.waitUntil(lambda: any(a.command == "server.add" and a.state is RunState.FAILED for a in desk.acts.values()))
    began = time.monotonic()
    shell.close()
    assert main.close()
    assert time.monotonic() - began < 1.5
    main.deleteLater()
    shell.deleteLater()


def test_an_island_that_came_with_a_workspace_is_not_started_with_the_window(qtbot: QtBot, shell: Shell) -> None:
    where = paths()
    where.preferences.parent.mkdir(parents=True)
    where.preferences.write_text("[island]\nstart_with_window = true\n")
    theirs = Server(uuid="1" * 32, alias="local", url="http://127.0.0.1:1", origin="island")
    Workspace(where.workspace).save_server(theirs)
    with spied() as seen:
        app = App(shell)
        app.open()
        assert app.desk is not None
        desk = app.desk
        qtbot.waitUntil(lambda: [t.state for t in desk.store.servers()] == ["not contacted"])
        assert not any(act.command == "island.start" for act in desk.acts.values())
        assert app.window is not None
        qtbot.waitUntil(lambda: app.window.status.counts[Health.GONE].text() == "1 not contacted")
        desk.select(Key(theirs.uuid))
        button = app.window.detail.findChild(QPushButton, "verb_server.connect")
        assert button is not None
        assert button.isEnabled()
        assert app.close()
    assert seen == []
    shell.deleteLater()


def test_the_folder_of_a_journal_that_can_not_be_written_is_opened(
    qtbot: QtBot, shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Path] = []

    def ask(url: QUrl) -> bool:
        asked.append(Path(url.toLocalFile()))
        return True

    monkeypatch.setattr(QDesktopServices, "openUrl", ask)
    app = App(shell)
    app.open()
    assert app.window is not None
    app.window.journal.folder_wanted.emit()
    assert app.close()
    assert asked == [paths().state]
    shell.deleteLater()


def test_a_window_that_is_closed_while_it_still_imports_never_opens(qtbot: QtBot, shell: Shell) -> None:
    main = App(shell, apart=True)
    main.begin()
    assert main.close()
    qtbot.wait(50)
    assert main.desk is None
    main.deleteLater()
    shell.deleteLater()


def test_places_that_make_no_sense_are_left_out() -> None:
    layout = {"places": {"a": [1, 2.5], "b": "x", "c": [1], "d": [None, 2]}}
    assert places_of(layout) == {Key("a"): (1.0, 2.5)}
    assert places_of({"places": 7}) == {}


def test_run_events_of_others_open_nothing(qtbot: QtBot, desk: object) -> None:
    from astrolabnet_gui.gui.desk import Desk

    assert isinstance(desk, Desk)
    seen: list[object] = []
    desk.selected.connect(seen.append)
    desk.receive(RunEvent(run="x", command="session.new", state=RunState.DONE, focus=Key("s")))
    assert not seen
