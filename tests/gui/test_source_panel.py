"""A source in the window: its messages as they come, one of them as a tree, its four states, and its form."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtWidgets import QComboBox

from astrolabnet_gui.command.registry import COMMANDS
from astrolabnet_gui.gui.panels.four import Standing
from astrolabnet_gui.gui.panels.packets import MOST, Packets, summary
from astrolabnet_gui.gui.panels.table_page import TablePage
from astrolabnet_gui.gui.window import Window
from astrolabnet_gui.model.key import Key
from astrolabnet_gui.model.source import Origin, Source, SourceKind
from astrolabnet_gui.model.thing import Thing
from astrolabnet_gui.network.link import Problem, RunState
from astrolabnet_gui.sources.presets import presets
from tests.gui.fakes import FakeLink
from tests.gui.scene import server

Settle = Callable[[Callable[[], bool]], None]
FINK = Key("").child("sources", "Fink")


def source(kind: SourceKind = SourceKind.KAFKA, state: str = "quiet", **more: Any) -> Thing:
    origin = Origin(kind=kind, servers="a:1", topics=("fink_sn",), place="/drop")
    payload = Source(name="Fink", place=origin.words, origin=origin)
    return Thing(key=FINK, label="Fink", fact=origin.words, state=state, payload=payload, **more)


def packet(offset: int, **more: Any) -> dict[str, Any]:
    tree = {"objectId": f"ZTF{offset}", "candidate": {"magpsf": 18.25}, "prv": [1, 2]}
    return {"ident": f"fink_sn/0/{offset}", "topic": "fink_sn", "partition": 0, "offset": offset, "form": "container",
            "at": "2026-11-23T14:00:00+00:00", "size_bytes": 1200, "problem": "", "tree": tree} | more  # fmt: skip


def runs(link: FakeLink, command: str) -> list[str]:
    return [f"run{n}" for n, (name, _, _) in enumerate(link.submitted) if name == command]


def answer(link: FakeLink, packets: list[dict[str, Any]], kept: int = 1200) -> None:
    told = {"packets": packets, "after": {"fink_sn/0": 99}, "kept": kept}
    link.run(runs(link, "source.tail")[-1], "source.tail", RunState.DONE, key=FINK, result=told)


def shown(window: Window, link: FakeLink, settle: Settle, thing: Thing) -> None:
    link.things([server("lal"), thing])
    window.desk.select(FINK)
    settle(lambda: window.own.source.isVisible())


def test_messages_come_and_one_is_a_tree(window: Window, link: FakeLink, settle: Settle) -> None:
    shown(window, link, settle, source())
    panel = window.own.source
    settle(lambda: bool(runs(link, "source.tail")))
    assert link.submitted[-1][2]["topics"] == ("fink_sn",)
    settle(lambda: panel.states.standing is Standing.LOADING)
    answer(link, [packet(1), packet(2)])
    assert panel.states.standing is Standing.FULL
    assert panel.packets.model.rows[0]["offset"] == 2, "the newest stands first"
    assert panel.packets.tree is not None
    assert "ZTF2" in panel.packets.tree.text()
    assert panel.foot.words == "2 messages of 1\u202f200 · looking commits nothing"
    settle(lambda: len(runs(link, "source.tail")) == 2)
    assert link.submitted[-1][2]["after"] == {"fink_sn/0": 99}
    answer(link, [packet(3)])
    assert [row["offset"] for row in panel.packets.model.rows] == [3, 2, 1]
    assert "ZTF2" in panel.packets.tree.text(), "what a person looks at stays"
    [asked] = runs(link, "source.topics")
    link.run(asked, "source.topics", RunState.DONE, key=FINK, result={"topics": [{"name": "fink_kn"}]})
    assert [panel.topics.itemText(n) for n in range(panel.topics.count())] == ["fink_sn", "fink_kn"]


def test_it_stops_when_it_shall_and_when_it_is_not_seen(window: Window, link: FakeLink, settle: Settle) -> None:
    shown(window, link, settle, source())
    settle(lambda: bool(runs(link, "source.tail")))
    window.own.source.live.click()
    answer(link, [packet(1)])
    window.own.source._next.timeout.emit()
    assert len(runs(link, "source.tail")) == 1
    window.own.source.live.click()
    settle(lambda: len(runs(link, "source.tail")) == 2)
    window.desk.select(server("lal").key)
    answer(link, [packet(2)])
    window.own.source._next.timeout.emit()
    assert len(runs(link, "source.tail")) == 2


def test_a_refused_login_is_not_tried_by_a_click_on_the_tree(window: Window, link: FakeLink, settle: Settle) -> None:
    shown(window, link, settle, source(state="login needed", problem="the broker refused the login."))
    settle(lambda: window.own.source.states.standing is Standing.FAILED)
    assert "not tried again by itself" in window.own.source.states.words
    assert not runs(link, "source.tail")
    window.own.source.states.remedy.emit()
    assert runs(link, "source.tail")
    problem = Problem(type="LoginNeeded", what="the broker refused the login.", server="Fink")
    link.run(runs(link, "source.tail")[-1], "source.tail", RunState.FAILED, key=FINK, problem=problem)
    assert "refused the login" in window.own.source.states.words


@pytest.mark.parametrize("kind", [SourceKind.FOLDER, SourceKind.RATE, SourceKind.SKY, SourceKind.TABLE])
def test_what_is_no_broker_says_what_to_do(window: Window, link: FakeLink, settle: Settle, kind: SourceKind) -> None:
    shown(window, link, settle, source(kind))
    assert "Draw a wire" in window.own.source.states.words
    assert not runs(link, "source.tail")


def test_nothing_there_yet(window: Window, link: FakeLink, settle: Settle) -> None:
    shown(window, link, settle, source())
    settle(lambda: bool(runs(link, "source.tail")))
    answer(link, [], 0)
    assert "New ones appear here" in window.own.source.states.words


def test_words_of_a_message() -> None:
    assert summary(packet(7)) == "objectId ZTF7, magpsf 18.25"
    assert summary(packet(7, problem="Broken.", tree=None)) == "⊠ Broken."
    assert summary({"tree": [1]}) == ""


def test_old_rows_go() -> None:
    model = Packets()
    model.replace(packet(n) for n in range(MOST))
    model.add([packet(MOST), packet(MOST + 1)])
    assert model.rowCount() == MOST
    assert model.rows[0]["offset"] == MOST + 1
    assert model.rows[-1]["offset"] == 2


def test_the_form_is_filled_in_by_a_preset(window: Window, link: FakeLink) -> None:
    window.verbs.ask(COMMANDS["source.add"], None, {})
    form = window.verbs.form
    assert form is not None
    [run] = runs(link, "source.presets")
    told = {"presets": [one.model_dump(mode="json") for one in presets()[0]]}
    link.run(run, "source.presets", RunState.DONE, result=told)
    box = form.controls["preset"].widget
    assert isinstance(box, QComboBox)
    assert not form.controls["mechanism"].isVisibleTo(form)
    box.setCurrentIndex(box.findData("fink-lsst"))
    assert form.controls["mechanism"].isVisibleTo(form)
    assert form.controls["name"].raw == "Fink"
    assert form.params()["security"] == "SASL_PLAINTEXT"
    assert form.params()["topics"] == ("fink_*_lsst",)
    assert not form.controls["place"].isVisibleTo(form)
    box.setCurrentIndex(box.findData("drop-folder"))
    assert form.controls["place"].isVisibleTo(form)
    assert not form.controls["servers"].isVisibleTo(form)


GAIA = Key("").child("sources", "Gaia")


def gaia() -> Thing:
    origin = Origin(kind=SourceKind.TAP, place="https://gaia.example/tap")
    payload = Source(name="Gaia", place=origin.words, origin=origin)
    return Thing(key=GAIA, label="Gaia", fact=origin.words, state="not asked", payload=payload)


def tables(rows: list[list[str]]) -> dict[str, Any]:
    heads = [{"name": name, "type": "string"} for name in ("table_name", "table_type", "description")]
    return {"table": {"columns": heads, "rows": rows}, "ucds": {}}


def test_a_tap_service_shows_its_tables_the_columns_of_one_and_answers(
    window: Window, link: FakeLink, settle: Settle
) -> None:
    link.things([server("lal"), gaia()])
    window.desk.select(GAIA)
    service = window.own.source.service
    settle(lambda: bool(runs(link, "source.tables")) and service.isVisible())
    [asked] = runs(link, "source.tables")
    link.run(asked, "source.tables", RunState.DONE, key=GAIA,
             result=tables([["gaia.source", "table", "<b>Stars</b>"], ["gaia.dr3", "table", ""]]))  # fmt: skip
    assert service.tables.states.standing is Standing.FULL
    [page] = service.tables.findChildren(TablePage)
    page.view.activated.emit(page.model.index(0, 2))
    assert service.tabs.tabText(service.tabs.currentIndex()) == "Columns"
    assert link.submitted[-1] == ("source.tables", GAIA, {"table": "gaia.source"})
    link.run(runs(link, "source.tables")[-1], "source.tables", RunState.FAILED, key=GAIA,
             problem=Problem(type="Unreachable", what="it is silent", server="Gaia"))  # fmt: skip
    assert service.columns.states.standing is Standing.FAILED
    assert service.query.toPlainText() == "SELECT TOP 100 * FROM gaia.source"
    service.tabs.setCurrentIndex(2)
    service.answer.ask()
    assert link.submitted[-1][2] == {"query": "SELECT TOP 100 * FROM gaia.source"}
    service.answer.ask()
    assert len(runs(link, "source.query")) == 1, "it is asked once at a time"
    link.run(runs(link, "source.query")[0], "source.query", RunState.DONE, key=GAIA, result=tables([["1", "2", "3"]]))
    assert service.answer.states.standing is Standing.FULL
    service._to(server("lal").key)
    form = window.verbs.form
    assert form is not None
    assert form.controls["url"].raw == "Gaia"
    assert form.controls["query"].raw == "SELECT TOP 100 * FROM gaia.source"
