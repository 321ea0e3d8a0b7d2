"""The main job by the mouse: three clicks from the start screen to a sent action; and what the window shows of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from astrolabnet_gui.command.action import key_of, things_of
from astrolabnet_gui.gui.window import Window
from astrolabnet_gui.model.key import Key
from astrolabnet_gui.model.kind import Health
from astrolabnet_gui.network.delta import Delta
from astrolabnet_gui.network.link import Problem, Question, RunState
from tests.gui.fakes import FakeLink
from tests.gui.menu_rows import every_row
from tests.gui.scene import CHOSEN, UUIDS, main_scene, server, session, task

Settle = Callable[[Callable[[], bool]], None]
LOCAL = Key(UUIDS["local"])


class Mouse:
    """Counts the clicks of a hand."""

    def __init__(self) -> None:
        self.clicks = 0

    def click(self, widget: Any, at: QPoint, button: Qt.MouseButton = Qt.MouseButton.LeftButton) -> None:
        self.clicks += 1
        QTest.mouseClick(widget, button, Qt.KeyboardModifier.NoModifier, at)

    def right_click(self, window: Window, rect: QRect) -> QMenu:
        """Right-click on a row of the tree; the menu that came."""
        from PySide6.QtGui import QContextMenuEvent

        place = window.tree.viewport()
        self.click(place, rect.center(), Qt.MouseButton.RightButton)
        # A test's mouse makes no context event of its own.
        where = place.mapToGlobal(rect.center())
        QApplication.sendEvent(place, QContextMenuEvent(QContextMenuEvent.Reason.Mouse, rect.center(), where))
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu)
        return menu


def row(menu: QMenu, data: str) -> QAction:
    return next(action for action in every_row(menu) if action.data() == data)


def test_actions_in_r_are_greyed_with_the_reason_where_an_island_has_no_r(
    window: Window, link: FakeLink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("astrolabnet_gui.actions.place.without_r", lambda: "R is not installed")
    link.things([server("local"), server("lal")])
    for name, there in (("local", False), ("lal", True)):
        thing = window.desk.thing(Key(UUIDS[name]))
        assert thing is not None
        more = row(window.menus.of_thing(thing, window.shell), "server.send").menu()
        assert isinstance(more, QMenu)
        in_r, in_python = row(more, "pi/sparkr"), row(more, "pi/pyspark")
        assert (in_r.isEnabled(), in_python.isEnabled()) == (there, True)
        assert ("R is not installed" in in_r.toolTip()) is not there


def test_three_clicks_from_the_start_screen_to_a_sent_action(
    qtbot: QtBot, window: Window, link: FakeLink, settle: Settle
) -> None:
    mouse = Mouse()

    def island_comes(run: str, command: str, _key: Key | None, _params: Mapping[str, Any]) -> None:
        if command == "island.start":
            link.delta(Delta(LOCAL.server, added=(server("local"),)))

    link.on_submit = island_comes
    assert window.shell.centre.currentWidget() is window.start
    mouse.click(window.start.island, window.start.island.rect().center())
    assert link.submitted[-1] == ("island.start", None, {})
    settle(lambda: window.tree.isVisible() and window.model.row_of(LOCAL).isValid())
    menu = mouse.right_click(window, window.tree.visualRect(window.model.row_of(LOCAL)))
    # Resting on "Send action" opens its menu: no click.
    send = row(menu, "server.send")
    QTest.mouseMove(menu, menu.actionGeometry(send).center())
    menu.setActiveAction(send)
    more = send.menu()
    assert isinstance(more, QMenu)
    if not more.isVisible():
        more.popup(menu.mapToGlobal(menu.actionGeometry(send).topRight()))
    mouse.click(more, more.actionGeometry(row(more, "pi/pyspark")).center())
    assert link.submitted[-1] == ("server.send", LOCAL, {"kind": "pyspark", "action": "pi"})
    assert mouse.clicks == 3
    more.close()
    menu.close()


def test_progress_and_result_are_seen_where_the_thing_is(
    qtbot: QtBot, window: Window, link: FakeLink, settle: Settle
) -> None:
    link.things([server("lal"), session("lal", 3, "nightly", "pyspark", "busy", 9)])
    run = window.desk.submit("session.send", Key(UUIDS["lal"], "e", ("sessions", 3)), {"code": "1"})
    running = task("lal", 3, 7, "pi", "running", 3, progress=0.25)
    link.delta(Delta(UUIDS["lal"], added=(running,)))
    link.run(run, "session.send", RunState.DONE, text="Sent: pi.", focus=running.key)
    assert window.desk.selection == running.key
    assert window.model.row_of(running.key).siblingAtColumn(1).data() == "25\u202f%"
    assert window.tree.currentIndex() == window.model.row_of(running.key)
    output = {"status": "ok", "data": {"text/plain": "pi is about 3.14"}}
    done = task("lal", 3, 7, "pi", "done", 1, output=output, started=1000, completed=3500)
    link.delta(Delta(UUIDS["lal"], changed=(done,)))
    tabs = window.detail.result.tabs
    assert [tabs.tabText(n) for n in range(tabs.count())] == ["Text", "Code"]
    assert window.shell.detail.currentWidget() is window.detail
    settle(lambda: "3 tasks" not in window.status.counts[Health.BUSY].words)
    assert link.attended or settle(lambda: bool(link.attended)) is None


def test_a_question_is_a_box_only_where_a_person_raised_it(window: Window, link: FakeLink, settle: Settle) -> None:
    question = Question(id="q1", text="Close it for <b>everyone</b>?")
    link.run("elsewhere", "session.close", RunState.ASKING, question=question)
    assert not window.questions.open
    run = window.desk.submit("session.close", None, {})
    link.run(run, "session.close", RunState.ASKING, question=question)
    box = window.questions.open[run]
    assert box.text() == "Close it for <b>everyone</b>?"
    assert box.textFormat() == Qt.TextFormat.PlainText
    yes = next(b for b in box.buttons() if b.property("choice") == "yes")
    QTest.mouseClick(yes, Qt.MouseButton.LeftButton)
    assert link.answers == [(run, "q1", "yes")]
    settle(lambda: not window.questions.open)


def test_a_long_run_can_be_cancelled(window: Window, link: FakeLink, settle: Settle) -> None:
    run = window.desk.submit("session.new", None, {})
    link.run(run, "session.new", text="opening a session")
    cancel = window.status._cancel
    settle(cancel.isVisible)
    QTest.mouseClick(cancel, Qt.MouseButton.LeftButton)
    assert link.cancelled == [run]
    link.run(run, "session.new", RunState.CANCELLED)
    assert not cancel.isVisible()


def test_a_failed_start_says_why_on_its_card(window: Window, link: FakeLink) -> None:
    QTest.mouseClick(window.start.island, Qt.MouseButton.LeftButton)
    run = next(iter(window.desk.acts))
    link.run(run, "island.start", text="starting the island")
    assert not window.start.island.isEnabled()
    why = Problem(type="Missing", what="no Java was found.", remedy="Install Java 17.")
    link.run(run, "island.start", RunState.FAILED, problem=why)
    assert window.start._said.text() == "no Java was found. Install Java 17."
    assert window.start.island.isEnabled()


def test_the_scene_is_counted_filtered_and_left(window: Window, link: FakeLink, settle: Settle) -> None:
    link.things(main_scene(5))
    settle(lambda: window.status.counts[Health.OK].words == "6 of 8 servers up")
    assert window.status.counts[Health.GONE].words == "1 down"
    window.desk.select(CHOSEN)
    assert window.detail.title.text() == "sky-density"
    assert window.detail.path == "lal › session 3 › task 7"
    window.shell.filter.setText("state:dead")
    assert window.model.row_of(Key(UUIDS["fink"], "e", ("sessions", 12))).isValid()
    assert not window.model.row_of(CHOSEN).isValid()
    window.shell.filter.setText("nothing like this")
    assert window.no_match.isVisible()
    QTest.mouseClick(window.no_match, Qt.MouseButton.LeftButton)
    assert window.model.row_of(CHOSEN).isValid()
    gone = tuple(t.key for t in reversed(main_scene(5)) if t.key.server == UUIDS["lal"])
    link.delta(Delta(UUIDS["lal"], removed=gone))
    assert window.desk.selection is None
    assert window.detail.path == ""


def test_keys_act_on_the_row(window: Window, link: FakeLink) -> None:
    link.things([server("lal"), session("lal", 3, "nightly", "pyspark", "idle", 9)])
    key = Key(UUIDS["lal"], "e", ("sessions", 3))
    window.desk.select(key)
    window.tree.setFocus()
    QTest.keyClick(window.tree, Qt.Key.Key_Delete)
    assert link.submitted[-1][:2] == ("session.close", key)
    QTest.keyClick(window.tree, Qt.Key.Key_Backspace)
    assert window.desk.selection == key.parent
    QTest.keyClick(window.tree, Qt.Key.Key_N)
    assert window.verbs.form is not None
    assert window.verbs.form.verb.name == "session.new"
    QTest.keyClick(window.tree, Qt.Key.Key_M)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    assert {"session.new", "server.send", "server.remove"} <= {a.data() for a in menu.actions()}
    menu.close()


def test_letters_act_on_the_graph_too(window: Window, link: FakeLink, qtbot: QtBot) -> None:
    link.things([server("lal"), session("lal", 3, "nightly", "pyspark", "idle", 9)])
    window.desk.select(Key(UUIDS["lal"], "e", ("sessions", 3)))
    with qtbot.waitActive(window.shell):
        window.shell.activateWindow()
    window.canvas.setFocus()
    QTest.keyClick(window.canvas, Qt.Key.Key_Delete)
    assert link.submitted[-1][0] == "session.close"
    QTest.keyClick(window.canvas, Qt.Key.Key_Slash)
    assert window.shell.filter.hasFocus()
    window.verbs.copy_python()
    assert QApplication.clipboard().text() == "net['lal'].sessions[3]"


def test_a_verb_that_can_not_act_is_grey_and_says_why(window: Window, link: FakeLink) -> None:
    link.things([server("gaia-arch", "down", problem="It did not answer in 8 s.")])
    thing = window.desk.thing(Key(UUIDS["gaia-arch"]))
    menu = window.menus.of_thing(thing, window.shell)
    for name in ("session.new", "server.send", "write"):
        assert not row(menu, name).isEnabled()
    assert "did not answer" in row(menu, "session.new").toolTip()
    assert row(menu, "server.remove").isEnabled()
    menu.deleteLater()


def test_copy_of_a_thing_stands_between_act_and_change(window: Window, link: FakeLink) -> None:
    link.things([server("lal"), session("lal", 3, "nightly", "pyspark", "idle", 9)])
    key = Key(UUIDS["lal"], "e", ("sessions", 3))
    menu = window.menus.of_thing(window.desk.thing(key), window.shell)
    names = [a.data() for a in menu.actions()]
    assert names.count("copy") == 1
    assert names.index("session.send") < names.index("copy") < names.index("session.close")
    copies = row(menu, "copy").menu()
    assert isinstance(copies, QMenu)
    texts = {}
    for action in copies.actions():
        action.trigger()
        texts[action.data()] = QApplication.clipboard().text()
    assert texts == {
        "python": "net['lal'].sessions[3]",
        "cli": "astrolabnet show lal/sessions/3",
        "curl": f"curl -sS {window.desk.store.servers()[0].payload.url}/sessions/3",
        "address": "lal/sessions/3",
    }
    menu.deleteLater()


def test_what_livy_does_not_know_has_no_curl(window: Window, link: FakeLink) -> None:
    link.things([*things_of(window.desk.actions)])
    menu = window.menus.of_thing(window.desk.thing(key_of("pi")), window.shell)
    assert [a.data() for a in menu.actions()].count("copy") == 1
    copies = row(menu, "copy").menu()
    assert isinstance(copies, QMenu)
    assert not row(copies, "curl").isEnabled()
    assert row(copies, "curl").toolTip()
    row(copies, "address").trigger()
    assert QApplication.clipboard().text() == "/actions/pi"
    window.desk.select(key_of("pi"))
    window.verbs.copy_python()
    assert QApplication.clipboard().text() == "net.actions['pi']"
    menu.deleteLater()


def test_dark_and_light_switch_without_new_widgets(window: Window) -> None:
    dress = window.shell.dress
    before = window.shell.findChildren(type(window.tree))
    dress.choose("light")
    assert dress.now.name == "light"
    assert window.shell.palette().window().color().name().lower() == dress.now.window.lower()
    dress.choose("dark")
    assert window.shell.findChildren(type(window.tree)) == before


def test_the_island_is_started_stopped_and_read_on_its_own_node(window: Window, link: FakeLink) -> None:
    link.things([server("local")])
    menu = window.menus.of_thing(window.desk.thing(Key(UUIDS["local"])), window.shell)
    assert not [r for r in every_row(menu) if r.data() == "island.start"]
    row(menu, "island.log").trigger()
    assert window.shell.strip.currentWidget() is window.log
    row(menu, "island.stop").trigger()
    assert [(act.command, act.key) for act in window.desk.acts.values()][-2:] == [
        ("island.log", None), ("island.stop", None),
    ]  # fmt: skip
    link.things([server("local", "stopped")])
    stopped = window.menus.of_thing(window.desk.thing(Key(UUIDS["local"])), window.shell)
    assert row(stopped, "island.start").isEnabled()
    assert not [r for r in every_row(stopped) if r.data() == "island.stop"]
    other = window.menus.of_thing(server("lal"), window.shell)
    assert not [r for r in every_row(other) if str(r.data()).startswith("island.")]
