"""A group in the window: its row, how each server stands, one table, and what can be done about each."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton

from astrolabnet_gui.command.groups import thing_of
from astrolabnet_gui.gui.desk import Desk
from astrolabnet_gui.gui.window import Window
from astrolabnet_gui.model.group import Group, Member
from astrolabnet_gui.model.key import Key
from astrolabnet_gui.model.output import Column, Table
from astrolabnet_gui.network.delta import Delta
from tests.gui.fakes import FakeLink
from tests.gui.scene import UUIDS, server

ALERTS = Key("", "", ("groups", "01JDXXXXXXXXXXXXXXXXXXXXXX"))
TABLE = Table(columns=(Column(name="n", type="bigint"),), rows=((1,), (2,)))
TASK = Key(UUIDS["lal"], "e", ("sessions", 3, "statements", 1))


def shown(desk: Desk, link: FakeLink, *members: Member) -> None:
    group = Group(title="Alerts by class", members=members, params={})
    old = desk.store.get(ALERTS)
    thing = thing_of(ALERTS, group)
    link.delta(Delta("", added=(thing,)) if old is None else Delta("", changed=(thing,)))


def press(window: Window, words: str) -> None:
    button = next(b for b in window.own.group.findChildren(QPushButton) if b.text() == words and b.isVisible())
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def test_results_come_into_one_table_and_the_failed_one_is_tried_again_or_left_out(
    window: Window, desk: Desk, link: FakeLink, settle: Callable[[Callable[[], bool]], None]
) -> None:
    link.things([server("lal"), server("fink")])
    running = Member(address="lal", alias="lal", thing=TASK, state="running", progress=0.5)
    failed = Member(address="fink", alias="fink", state="refused", problem="it refused")
    shown(desk, link, running, failed)
    assert window.model.row_of(ALERTS).isValid(), "it stands among the tasks of the tree"
    desk.select(ALERTS)
    assert window.shell.detail.currentWidget() is window.own.group
    assert window.own.group.page is None
    shown(desk, link, running.model_copy(update={"state": "done", "parts": (TABLE,)}), failed)
    assert window.own.group.page is not None
    model = window.own.group.page.model
    assert [[model.value(row, column) for column in (0, 1)] for row in (0, 1)] == [["lal", 1], ["lal", 2]]
    assert "1 of 2 servers done · 1 failed · 2 rows" in window.own.group._fact.text()
    settle(lambda: any(b.text() == "Again" and b.isVisible() for b in window.own.group.findChildren(QPushButton)))
    press(window, "Again")
    assert link.submitted[-1] == ("group.retry", ALERTS, {"servers": ("fink",)})
    press(window, "Leave out")
    assert link.submitted[-1] == ("group.leave", ALERTS, {"server": "fink"})
    press(window, "Try the failed again")
    assert link.submitted[-1] == ("group.retry", ALERTS, {})
    press(window, "Open")
    assert desk.selection == TASK
    assert window.shell.detail.currentWidget() is window.detail


def test_what_a_server_says_stays_plain_text(window: Window, desk: Desk, link: FakeLink) -> None:
    link.things([server("lal")])
    shown(desk, link, Member(address="lal", alias="lal", state="failed", problem="<img src=x> <b>no</b>"))
    desk.select(ALERTS)
    said = [w for w in window.own.group.findChildren(QPushButton) if w.text() == "Cancel all"]
    assert not said[0].isEnabled(), "nothing runs any more"
    (why,) = [w for w in window.own.group.findChildren(QLabel) if "<img" in w.text()]
    assert why.textFormat() == Qt.TextFormat.PlainText
