"""The detail panel of a server says who reaches whom, with its age."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from astrolabnet_gui.actions.library import Library
from astrolabnet_gui.gui.desk import Desk
from astrolabnet_gui.gui.menus import Menus
from astrolabnet_gui.gui.panels.detail import Detail
from astrolabnet_gui.model.key import Key
from astrolabnet_gui.network.link import RunEvent, RunState
from tests.gui.fakes import FakeLink
from tests.gui.scene import server
from tests.gui.states import _dress

WORDS = "fink → lal: reads its files itself (2 min ago)\nlal → fink: only through this computer (2 min ago)"


def test_the_ways_of_data_stand_in_the_panel_of_a_server(qtbot: QtBot) -> None:
    desk, link = Desk(Library.with_shipped().actions()), FakeLink()
    desk.connect_to(link)
    link.subscribe(desk.receive)
    asked: list[tuple[str, Key]] = []

    def answer(run: str, command: str, key: Key | None, _params: object) -> None:
        if command == "route.matrix" and key is not None:
            asked.append((run, key))

    link.on_submit = answer
    lal, fink = server("lal"), server("fink")
    link.things([lal, fink])
    panel = Detail(desk, Menus(desk, lambda *_: None), _dress())
    qtbot.addWidget(panel)
    desk.select(lal.key)
    [(run, key)] = asked
    assert key == lal.key
    link.tell(RunEvent(run=run, command="route.matrix", key=lal.key, state=RunState.DONE, text=WORDS))
    assert WORDS in {made.text() for made in panel.findChildren(QLabel)}
    desk.select(fink.key)
    assert WORDS not in {made.text() for made in panel.findChildren(QLabel) if not made.isHidden()}


def test_the_panel_asks_anew_where_there_are_others_to_ask(qtbot: QtBot) -> None:
    desk, link = Desk(Library.with_shipped().actions()), FakeLink()
    desk.connect_to(link)
    link.subscribe(desk.receive)
    lal = server("lal")
    link.things([lal, server("fink", "down")])
    panel = Detail(desk, Menus(desk, lambda *_: None), _dress())
    qtbot.addWidget(panel)
    desk.select(lal.key)
    assert panel.probe.isHidden()
    link.things([lal, server("fink", "down"), server("cc-lyon")])
    assert not panel.probe.isHidden()
    panel.probe.click()
    assert link.submitted[-1] == ("route.probe", lal.key, {})
