"""Forms say what is wrong beside the field, send only what was said, and never lose what was typed."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QLineEdit, QPlainTextEdit, QPushButton
from pytestqt.qtbot import QtBot

from astrolabnet_gui.catalog.names import TableName
from astrolabnet_gui.command.looking import table_thing
from astrolabnet_gui.command.registry import COMMANDS
from astrolabnet_gui.gui.desk import Desk
from astrolabnet_gui.gui.fields import errors_of, fields_of
from astrolabnet_gui.gui.form import Form
from astrolabnet_gui.model.action import Action
from astrolabnet_gui.model.key import Key
from astrolabnet_gui.network.delta import Delta
from astrolabnet_gui.network.link import Problem, RunState
from tests.gui.fakes import FakeLink
from tests.gui.scene import UUIDS, server, session

LAL = Key(UUIDS["lal"])


@pytest.fixture
def lal(desk: Desk, link: FakeLink) -> Key:
    link.things([server("lal"), session("lal", 3, "nightly", "pyspark", "idle", 9)])
    return LAL


def shown(qtbot: QtBot, desk: Desk, verb: str, key: Key | None, **given: object) -> Form:
    form = Form(desk, COMMANDS[verb], key, given)
    qtbot.addWidget(form)
    form.resize(440, 700)
    with qtbot.waitActive(form):
        form.show()
        form.activateWindow()
    return form


def test_errors_stand_under_their_field_and_nothing_is_sent(qtbot: QtBot, desk: Desk, link: FakeLink) -> None:
    form = shown(qtbot, desk, "server.add", None)
    QTest.mouseClick(form.button, Qt.MouseButton.LeftButton)
    assert not link.submitted
    assert form.controls["alias"]._wrong.isVisible()
    assert "needed" in form.controls["alias"]._wrong.text()
    assert form._said.text().endswith("to mend")
    alias = form.controls["alias"].widget
    assert isinstance(alias, QLineEdit)
    alias.setFocus()
    QTest.keyClicks(alias, "lal")
    form.controls["url"].widget.setFocus()
    assert not form.controls["alias"].widget.property("wrong")


def test_only_what_was_said_is_sent_and_a_password_is_hidden(qtbot: QtBot, desk: Desk, link: FakeLink) -> None:
    form = shown(qtbot, desk, "server.add", None)
    secret = form.controls["secret"].widget
    assert isinstance(secret, QLineEdit)
    assert secret.echoMode() == QLineEdit.EchoMode.Password
    for name, words in (("alias", "lal"), ("url", "https://livy.lal.example:8998")):
        widget = form.controls[name].widget
        assert isinstance(widget, QLineEdit)
        QTest.keyClicks(widget, words)
    QTest.mouseClick(form.button, Qt.MouseButton.LeftButton)
    assert link.submitted == [("server.add", None, {"alias": "lal", "url": "https://livy.lal.example:8998"})]
    with qtbot.waitSignal(form.closed):
        link.run("run0", "server.add", RunState.DONE, text="lal is added.")


def test_a_refusal_comes_back_to_its_field_and_what_was_typed_stays(qtbot: QtBot, desk: Desk, link: FakeLink) -> None:
    form = shown(qtbot, desk, "server.add", None)
    for name, words in (("alias", "lal"), ("url", "http://x:1")):
        widget = form.controls[name].widget
        assert isinstance(widget, QLineEdit)
        QTest.keyClicks(widget, words)
    form.send()
    assert not form.button.isEnabled()
    problem = Problem(type="BadInput", what="there is already a server named 'lal'.", field="alias")
    link.run("run0", "server.add", RunState.FAILED, problem=problem)
    assert "already" in form.controls["alias"]._wrong.text()
    assert form.button.isEnabled()
    assert form.controls["url"].raw == "http://x:1"


def test_code_is_written_in_its_language_and_sent_by_control_enter(
    qtbot: QtBot, desk: Desk, link: FakeLink, lal: Key
) -> None:
    form = shown(qtbot, desk, "server.send", lal, kind="sql")
    assert "action" not in form.controls
    code = form.controls["code"].widget
    assert isinstance(code, QPlainTextEdit)
    code.setFocus()
    QTest.keyClick(code, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert "no code" in form._said.text()
    code.insertPlainText('SELECT "<b>" AS x\n')
    form.send()
    assert link.submitted == [("server.send", lal, {"kind": "sql", "code": 'SELECT "<b>" AS x\n'})]


def test_an_action_asks_for_its_own_values(qtbot: QtBot, desk: Desk, link: FakeLink, lal: Key) -> None:
    form = shown(qtbot, desk, "server.send", lal, kind="pyspark", action="pi")
    assert set(form.controls) == {"darts", "slices", "keep"}
    darts = form.controls["darts"].widget
    assert isinstance(darts, QLineEdit)
    darts.setText("many")
    form.send()
    assert not link.submitted
    assert "whole number" in form.controls["darts"]._wrong.text()
    darts.setText("1000")
    form.send()
    sent = link.submitted[0][2]
    assert sent == {"kind": "pyspark", "action": "pi", "values": {"darts": "1000"}}
    assert form.findChild(QPushButton, "send_and_leave") is not None
    keep = form.controls["keep"].widget
    assert isinstance(keep, QCheckBox)
    keep.setChecked(True)
    form.button.setEnabled(True)
    form.send()
    assert link.submitted[-1][2] == sent | {"keep": True}


def test_a_dataset_is_chosen_among_the_tables_that_were_seen_there(
    qtbot: QtBot, desk: Desk, link: FakeLink, lal: Key
) -> None:
    there = lal.child("catalogs", "spark_catalog").child("namespaces", "sky")
    tables = [table_thing(there, TableName(namespace=("sky",), name=name)) for name in ("alerts", "Stars", "a\nb")]
    link.delta(Delta(lal.server, added=tuple(tables)))
    fields = {"name": "sum", "title": "Sum", "kind": "sql", "code": "SELECT 1"}
    action = Action.model_validate({**fields, "parameters": [{"name": "table", "type": "dataset"}]})
    desk.actions = (*desk.actions, action)
    form = shown(qtbot, desk, "server.send", lal, kind="sql", action="sum")
    line = form.controls["table"].widget
    assert isinstance(line, QLineEdit)
    line.setText("STAR")
    completer = line.completer()
    completer.setCompletionPrefix("STAR")
    assert [completer.completionModel().index(n, 0).data() for n in range(completer.completionCount())] == ["sky.Stars"]
    assert completer.model().rowCount() == 2, "a name no code could take is not offered"


@pytest.mark.parametrize(
    ("file", "keeps", "words"),
    [
        ("hdfs:///x.py", True, "Keep on the server has the server keep"), ("here:/x/job.R", True, "Keep on the server"),
        ("hdfs:///x.R", False, "An R script that lies on the server"), ("here:/x/job.jar", False, "A JAR is compiled"),
    ],
)  # fmt: skip
def test_an_action_of_a_program_says_whether_its_result_waits_on_the_server_and_why_not(
    qtbot: QtBot, desk: Desk, link: FakeLink, lal: Key, file: str, keeps: bool, words: str
) -> None:
    job = Action.model_validate({"name": "job", "title": "Job", "kind": "pyspark", "program": {"file": file}})
    desk.actions = (*desk.actions, job)
    form = shown(qtbot, desk, "server.send", lal, kind="pyspark", action="job")
    said = " ".join(part.text() for part in form.findChildren(QLabel))
    assert words in said
    assert "A session keeps" not in said, "it runs as a batch"
    assert ("keep" in form.controls) == keeps == (form.findChild(QPushButton, "send_and_leave") is not None)
    if keeps:
        keep = form.controls["keep"].widget
        assert isinstance(keep, QCheckBox)
        assert keep.isChecked()
        keep.setChecked(False)
        form.send()
        assert link.submitted[-1][2] == {"kind": "pyspark", "action": "job", "keep": False}


def test_the_last_language_is_remembered(qtbot: QtBot, desk: Desk, link: FakeLink, lal: Key) -> None:
    form = shown(qtbot, desk, "session.new", lal)
    kind = form.controls["kind"].widget
    assert isinstance(kind, QComboBox)
    kind.setCurrentIndex(kind.findData("sql"))
    form.send()
    assert link.submitted[-1] == ("session.new", lal, {"kind": "sql"})
    again = shown(qtbot, desk, "session.new", lal)
    assert again.controls["kind"].raw == "sql"
    again.send()
    assert link.submitted[-1] == ("session.new", lal, {"kind": "sql"})


def test_editing_a_server_starts_with_what_it_is(qtbot: QtBot, desk: Desk, link: FakeLink, lal: Key) -> None:
    form = shown(qtbot, desk, "server.edit", lal)
    assert form.controls["alias"].raw == "lal"
    url = form.controls["url"].widget
    assert isinstance(url, QLineEdit)
    url.setText("https://other.example:8998")
    form.send()
    assert link.submitted == [("server.edit", lal, {"url": "https://other.example:8998"})]


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_verb_has_a_form_whose_start_has_no_surprise(name: str) -> None:
    model = COMMANDS[name].params
    specs = fields_of(model, {})
    assert [s.name for s in specs] == list(model.model_fields)
    wrong = errors_of(model, {})
    assert all(field in ("", *(s.name for s in specs if s.needed)) for field in wrong)
