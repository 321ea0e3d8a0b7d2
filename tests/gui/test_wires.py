"""A wire that was drawn opens the form of a channel; keys on a wire pause it and change its pace."""

from __future__ import annotations

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QApplication, QMenu

from astrolabnet_gui.catalog.names import TableName
from astrolabnet_gui.gui.window import Window
from astrolabnet_gui.model.key import Key
from astrolabnet_gui.model.source import Origin, Source
from astrolabnet_gui.model.thing import Thing
from tests.gui.archipelago import channel
from tests.gui.fakes import FakeLink
from tests.gui.scene import server

FINK = Key("").child("sources", "Fink")
SOURCE = Thing(key=FINK, label="Fink", state="quiet", payload=Source(
    name="Fink", origin=Origin(servers="a:1", topics=("fink_*",))))  # fmt: skip
LAL, FAR = server("lal"), server("fink", "down")


def test_a_drop_on_a_server_opens_the_form(window: Window, link: FakeLink) -> None:
    link.things([LAL, FAR, SOURCE])
    window.canvas.wired.emit(FINK, LAL.key)
    form = window.verbs.form
    assert form is not None
    assert (form.verb.name, form.key) == ("channel.subscribe", LAL.key)
    assert form.params()["source"] == "Fink"


def test_a_table_of_another_server_flows_as_a_snapshot(window: Window, link: FakeLink) -> None:
    name = TableName(namespace=("sky",), name="alerts")
    table = FAR.key.child("catalogs", "spark_catalog", epoch="").child("namespaces", "sky").child("tables", "alerts")
    link.things([LAL, FAR, Thing(key=table, label="alerts", state="ready", payload=name)])
    window.canvas.wired.emit(table, LAL.key)
    form = window.verbs.form
    assert form is not None
    assert form.verb.name == "channel.new"
    given = form.params()
    assert (given["format"], given["place"], given["mode"]) == ("table", "sky.alerts", "snapshot")
    assert given["origin_url"] == FAR.payload.url


def test_a_drop_in_the_open_lists_only_what_fits(window: Window, link: FakeLink) -> None:
    link.things([LAL, FAR, SOURCE])
    window.canvas.unbound.emit(FINK, QPoint(10, 10))
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    [row] = menu.actions()
    assert row.text().startswith("lal")
    row.trigger()
    menu.close()
    assert window.verbs.form is not None


def test_keys_on_a_wire(window: Window, link: FakeLink) -> None:
    flows = channel("a", FINK, LAL.key)
    rests = channel("b", FINK, LAL.key, "paused")
    link.things([LAL, SOURCE, flows, rests])
    for key, word in ((flows.key, "turn"), (rests.key, "turn"), (flows.key, "slower"), (flows.key, "faster")):
        window.canvas.wire_acted.emit(key, word)
    quick = flows.model_copy(update={"payload": flows.payload.model_copy(update={"at_once": 400})})
    link.things([quick])
    window.canvas.wire_acted.emit(flows.key, "faster")
    assert link.submitted[-1][2] == {"rows_at_once": 800}
    acts = [(name, key) for name, key, _ in link.submitted if name.startswith("channel.")]
    assert acts == [("channel.pause", flows.key), ("channel.start", rests.key), ("channel.throttle", flows.key),
                    ("channel.throttle", flows.key)]  # fmt: skip
