"""The stories of data on two real islands that share nothing: look around, is it the same data, send the job there."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from astrolabnet_gui.command import placing
from astrolabnet_gui.model.dataset import Replica
from astrolabnet_gui.model.key import Key
from astrolabnet_gui.placement.measures import truths
from tests.e2e.archipelago import FINK, LYON, Archipelago, out_of_reach
from tests.e2e.roads_story import no_road_but_me
from tests.e2e.sea_data import ALERTS, PARTS, VISITS
from tests.e2e.wires_story import wires_between
from tests.island_fixture import RunningIsland, start_island, stop_island

pytestmark = [pytest.mark.island, pytest.mark.timeout(900)]
Islands = dict[Key, RunningIsland]


@pytest.fixture(scope="module")
def islands(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Islands]:
    """Two, with homes of their own; one Spark core each. The first has a second catalog, in Derby."""
    homes = {key: tmp_path_factory.mktemp(key.server[:1]) for key in (LYON, FINK)}
    jdbc = "spark.sql.catalog.archive"
    conf = {
        LYON: (
            f"{jdbc}=org.apache.spark.sql.execution.datasources.v2.jdbc.JDBCTableCatalog",
            f"{jdbc}.url=jdbc:derby:memory:archive;create=true", f"{jdbc}.driver=org.apache.derby.jdbc.EmbeddedDriver",
        ),
        FINK: (f"spark.astrolabnet.registry=file:{homes[FINK]}/known",),
    }  # fmt: skip
    running: Islands = {}
    for key, settings in conf.items():
        words = [f"--conf={one}" for one in ("spark.master=local[1]", *settings)]
        # Who learns of the second one by a registry holds no token for it.
        words += ["--no-token"] if key == FINK else []
        running[key] = start_island(homes[key], "--no-spare", "--no-archive", *words)
    yield running
    for key, island in running.items():
        stop_island(island, homes[key])


def home_of(island: RunningIsland) -> Path:
    return island.state.parent


async def test_look_around(islands: Islands, tmp_path: Path) -> None:
    """S1: catalogs, namespaces, tables, schema, rows, files; what is odd is said, and the rest goes on."""
    golden = Path(__file__).parent.parent / "data" / "catalog" / "s1-alerts.json"
    async with Archipelago(tmp_path, {LYON: islands[LYON]}) as sea:
        await sea.code(LYON, ALERTS.replace("HOME", str(home_of(islands[LYON]))))
        mine = {t.key for t in sea.engine.store.children(LYON) if t.key.kind == "sessions"}
        await sea.well("data.look", LYON)
        own = LYON.child("catalogs", "spark_catalog", epoch="")
        archive = LYON.child("catalogs", "archive", epoch="")
        assert sea.engine.store.get(archive) is not None, "a catalog that is only set up is listed"
        ztf = own.child("namespaces", "ztf")
        await sea.well("data.look", ztf)
        names = {str(t.key.id): t.fact for t in sea.engine.store.children(ztf)}
        assert names == {"alerts": ""}, "views of an island live in the session that made them"
        # What a click takes by the clock is measured by bench_catalog; here it is what must be waited for.
        sea.listen_to_sql()
        looked = (await sea.well("table.look", ztf.child("tables", "alerts"))).result
        assert len(sea.sql) == 3, "columns, facts, rows: one question each"
        assert len(looked["table"]["rows"]) == 50
        seen = {"columns": looked["table"]["columns"], "first": looked["table"]["rows"][:2]}
        if os.environ.get("ALN_GOLDEN"):
            golden.write_text(json.dumps(seen, indent=1, ensure_ascii=False) + "\n")
        assert seen == json.loads(golden.read_text())
        await _files(sea, home_of(islands[LYON]))
        sessions = {t.key for t in sea.engine.store.children(LYON) if t.key.kind == "sessions"}
        assert mine < sessions
        assert len(sessions) == 2, "all of it was asked in one small session"
        [session] = mine
        before = sea.engine.store.get(session)
        assert before is not None
        # Lent: the small session goes, and the user's is asked.
        await sea.well("session.lend", session)
        await sea.engine.until(next(iter(sessions - mine)), lambda t: t is None or t.state == "gone")
        assert (await sea.well("table.count", ztf.child("tables", "alerts"))).result == {"rows": 20000}
        await sea.well("data.look", archive)
        stars = archive.child("namespaces", "APP")
        await sea.well("data.look", stars)
        rows = (await sea.well("table.look", stars.child("tables", "stars"))).result["table"]["rows"]
        assert rows == [[7, "vega"]], "a table of another database"
        await sea.well("data.look", ztf)
        names = {str(t.key.id): t.fact for t in sea.engine.store.children(ztf)}
        assert names == {"alerts": "", "gaia": "", "bright": "view", "orphan": "view"}
        assert (await sea.well("table.count", ztf.child("tables", "bright"))).result["rows"] > 1000
        assert "lost" in await sea.ill("table.look", ztf.child("tables", "orphan"))
        refused = await sea.ill("file.table", _folder(home_of(islands[LYON])), name="ztf.`${env:HOME}`", format="hats")
        assert "${…}" in refused
    # Another start, with the server out of reach: the last known tree is there, with its age.
    out_of_reach(tmp_path)
    again = Archipelago(tmp_path, {})
    again.up = _nothing  # type: ignore[method-assign]
    async with again:
        await again.engine.until(ztf.child("tables", "alerts"), lambda t: t is not None and t.stale_since is not None)
        found = (await again.well("data.find", None, text="magpsf type:decimal")).result["found"]
        assert [(row["name"], row["answers"]) for row in found] == [("ztf.alerts", False)]


async def _nothing(_server: Key) -> None:
    """Nobody answers; nothing is waited for."""


def _folder(home: Path) -> Key:
    return LYON.child("files", "Files", epoch="").child("files", f"{home}/gaia_hats")


async def _files(sea: Archipelago, home: Path) -> None:
    root = LYON.child("files", "Files", epoch="")
    await sea.well("data.look", root)
    places = {t.label for t in sea.engine.store.children(root)}
    assert places >= {"home", "warehouse"}
    opened = await sea.well("file.open", LYON, uri=f"{home}/gaia_hats")
    assert opened.result == {"format": "hats", "total": 2}
    folder = _folder(home)
    thing = sea.engine.store.get(folder)
    assert thing is not None
    assert thing.fact == "HATS, a table of the sky"
    total = (await sea.well("file.summary", folder)).result
    assert (total["files"] >= 5, total["size_bytes"] > 1000, total["free_bytes"] > 0) == (True, True, True)
    made = await sea.well("file.table", folder, name="ztf.gaia")
    assert made.result["sky_index"] == "_healpix_29"
    assert made.focus is not None
    assert {"Norder", "Dir", "Npix"} <= set(made.result["columns"])
    assert (await sea.well("table.count", made.focus)).result == {"rows": 400}
    # What can not be used says why, each by itself.
    assert "no such file" in await sea.ill("file.open", LYON, uri=f"{home}/nowhere")
    assert "no such file system" in await sea.ill("file.open", LYON, uri="nofs://x/y")
    await sea.well("file.open", LYON, uri=f"{home}/broken")
    broken = await sea.do("file.table", root.child("files", f"{home}/broken"), {"name": "ztf.broken"})
    assert "a.parquet" in str(broken.problem)


async def test_is_it_the_same_data(islands: Islands, tmp_path: Path) -> None:
    """S2, fingerprints: equal copies are proved equal; one value flipped and one row dropped are found by few queries;
    where the newest is takes two clicks; who sees one server learns the other."""
    async with Archipelago(tmp_path / "me", islands) as sea:
        await sea.code(LYON, PARTS + 'write(parts, "visits")')
        await sea.code(FINK, PARTS + (
            'write(parts.orderBy("mag", ascending=False).coalesce(1), "visits")\n'
            'write(parts.selectExpr("id", "if(id = 500, mag + 1e-9, mag) AS mag", "mjd", "part"), "flat")\n'
            'write(parts.where("id != 777 AND id != 3999"), "short")'
        ))  # fmt: skip
        await sea.well("data.look", LYON)
        ztf = LYON.child("catalogs", "spark_catalog", epoch="").child("namespaces", "ztf")
        await sea.well("data.look", ztf)
        await sea.well("dataset.new", None, name="visits", tags=["ztf"], dated="mjd")
        visits = Key("", "", ("datasets", "visits"))
        first = (await sea.well("dataset.newest", visits)).result
        assert first["replicas"] == []
        assert [s["server"] for s in first["not_asked"]] == ["lyon", "fink"]
        assert first["not_asked"][1]["cost"] == "opens a small session there; looks whether it has one"
        second = (await sea.well("dataset.ask", visits)).result
        assert [(r["server"], r["data_time"], r["rows"]) for r in second["replicas"]] == [
            (r["server"], "60039.99", 4000) for r in second["replicas"]
        ]
        assert (len(second["replicas"]), second["not_asked"], second["problems"]) == (2, [], [])
        assert all(r["committed"] and r["size_bytes"] > 10_000 for r in second["replicas"])
        proved = await sea.well("dataset.prove", visits)
        assert "2 of 2 replicas of visits are equal" in proved.text
        seal = sea.engine.store.get(FINK.child("datasets", "visits", epoch=""))
        assert seal is not None
        assert (seal.state, isinstance(seal.payload, Replica)) == ("verified equal", True)
        assert seal.payload.equal_to == (LYON.child("datasets", "visits", epoch=""),)
        await _differ(sea)
        await no_road_but_me(sea, home_of(islands[LYON]), home_of(islands[FINK]))
        await wires_between(sea, home_of(islands[LYON]), home_of(islands[FINK]), islands[LYON].url)
        await _shared(sea, islands, tmp_path)


async def _differ(sea: Archipelago) -> None:
    here, there = (k.child("catalogs", "spark_catalog", epoch="").child("namespaces", "ztf") for k in (LYON, FINK))
    await sea.well("data.look", FINK)
    await sea.well("data.look", there)
    sea.listen_to_sql()
    most = 2 * math.log2(200) + 2
    for name, parts, rows in (("flat", ["100"], 4000), ("short", ["177", "199"], 3998)):
        sides = [here.child("tables", "visits").address("lyon"), there.child("tables", name).address("fink")]
        await sea.well("dataset.new", None, name=name, dated="mjd", tables=sides)
        sea.sql.clear()
        found = (await sea.well("dataset.prove", Key("", "", ("datasets", name)))).result
        differing: dict[str, Any] = found["differing"]
        assert [one["partitions"] for one in differing.values()] == [parts]
        asked = [server for server, sql in sea.sql if "xxhash64" in sql]
        assert max(asked.count(server) for server in set(asked)) <= most / 2
        by_server = {r["server"]: r for r in found["replicas"]}
        assert by_server["fink"]["fingerprint_rows"] == rows
    states = {r["server"]: r["standing"] for r in found["replicas"]}
    assert states == {"lyon": "unknown", "fink": "behind"}, "its newest row is missing"


async def _shared(sea: Archipelago, islands: Islands, tmp_path: Path) -> None:
    """A registry on the first island's file system tells a newcomer of the second island and of the datasets."""
    folder = f"file:{home_of(islands[LYON])}/reg"
    await sea.well("registry.use", None, folder=folder, server="lyon")
    assert (await sea.well("registry.share", None)).result["servers"] == ["fink", "lyon"]
    files = home_of(islands[LYON]) / "reg"
    assert sorted(f.name for f in (files / "datasets").glob("[a-z]*")) == ["flat.json", "short.json", "visits.json"]
    told = json.loads((files / "topology" / "fink.json").read_text())
    assert told == {"alias": "fink", "url": islands[FINK].url, "login": "none"}
    (files / "topology" / "odd.json").write_text("{ no json")
    beyond = home_of(islands[FINK]) / "known" / "topology"
    beyond.mkdir(parents=True)
    (beyond / "far.json").write_text('{"alias": "far", "url": "http://127.0.0.1:9"}')
    async with Archipelago(tmp_path / "newcomer", {LYON: islands[LYON]}) as other:
        other.answer = lambda text: "no"
        learnt = (await other.well("registry.learn", LYON, folder=folder)).result
        assert (learnt["added"], learnt["refused"]) == ([], ["fink"])
        assert "odd.json" in learnt["problems"][0]
        assert other.questions == [f"lyon names the server fink, {islands[FINK].url}. Take it in and contact it?"]
        assert len(other.engine.servers()) == 1
        # What the one names is asked for what it knows, and so on; nobody is contacted without a yes to its name.
        other.answer = lambda text: "no" if "far" in text else "yes"
        learnt = (await other.well("registry.learn", LYON, folder=folder)).result
        assert (learnt["added"], learnt["refused"]) == (["fink"], ["far"]), learnt
        assert other.questions[-1] == "fink names the server far, http://127.0.0.1:9. Take it in and contact it?"
        await other.well("registry.use", None, folder=folder, server="lyon")
        there = other.engine.store.get(LYON.child("datasets", "visits", epoch=""))
        assert there is not None
        assert there.state == "verified equal"


JOB = "SELECT count(*) AS n, round(avg(flux), 3) AS f FROM big"


async def test_send_the_job_to_the_data(islands: Islands, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """S6: much at the one, little at the other: the job goes to the much, with every part of the estimate shown; after
    the run it is measured; what a server lacks is named; data are brought, or read where they lie."""
    async with Archipelago(tmp_path, islands) as sea:
        await sea.code(LYON, VISITS % (4_000_000, "big"))
        await sea.code(FINK, VISITS % (100_000, "small"))
        for server, name in ((LYON, "big"), (FINK, "small")):
            await sea.well("data.look", server)
            survey = server.child("catalogs", "spark_catalog", epoch="").child("namespaces", "survey")
            await sea.well("data.look", survey)
            await sea.well("dataset.declare", survey.child("tables", name), dataset=name)
            await sea.well(
                "dataset.ask", Key("", "", ("datasets", name)), servers=["lyon" if server == LYON else "fink"]
            )
        big, both = Key("", "", ("datasets", "big")), ["big", "small"]
        ranked = (await sea.well("job.place", big, kind="sql", code=JOB, datasets=both)).result["offers"]
        assert [(o["server"], o["how"]) for o in ranked] == [("lyon", ["bring", "read"]), ("fink", ["bring", "read"])]
        assert list(ranked[0]["moved"]) == ["small"]
        assert ranked[1]["moved_bytes"] > 10 * ranked[0]["moved_bytes"] > 0
        ranked = (await sea.well("job.place", big, kind="sql", code=JOB, datasets=["big"])).result["offers"]
        assert (ranked[0]["server"], ranked[0]["how"], ranked[0]["moved"]) == ("lyon", ["send"], {})
        parts = {p["name"]: p["source"] for p in ranked[0]["parts"]}
        assert parts == {"start": "", "wait": "", "move": "", "run": "assumed", "out": "assumed"}
        lacking = (await sea.well("job.place", big, kind="sql", code=JOB, datasets=["big"], sources=["kafka"])).result
        assert lacking["offers"][0]["failed"] == ["kafka source absent"]
        refused = await sea.ill(
            "job.place", big, kind="sql", code=JOB, datasets=["big"], sources=["kafka"], server="fink"
        )
        assert "not eligible: kafka source absent" in refused
        for _ in range(3):
            done = await sea.well("job.place", big, kind="sql", code=JOB, datasets=["big"], server="lyon")
        rows = done.result["run"]["output"]["data"]["application/json"]["data"]
        assert rows == [[4_000_000, 0.5]]
        print(f"S6: {done.result['said_s']} s said, {done.result['took_s']} s taken")
        shown = {p["name"]: p for p in done.result["offers"][0]["parts"]}
        assert all(shown[name]["source"].startswith("measured (2,") for name in ("run", "out"))
        # What is said is what the journal keeps of the runs before, however fast this machine is.
        told = sorted(truths((await sea.house.registered.own.all("journal")).documents), key=lambda truth: truth.when)
        runs = [truth for truth in told if truth.run_s is not None]
        assert len(runs) == 3
        assert shown["run"]["seconds"] == round(runs[1].run_s or 0, 2), "the newer of the two"
        assert runs[2].estimate_s == pytest.approx(sum(p["seconds"] for p in shown.values()), abs=0.05)
        # The other way: the files are read from here, then they are brought and are a replica.
        with monkeypatch.context() as patched:
            patched.setattr(placing, "CONFIRM_BYTES", 1e6)
            dear = await sea.ill("job.place", big, kind="sql", code=JOB, datasets=["big"], server="fink")
            assert "GB would be moved to fink: type big to go on" in dear
        far = await sea.well("job.place", big, kind="sql", code=JOB, datasets=["big"], server="fink", how="read")
        assert far.result["run"]["output"]["data"]["application/json"]["data"] == rows
        near = await sea.well("job.place", big, kind="sql", code=JOB, datasets=["big"], server="fink", how="bring")
        assert near.result["run"]["output"]["data"]["application/json"]["data"] == rows
        brought = sea.engine.store.get(FINK.child("datasets", "big", epoch=""))
        assert brought is not None
        assert brought.payload.rows == 4_000_000
        proved = await sea.well("dataset.prove", big)
        assert "2 of 2 replicas of big are equal" in proved.text
        journal = await sea.house.registered.own.all("journal")
        assert len(journal.documents) == 10
        assert {e["eventType"] for e in journal.documents.values()} == {"COMPLETE"}
        ranked = (await sea.well("job.place", big, kind="sql", code=JOB, datasets=["big"])).result["offers"]
        assert all(p["source"] != "assumed" for o in ranked for p in o["parts"])
