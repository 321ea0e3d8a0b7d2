"""The form of a channel from another server: who reaches whom, how old that is, asked anew, chosen otherwise."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLabel, QPushButton

from astrolabnet_gui.catalog.names import TableName
from astrolabnet_gui.gui.form import Form
from astrolabnet_gui.gui.window import Window
from astrolabnet_gui.model.dataset import Replica
from astrolabnet_gui.model.key import Key
from astrolabnet_gui.model.thing import Thing
from astrolabnet_gui.network.link import RunState
from tests.gui.archipelago import channel
from tests.gui.fakes import FakeLink
from tests.gui.scene import server

LAL, FINK = server("lal"), server("fink")
TABLE = FINK.key.child("catalogs", "spark_catalog", epoch="").child("namespaces", "sky").child("tables", "alerts")


def row(of: str, to: str, route: str | None, asked: datetime | None, **more: Any) -> dict[str, Any]:
    told = {"from": of, "to": to, "route": route, "why": "", "asked": asked and asked.isoformat(), "age_s": None}
    return {**told, "relay_bytes_s": None, **more}


def opened(window: Window, link: FakeLink) -> Form:
    sky = TABLE.parent
    assert sky is not None
    assert sky.parent is not None
    above = [Thing(key=key, label=str(key.id), state="ready") for key in (sky.parent, sky)]
    name = TableName(namespace=("sky",), name="alerts")
    link.things([LAL, FINK, *above, Thing(key=TABLE, label="alerts", state="ready", payload=name)])
    window.canvas.wired.emit(TABLE, LAL.key)
    assert window.verbs.form is not None
    return window.verbs.form


def told(window: Window, link: FakeLink, command: str, *rows: dict[str, Any]) -> None:
    run = next(run for run, act in reversed(window.desk.acts.items()) if act.command == command)
    link.run(run, command, RunState.DONE, key=LAL.key, result={"routes": list(rows)})


def words(form: Form) -> str:
    told = (made.text() for made in form.controls["route"].findChildren(QLabel) if not made.isHidden())
    return " ".join(told).replace("\u202f", " ")


def test_what_was_found_stands_in_the_form_with_its_age_and_is_asked_anew(window: Window, link: FakeLink) -> None:
    form = opened(window, link)
    assert not form.controls["route"].isHidden()
    assert "not asked yet" in words(form)
    again = form.findChild(QPushButton, "ask_ways")
    assert isinstance(again, QPushButton)
    told(window, link, "route.matrix", row("fink", "lal", None, None))
    assert "Nobody asked yet whether lal reads the files of fink" in words(form)
    again.click()
    assert link.submitted[-1] == ("route.probe", LAL.key, {"other": "fink"})
    assert not again.isEnabled()
    then = datetime.now(UTC) - timedelta(minutes=6)
    told(window, link, "route.probe", row("lal", "fink", "same storage", then),
         row("fink", "lal", "through this computer", then, why="no such host", relay_bytes_s=8e6))  # fmt: skip
    assert "only through this computer (no such host), asked 6 min ago. This computer carried 8.00 MB/s" in words(form)
    assert (again.isEnabled(), again.text()) == (True, "Find out anew")


def test_another_way_than_the_found_one_is_chosen(window: Window, link: FakeLink) -> None:
    form = opened(window, link)
    box = form.controls["route"].widget
    assert isinstance(box, QComboBox)
    shown = [box.itemText(n) for n in range(box.count())]
    assert shown == ["As it was found", "lal reads the files of fink", "Through this computer"]
    box.setCurrentIndex(2)
    form.send()
    name, key, params = link.submitted[-1]
    assert (name, key, params["route"]) == ("channel.new", LAL.key, "relay")


def test_the_form_of_a_wire_has_it_too(window: Window, link: FakeLink) -> None:
    wire = channel("a", FINK.key, LAL.key)
    link.things([LAL, FINK, wire])
    window.verbs.do("channel.route", wire.key)
    form = window.verbs.form
    assert form is not None
    then = datetime.now(UTC) - timedelta(hours=2)
    told(window, link, "route.matrix", row("fink", "lal", "destination pulls", then))
    assert "reads its files itself, asked 2 h ago" in words(form)


def test_where_nothing_comes_from_another_server_nothing_is_asked(window: Window, link: FakeLink) -> None:
    link.things([LAL, FINK])
    window.verbs.do("channel.new", LAL.key)
    form = window.verbs.form
    assert form is not None
    assert form.controls["route"].isHidden()
    assert form.findChild(QPushButton, "ask_ways") is None


@pytest.mark.parametrize("letter", ["W", "w"])
def test_a_wire_from_a_table_begins_in_the_tree(window: Window, link: FakeLink, letter: str) -> None:
    opened(window, link)
    window.verbs.leave_form()
    window.desk.select(TABLE)
    QTest.keyClicks(window.tree, letter)
    pull = window.canvas.mind.pull
    assert pull is not None
    assert (pull.origin, pull.target) == (TABLE, None)
    for _ in range(2):
        QTest.keyClick(window.canvas, Qt.Key.Key_Tab)
        if pull.target == LAL.key:
            break
    QTest.keyClick(window.canvas, Qt.Key.Key_Return)
    form = window.verbs.form
    assert form is not None
    assert (form.verb.name, form.key) == ("channel.new", LAL.key)
    assert form.params()["place"] == "sky.alerts"


@pytest.mark.parametrize(
    ("table", "place"),
    [
        (("spark_catalog", "sky", "dr22"), "sky.dr22"),
        (("ice", "sky", "deep", "dr22"), "ice.sky.deep.dr22"),
        ((), "dr22"),
    ],
)
def test_a_replica_knows_its_table(window: Window, link: FakeLink, table: tuple[str, ...], place: str) -> None:
    drum = Key(FINK.key.server).child("datasets", "dr22", epoch="")
    link.things([LAL, FINK, Thing(key=drum, label="dr22", state="ready", payload=Replica(name="dr22", table=table))])
    window.canvas.wired.emit(drum, LAL.key)
    form = window.verbs.form
    assert form is not None
    given = form.params()
    assert {"format": "table", "mode": "snapshot", "origin_url": FINK.payload.url}.items() <= given.items()
    assert given["place"].removeprefix("default.") == place
