"""The main job with the mouse blocked: server, session, action, result, undo, all by keys and accessible names."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from tests.e2e.live import Live
from tests.island_fixture import RunningIsland

pytestmark = [pytest.mark.island, pytest.mark.timeout(300)]
MOUSE = {
    QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonRelease, QEvent.Type.MouseButtonDblClick, QEvent.Type.Wheel,
}  # fmt: skip


class Cat(QObject):
    """It has eaten the mouse: every event of it is swallowed and counted."""

    def __init__(self) -> None:
        super().__init__()
        self.eaten = 0

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in MOUSE:
            self.eaten += 1
            return True
        return False


@pytest.fixture
def cat(qapp: QApplication) -> Iterator[Cat]:
    made = Cat()
    qapp.installEventFilter(made)
    yield made
    qapp.removeEventFilter(made)


def named(live: Live, name: str) -> QWidget:
    """The visible widget that a screen reader calls so."""

    def find() -> QWidget | None:
        for made in live.shell.findChildren(QWidget):
            if made.isVisible() and made.focusPolicy() & Qt.FocusPolicy.TabFocus:
                interface = QAccessible.queryAccessibleInterface(made)
                if interface is not None and interface.text(QAccessible.Text.Name).split(",")[0] == name:
                    return made
        return None

    return live.until(f"something called {name!r}", find)


def key(live: Live, code: Qt.Key, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """Press a key where the focus is."""
    QTest.keyClick(live.shell.focusWidget() or live.shell, code, held)


def go(live: Live, words: str) -> None:
    """Through the palette."""
    live.shell.activateWindow()
    live.window.palette.open()
    field = named(live, "Go to a thing or a command")
    field = live.window.palette.field if field is live.shell.goto else field
    QTest.keyClicks(field, words)
    QTest.keyClick(field, Qt.Key.Key_Return)


def test_the_main_job_without_a_mouse(open_window: Callable[[], Live], island: RunningIsland, cat: Cat) -> None:
    live = open_window()
    if not live.desk.store.servers():
        start = named(live, "Start the island")
        start.setFocus()
        QTest.keyClick(start, Qt.Key.Key_Space)
    server = live.island()
    live.desk.select(server)
    known = set(live.desk.acts)
    go(live, ">send action")
    code = named(live, "Code")
    # The language is the field that is left by going back from the code.
    form = live.window.verbs.form
    assert form is not None
    language = form.controls["kind"].widget
    assert language.accessibleName()
    QTest.keyClicks(language, "Python")
    QTest.keyClicks(code, "print(6 * 7)")
    QTest.keyClick(code, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    task = live.task_of(live.new_act("server.send", known))
    assert live.ended(task).state == "done"
    live.desk.select(task)
    assert "42" in live.shown()["Text"]
    tree = named(live, "Archipelago")
    row = QAccessible.queryAccessibleInterface(live.window.tree)
    assert row is not None
    rows = [row.child(n).text(QAccessible.Text.Name) for n in range(row.childCount())]
    assert any("done" in words for words in rows), rows
    assert tree.isVisible()
    before = len(live.desk.store.servers())
    known = set(live.desk.acts)
    go(live, ">add server")
    for label, words in (("Name", "spare"), ("Address of Livy", "http://127.0.0.1:9")):
        field = named(live, label)
        QTest.keyClicks(field, words)
    QTest.keyClick(field, Qt.Key.Key_Return)
    live.well(live.new_act("server.add", known))
    assert len(live.desk.store.servers()) == before + 1
    known = set(live.desk.acts)
    QTest.keyClick(live.shell, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    if live.window.undo.why_not() == "" and set(live.desk.acts) == known:
        live.window.undo.undo()
    live.well(live.new_act("server.remove", known))
    assert len(live.desk.store.servers()) == before
    assert cat.eaten == 0, "a mouse was used"
