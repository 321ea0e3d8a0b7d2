"""Keys by panel, the product's words, counts that filter the tree; strange names, many rows, flapping, no servers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QPlainTextEdit
from pytestqt.qtbot import QtBot

from astrolabnet_gui.gui.glossary import GLOSSARY, meaning
from astrolabnet_gui.gui.key_list import keys_of
from astrolabnet_gui.gui.tree_filter import parse_filter
from astrolabnet_gui.gui.tree_model import TreeModel
from astrolabnet_gui.gui.tree_row import PAGE
from astrolabnet_gui.gui.tree_words import SINCE
from astrolabnet_gui.gui.window import Window
from astrolabnet_gui.gui.words import since
from astrolabnet_gui.model.key import Key
from astrolabnet_gui.model.kind import Health
from astrolabnet_gui.model.thing import Thing
from astrolabnet_gui.network.delta import Delta
from astrolabnet_gui.network.store import Store
from tests.gui.fakes import FakeLink
from tests.gui.scene import UUIDS, main_scene, server, session

Settle = Callable[[Callable[[], bool]], None]
STRANGE = (
    "<img src='file:///etc/hostname'>", "<a href='http://evil.example'>here</a>", "a\x07\x1b[31mb\x00c",
    "left\u202eright\u2066x", "n" * 10_000, "&&amp;&",
)  # fmt: skip


def test_question_mark_lists_the_keys_of_the_panel_in_focus(
    window: Window, link: FakeLink, qtbot: QtBot, settle: Settle
) -> None:
    link.things(main_scene(2))
    with qtbot.waitActive(window.shell):
        window.shell.activateWindow()
    window.tree.setFocus()
    QTest.keyClick(window.tree, Qt.Key.Key_Question, Qt.KeyboardModifier.ShiftModifier)
    settle(lambda: any(d.isVisible() for d in window.shell.findChildren(QDialog)))
    shown = next(d for d in window.shell.findChildren(QDialog) if d.isVisible())
    text = shown.findChildren(QPlainTextEdit)[0].toPlainText()
    assert "Alt+↑ ↓" in text
    assert "Ctrl+K" in text
    shown.close()
    graph = keys_of("graph", window.acts)
    assert "nearest node" in graph
    assert "Alt+" not in graph
    assert [line for line in graph.splitlines() if line.startswith("S ")]


def test_the_products_words_are_explained_where_they_stand(window: Window, link: FakeLink) -> None:
    link.things(main_scene(2))
    assert meaning("Sessions") == GLOSSARY["session"]
    assert meaning("nothing such") == ""
    row = window.model.row_of(Key(UUIDS["lal"], "e", ("sessions", 3)))
    assert GLOSSARY["session"] in str(row.data(Qt.ItemDataRole.ToolTipRole))
    assert all(text.endswith(".") and len(text) < 90 for text in GLOSSARY.values())


def test_a_count_in_the_status_bar_filters_the_tree(window: Window, link: FakeLink, settle: Settle) -> None:
    link.things(main_scene(2))
    settle(window.status.counts[Health.GONE].isVisible)
    window.status.counts[Health.GONE].click()
    assert window.shell.filter.text() == "kind:server state:gone"
    assert window.model.row_of(Key(UUIDS["gaia-arch"])).isValid()
    assert not window.model.row_of(Key(UUIDS["lal"])).isValid()


@pytest.mark.parametrize("name", STRANGE, ids=["image", "link", "control", "bidi", "long", "amp"])
def test_a_strange_name_is_plain_text_everywhere(window: Window, link: FakeLink, name: str) -> None:
    thing = session("lal", 3, "nightly", "pyspark", "idle", 9).model_copy(update={"label": name})
    link.things([server("lal"), thing])
    window.desk.select(thing.key)
    window.palette.open("session")
    window.canvas.grab()
    window.tree.grab()
    window.shell.grab()
    index = window.model.row_of(thing.key)
    told = str(index.data(Qt.ItemDataRole.ToolTipRole))
    assert "<img" not in told
    assert "<a " not in told
    assert len(told) < 8000
    rich = [w for w in window.shell.findChildren(QLabel) if w.textFormat() != Qt.TextFormat.PlainText and w.text()]
    assert not [w for w in rich if name[:20] in w.text()]
    assert window.shell.width() == 1600, "a long name does not widen the window"
    menu = window.menus.of_thing(thing, window.shell)
    assert all(len(row.text()) < 200 for row in menu.actions())
    menu.deleteLater()


def test_a_hundred_thousand_sessions_on_one_server() -> None:
    model, store, root = TreeModel(), Store(), Key(UUIDS["lal"])
    many = [Thing(key=root.child("sessions", n, "e"), label=f"work {n}", state="idle") for n in range(100_000)]
    store.apply(Delta(root.server, added=(server("lal"), *many)))
    model.show_store(store)
    assert model.there(model.row_of(root)) == 100_000
    assert model.rowCount(model.row_of(root)) == PAGE
    model.set_filter(parse_filter("99999"))
    while model.sieve.busy:
        QApplication.processEvents()
    assert model.rowCount(model.row_of(root)) == 1
    delta = Delta(root.server, changed=(many[-1].model_copy(update={"state": "dead"}),))
    store.apply(delta)
    model.apply(delta)
    assert model.row_of(many[-1].key).siblingAtColumn(1).data() == "dead"


def test_a_server_that_flaps_keeps_its_row_its_place_and_the_selection(window: Window, link: FakeLink) -> None:
    link.things(main_scene(2))
    key = Key(UUIDS["lal"])
    window.desk.select(key)
    place = window.canvas.positions()[key]
    row = window.model.row_of(key).row()
    for n in range(60):
        state = "down" if n % 2 else "up"
        link.delta(Delta(UUIDS["lal"], changed=(server("lal", state, problem="timed out" if n % 2 else ""),)))
    QApplication.processEvents()
    assert window.desk.selection == key
    assert window.model.row_of(key).row() == row
    assert window.canvas.positions()[key] == place
    assert not window.notice.isVisible()
    assert not window.questions.open


def test_a_clock_set_back_or_forth_shows_no_nonsense(window: Window, link: FakeLink) -> None:
    now = datetime.now(UTC)
    assert since(now + timedelta(days=2), now) == "0\u202fs"
    ahead = server("lal").model_copy(update={"since": now + timedelta(hours=3)})
    link.things([ahead])
    index = window.model.row_of(Key(UUIDS["lal"])).siblingAtColumn(SINCE)
    assert index.data() == "0\u202fs"
    window.desk.select(Key(UUIDS["lal"]))
    assert "-" not in window.detail.state.findChildren(QLabel)[0].text()


def test_no_servers_at_all(window: Window, link: FakeLink, settle: Settle) -> None:
    link.things([])
    assert window.no_servers.isVisible()
    assert window.shell.centre.currentWidget() is window.start
    window.palette.open("server")
    settle(lambda: not window.palette._more.isActive())
    assert window.palette.model.rows
    window.palette.leave()
    link.things(main_scene(2))
    assert window.shell.centre.currentWidget() is window.canvas
    link.things([])
    assert window.shell.centre.currentWidget() is window.start
