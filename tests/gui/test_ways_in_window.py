"""Ways through the window: to a session's own actions, to a thing by its name, with the system's theme; and what a
person has placed is there after a restart.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QObject, QRect, Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from astrolabnet_gui.gui.app import App
from astrolabnet_gui.gui.shell import Shell
from astrolabnet_gui.gui.style import Dress
from astrolabnet_gui.gui.theme import theme
from astrolabnet_gui.gui.window import Window
from astrolabnet_gui.model.key import Key
from astrolabnet_gui.network.delta import Delta
from astrolabnet_gui.network.link import RunState
from tests.gui.fakes import FakeLink
from tests.gui.menu_rows import every_row
from tests.gui.scene import UUIDS, main_scene, server, session, task
from tests.gui.test_window import Mouse

Settle = Callable[[Callable[[], bool]], None]
LAL = Key(UUIDS["lal"])
NIGHTLY = Key(UUIDS["lal"], "e", ("sessions", 3))


def test_the_main_job_by_the_menu_of_a_session(window: Window, link: FakeLink, settle: Settle) -> None:
    link.things([server("lal"), session("lal", 3, "nightly", "pyspark", "idle", 9)])
    mouse = Mouse()
    menu = mouse.right_click(window, window.tree.visualRect(window.model.row_of(NIGHTLY)))
    rows = {row.data(): row for row in every_row(menu)}
    more = rows["session.send"].menu()
    assert isinstance(more, QMenu)
    told = {row.data(): row for row in every_row(more)}
    # A session of Python runs Python and SQL; what it can not run is greyed with its reason, or not offered.
    assert told["pi/pyspark"].isEnabled()
    assert "pi/spark" not in told or not told["pi/spark"].isEnabled()
    assert sum(str(name).endswith("/pyspark") for name in told) > 3
    assert rows["write"].isEnabled()
    told["pi/pyspark"].trigger()
    menu.close()
    name, key, params = link.submitted[-1]
    assert (name, key, params["action"]) == ("session.send", NIGHTLY, "pi")
    running = task("lal", 3, 7, "pi", "running", 3, progress=0.62)
    link.delta(Delta(LAL.server, added=(running,)))
    run = next(run for run, act in window.desk.acts.items() if act.command == "session.send")
    link.run(run, name, RunState.DONE, text="Sent: pi.", focus=running.key, key=NIGHTLY)
    row = window.model.row_of(running.key)
    assert row.parent() == window.model.row_of(NIGHTLY)
    assert row.siblingAtColumn(1).data() == "62\u202f%"
    scene = window.canvas.scene
    assert scene.progress[scene.rows[running.key]] == pytest.approx(0.62)
    assert scene.ring[scene.rows[NIGHTLY]] == pytest.approx(0.62), "the ring of the session is its task's progress"
    output = {"status": "ok", "data": {"text/plain": "pi is about 3.14"}}
    link.delta(Delta(LAL.server, changed=(task("lal", 3, 7, "pi", "done", 1, output=output),)))
    settle(lambda: window.detail.result.tabs.tabText(0) == "Text")


def test_search_and_fly_to(window: Window, link: FakeLink, settle: Settle) -> None:
    link.things(main_scene(4))
    far = Key(UUIDS["euclid-it"])
    window.canvas.set_positions({far: (6000.0, 4000.0)})
    window.canvas.view.look(1.0, 0.0, 0.0)
    assert not seen(window, far)
    window.palette.open()
    QTest.keyClicks(window.palette.field, "euclid")
    settle(lambda: not window.palette._more.isActive())
    rows = window.palette.model.rows
    at = next(n for n, row in enumerate(rows) if getattr(row, "key", None) == far and getattr(row, "verb", 1) is None)
    window.palette.list.setCurrentIndex(window.palette.model.index(at))
    QTest.keyClick(window.palette.field, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    settle(lambda: seen(window, far) and not window.canvas._flight)
    assert not window.palette.isVisible()
    assert window.desk.selection == far
    assert window.canvas.selected_keys() == (far,)
    assert window.canvas.hasFocus() or QApplication.focusWidget() is None
    x, y = window.canvas.view.to_screen(6000.0, 4000.0)
    assert (x, y) == pytest.approx((window.canvas.width() / 2, window.canvas.height() / 2), abs=2)


def seen(window: Window, key: Key) -> bool:
    scene, canvas = window.canvas.scene, window.canvas
    x, y = canvas.view.to_screen(*scene.middle(scene.rows[key]))
    return QRect(0, 0, canvas.width(), canvas.height()).contains(round(x), round(y))


class Hints(QObject):
    """A system that changes between light and dark; the off-screen platform can not."""

    colorSchemeChanged = Signal(Qt.ColorScheme)

    def __init__(self) -> None:
        super().__init__()
        self.scheme = Qt.ColorScheme.Dark

    def colorScheme(self) -> Qt.ColorScheme:
        return self.scheme

    def turn(self, scheme: Qt.ColorScheme) -> None:
        self.scheme = scheme
        self.colorSchemeChanged.emit(scheme)


@pytest.fixture
def hints(dress: Dress) -> Iterator[Hints]:
    real, made = dress._hints, Hints()
    made.colorSchemeChanged.connect(dress.refresh)
    dress._hints = made  # type: ignore[assignment]
    yield made
    dress._hints = real
    dress.choose("dark")


def test_the_theme_follows_the_system_and_a_choice_wins(window: Window, link: FakeLink, hints: Hints) -> None:
    link.things(main_scene(2))
    dress = window.shell.dress

    def corner() -> QColor:
        picture = window.shell.grab().toImage()
        return picture.pixelColor(4, picture.height() - 4)

    dress.choose("system")
    for scheme, name in (
        (Qt.ColorScheme.Light, "light"), (Qt.ColorScheme.Dark, "dark"), (Qt.ColorScheme.Light, "light"),
        (Qt.ColorScheme.Unknown, "dark"),
    ):  # fmt: skip
        hints.turn(scheme)
        assert dress.now == theme(name)
        assert window.canvas.theme == theme(name)
        assert corner() == QColor(theme(name).window)
    dress.choose("dark")
    hints.turn(Qt.ColorScheme.Light)
    assert dress.now == theme("dark"), "who chose is asked no more"


def test_what_a_person_placed_is_there_after_a_restart(qtbot: QtBot, dress: Dress) -> None:
    """A real engine and workspace: two starts of the program, one home."""

    def opened() -> tuple[Shell, App]:
        shell = Shell(dress)
        main = App(shell)
        with qtbot.waitExposed(shell):
            shell.show()
        main.begin()
        qtbot.waitUntil(lambda: main.desk is not None, timeout=30_000)
        return shell, main

    def servers(main: App) -> dict[str, Key]:
        assert main.desk is not None
        return {thing.label: thing.key for thing in main.desk.store.servers()}

    def closed(shell: Shell, main: App) -> None:
        shell.close()
        main.close()
        main.deleteLater()
        shell.deleteLater()

    shell, main = opened()
    assert main.desk is not None
    for n, alias in enumerate(("lal", "fink")):
        main.desk.submit("server.add", None, {"alias": alias, "url": f"http://127.0.0.1:{n + 1}"})
    qtbot.waitUntil(lambda: len(servers(main)) == 2, timeout=30_000)
    assert main.window is not None
    canvas, keys = main.window.canvas, servers(main)
    qtbot.waitUntil(lambda: set(canvas.positions()) == set(keys.values()))
    canvas.set_positions({keys["lal"]: (777.0, -333.0)})
    canvas.moved.emit({}, {keys["lal"]: (777.0, -333.0)})
    canvas.fold(keys["fink"], True)
    places = canvas.positions()
    closed(shell, main)
    shell, main = opened()
    qtbot.waitUntil(lambda: len(servers(main)) == 2, timeout=30_000)
    assert main.window is not None
    again = main.window.canvas
    qtbot.waitUntil(lambda: set(again.positions()) == set(keys.values()))
    assert again.positions()[keys["lal"]] == (777.0, -333.0)
    assert again.positions() == places
    assert again.scene.folded == {keys["fink"]}
    closed(shell, main)
