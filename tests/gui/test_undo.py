"""Undo: local acts are taken back and done again: the window's own, and commands that know their way back."""

from __future__ import annotations

from PySide6.QtCore import QMimeData, QPointF, Qt
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest

from astrolabnet_gui.command.undo import way_back
from astrolabnet_gui.gui.desk import Desk
from astrolabnet_gui.gui.undo import Undo
from astrolabnet_gui.gui.window import Window
from astrolabnet_gui.model.key import Key
from astrolabnet_gui.model.server import Server
from astrolabnet_gui.model.thing import Thing
from astrolabnet_gui.network.delta import Delta
from astrolabnet_gui.network.link import Problem, RunState
from tests.gui.fakes import FakeLink
from tests.gui.scene import UUIDS, main_scene, server

LAL = Key(UUIDS["lal"])


def placed(name: str, place: int) -> Thing:
    thing = server(name)
    assert isinstance(thing.payload, Server)
    return thing.model_copy(update={"payload": thing.payload.model_copy(update={"place": place})})


def names(window: Window) -> list[str]:
    top = window.model.index(0, 0)
    return [window.model.index(n, 0, top).data() for n in range(window.model.rowCount(top))]


def done(link: FakeLink, run: str, command: str, title: str, back: str, **params: object) -> None:
    link.run(run, command, RunState.DONE, result=way_back(title, back, LAL, **params))


def test_a_command_is_taken_back_and_done_again(desk: Desk, link: FakeLink) -> None:
    undo = Undo(desk)
    assert undo.why_not() == "Nothing to undo."
    run = desk.submit("server.edit", LAL, {"alias": "orsay"})
    done(link, run, "server.edit", "edit lal", "server.edit", alias="lal")
    assert undo.words() == "Undo: edit lal"
    undo.undo()
    assert link.submitted[-1] == ("server.edit", LAL, {"alias": "lal"})
    assert "under way" in undo.why_not()
    undo.undo()
    assert len(link.submitted) == 2, "one at a time"
    done(link, list(desk.acts)[-1], "server.edit", "edit orsay", "server.edit", alias="orsay")
    assert undo.words(again=True) == "Redo: edit orsay"
    undo.redo()
    assert link.submitted[-1] == ("server.edit", LAL, {"alias": "orsay"})


def test_what_can_not_be_taken_back_is_said_and_dropped(desk: Desk, link: FakeLink) -> None:
    undo = Undo(desk)
    done(link, desk.submit("server.edit", LAL, {}), "server.edit", "edit lal", "server.edit", alias="lal")
    undo.undo()
    failed = Problem(type="NotApplicable", what="it is gone")
    link.run(list(desk.acts)[-1], "server.edit", RunState.FAILED, problem=failed)
    assert (undo.why_not(), undo.why_not(again=True)) == ("Nothing to undo.", "Nothing to redo.")


def test_a_new_act_forgets_what_was_undone_and_others_acts_are_not_mine(desk: Desk, link: FakeLink) -> None:
    undo, seen = Undo(desk), []
    undo.did("move lal", lambda: seen.append("back"), lambda: seen.append("again"))
    undo.undo()
    assert (seen, undo.words(again=True)) == (["back"], "Redo: move lal")
    undo.redo()
    undo.undo()
    assert seen == ["back", "again", "back"]
    done(link, "elsewhere", "server.edit", "edit lal", "server.edit", alias="lal")
    assert undo.why_not() == "Nothing to undo."
    done(link, desk.submit("server.edit", LAL, {}), "server.edit", "edit lal", "server.edit", alias="lal")
    assert undo.why_not(again=True) == "Nothing to redo."


def test_servers_moved_by_hand_go_back_by_ctrl_z(window: Window, link: FakeLink) -> None:
    link.things(main_scene(2))
    canvas = window.canvas
    before = canvas.positions()[LAL]
    canvas.drag([canvas.scene.rows[LAL]], 120.0, 80.0)
    canvas.drop()
    moved = canvas.positions()[LAL]
    assert moved != before
    window.canvas.setFocus()
    QTest.keyClick(window.shell, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert canvas.positions()[LAL] == before
    window.undo.redo()
    assert canvas.positions()[LAL] == moved
    canvas.fold(LAL, True)
    assert window.undo.words() == "Undo: fold lal"
    assert window.tools.undo.isEnabled()
    window.tools.undo.click()
    assert LAL not in canvas.scene.folded
    edit = {row.data(): row for row in window.shell.menus["Edit"].actions()}
    window.shell.menus["Edit"].aboutToShow.emit()
    assert edit["edit.undo"].text() == "Undo: move lal"
    assert edit["edit.redo"].text() == "Redo: fold lal"


def test_alt_up_and_a_drop_ask_for_another_place_and_the_row_moves(window: Window, link: FakeLink) -> None:
    link.things([placed("lal", 1), placed("fink", 2), placed("cc-lyon", 3)])
    assert names(window) == ["lal", "fink", "cc-lyon"]
    window.desk.select(Key(UUIDS["fink"]))
    QTest.keyClick(window.tree, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert link.submitted[-1] == ("server.move", Key(UUIDS["fink"]), {"to": 1})
    for name, place in (("fink", 1), ("lal", 2)):
        link.delta(Delta(UUIDS[name], changed=(placed(name, place),)))
    assert names(window) == ["fink", "lal", "cc-lyon"]
    assert window.tree.currentIndex() == window.model.row_of(Key(UUIDS["fink"]))
    QTest.keyClick(window.tree, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert link.submitted[-1][2] == {"to": 1}, "the first goes no higher"
    at = QPointF(window.tree.visualRect(window.model.row_of(Key(UUIDS["cc-lyon"]))).center())
    event = QDropEvent(
        at, Qt.DropAction.MoveAction, QMimeData(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    assert window.tree._drop_place(at.toPoint()) == 3
    asked = len(link.submitted)
    window.tree.dropEvent(event)
    assert len(link.submitted) == asked, "what comes from elsewhere moves nothing"
