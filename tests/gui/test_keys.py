"""Keys and small things, pressed as a person presses them: letters on a row, panels by number, the graph's keys."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QPlainTextEdit, QPushButton, QTabWidget, QWidget
from pytestqt.qtbot import QtBot

from astrolabnet_gui.command.registry import COMMANDS
from astrolabnet_gui.gui.canvas import Canvas
from astrolabnet_gui.gui.find import FindBar, find_near
from astrolabnet_gui.gui.panels.traceback import Traceback
from astrolabnet_gui.gui.style import Dress
from astrolabnet_gui.gui.window import Window
from astrolabnet_gui.model.key import Key
from astrolabnet_gui.model.output import Failure
from astrolabnet_gui.model.task import Task
from astrolabnet_gui.network.link import Problem, RunState
from tests.gui.canvases import LEFT, NONE, canvas, furnish
from tests.gui.fakes import FakeLink
from tests.gui.scene import CHOSEN, CODE, UUIDS, main_scene

__all__ = ["canvas", "furnish"]  # fixtures

Settle = Callable[[Callable[[], bool]], None]
LAL = Key(UUIDS["lal"])


@pytest.fixture
def active(window: Window, link: FakeLink, qtbot: QtBot) -> Window:
    link.things(main_scene(2))
    with qtbot.waitActive(window.shell):
        window.shell.activateWindow()
    return window


def on_row(window: Window, key: Key, letter: Qt.Key) -> None:
    window.desk.select(key)
    window.tree.setFocus()
    window.tree.setCurrentIndex(window.model.row_of(key))
    QTest.keyClick(window.tree, letter)


def test_s_opens_the_list_of_what_can_be_sent(active: Window) -> None:
    on_row(active, LAL, Qt.Key.Key_S)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    assert menu.menuAction().data() == "server.send", "the list of what can be sent is open"
    assert "pi/pyspark" in [row.data() for row in menu.actions()]
    menu.close()


def test_r_sends_the_task_again(active: Window, link: FakeLink) -> None:
    on_row(active, CHOSEN, Qt.Key.Key_R)
    assert [(name, key) for name, key, _ in link.submitted if name == "task.again"] == [("task.again", CHOSEN)]


def test_ctrl_f_looks_for_words_where_the_keyboard_is(active: Window, link: FakeLink, qtbot: QtBot) -> None:
    active.desk.select(CHOSEN)
    tabs = active.detail.result.tabs
    code = next(n for n in range(tabs.count()) if tabs.tabText(n) == "Code")

    def pressed(part: QWidget) -> str:
        part.setFocus()
        assert part.hasFocus()
        QTest.keyClick(active.shell.windowHandle(), Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
        found = QApplication.focusWidget()
        return "" if found is None else found.accessibleName()

    assert pressed(active.tree) == "Filter the tree"
    for part in (active.canvas, active.console, tabs.tabBar(), active.shell.filter):
        assert pressed(part) == ("Filter the tree" if part is active.shell.filter else "Filter the rows"), part
    tabs.setCurrentIndex(code)
    page = tabs.widget(code)
    assert page is not None
    view = page.findChildren(QPlainTextEdit)[0]
    for part in (tabs.tabBar(), view):
        assert pressed(part) == "Find in this text", part
        QTest.keyClicks(page.findChildren(FindBar)[0].field, "spark")
        assert page.findChildren(FindBar)[0].said.text().startswith("1 of ")
        QTest.keyClick(active.shell.windowHandle(), Qt.Key.Key_Escape)
        assert view.hasFocus()
    active.verbs.ask(COMMANDS["session.send"], CHOSEN.parent, {"kind": "pyspark"})
    form = active.verbs.form
    assert form is not None
    written = form.controls["code"].widget
    assert pressed(written) == written.accessibleName(), "who types is not taken elsewhere"


def test_ctrl_f_unfolds_a_traceback(qtbot: QtBot, dress: Dress) -> None:
    failure = Failure(name="E", message="x", traceback=('  File "<stdin>", line 1, in <module>\n', "E: x\n"))
    view = Traceback(failure, Task(session=3, code="1/0", language="pyspark", name="t"), dress)
    tabs = QTabWidget()
    tabs.addTab(view, "Failure")
    qtbot.addWidget(tabs)
    view.fold.setChecked(False)
    tabs.show()
    find_near(view.fold, ())
    assert view.full is not None
    assert view.full.search.isVisible()


def test_e_opens_the_form_of_the_server(active: Window) -> None:
    on_row(active, LAL, Qt.Key.Key_E)
    form = active.verbs.form
    assert form is not None
    assert (form.verb.name, form.key) == ("server.edit", LAL)


def test_a_letter_that_does_nothing_on_a_row_does_nothing(active: Window, link: FakeLink) -> None:
    before = len(link.submitted)
    on_row(active, LAL, Qt.Key.Key_R)
    assert [name for name, *_ in link.submitted[before:] if name == "task.again"] == []
    assert active.verbs.form is None


def test_ctrl_1_to_4_go_to_a_panel_and_again_hide_it(active: Window, settle: Settle) -> None:
    shell, control = active.shell, Qt.KeyboardModifier.ControlModifier
    for key, room in (
        (Qt.Key.Key_1, shell.tree_room), (Qt.Key.Key_3, shell.detail_room), (Qt.Key.Key_4, shell.strip_room),
    ):  # fmt: skip
        active.canvas.setFocus()
        room.hide()
        QTest.keyClick(shell, key, control)
        settle(room.isVisible)
        focus = shell.focusWidget()
        assert focus is not None
        assert room.isAncestorOf(focus)
        QTest.keyClick(shell, key, control)
        assert not room.isVisible()
        room.show()
    active.tree.setFocus()
    QTest.keyClick(shell, Qt.Key.Key_2, control)
    assert active.canvas.hasFocus()


def test_plus_minus_and_0_change_how_near_the_graph_is(canvas: Canvas, settle: Settle) -> None:
    middle = canvas.view.centre
    QTest.keyClick(canvas, Qt.Key.Key_Plus)
    assert canvas.view.zoom == pytest.approx(1.25)
    QTest.keyClick(canvas, Qt.Key.Key_Minus)
    QTest.keyClick(canvas, Qt.Key.Key_Minus)
    assert canvas.view.zoom == pytest.approx(0.8)
    QTest.keyClick(canvas, Qt.Key.Key_0)
    settle(lambda: canvas.view.zoom == pytest.approx(1.0))
    assert canvas.view.centre == pytest.approx(middle, abs=1)


def test_the_minimap_goes_where_it_is_clicked_and_follows_the_hand(canvas: Canvas) -> None:
    canvas.grab()
    rect = canvas.minimap.rect(canvas.view).toRect()
    for at in (rect.center() - QPoint(30, 20), rect.center() + QPoint(30, 20)):
        wanted = canvas.minimap.world(canvas.view, at.x(), at.y())
        assert wanted is not None
        QTest.mouseClick(canvas, LEFT, NONE, at)
        assert canvas.view.centre == pytest.approx(wanted, abs=2)
    first, last = rect.center() - QPoint(20, 10), rect.center() + QPoint(20, 10)
    wanted = canvas.minimap.world(canvas.view, last.x(), last.y())
    assert wanted is not None
    QTest.mousePress(canvas, LEFT, NONE, first)
    QTest.mouseMove(canvas, last)
    QTest.mouseRelease(canvas, LEFT, NONE, last)
    assert canvas.view.centre == pytest.approx(wanted, abs=2)
    assert canvas.selected_keys() == (), "a click on the map chooses nothing"


def test_copy_code_puts_the_code_into_the_clipboard(active: Window) -> None:
    active.desk.select(CHOSEN)
    button = next(b for b in active.detail.findChildren(QPushButton) if "Copy code" in (b.text(), b.accessibleName()))
    QApplication.clipboard().setText("before")
    button.click()
    assert QApplication.clipboard().text() == CODE


def test_the_memory_of_the_island_is_shown_when_it_is_chosen(active: Window, link: FakeLink) -> None:
    said = "2 of 9 sessions, a warm one waits; 1.2 GB used, 18.0 GB free."
    asked: list[str] = []
    link.on_submit = lambda run, name, *_: asked.append(run) if name == "island.status" else None
    active.desk.select(Key(UUIDS["local"]))
    assert len(asked) == 1
    link.run(asked[0], "island.status", RunState.DONE, text=said)
    shown = [words for words in active.detail.findChildren(QLabel) if words.text() == said]
    assert len(shown) == 1
    assert shown[0].isVisible()
    active.desk.select(LAL)
    assert not [words for words in active.detail.findChildren(QLabel) if words.text() == said and words.isVisible()]


def test_test_asks_the_address_that_stands_in_the_form_and_the_form_stays(active: Window, link: FakeLink) -> None:
    active.verbs.do("server.add", None)
    form = active.verbs.form
    assert form is not None
    button = next(b for b in form.findChildren(QPushButton) if b.text().replace("&", "") == "Test")
    button.click()
    assert "server.probe" not in [name for name, *_ in link.submitted]
    assert "needed" in form.controls["url"]._wrong.text()
    widget = form.controls["url"].widget
    QTest.keyClicks(widget, "https://livy.lal.example:8998")
    asked: list[str] = []
    link.on_submit = lambda run, *_: asked.append(run)
    button.click()
    name, key, given = link.submitted[-1]
    assert (name, key, given["url"]) == ("server.probe", None, "https://livy.lal.example:8998")
    link.run(asked[-1], "server.probe", RunState.FAILED, problem=Problem(type="Unreachable", what="no way to it"))
    assert "no way to it" in form._said.text()
    button.click()
    link.run(asked[-1], "server.probe", RunState.DONE, text="Livy 0.9.0; 2 sessions, 1 batch")
    assert form._said.text() == "✓ Livy 0.9.0; 2 sessions, 1 batch"
    assert active.verbs.form is form
    assert "server.add" not in [name for name, *_ in link.submitted]
