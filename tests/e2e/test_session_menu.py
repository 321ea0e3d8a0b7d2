"""The main job through the session's own menu: server ▸ New session…, session ▸ Send action ▸, result; once by the
mouse on row and node, once with the mouse blocked and by what a screen reader says only."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QPlainTextEdit, QWidget

from astrolabnet_gui.model.key import Key
from tests.e2e.live import Live
from tests.e2e.test_no_mouse import Cat, named
from tests.island_fixture import RunningIsland

pytestmark = [pytest.mark.island, pytest.mark.timeout(300)]
DOWN, ENTER = Qt.Key.Key_Down, Qt.Key.Key_Return


@pytest.fixture
def cat(qapp: QApplication) -> Iterator[Cat]:
    made = Cat()
    qapp.installEventFilter(made)
    yield made
    qapp.removeEventFilter(made)


def test_a_session_is_opened_and_sent_to_by_its_own_menu(live: Live) -> None:
    server = live.island()
    live.until("the list of sessions is here", lambda: live.thing(server).state == "up")
    row = live.window.model.row_of(server)
    live.window.tree.scrollTo(row)
    known = set(live.desk.acts)
    menu = live.robot.menu_at(live.window.tree.viewport(), live.window.tree.visualRect(row).center())
    live.robot.choose(menu, "session.new")
    form = live.until("the form of a session", lambda: live.window.verbs.form)
    QTest.keyClicks(form.controls["kind"].widget, "Python")
    live.robot.click(form.button)
    opened = live.well(live.new_act("session.new", known)).last
    assert opened is not None
    assert opened.focus is not None
    session = opened.focus
    live.in_state(session, "idle")
    seen: list[float] = []

    def look(_delta: object) -> None:
        seen.extend(
            t.progress for t in live.desk.store.children(session) if t.progress is not None and 0 < t.progress < 1
        )

    live.desk.changed.connect(look)
    ways = ((live.at_row, "one-plus-one", r"\b2\b"), (live.at_node, "pi", r"3\.14"), (live.at_row, "pi", r"3\.14"))
    scene = live.window.canvas.scene
    for right_click, action, words in ways:
        task = live.task_of(right_click(session, "session.send", f"{action}/pyspark"))
        assert task.parent == session, "it went to another session"
        assert live.window.model.row_of(task).parent() == live.window.model.row_of(session)
        assert scene.owner[scene.rows[task]] == scene.rows[server]
        assert live.ended(task).state == "done", live.thing(task).problem
        assert re.search(words, live.read(task)["Text"])
    assert seen, "no progress between 0 and 1 was seen"


# --- by ear


def heard(widget: QWidget) -> QAccessibleInterface:
    """What a screen reader holds of a widget."""
    found = QAccessible.queryAccessibleInterface(widget)
    assert found is not None
    return found


def open_menu(live: Live) -> QMenu:
    """The menu that lies on top."""

    def find() -> QMenu | None:
        popup = QApplication.activePopupWidget()
        return popup if isinstance(popup, QMenu) else None

    return live.until("a menu", find)


def said_row(menu: QMenu) -> str:
    """Name of the row that is lit, as a screen reader says it."""
    lit = menu.activeAction()
    if lit is None:
        return ""
    spoken = heard(menu)
    return spoken.child(menu.actions().index(lit)).text(QAccessible.Text.Name)


def to_row(live: Live, name: str, then: Qt.Key) -> None:
    """Down in the menu until it is said, then a key."""
    menu = open_menu(live)
    for _ in range(60):
        if said_row(menu) == name:
            QTest.keyClick(menu, then)
            return
        QTest.keyClick(menu, DOWN)
    raise AssertionError(f"no row is called {name!r}: {[row.text() for row in menu.actions()]}")


def to_thing(live: Live, begins: str, kind: str) -> Key:
    """Down in the tree until the row is said; its thing."""
    tree = live.window.tree
    assert tree.hasFocus()
    QTest.keyClick(tree, Qt.Key.Key_Home)
    for _ in range(200):
        here = tree.currentIndex()
        said = str(here.data(Qt.ItemDataRole.AccessibleTextRole) or here.data() or "")
        key = live.desk.selection
        if said.startswith(begins) and key is not None and key.kind == kind:
            return key
        QTest.keyClick(tree, Qt.Key.Key_Right)  # unfolds what is folded
        QTest.keyClick(tree, DOWN)
    raise AssertionError(f"no row is called {begins!r}")


def test_the_same_with_the_mouse_blocked_by_accessible_names_only(
    open_window: Callable[[], Live], island: RunningIsland, cat: Cat
) -> None:
    live = open_window()
    if not live.desk.store.servers():
        QTest.keyClick(named(live, "Start the island"), Qt.Key.Key_Space)
    server = live.island()
    label = live.thing(server).label
    tree = named(live, "Archipelago")
    tree.setFocus()
    assert to_thing(live, label, "servers") == server
    known = set(live.desk.acts)
    QTest.keyClick(tree, Qt.Key.Key_M)
    to_row(live, "New session…", ENTER)
    QTest.keyClicks(named(live, "Language"), "Python")
    QTest.keyClick(named(live, "New session"), Qt.Key.Key_Space)
    opened = live.well(live.new_act("session.new", known)).last
    assert opened is not None
    assert opened.focus is not None
    live.in_state(opened.focus, "idle")
    tree = named(live, "Archipelago")
    tree.setFocus()
    spoken = str(live.window.model.row_of(opened.focus).data(Qt.ItemDataRole.AccessibleTextRole))
    assert to_thing(live, spoken.split(",")[0], "sessions") == opened.focus
    known = set(live.desk.acts)
    QTest.keyClick(tree, Qt.Key.Key_M)
    to_row(live, "Send action", Qt.Key.Key_Right)
    to_row(live, "Pi by throwing darts", ENTER)
    task = live.task_of(live.new_act("session.send", known))
    assert task.parent == opened.focus
    assert live.ended(task).state == "done", live.thing(task).problem
    live.read(task)
    views = [v for v in live.window.detail.findChildren(QPlainTextEdit) if v.isVisible()]
    told = [heard(view).text(QAccessible.Text.Value) for view in views]
    assert any("3.14" in words for words in told), told
    assert cat.eaten == 0, "a mouse was used"
