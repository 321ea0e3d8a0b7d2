"""Forms of sessions, batches and several servers: what a server does not know is greyed, files, ticks, presets."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from PySide6.QtWidgets import QComboBox, QLineEdit, QPlainTextEdit
from pytestqt.qtbot import QtBot

from astrolabnet_gui.command.registry import COMMANDS
from astrolabnet_gui.gui.desk import Desk
from astrolabnet_gui.gui.form import Form
from astrolabnet_gui.gui.picking import FilePicker, Ticks
from astrolabnet_gui.model.key import Key
from astrolabnet_gui.network.link import Problem, RunState
from tests.gui.fakes import FakeLink
from tests.gui.scene import UUIDS, server

LAL = Key(UUIDS["lal"])


@pytest.fixture
def servers(desk: Desk, link: FakeLink) -> None:
    link.things([server("lal"), server("fink")])


def shown(qtbot: QtBot, desk: Desk, verb: str, key: Key | None, **given: object) -> Form:
    form = Form(desk, COMMANDS[verb], key, given)
    qtbot.addWidget(form)
    form.resize(440, 700)
    form.show()
    return form


@pytest.mark.parametrize("verb", ["server.send", "session.new"])
def test_r_is_greyed_with_its_reason_at_an_island_without_it(
    qtbot: QtBot, desk: Desk, link: FakeLink, monkeypatch: pytest.MonkeyPatch, verb: str
) -> None:
    monkeypatch.setattr("astrolabnet_gui.actions.place.without_r", lambda: "R is <b>not</b> installed")
    link.things([server("lal"), server("local")])
    for name, there in (("lal", True), ("local", False)):
        form = shown(qtbot, desk, verb, Key(UUIDS[name]))
        kind = form.controls["kind"]
        box = kind.widget
        assert isinstance(box, QComboBox)
        item = box.model().item(box.findData("sparkr"))  # type: ignore[attr-defined]
        assert item.isEnabled() is there
        assert (kind._note.text() == "R is <b>not</b> installed") is not there
        assert "<b>" not in item.toolTip(), "as plain text"


@pytest.mark.usefixtures("servers")
def test_what_the_server_does_not_know_is_greyed_with_its_reason_and_presets_are_offered(
    qtbot: QtBot, desk: Desk, link: FakeLink
) -> None:
    form = shown(qtbot, desk, "session.new", LAL)
    assert link.submitted[-1] == ("session.options", LAL, {})
    reason = "This server knows no ttl (it came with Livy 0.8)."
    link.run("run0", "session.options", RunState.DONE, key=LAL, result={
        "unknown": {"ttl": reason}, "presets": {"large": {"driver_memory": "8g"}},
    })  # fmt: skip
    assert not form.controls["ttl"].widget.isEnabled()
    assert form.controls["ttl"]._note.text() == reason
    preset = form.controls["preset"].widget
    assert isinstance(preset, QComboBox)
    assert preset.itemText(1) == "large: driver memory 8g"
    preset.setCurrentIndex(1)
    form.send()
    assert link.submitted[-1] == ("session.new", LAL, {"kind": "pyspark", "preset": "large"})


@pytest.mark.usefixtures("servers")
def test_a_silent_server_leaves_the_form_as_it_is(qtbot: QtBot, desk: Desk, link: FakeLink) -> None:
    form = shown(qtbot, desk, "session.new", LAL)
    link.run("run0", "session.options", RunState.FAILED, key=LAL)
    assert all(control.widget.isEnabled() for control in form.controls.values())


@pytest.mark.usefixtures("servers")
def test_files_of_this_computer_go_into_the_fields_of_a_batch(
    qtbot: QtBot, desk: Desk, link: FakeLink, tmp_path: Path
) -> None:
    form = shown(qtbot, desk, "batch.new", LAL)
    program, more = form.controls["file"], form.controls["files"]
    assert isinstance(program.widget, QLineEdit)
    assert isinstance(more.widget, QPlainTextEdit)
    for control, names in ((program, ("job.py",)), (more, ("a.txt", "b.txt"))):
        (picker,) = control.findChildren(FilePicker)
        picker.take(tmp_path / name for name in names)
    form.send()
    assert link.submitted[-1] == ("batch.new", LAL, {
        "file": f"here:{tmp_path}/job.py", "files": (f"here:{tmp_path}/a.txt", f"here:{tmp_path}/b.txt"),
    })  # fmt: skip


@pytest.mark.usefixtures("servers")
def test_servers_are_ticked_and_the_actions_values_go_with_them(qtbot: QtBot, desk: Desk, link: FakeLink) -> None:
    form = shown(qtbot, desk, "group.send", None, action="pi", kind="pyspark")
    ticks = form.controls["targets"].widget
    assert isinstance(ticks, Ticks)
    form.send()
    assert form.controls["targets"]._wrong.text().endswith("Choose at least one.")
    assert not link.submitted
    for box in ticks.boxes.values():
        box.click()
    darts = form.controls["darts"].widget
    assert isinstance(darts, QLineEdit)
    darts.setText("many")
    form.send()
    assert "whole number" in form.controls["darts"]._wrong.text()
    darts.setText("1000")
    form.send()
    _, key, params = link.submitted[-1]
    assert key is None
    assert params == {"action": "pi", "kind": "pyspark", "targets": ("lal", "fink"), "values": {"darts": "1000"}}


def test_several_chosen_on_the_graph_start_ticked(qtbot: QtBot, desk: Desk, link: FakeLink, servers: None) -> None:
    form = shown(qtbot, desk, "group.send", None, targets=("fink",))
    ticks = form.controls["targets"].widget
    assert isinstance(ticks, Ticks)
    assert ticks.ticked == ("fink",)
    given: Mapping[str, object] = form.params()
    assert given["targets"] == ("fink",)


def test_what_a_server_refuses_is_brought_into_sight_though_its_field_was_folded_away(
    qtbot: QtBot, desk: Desk, link: FakeLink, servers: None
) -> None:
    form = shown(qtbot, desk, "channel.new", LAL, title="x", format="kafka")
    options = form.controls["options"]
    assert options.isHidden()
    form.send()
    run = next(run for run, act in desk.acts.items() if act.command == "channel.new")
    refused = Problem(type="BadInput", what="no consumer group fink.", field="options", remedy="Edit the source.")
    link.run(run, "channel.new", RunState.FAILED, key=LAL, problem=refused)
    qtbot.waitUntil(lambda: options._wrong.visibleRegion().boundingRect() == options._wrong.rect())
    assert "no consumer group fink. Edit the source." in options._wrong.text()
    assert form.button.isEnabled()
