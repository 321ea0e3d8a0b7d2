"""Datasets, registries and lending over a small Livy: what is asked, what is kept, and what is left alone."""

from __future__ import annotations

import base64
import json
from typing import Any

from astrolabnet_gui.catalog.names import TableName
from astrolabnet_gui.command.looking import catalog_thing, namespace_thing, table_thing
from astrolabnet_gui.model.key import Key
from astrolabnet_gui.model.server import Server
from astrolabnet_gui.network.link import RunState
from astrolabnet_gui.network.topology import between_servers, topology

from .rig import SERVER, Rig

OWN = SERVER.child("catalogs", "spark_catalog", epoch="")
SKY = OWN.child("namespaces", "sky")
ALERTS = SKY.child("tables", "alerts")
ZTF = Key("", "", ("datasets", "alerts"))


def seen(rig: Rig) -> None:
    things = [catalog_thing(SERVER, "spark_catalog"), namespace_thing(OWN, ("sky",))]
    name = TableName(namespace=("sky",), name="alerts")
    rig.engine.show([*things, table_thing(SKY, name)], server=SERVER.server)


def told(**answer: Any) -> dict[str, Any]:
    return {"status": "ok", "data": {"text/plain": f"x: Int = 1\nALN {json.dumps(answer)}\n"}}


def sql_rows(*rows: list[Any], fields: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    schema = {"type": "struct", "fields": fields or []}
    return {"status": "ok", "data": {"application/json": {"schema": schema, "data": list(rows)}}}


async def test_a_dataset_finds_its_replicas_by_name_and_is_kept() -> None:
    async with Rig() as rig:
        seen(rig)
        await rig.well("dataset.new", None, name="alerts", tags=["ztf"], description="Alerts")
        thing = rig.engine.store.get(ZTF)
        assert thing is not None
        assert (thing.fact, thing.state) == ("1 replica · ztf", "not compared")
        replica = rig.engine.store.get(SERVER.child("datasets", "alerts", epoch=""))
        assert replica is not None
        assert replica.state == "not asked"
        assert (await rig.ill("dataset.new", None, name="alerts")).what == "there is already a dataset 'alerts'."
        await rig.well("dataset.edit", ZTF, dated="mjd")
        kept = json.loads((rig.house.workspace.folder / "registry" / "datasets" / "alerts.json").read_text())
        assert (kept["dataset"]["dated"], kept["dataset"]["tags"]) == ("mjd", ["ztf"])
        newest = await rig.well("dataset.newest", ZTF)
        assert newest.text == "Nobody was asked about alerts yet. Not asked: lal."
        found = (await rig.well("data.find", None, text="tag:ztf")).result["found"]
        assert [row["address"] for row in found] == [ALERTS.address("lal"), "/datasets/alerts"]
        assert not [t for t in rig.engine.store.children(SERVER) if t.key.kind == "sessions"], "nobody was asked"
    async with Rig() as again:
        assert list(again.house.registered.datasets) == ["alerts"]
        again.house.registered.show(again.engine)
        await again.well("dataset.drop", ZTF)
        assert again.questions == ["Forget the dataset alerts? Its tables stay where they are."]
        assert again.engine.store.get(ZTF) is None


async def test_asking_says_size_newest_and_change_and_a_server_that_fails_hides_nothing() -> None:
    async with Rig() as rig:
        seen(rig)
        await rig.well("dataset.declare", ALERTS, dataset="alerts")
        fields = [{"name": "mjd", "type": "double", "nullable": True, "metadata": {}}]
        location = [
            ["# Detailed Table Information", "", ""],
            ["Location", "file:/w/alerts", ""],
            ["Provider", "parquet", ""],
        ]
        rig.livy.answers += [
            sql_rows(fields=fields), sql_rows(*location),
            told(uri="file:/w/alerts", files=4, bytes=1234, changed=1_700_000_000_000), sql_rows([20000]),
            sql_rows(["60310.75"]),
        ]  # fmt: skip
        answer = (await rig.well("dataset.ask", ZTF)).result
        [row] = answer["replicas"]
        assert (row["rows"], row["size_bytes"], row["data_time"], row["dated"]) == (20000, 1234, "60310.75", "mjd")
        assert answer["not_asked"] == []
        assert "newest alerts known is on lal: mjd 60310.75" in (await rig.well("dataset.newest", ZTF)).text
        rig.livy.answers += [{"status": "error", "ename": "Error", "evalue": "the table is gone"}]
        answer = (await rig.well("dataset.ask", ZTF, servers=["lal"])).result
        assert "the table is gone" in answer["problems"][0]
        assert len(answer["replicas"]) == 1, "what was known stays"


async def test_a_lent_session_is_asked_and_never_closed() -> None:
    async with Rig() as rig:
        seen(rig)
        mine = (await rig.well("session.new", SERVER, kind="pyspark")).focus
        assert mine is not None
        await rig.thing(mine, "idle")
        await rig.well("session.lend", mine)
        rig.livy.answers.append(sql_rows([7]))
        assert (await rig.well("table.count", ALERTS)).result == {"rows": 7}
        assert len(rig.livy.here) == 1
        assert rig.livy.bodies[-1].kind == "sql"
        odd = SKY.child("tables", "x")
        rig.engine.show([table_thing(SKY, TableName(namespace=("sky",), name="${env:HOME}")).model_copy(
            update={"key": odd})], server=SERVER.server)  # fmt: skip
        assert "${…}" in (await rig.ill("table.count", odd)).what
        await rig.house.browsing.aclose()
        assert rig.livy.deleted == []


async def test_a_fourth_small_session_is_opened_only_after_a_question() -> None:
    async with Rig() as rig:
        seen(rig)
        for n in range(3):
            utility = rig.house.browsing.session(f"other{n}", lambda: _Open())  # type: ignore[arg-type,return-value]
            assert utility.session is not None
        event = await rig.do("table.count", ALERTS, {}, answer="no")
        assert event.state is RunState.FAILED
        assert rig.questions == ["3 small sessions for looking at data are open. Open another one on lal?"]
        assert not rig.livy.here
        rig.livy.answers.append(sql_rows([7]))
        assert (await rig.well("table.count", ALERTS)).result == {"rows": 7}


class _Open:
    """A small session of another server."""

    session, lent, unused_s = 1, False, 0.0

    async def close(self) -> None:
        """Nothing to close."""


async def test_servers_of_a_registry_are_offered_one_by_one_and_bad_ones_named() -> None:
    async with Rig() as rig:
        document = {"alias": "fink", "url": "http://127.0.0.1:9", "login": "none"}
        files = {"fink.json": document, "bad.json": {"alias": "", "url": "x"}}
        rows = [[name, base64.b64encode(json.dumps(d).encode()).decode()] for name, d in files.items()]
        rig.livy.answers += [told(rows=[["home", "file:/home/ada"]]), told(rows=rows), told(rows=[])]
        event = await rig.do("registry.learn", SERVER, {}, answer="no")
        assert event.state is RunState.DONE
        assert event.result["refused"] == ["fink"]
        assert event.result["problems"] == ["the server bad of the registry has no good name or address."]
        assert rig.questions == ["lal names the server fink, http://127.0.0.1:9. Take it in and contact it?"]
        assert [s.alias for s in rig.engine.servers()] == ["lal"]
        sent = base64.b64decode(rig.livy.bodies[-2].code.partition('decode("')[2].partition('"')[0])
        assert json.loads(sent)["uri"] == "file:/home/ada/astrolabnet-registry/topology"


async def test_who_names_whom_becomes_an_edge_that_stays_and_goes_with_the_list() -> None:
    async with Rig() as rig:
        fink = Server(uuid="3" * 32, alias="fink", url="http://127.0.0.1:9")
        rig.engine.add_server(fink)
        own = next(s for s in rig.engine.servers() if s.uuid != fink.uuid)
        for names, knows in (((fink, own), (fink.uuid,)), ((own,), ())):
            files = {s.alias: {"alias": s.alias, "url": s.url, "login": "none"} for s in names}
            rows = [[name + ".json", base64.b64encode(json.dumps(d).encode()).decode()] for name, d in files.items()]
            rig.livy.answers += [told(rows=[["home", "file:/home/ada"]]), told(rows=rows), told(rows=[])]
            assert (await rig.do("registry.learn", SERVER, {}, answer="no")).state is RunState.DONE
            assert rig.questions == [], "both are in the workspace: nobody is asked, nobody new is contacted"
            thing = rig.engine.store.get(SERVER)
            assert thing is not None
            assert thing.payload.knows == knows
            assert [s.knows for s in rig.house.workspace.servers() if s.uuid == own.uuid] == [knows]
            edges = between_servers(topology(rig.engine.store.things.values()))
            assert len(edges) == len(knows)


async def test_shared_servers_hold_no_secret(tmp_path: Any) -> None:
    async with Rig() as rig:
        far = Server(uuid="2" * 32, alias="far", url="https://livy.example.org",
                     auth={"kind": "basic", "user": "ada", "secret": "env:PASSWORD"})  # fmt: skip
        rig.engine.add_server(far)
        await rig.well("registry.use", None, folder=str(tmp_path / "reg"))
        assert (await rig.well("registry.share", None)).result["servers"] == ["lal", "far"]
        text = (tmp_path / "reg" / "topology" / "far.json").read_text()
        assert json.loads(text) == {"alias": "far", "login": "basic", "url": "https://livy.example.org"}
        await rig.well("registry.use", None, folder="")
        assert rig.house.registered.shared is None


async def test_a_hundred_thousand_tables_come_a_page_at_a_time() -> None:
    async with Rig() as rig:
        seen(rig)
        first = sql_rows(*(["sky", f"t{n:06}", False] for n in range(1000)))
        rig.livy.answers += [first, sql_rows(), told(total=100_000, rows=["t000000"])]
        looked = await rig.well("data.look", SKY)
        assert looked.text.startswith("sky has 100,000 tables. 1,000 are shown")
        namespace = rig.engine.store.get(SKY)
        assert namespace is not None
        assert namespace.fact == "1,000 of 100,000"
        rig.livy.answers.append(told(total=100_000, rows=[f"t{n:06}" for n in range(1000, 2000)]))
        more = (await rig.well("data.more", SKY)).result
        assert more == {"shown": 2000, "total": 100_000}
        sent = base64.b64decode(rig.livy.bodies[-1].code.partition('decode("')[2].partition('"')[0])
        assert (json.loads(sent)["from"], json.loads(sent)["many"]) == (1000, 1000)
        rig.livy.answers += [sql_rows(["sky", "t1", False]), sql_rows()]
        await rig.well("data.look", SKY, like="t1*")
        assert (await rig.ill("data.more", SKY)).what == "all tables of sky are shown."


async def test_work_is_never_sent_into_the_small_session() -> None:
    async with Rig() as rig:
        seen(rig)
        rig.livy.answers.append(sql_rows([7]))
        await rig.well("table.count", ALERTS)
        [small] = rig.livy.here.values()
        assert small.name is not None
        assert "util-" in small.name
        await rig.thing(SERVER.child("sessions", small.id, epoch=_epoch(rig)), "idle")
        for kind in ("sql", "spark"):
            sent = (await rig.well("server.send", SERVER, kind=kind, code="SELECT 1", wait=True)).focus
            assert sent is not None
            assert sent.path[1] != small.id, kind
        refused = await rig.ill("session.lend", SERVER.child("sessions", small.id, epoch=_epoch(rig)))
        assert refused.what == "data are looked at in it already."


def _epoch(rig: Rig) -> str:
    return next(t.key.epoch for t in rig.engine.store.children(SERVER) if t.key.kind == "sessions")
