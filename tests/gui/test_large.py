"""A result over 1 MB is read when somebody looks at it: said meanwhile, shown then, forgotten with the next one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QLabel

from astrolabnet_gui.gui.window import Window
from astrolabnet_gui.model.group import Group, Member
from astrolabnet_gui.model.key import Key
from astrolabnet_gui.model.livy import Statement
from astrolabnet_gui.model.thing import Thing
from astrolabnet_gui.network.delta import Delta
from astrolabnet_gui.network.link import Problem, RunState
from tests.gui.fakes import FakeLink
from tests.gui.scene import CHOSEN, main_scene

OUTPUT: dict[str, Any] = {"status": "ok", "data": {"text/plain": "all of it"}}


def look_at(window: Window, link: FakeLink, file: Path, **more: Any) -> str:
    """The task's output lies in a file; the run that asks for it."""
    link.things(main_scene())
    chosen = window.desk.thing(CHOSEN)
    assert chosen is not None
    task = chosen.payload.model_copy(
        update={"statement": Statement(id=7, state="available"), "spooled": str(file), **more}
    )
    window.desk.select(None)
    link.delta(Delta(CHOSEN.server, changed=(chosen.model_copy(update={"payload": task, "state": "done"}),)))
    window.desk.select(CHOSEN)
    return f"run{len(link.submitted) - 1}"


def test_it_is_read_once_and_what_is_read_does_not_stay_in_the_list_of_acts(
    window: Window, link: FakeLink, tmp_path: Path
) -> None:
    file = tmp_path / "large"
    file.write_bytes(b"x" * 20_000_000)
    run = look_at(window, link, file, task_key="01JQ", archived="kept")
    view = window.detail.result
    assert link.submitted[-1] == ("task.result", Key("", "", ("tasks", "01JQ")), {})
    asked = len(link.submitted)
    assert view.states.words == "Reading the result from the disk (20.0\u202fMB)"
    window.detail.renew()
    assert len(link.submitted) == asked, "asked once, however often the thing is shown anew"
    link.run(run, "task.result", RunState.DONE, result={"output": OUTPUT})
    assert (view.states.words, view.tabs.tabText(0)) == ("", "Text")
    assert window.desk.acts[run].last is not None
    assert window.desk.acts[run].last.result is None
    window.detail.renew()
    assert len(link.submitted) == asked


def test_one_that_is_gone_is_said_and_the_answer_for_another_is_not_shown(
    window: Window, link: FakeLink, tmp_path: Path
) -> None:
    first = look_at(window, link, tmp_path / "gone")
    assert link.submitted[-1] == ("task.result", CHOSEN, {}), "of others, and before it is kept, by its own address"
    second = look_at(window, link, tmp_path / "gone too")
    assert second != first
    link.run(first, "task.result", RunState.DONE, result={"output": OUTPUT})
    view = window.detail.result
    assert view.states.words == "Reading the result from the disk"
    problem = Problem(type="Missing", what="this part of the archive is gone.", remedy="The rest is as it was.")
    link.run(second, "task.result", RunState.FAILED, problem=problem)
    assert view.states.words == "this part of the archive is gone. The rest is as it was."
    assert "Send again" not in view.states.words


def test_a_group_says_whose_rows_are_not_in_its_table(window: Window, link: FakeLink) -> None:
    link.things(main_scene())
    members = (Member(address="lal", alias="lal", state="done", spooled="/somewhere/large"),)
    group = Group(title="count", members=members, params={})
    thing = Thing(key=Key("", "", ("groups", "01J")), label="count", state="done", payload=group)
    link.delta(Delta("", added=(thing,)))
    window.desk.select(thing.key)
    shown = " ".join(label.text() for label in window.shell.findChildren(QLabel))
    assert "without the large results of lal" in shown
    assert "Save merged table" in shown
