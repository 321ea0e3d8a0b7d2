"""One action to several servers: merged as they arrive, the failed shown, tried again or left out, all cancelled."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from astrolabnet_gui.command.run import executor
from astrolabnet_gui.model.group import Group, Member, merged
from astrolabnet_gui.model.key import Key
from astrolabnet_gui.model.output import Column, Image, Table, Text
from astrolabnet_gui.model.server import Server
from astrolabnet_gui.network.engine import Engine
from astrolabnet_gui.network.link import RunState
from tests.tasks.livy import SmallLivy

from .rig import LAL, Rig

CERN = Server(uuid="2" * 32, alias="cern", url="http://127.0.0.1:2", origin="island")
FINK = Server(uuid="3" * 32, alias="fink", url="http://127.0.0.1:3", origin="island")


def rows_of(*numbers: int) -> dict[str, Any]:
    table = {"schema": {"fields": [{"name": "n", "type": "long"}]}, "data": [[n] for n in numbers]}
    return {"status": "ok", "data": {"application/json": table}}


class Three(Rig):
    """Three servers, each with a small Livy of its own."""

    def __init__(self) -> None:
        super().__init__()
        for server in (CERN, FINK):
            if server.uuid not in {s.uuid for s in self.house.workspace.servers()}:
                self.house.workspace.save_server(server)
        self.livys = {LAL.uuid: self.livy, CERN.uuid: SmallLivy(self.clock), FINK.uuid: SmallLivy(self.clock)}
        self.engine = Engine(
            self.house.workspace.servers(), execute=executor(self.house), connect=lambda s: self.livys[s.uuid],
            owns=self.house.owns,
        )  # fmt: skip

    async def __aenter__(self) -> Three:
        await super().__aenter__()
        for server in (CERN, FINK):
            await self.thing(Key(server.uuid), "up")
        return self

    async def ended(self, key: Key, state: str) -> Any:
        return (await self.thing(key, state)).payload


async def test_results_of_all_servers_are_one_table_with_the_server_before_each_row() -> None:
    async with Three() as rig:
        for number, livy in enumerate(rig.livys.values()):
            livy.answers = [rows_of(number, 10 + number)]
        done = await rig.well("group.send", None, kind="sql", code="SELECT n", targets=["lal", "*"], wait=True)
        assert done.result["columns"] == ["server", "n"]
        assert sorted(map(tuple, done.result["rows"])) == [
            ("cern", 1), ("cern", 11), ("fink", 2), ("fink", 12), ("lal", 0), ("lal", 10),
        ]  # fmt: skip
        assert [s["address"] for s in done.result["servers"]] == ["lal", "cern", "fink"], "each once, in order"
        assert all(livy.posts == 2 for livy in rig.livys.values()), "a session and a statement each"
        assert done.focus is not None
        thing = rig.engine.store.things[done.focus]
        assert (thing.state, thing.progress, thing.fact) == ("done", None, "3 servers")
        assert done.line.startswith("net.group.send(")


async def test_the_merged_table_is_saved_with_the_server_in_each_row(tmp_path: Path) -> None:
    async with Three() as rig:
        rig.livy.answers = [rows_of(7)]
        done = await rig.well("group.send", None, kind="sql", code="SELECT n", targets=["lal"], wait=True)
        await rig.well("group.save", done.focus, file=str(tmp_path / "all.csv"))
        assert (tmp_path / "all.csv").read_text().split() == ["server,n", "lal,7"]


async def test_a_slow_one_joins_later_and_the_failed_one_is_shown_and_tried_again_alone() -> None:
    async with Three() as rig:
        slow, bad = rig.livys[CERN.uuid], rig.livys[FINK.uuid]
        slow.holding = True
        rig.livy.answers = [rows_of(1)]
        bad.answers = [{"status": "error", "ename": "Oops", "evalue": "no such table"}, rows_of(3)]
        sent = await rig.well("group.send", None, kind="sql", code="SELECT n", targets=["*"])
        assert sent.focus is not None
        while (await rig.well("group.result", sent.focus)).result["rows"] != [["lal", 1]]:
            await asyncio.sleep(0.01)
        group = rig.engine.store.things[sent.focus]
        assert (group.state, group.problem) == ("running", "Not from fink.")
        (failed,) = [s for s in group.payload.members if s.alias == "fink"]
        assert (failed.state, failed.problem) == ("failed", "Oops: no such table")
        posts = {uuid: livy.posts for uuid, livy in rig.livys.items()}
        await rig.well("group.retry", sent.focus)
        slow.holding = False
        slow.finish(0, 0, output=rows_of(2))
        await rig.ended(sent.focus, "done")
        merged_rows = (await rig.well("group.result", sent.focus)).result["rows"]
        assert sorted(merged_rows) == [["cern", 2], ["fink", 3], ["lal", 1]]
        assert {u: livy.posts - posts[u] for u, livy in rig.livys.items()} == {LAL.uuid: 0, CERN.uuid: 0, FINK.uuid: 1}
        assert "None of them" in (await rig.ill("group.retry", sent.focus)).what


async def test_a_server_that_refuses_does_not_hold_up_the_others_and_can_be_left_out() -> None:
    async with Three() as rig:
        rig.livys[CERN.uuid].faults = ["refused"]
        done = await rig.well("group.send", None, kind="pyspark", code="1+1", targets=["lal", "cern"], wait=True)
        assert done.focus is not None
        assert done.result["state"] == "partly done"
        (cern,) = [s for s in done.result["servers"] if s["address"] == "cern"]
        assert (cern["state"], cern["problem"]) == ("refused", "it refused")
        await rig.well("group.leave", done.focus, server="cern")
        thing = rig.engine.store.things[done.focus]
        assert (thing.state, thing.problem, thing.fact) == ("done", "", "1 servers")
        assert (await rig.ill("group.leave", done.focus, server="nobody")).field == "server"
        await rig.well("group.remove", done.focus)
        assert done.focus not in rig.engine.store.things


async def test_all_are_cancelled() -> None:
    async with Three() as rig:
        for livy in rig.livys.values():
            livy.holding = True
        sent = await rig.well("group.send", None, kind="pyspark", code="1", targets=["*"])
        assert sent.focus is not None
        await rig.well("group.cancel", sent.focus)
        assert all(livy.cancelled == [(0, 0)] for livy in rig.livys.values())
        for livy in rig.livys.values():
            livy.finish(0, 0, state="cancelled", output=None)
        await rig.ended(sent.focus, "cancelled")
        assert "have ended" in (await rig.ill("group.cancel", sent.focus)).what


async def test_where_it_may_not_run_it_is_not_sent() -> None:
    async with Three() as rig:
        await rig.well("action.new", None, title="Only lal", kind="sql", code="SELECT 1", where=["la*"])
        done = await rig.well("group.send", None, action="only-lal", targets=["*"], wait=True)
        states = {s["address"]: s["problem"] for s in done.result["servers"]}
        assert "runs on la* only" in states["cern"]
        assert states["lal"] == ""
        assert rig.livys[CERN.uuid].posts == 0


@pytest.mark.parametrize(
    ("params", "field"),
    [
        ({"code": "1", "targets": []}, "targets"), ({"code": "1", "targets": ["nowhere"]}, "targets"),
        ({"targets": ["lal"]}, ""), ({"action": "pi", "values": {"darts": "x"}, "targets": ["lal"]}, "darts"),
        ({"action": "pie", "targets": ["lal"]}, "action"), ({"code": "1", "targets": ["lal/sessions/9"]}, "address"),
    ],
)  # fmt: skip
async def test_bad_input_is_named_and_nothing_is_sent(params: dict[str, Any], field: str) -> None:
    async with Three() as rig:
        event = await rig.do("group.send", None, {"kind": "pyspark", **params} if "code" in params else params)
        assert event.state is RunState.FAILED
        assert event.problem is not None
        assert event.problem.field == field
        assert all(livy.posts == 0 for livy in rig.livys.values())


def test_results_of_different_shapes_are_merged_without_loss() -> None:
    a = Table(columns=(Column(name="x"), Column(name="y")), rows=((1, 2),))
    b = Table(columns=(Column(name="y"), Column(name="server")), rows=((3, "inner"), (4, "inner")))
    table = merged([("one", (a,)), ("two", (b, Text(text="said"))), ("three", (Text(text="only words\n"),))])
    assert [c.name for c in table.columns] == ["server (here)", "x", "y", "server", "result"]
    assert table.rows == (
        ("one", 1, 2, None, None), ("two", None, 3, "inner", None), ("two", None, 4, "inner", None),
        ("three", None, None, None, "only words"),
    )  # fmt: skip
    assert merged([("one", (Image(mime="image/png", base64=""),))]).rows == ()
    assert merged([]).rows == ()


def test_a_part_that_is_not_there_yet_is_open() -> None:
    assert Member(address="a", alias="a").open
    assert not Member(address="a", alias="a", state="lost").open


def test_parts_on_one_server_are_told_apart_by_their_sessions() -> None:
    gave = (Text(text="1"),)
    places = (("lal/sessions/0", "lal"), ("lal/sessions/1", "lal"), ("cern", "cern"))
    parts = tuple(Member(address=a, alias=alias, state="done", parts=gave) for a, alias in places)
    rows = Group(title="", members=parts, params={}).table.rows
    assert [row[0] for row in rows] == ["lal/sessions/0", "lal/sessions/1", "cern"]
