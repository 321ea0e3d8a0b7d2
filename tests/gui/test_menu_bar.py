"""The menus at the top: each verb of the workspace in one of them, and those of what is chosen."""

from __future__ import annotations

from collections import Counter

from PySide6.QtGui import QAction

from astrolabnet_gui.command.registry import HIDDEN, commands_for
from astrolabnet_gui.gui.menu_bar import OF
from astrolabnet_gui.gui.window import Window
from astrolabnet_gui.model.key import Key
from tests.gui.fakes import FakeLink
from tests.gui.menu_rows import every_row
from tests.gui.scene import UUIDS, main_scene

LAL = Key(UUIDS["lal"])


def opened(window: Window, title: str) -> list[QAction]:
    """Rows of a menu as it opens."""
    window.shell.menus[title].aboutToShow.emit()
    return list(every_row(window.shell.menus[title]))


def test_each_verb_of_the_workspace_stands_in_one_menu(window: Window) -> None:
    found = Counter(row.data() for title in OF for row in opened(window, title) if row.data())
    assert found == Counter(verb.name for verb in commands_for(None) if verb.name not in HIDDEN)
    assert [row.text() for row in opened(window, "Channel") if not row.isEnabled()][-1] == "Choose a channel first"


def test_menus_follow_what_is_chosen(window: Window, link: FakeLink) -> None:
    things = main_scene()
    link.things(things)
    session = next(thing for thing in things if thing.key.kind == "sessions" and thing.key.root == LAL)
    window.desk.select(session.key)
    assert "session.close" in {row.data() for row in opened(window, "Session")}
    assert "server.send" not in {row.data() for row in opened(window, "Session")}
    assert {"action.new", "session.send", "write"} <= {row.data() for row in opened(window, "Action")}
    assert "server.edit" in {row.data() for row in opened(window, "Server")}
    channel = next(thing for thing in things if thing.key.kind == "channels")
    window.desk.select(channel.key)
    assert "channel.delete" in {row.data() for row in opened(window, "Channel")}
    assert "source.add" in {row.data() for row in opened(window, "Data")}
