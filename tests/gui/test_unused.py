"""Sessions nobody looks at: the verb answers with a list; a choice shows one, close takes mine."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QApplication, QMenu

from astrolabnet_gui.gui.unused import MOST
from astrolabnet_gui.gui.window import Window
from astrolabnet_gui.model.key import Key
from astrolabnet_gui.model.livy import Session
from astrolabnet_gui.model.server import Server
from astrolabnet_gui.model.thing import Thing
from astrolabnet_gui.network.link import RunState
from tests.gui.fakes import FakeLink

LAL = Thing(key=Key("u1"), label="lal", state="up", payload=Server(uuid="u1", alias="lal", url="http://lal"))
SESSION = Thing(
    key=Key("u1", "e", ("sessions", 3)), label="session 3", state="idle", mine=True,
    payload=Session(id=3, state="idle", kind="pyspark"),
)  # fmt: skip


def held(number: int, mine: bool) -> dict[str, Any]:
    return {
        "address": f"lal/sessions/{number}", "label": "<b>x</b>", "mine": mine, "state": "idle", "owner": "<i>anna</i>",
        "idle_s": 7300.0, "holds": "driver 2g, 1 core",
    }  # fmt: skip


def listed(window: Window, link: FakeLink, *found: dict[str, Any]) -> QMenu:
    run = window.desk.submit("session.orphans", None, {"idle_min": 30, "server": "*"})
    link.run(run, "session.orphans", RunState.DONE, text="2 sessions", result=list(found))
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    return menu


def test_a_choice_shows_the_session_and_close_takes_only_mine(window: Window, link: FakeLink) -> None:
    link.things([LAL, SESSION])
    menu = listed(window, link, held(3, True), held(4, False))
    mine, theirs = (row for row in menu.actions() if row.data())
    assert mine.text() == "lal/sessions/3   idle for 2\u202fh · mine · driver 2g, 1 core"
    assert "anna" in theirs.text()
    assert "<b>" not in mine.toolTip()
    mine.trigger()
    assert window.desk.selection == SESSION.key
    theirs.trigger()
    assert window.desk.selection == SESSION.key, "it is out of sight: nothing happens"
    count = len(link.submitted)
    close = menu.actions()[-1]
    assert close.text() == "Close 1 session of mine…"
    close.trigger()
    assert link.submitted[count:] == [("session.clean", None, {"idle_min": 30, "server": "*"})]
    menu.close()


def test_nothing_of_mine_and_nothing_at_all(window: Window, link: FakeLink) -> None:
    menu = listed(window, link, *(held(n, False) for n in range(MOST + 2)))
    assert (menu.actions()[-1].text(), menu.actions()[-1].isEnabled()) == ("None is mine", False)
    assert any(row.text().startswith("2 more") for row in menu.actions())
    menu.close()
    menu = listed(window, link)
    assert menu.actions()[0].text() == "Every session is in use"
    menu.close()


def test_the_palette_and_a_menu_have_it(window: Window) -> None:
    named = [row.text() for menu in window.shell.menus.values() for row in _rows(menu)]
    assert any(name.startswith("Sessions nobody uses") for name in named)


def _rows(menu: QMenu) -> list[Any]:
    menu.aboutToShow.emit()
    found = []
    for row in menu.actions():
        below = row.menu()
        found += _rows(below) if isinstance(below, QMenu) else [row]
    return found
