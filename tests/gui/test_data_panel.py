"""A table of a catalog in the window: its tabs ask when they are looked at, the dear ones wait for a person."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from astrolabnet_gui.catalog.names import TableName
from astrolabnet_gui.command.registry import COMMANDS
from astrolabnet_gui.gui.desk import Desk
from astrolabnet_gui.gui.panels import data
from astrolabnet_gui.gui.panels.asked import Asked
from astrolabnet_gui.gui.panels.columns import SPREAD, columns_table
from astrolabnet_gui.gui.panels.four import Standing
from astrolabnet_gui.gui.panels.table_page import TablePage
from astrolabnet_gui.gui.panels.view_choices import VIEWS
from astrolabnet_gui.gui.window import Window
from astrolabnet_gui.model.key import Key
from astrolabnet_gui.model.thing import Thing
from astrolabnet_gui.network.delta import Delta
from astrolabnet_gui.network.link import Problem, RunState
from tests.gui.fakes import FakeLink
from tests.gui.scene import UUIDS, server

Settle = Callable[[Callable[[], bool]], None]
CATALOG = Key(UUIDS["lal"]).child("catalogs", "spark_catalog", epoch="")
SKY = CATALOG.child("namespaces", "sky")
ALERTS = SKY.child("tables", "alerts")
PARTS = {"name": "parts", "type": "array", "parts": [
    {"name": "element", "type": "struct", "parts": [{"name": "x", "type": "integer", "parts": []}]}]}  # fmt: skip
MAG = {"name": "mag", "type": "double", "unit": "mag", "ucd": "phot.mag", "comment": "", "parts": []}
LOOK = {
    "table": {"columns": [{"name": "mag", "type": "double", "unit": "mag"}], "rows": [[1.5], ["NaN"], [None]]},
    "facts": {"size_bytes": 409732, "rows": 10000},
}
FACTS = {
    "type": "MANAGED", "provider": "parquet", "location": "file:/x", "owner": "ada", "size_bytes": 409732,
    "rows": 10000, "partitioned_by": ["night"], "sky_index": "_healpix_29",
    "ddl": "CREATE TABLE sky.alerts (mag DOUBLE)", "columns": [MAG, PARTS],
}  # fmt: skip
PROFILE = {"rows": 10000, "of": 2, "columns": [
    {"name": "mag", "type": "double", "rows": 10000, "nulls": 3, "distinct": 400, "least": "1.5", "most": "22.1",
     "mean": 18.2, "quantiles": [2.0, 17.0, 18.5, 20.0, 22.0], "bars": [1, 0, 4, 9, 3], "measured": ""}]}  # fmt: skip


def things() -> list[Thing]:
    name = TableName(namespace=("sky",), name="alerts")
    rows = ((CATALOG, "spark_catalog", None), (SKY, "sky", ("sky",)), (ALERTS, "alerts", name))
    return [server("lal"), *(Thing(key=k, label=label, state="ready", payload=p) for k, label, p in rows)]


def asked(link: FakeLink, command: str) -> list[str]:
    """Runs of this verb so far."""
    return [f"run{n}" for n, (name, _, _) in enumerate(link.submitted) if name == command]


def of_tables(link: FakeLink) -> list[str]:
    return [name for name, _, _ in link.submitted if name.startswith("table.")]


def answer(link: FakeLink, command: str, result: Mapping[str, Any]) -> None:
    link.run(asked(link, command)[-1], command, RunState.DONE, key=ALERTS, result=result)


def page_of(shown: Asked) -> TablePage:
    pages = [page for page in shown.findChildren(TablePage) if page.isVisibleTo(shown)]
    assert len(pages) == 1
    return pages[0]


def words(shown: Asked) -> str:
    return " ".join(part.text() for part in shown.findChildren(QLabel) if part.isVisibleTo(shown))


def choose_alerts(window: Window, desk: Desk, link: FakeLink, settle: Settle) -> None:
    link.things(things())
    desk.select(ALERTS)
    settle(lambda: bool(asked(link, "table.look")))


def test_a_chosen_table_shows_its_rows_and_each_tab_asks_once(
    window: Window, desk: Desk, link: FakeLink, settle: Settle
) -> None:
    choose_alerts(window, desk, link, settle)
    panel = window.own.data
    assert window.shell.detail.currentWidget() is panel
    assert panel.preview.states.standing is Standing.LOADING
    answer(link, "table.look", LOOK)
    model = page_of(panel.preview).model
    assert [model.value(n, 0) for n in range(model.rowCount())] == [1.5, "NaN", None]
    panel.tabs.setCurrentIndex(1)
    settle(lambda: bool(asked(link, "table.facts")))
    answer(link, "table.facts", FACTS)
    model = page_of(panel.columns).model
    assert [model.value(n, 0) for n in range(3)] == ["mag", "parts", "parts[]"]
    panel.tabs.setCurrentIndex(3)
    assert "parquet" in words(panel.facts)
    assert "night" in words(panel.facts)
    assert "_healpix_29" in words(panel.facts)
    for n in (0, 1, 3):
        panel.tabs.setCurrentIndex(n)
        panel._look()
    assert of_tables(link) == ["table.look", "table.facts"]


def test_what_is_dear_says_its_cost_and_waits_for_a_person(
    window: Window, desk: Desk, link: FakeLink, settle: Settle
) -> None:
    choose_alerts(window, desk, link, settle)
    panel = window.own.data
    answer(link, "table.look", LOOK)
    panel.tabs.setCurrentIndex(2)
    panel._look()
    assert not asked(link, "table.profile")
    assert "410\u202fkB" in panel.profile.states.words
    panel.profile.states.remedy.emit()
    assert len(asked(link, "table.profile")) == 1
    panel.profile.states.cancel.emit()
    assert link.cancelled == asked(link, "table.profile")
    link.run(link.cancelled[0], "table.profile", RunState.CANCELLED, key=ALERTS)
    panel.profile.states.remedy.emit()
    answer(link, "table.profile", PROFILE)
    model = page_of(panel.profile).model
    assert [model.value(0, n) for n in (0, SPREAD, 3)] == ["mag", [1, 0, 4, 9, 3], 3]
    panel.measure.states.remedy.emit()
    measured = {"rows": 10000, "files": 7, "partitions": 12, "size_bytes": 409732, "changed": "2026-01-02"}
    answer(link, "table.measure", measured)
    panel.tabs.setCurrentIndex(3)
    assert "2026-01-02" in words(panel.measure)
    assert "Partitions 12" in words(panel.measure)


def test_a_table_that_vanished_says_so_and_can_be_asked_again(
    window: Window, desk: Desk, link: FakeLink, settle: Settle
) -> None:
    choose_alerts(window, desk, link, settle)
    problem = Problem(type="AstroLabNetError", what="the table sky.alerts cannot be found.", server="lal")
    link.run(asked(link, "table.look")[-1], "table.look", RunState.FAILED, key=ALERTS, problem=problem)
    shown = window.own.data.preview.states
    assert shown.standing is Standing.FAILED
    assert "cannot be found" in shown.words
    shown.remedy.emit()
    assert len(asked(link, "table.look")) == 2


def test_of_a_server_that_is_down_nothing_is_asked(window: Window, desk: Desk, link: FakeLink, settle: Settle) -> None:
    since = server("lal").since
    old = [t if not t.key.path else t.model_copy(update={"stale_since": since}) for t in things()]
    link.things(old)
    desk.select(ALERTS)
    settle(lambda: "does not answer" in window.own.data.preview.states.words)
    assert not of_tables(link)


def test_another_table_cancels_what_was_asked_about_the_last(
    window: Window, desk: Desk, link: FakeLink, settle: Settle
) -> None:
    choose_alerts(window, desk, link, settle)
    other = SKY.child("tables", "other")
    name = TableName(namespace=("sky",), name="other")
    link.delta(Delta(other.server, added=(Thing(key=other, label="other", state="ready", payload=name),)))
    desk.select(other)
    assert link.cancelled == asked(link, "table.look")[:1]
    answer(link, "table.look", LOOK)
    assert not window.own.data.preview.answered


def test_a_click_asks_at_once_and_the_arrow_keys_after_a_pause(
    window: Window, desk: Desk, link: FakeLink, settle: Settle, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(data, "PAUSE_MS", 1_000_000)
    other = SKY.child("tables", "other")
    name = TableName(namespace=("sky",), name="other")
    link.things([*things(), Thing(key=other, label="other", state="ready", payload=name)])
    tree = window.tree
    tree.expand(window.model.row_of(SKY))
    place = tree.visualRect(window.model.row_of(ALERTS)).center()
    QTest.mouseClick(tree.viewport(), Qt.MouseButton.LeftButton, pos=place)
    settle(lambda: bool(asked(link, "table.look")))
    QTest.keyClick(tree, Qt.Key.Key_Down)
    assert desk.selection == other
    assert window.own.data._soon.isActive(), "it waits"
    assert len(asked(link, "table.look")) == 1


def test_all_that_the_pages_of_data_ask_is_a_command(window: Window) -> None:
    """Every tab, button and view: so the command line, the web service and scripts have it too."""
    pages = (window.own.data, window.own.dataset)
    asked = {part.command for page in pages for part in page.findChildren(Asked)}
    assert asked == {
        "table.look", "table.facts", "table.profile", "table.measure", "dataset.newest", "job.place",
        *(f"table.{view}" for view in VIEWS),
    }  # fmt: skip
    assert asked | {"dataset.ask", "dataset.prove", "data.look", "data.more", "table.schema"} <= set(COMMANDS)
    assert not [name for name in asked if COMMANDS[name].scope == "view"]


def test_columns_within_columns_are_rows_of_their_own() -> None:
    table = columns_table([PARTS, {"name": "m", "type": "map", "parts": [
        {"name": "key", "type": "string", "parts": []}, {"name": "value", "type": "long", "parts": []}]}])  # fmt: skip
    assert [row[0] for row in table.rows] == ["parts", "parts[]", "parts[].x", "m", "m.key", "m.value"]
