"""Menus fit a window of 800×500: few rows, the main ones first, each verb somewhere, all by the keyboard."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QWidget

from astrolabnet_gui.command.action import things_of
from astrolabnet_gui.command.registry import HIDDEN, commands_for
from astrolabnet_gui.gui.menu_bar import OF
from astrolabnet_gui.gui.window import Window
from astrolabnet_gui.model.key import Key
from tests.gui.fakes import FakeLink
from tests.gui.menu_rows import every_menu, every_row
from tests.gui.scene import UUIDS, main_scene, server

WIDE, HIGH, ROWS = 800, 500, 16
LOCAL = Key(UUIDS["local"])
KINDS = ("", "servers", "sessions", "statements", "batches", "sources", "channels", "datasets")


def fits(menu: QMenu) -> None:
    for one in every_menu(menu):
        size = one.sizeHint()
        assert (size.width() <= WIDE, size.height() <= HIGH) == (True, True), (one.title(), size)
    assert sum(not row.isSeparator() for row in menu.actions()) <= ROWS


@pytest.mark.parametrize("kind", KINDS)
def test_the_menu_of_each_kind_fits_and_lacks_no_verb(window: Window, link: FakeLink, kind: str) -> None:
    things = main_scene()
    link.things(things)
    thing = next((thing for thing in things if kind and thing.key.kind == kind), None)
    assert (thing is None) == (kind == "")
    menu = window.menus.of_thing(thing, window.shell)
    fits(menu)
    names = [row.data() for row in every_row(menu)]
    missing = {verb.name for verb in commands_for(thing) if verb.name not in HIDDEN} - set(names)
    assert not missing
    menu.deleteLater()


def test_what_is_done_most_comes_first(window: Window, link: FakeLink) -> None:
    link.things([server("local")])
    menu = window.menus.of_thing(window.desk.thing(LOCAL), window.shell)
    assert [row.data() for row in menu.actions()[:4]] == ["session.new", "server.send", "write", "batch.new"]
    assert [row.data() for row in menu.actions() if row.data()][-1] == "server.remove"
    menu.deleteLater()


@pytest.mark.parametrize("title", [*OF, "File", "Edit", "View", "Help"])
def test_the_menus_at_the_top_fit_whatever_is_chosen(window: Window, link: FakeLink, title: str) -> None:
    things = main_scene()
    link.things([*things, *things_of(window.desk.actions)])
    menu = window.shell.menus[title]
    for kind in KINDS[1:]:
        window.desk.select(next(thing.key for thing in things if thing.key.kind == kind))
        menu.aboutToShow.emit()
        fits_in_height = [(one.title(), one.sizeHint()) for one in every_menu(menu) if one.sizeHint().height() > HIGH]
        assert fits_in_height == []


def test_the_menu_of_an_action_fits_with_two_hundred_servers(window: Window, link: FakeLink) -> None:
    many = [server("lal").model_copy(update={"key": Key(f"{n:032x}"), "label": f"server {n}"}) for n in range(200)]
    link.things([*many, *things_of(window.desk.actions)])
    window.verbs.popup(next(a for a in window.desk.actions if a.name == "pi"), QPoint(10, 10))
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    fits(menu)
    rows = list(every_row(menu))
    next(row for row in rows if row.text() == "In Python").trigger()
    assert link.submitted[-1] == ("server.send", many[0].key, {"kind": "pyspark", "action": "pi"})
    assert "Send to several servers…" in [row.text() for row in rows]
    menu.close()


def test_a_verb_in_a_group_is_reached_by_the_keyboard_from_tree_and_graph(window: Window, link: FakeLink) -> None:
    link.things([server("local")])
    window.desk.select(LOCAL)
    seen = []
    for place in (window.tree, window.canvas):
        before = len(link.submitted)
        _by_keys(window, place, "server.test", seen)
        assert [name for name, _, _ in link.submitted[before:]] == ["server.test"]
    assert seen[0] == seen[1], "tree and graph have the same menu"


def _by_keys(window: Window, place: QWidget, verb: str, seen: list[list[object]]) -> None:
    if place is window.tree:
        window.tree.setCurrentIndex(window.model.row_of(LOCAL))
    place.setFocus()
    QTest.keyClick(place, Qt.Key.Key_M)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    seen.append([row.text() for row in every_row(menu)])
    _walk(menu, lambda: verb in [row.data() for row in (menu.activeAction().menu() or QMenu()).actions()])  # type: ignore[attr-defined]
    QTest.keyClick(menu, Qt.Key.Key_Right)
    below = menu.activeAction().menu()
    assert isinstance(below, QMenu)
    assert below.isVisible()
    _walk(below, lambda: below.activeAction() is not None and below.activeAction().data() == verb)
    QTest.keyClick(below, Qt.Key.Key_Return)


def _walk(menu: QMenu, there: object) -> None:
    """Down until there."""
    assert callable(there)
    for _ in range(30):
        if menu.activeAction() is not None and there():
            return
        QTest.keyClick(menu, Qt.Key.Key_Down)
    raise AssertionError("no way there by the keyboard")
