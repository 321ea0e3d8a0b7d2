"""A wire that was drawn opens the form of a channel; keys on a wire pause it and change its pace."""

from __future__ import annotations

from PySide6.QtCore import QPoint
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QWidget

from astrolabnet_gui.catalog.names import TableName
from astrolabnet_gui.gui.canvas import Canvas
from astrolabnet_gui.gui.window import Window
from astrolabnet_gui.model.key import Key
from astrolabnet_gui.model.source import Origin, Source
from astrolabnet_gui.model.thing import Thing
from tests.gui.archipelago import channel
from tests.gui.canvases import LEFT, NONE, spot
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


def test_the_keys_of_a_wire_are_not_covered_by_the_map(window: Window, link: FakeLink) -> None:
    link.things([LAL, FAR, server("cc-lyon"), SOURCE])
    drawn: list[bool] = []
    window.canvas.minimap.draw = lambda *_: drawn.append(window.canvas.mind.pull is not None)  # type: ignore[method-assign]
    window.canvas.grab()
    assert drawn == [False]
    assert window.canvas.start_wire(FINK)
    window.canvas.grab()
    window.canvas.leave_wire()
    window.canvas.grab()
    assert drawn == [False, False]


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


def handle(canvas: Canvas, key: Key) -> QPoint:
    """Middle of the right handle of a source."""
    return spot(canvas, key, 17 * canvas.view.zoom)


class Hand:
    """Counts how often a button of the mouse goes down."""

    def __init__(self) -> None:
        self.presses = 0

    def click(self, widget: QWidget) -> None:
        self.presses += 1
        QTest.mouseClick(widget, LEFT, NONE, widget.rect().center())

    def drag(self, widget: QWidget, way: list[QPoint]) -> None:
        self.presses += 1
        QTest.mousePress(widget, LEFT, NONE, way[0])
        for at in way[1:]:
            QTest.mouseMove(widget, at)
        QTest.mouseRelease(widget, LEFT, NONE, way[-1])


def test_alerts_into_a_table_take_at_most_six_clicks_from_a_known_source(window: Window, link: FakeLink) -> None:
    link.things([LAL, FAR, SOURCE])
    canvas, hand = window.canvas, Hand()
    x, y = canvas.scene.middle(canvas.scene.rows[FINK])
    canvas.set_positions({LAL.key: (x + 300.0, y), FAR.key: (x + 300.0, y + 300.0)})
    canvas.view.look(1.0, *canvas.scene.middle(canvas.scene.rows[FINK]))
    canvas.look_changed()
    canvas.render_now()
    QTest.mouseMove(canvas, spot(canvas, FINK))
    begin, end = handle(canvas, FINK), spot(canvas, LAL.key)
    QTest.mouseMove(canvas, begin)
    hand.drag(canvas, [begin, begin + QPoint(12, 4), end])
    form = window.verbs.form
    assert form is not None
    for name, words in (("table", "night.bright"), ("where", "candidate.magpsf < 18")):
        field = form.controls[name].widget
        hand.click(field)
        QTest.keyClicks(field, words)
    hand.click(form.button)
    name, key, params = link.submitted[-1]
    assert (name, key) == ("channel.subscribe", LAL.key)
    assert params | {"source": "Fink", "table": "night.bright", "where": "candidate.magpsf < 18"} == params
    assert hand.presses <= 6
