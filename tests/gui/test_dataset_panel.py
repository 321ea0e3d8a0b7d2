"""A dataset in the window: two clicks tell where the newest is; a job is ranked, and sent in one of three ways."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtWidgets import QLabel

from astrolabnet_gui.gui.desk import Desk
from astrolabnet_gui.gui.panels.placing import OfferRow
from astrolabnet_gui.gui.panels.table_page import TablePage
from astrolabnet_gui.gui.window import Window
from astrolabnet_gui.model.dataset import Dataset, Place, Replica
from astrolabnet_gui.model.key import Key
from astrolabnet_gui.model.thing import Thing
from astrolabnet_gui.network.link import RunState
from tests.gui.fakes import FakeLink
from tests.gui.scene import UUIDS, server

Settle = Callable[[Callable[[], bool]], None]
ZTF = Key("", "", ("datasets", "ztf"))
LAL, FINK = (Key(UUIDS[name]).child("datasets", "ztf", epoch="") for name in ("lal", "rubin-dac"))
ROW = {"standing": "equal", "dated": "mjd", "data_time": "60310.75", "committed": "2026-11-24T10:00:00Z",
       "rows": 20000, "size_bytes": 409732, "equal_to": ["lal"], "proved": None,
       "table": ["spark_catalog", "ztf", "alerts"]}  # fmt: skip
SILENT = [{"server": "cc-lyon", "cost": "opens a small session there; looks whether it has one"}]
NEWEST = {"replicas": [], "not_asked": [*SILENT, {"server": "lal", "cost": "lists its files and reads one column"}]}
ASKED = {"replicas": [{**ROW, "server": "rubin-dac"}, {**ROW, "server": "lal", "standing": "behind"}], "not_asked": []}


def part(name: str, seconds: float, source: str = "") -> dict[str, Any]:
    return {"name": name, "seconds": seconds, "source": source}


def offer(name: str, how: tuple[str, ...], parts: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    told = {"server": name, "eligible": bool(how), "failed": [], "how": list(how), "stale": [], "moved_bytes": 0.0,
            "held_bytes": 0.0, "moved": {}, "total_s": sum(p["seconds"] for p in parts), "assumed_s": 0.0,
            "parts": parts}  # fmt: skip
    return told | more


OFFERS = {"problems": [], "offers": [
    offer("rubin-dac", ("send",), [part("start", 0.0), part("run", 21.0, "measured (3, 2 d)"),
          part("out", 1.0, "assumed")]),
    offer("lal", ("bring", "read"), [part("start", 35.0, "assumed"), part("move", 48.0, "measured (2, 5 h)"),
          part("run", 9.0, "assumed"), part("out", 0.4, "measured (9, 1 h)")], moved={"ztf": "rubin-dac"},
          moved_bytes=4.2e9),
    offer("cc-lyon", ("send",), [part("run", 4.0, "measured (5, 1 h)")],
          stale=["ztf: it is behind: its newest datum is 60310.5"]),
    offer("nersc", (), [], failed=["kafka source absent", "Python module astropy absent"]),
]}  # fmt: skip


def things() -> list[Thing]:
    places = tuple(Place(server=UUIDS[n], table=("spark_catalog", "ztf", "alerts")) for n in ("lal", "rubin-dac"))
    value = Dataset(name="ztf", description="Alerts of the Zwicky survey", tags=("alerts",), dated="mjd", places=places)
    replicas = [
        Thing(key=key, label="ztf", fact="ztf.alerts", state="verified equal",
              payload=Replica(name="ztf", equal_to=(other,)))
        for key, other in ((LAL, FINK), (FINK, LAL))
    ]  # fmt: skip
    dataset = Thing(key=ZTF, label="ztf", fact="2 replicas · alerts", state="verified equal", payload=value)
    return [server("lal"), server("rubin-dac"), dataset, *replicas]


def asked(link: FakeLink, command: str) -> list[int]:
    return [n for n, (name, _, _) in enumerate(link.submitted) if name == command]


def answer(link: FakeLink, command: str, result: Mapping[str, Any]) -> None:
    link.run(f"run{asked(link, command)[-1]}", command, RunState.DONE, key=ZTF, result=result)


def words(window: Window) -> str:
    return " ".join(
        part.text() for part in window.own.dataset.findChildren(QLabel) if part.isVisibleTo(window.own.dataset)
    )


def choose(window: Window, desk: Desk, link: FakeLink) -> None:
    link.things(things())
    desk.select(ZTF)
    assert window.shell.detail.currentWidget() is window.own.dataset


def test_two_clicks_tell_where_the_newest_is(window: Window, desk: Desk, link: FakeLink, settle: Settle) -> None:
    choose(window, desk, link)
    assert window.model.row_of(ZTF).isValid(), "datasets have a group of their own in the tree"
    assert len(asked(link, "dataset.newest")) == 1
    assert not asked(link, "dataset.ask"), "no server is asked by itself"
    answer(link, "dataset.newest", NEWEST)
    assert "cc-lyon: opens a small session there" in words(window)
    window.own.dataset.ask.click()
    assert link.submitted[asked(link, "dataset.ask")[0]] == ("dataset.ask", ZTF, {})
    answer(link, "dataset.ask", ASKED)
    settle(lambda: any(p.isVisibleTo(window.own.dataset) for p in window.own.dataset.findChildren(TablePage)))
    [page] = [p for p in window.own.dataset.findChildren(TablePage) if p.isVisibleTo(window.own.dataset)]
    assert [page.model.value(n, 0) for n in range(2)] == ["rubin-dac", "lal"]
    assert [page.model.value(n, 1) for n in range(2)] == ["verified equal", "behind"]
    window.own.dataset.prove.click()
    assert len(asked(link, "dataset.prove")) == 1


def test_a_replica_shows_its_dataset_and_hangs_on_its_server(window: Window, desk: Desk, link: FakeLink) -> None:
    choose(window, desk, link)
    desk.select(LAL)
    assert window.shell.detail.currentWidget() is window.own.dataset
    assert LAL in window.canvas.scene.rows
    assert ZTF not in window.canvas.scene.rows
    [seal] = window.canvas.scene.wiring.wires()
    assert {seal.origin, seal.target} == {LAL, FINK}


def test_a_job_is_ranked_and_sent_only_as_it_can_be(window: Window, desk: Desk, link: FakeLink) -> None:
    choose(window, desk, link)
    panel = window.own.dataset.placing
    window.own.dataset.tabs.setCurrentWidget(panel)
    assert not any(button.isEnabled() for button in panel.ways.values())
    panel.offers.ask()
    _, _, given = link.submitted[asked(link, "job.place")[0]]
    assert given == {"datasets": ["ztf"], "kind": "sql", "code": "SELECT count(*) FROM ztf"}
    answer(link, "job.place", OFFERS)
    assert panel.chosen == "rubin-dac"
    assert [how for how, button in panel.ways.items() if button.isEnabled()] == ["send"]
    rows = {row.server: row for row in panel.findChildren(OfferRow)}
    assert not rows["nersc"].button.isEnabled()
    assert "kafka source absent" in words(window)
    assert "measured (3, 2 d)" in words(window)
    rows["lal"].button.click()
    assert "4.20\u202fGB of ztf would be moved from rubin-dac" in panel.warning.text()
    assert not any(button.isEnabled() for button in panel.ways.values()), "more than 1 GB is typed first"
    panel.confirm.setText("ztf")
    assert [how for how, button in panel.ways.items() if button.isEnabled()] == ["bring", "read"]
    panel.ways["bring"].click()
    _, key, given = link.submitted[asked(link, "job.place")[-1]]
    assert key == ZTF
    assert (given["server"], given["how"], given["confirm"]) == ("lal", "bring", "ztf")
    assert "it is behind: its newest datum is 60310.5" in words(window)
    rows["cc-lyon"].button.click()
    assert "Mind: ztf: it is behind" in panel.warning.text()
