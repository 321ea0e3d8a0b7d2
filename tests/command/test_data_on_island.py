"""Data on a real island: catalogs, exact previews, hostile names, fingerprints; nothing runs in the user's session."""

from __future__ import annotations

import math
import os
from pathlib import Path

import pytest

from astrolabnet_gui.model.key import Key
from astrolabnet_gui.network.link import RunState
from tests.command.files_on_island import sky_of_files
from tests.command.lakes_on_island import lakes
from tests.command.test_on_island import Live

# Odd in every way that names and values can be.
MAKE = r"""
from pyspark.sql import functions as F
spark.sql("CREATE DATABASE IF NOT EXISTS night")
row = spark.sql(r'''SELECT 1 AS id, double('NaN') AS nan, float('Infinity') AS inf, cast(1.10 AS decimal(10,2)) AS dec,
  timestamp'2026-01-02 03:04:05.123456' AS ts, date'2026-01-02' AS day, unhex('00ff10') AS stamp,
  map('k', 1, 'l', null) AS m, array(named_struct('x', 1, 'y', unhex('aa'), 'z', repeat('s', 5000))) AS parts,
  cast(null AS string) AS nothing, 9007199254740993L AS big, repeat('a', 4000) AS whole, repeat('a', 4001) AS cut''')
odd = row.withColumn("q.d`'\" \\ ${env:HOME} \u00e9", F.lit("a\"b\\c\n\u2028"))
odd.write.mode("overwrite").saveAsTable("night.odd")
stars = spark.range(0, 1000, 1, 5).selectExpr(
    "id", "sqrt(id) AS mag", "map('a', id) AS m", "if(id % 7 = 0, null, id) AS n")
stars.write.mode("overwrite").saveAsTable("night.stars")
stars.orderBy(F.rand(1)).coalesce(1).write.mode("overwrite").saveAsTable("night.copy")
# Of 200 partitions one value is flipped, and one row is dropped.
parts = stars.withColumn("part", F.expr("int(id % 200)"))
parts.write.mode("overwrite").saveAsTable("night.parts")
flipped = parts.where("id != 777").selectExpr("id", "if(id = 500, mag + 1e-9, mag) AS mag", "m", "n", "part")
flipped.write.mode("overwrite").saveAsTable("night.flipped")
"""


@pytest.mark.island
@pytest.mark.timeout(600)
async def test_data_of_a_real_island(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with Live() as live:
        island = (await live.well("island.start", None)).focus
        assert island is not None
        await live.engine.until(island, lambda t: t is not None and t.state == "up")
        made = await live.well("server.send", island, kind="pyspark", code=MAKE, wait=True)
        assert made.result["state"] == "done", made.result
        mine = [t.key for t in live.engine.store.children(island) if t.key.kind == "sessions"]

        await live.well("data.look", island)
        catalog = island.child("catalogs", "spark_catalog", epoch="")
        night = catalog.child("namespaces", "night")
        assert live.engine.store.get(night) is not None
        await live.well("data.look", night)
        names = {str(t.key.id) for t in live.engine.store.children(night)}
        assert names == {"odd", "stars", "copy", "parts", "flipped"}

        seen = (await live.well("table.look", night.child("tables", "odd"))).result
        columns = {c["name"]: c["type"] for c in seen["table"]["columns"]}
        cells = dict(zip(columns, seen["table"]["rows"][0], strict=True))
        assert columns["parts"] == "array<struct<x: integer, y: binary, z: string>>"
        assert columns["m"] == "map<string, integer>"
        assert cells.pop("q.d`'\" \\ ${env:HOME} \u00e9") == 'a"b\\c\n\u2028'
        assert len(cells.pop("whole")) == 4000
        assert cells.pop("cut") == "a" * 4000 + "… (cut)"
        assert cells.pop("parts") == [{"x": 1, "y": "1 bytes", "z": "s" * 4000 + "… (cut)"}]
        assert cells == {
            "id": 1, "nan": "NaN", "inf": "Infinity", "dec": "1.10", "ts": "2026-01-02T03:04:05.123456Z",
            "day": "2026-01-02", "stamp": "3 bytes", "m": {"k": 1, "l": None}, "nothing": None, "big": 9007199254740993,
        }  # fmt: skip
        assert seen["facts"]["provider"] == "parquet"

        assert (await live.well("table.count", night.child("tables", "stars"))).result == {"rows": 1000}
        here = night.child("tables", "stars")
        await _described(live, here, night.child("tables", "odd"))
        prints = [(await live.well("table.fingerprint", night.child("tables", n))).result for n in ("stars", "copy")]
        assert prints[0] == prints[1]
        assert prints[0]["rows"] == 1000
        copy = night.child("tables", "copy").address("local")
        assert (await live.well("table.compare", here, other=copy)).result["equal"] is True
        parts, flipped = night.child("tables", "parts"), night.child("tables", "flipped").address("local")
        found = (await live.well("table.compare", parts, other=flipped, by="part")).result
        assert (found["equal"], found["partitions"]) == (False, ["100", "177"])
        assert (await live.well("table.compare", here, other=flipped)).result["columns"] == ["part integer"]

        await _mended(live, island, night)
        await sky_of_files(live, night, tmp_path, monkeypatch)
        await _gone(live, island, night, tmp_path)
        # All of it was asked in one small session, and nothing in that of the user.
        sessions = [t for t in live.engine.store.children(island) if t.key.kind == "sessions"]
        assert sorted(t.key in mine for t in sessions) == [False, True]
        [util] = [t for t in sessions if t.key not in mine]
        assert "util-" in util.label
        await lakes(live, island, tmp_path)


TWO = """
right = spark.range(0, 1000, 1, 5).selectExpr(
    "id", "named_struct('a b', sqrt(id)) AS mag", "lpad(id % 20, 2, '0') AS part")
right.write.mode("overwrite").partitionBy("part").saveAsTable("night.right")
wrong = right.where("part <> '03'").selectExpr("if(id = 507, 0, id) AS id", "mag", "part")
extra = right.where("id = 1").selectExpr("id", "mag", "'99' AS part")
wrong.union(extra).write.mode("overwrite").partitionBy("part").saveAsTable("night.wrong")
"""


async def _mended(live: Live, island: Key, night: Key) -> None:
    """A copy that drifted is made equal by moving only what differs; a reference moves nothing."""
    made = await live.well("server.send", island, kind="pyspark", code=TWO, wait=True)
    assert made.result["state"] == "done", made.result
    await live.well("data.look", night)
    right, wrong = night.child("tables", "right"), night.child("tables", "wrong")
    measured = await live.well("table.measure", right)
    assert (measured.result["partitions"], "20 partitions" in measured.text) == (20, True)
    mended = await live.well("table.mend", wrong, like=right.address("local"))
    assert (mended.result["by"], mended.result["partitions"]) == ("part", ["03", "07", "99"])
    assert mended.result["rows"] == 100, "two partitions of twenty; the third has nothing to be moved"
    assert "Overwrite what differs in wrong" in live.questions[-1]
    assert (await live.well("table.compare", right, other=wrong.address("local"))).result["equal"] is True
    assert (await live.well("table.mend", wrong, like=right.address("local"))).result["rows"] == 0
    refused = await live.do("table.mend", night.child("tables", "stars"), {"like": right.address("local")})
    assert "columns are not the same" in str(refused.problem)

    referred = await live.well("table.refer", right, name="afar.right")
    assert referred.result["rows"] == 1000
    await live.well("data.look", island.child("catalogs", "spark_catalog", epoch=""))
    afar = night.parent.child("namespaces", "afar") if night.parent else night
    await live.well("data.look", afar)
    facts = (await live.well("table.facts", afar.child("tables", "right"))).result
    assert (facts["type"], facts["location"]) == ("EXTERNAL", referred.result["location"])
    own = await live.do("table.unrefer", island, {"name": "night.right"})
    assert "would delete them" in str(own.problem)
    back = referred.result["undo"]
    await live.well(back["command"], island, **back["params"])
    assert (await live.well("table.count", right)).result == {"rows": 1000}
    for name in ("right", "wrong"):
        await live.well("server.send", island, kind="sql", code=f"DROP TABLE night.{name}", wait=True)
    await live.well("data.look", night)


async def _described(live: Live, stars: Key, odd: Key) -> None:
    """Facts that cost nothing, files and rows, and the spread of columns."""
    facts = (await live.well("table.facts", stars)).result
    assert (facts["type"], facts["provider"], [c["name"] for c in facts["columns"]][:2]) == (
        "MANAGED", "parquet", ["id", "mag"],
    )  # fmt: skip
    assert facts["ddl"].startswith("CREATE TABLE")
    measured = (await live.well("table.measure", stars)).result
    assert (measured["files"], measured["rows"]) == (5, 1000)
    assert measured["size_bytes"] > 5000
    [n, mag] = (await live.well("table.profile", stars, columns=("n", "mag"))).result["columns"]
    assert (n["rows"], n["nulls"], n["least"], n["most"]) == (1000, 143, "1", "999")
    assert mag["mean"] == pytest.approx(21.06, abs=0.1)
    everything = (await live.well("table.profile", odd)).result
    assert everything["of"] == len(everything["columns"]) == 14
    wrong = await live.do("table.profile", stars, {"columns": ("no such",)})
    assert wrong.problem is not None
    assert "no column 'no such'" in wrong.problem.what


async def _gone(live: Live, island: Key, night: Key, tmp_path: Path) -> None:
    """A table that vanished says so, and the rest goes on."""
    dropped = await live.well("server.send", island, kind="sql", code="DROP TABLE night.flipped", wait=True)
    assert dropped.result["state"] == "done"
    event = await live.do("table.look", night.child("tables", "flipped"), {})
    assert event.state is RunState.FAILED
    assert event.problem is not None
    assert "flipped" in event.problem.what
    assert "cannot be found" in event.problem.what
    # Views of it say so too; its columns were known from before.
    for view in ("histogram", "packet", "profile", "export"):
        given = {"file": str(tmp_path / "gone.csv")} if view == "export" else {}
        event = await live.do(f"table.{view}", night.child("tables", "flipped"), given)
        assert event.state is RunState.FAILED
        assert event.problem is not None
        assert "flipped" in event.problem.what, view
    # A table of 2 000 columns, some of odd names, is looked at and drawn as any other.
    names = ",".join(f"c.{n}`${{env:HOME}}" for n in range(2000))
    (tmp_path / "wide.csv").write_text(f"{names}\n{'1.5,' * 1999}2\n")
    wide = (await live.well("table.load", night, file=str(tmp_path / "wide.csv"))).focus
    seen = (await live.well("table.look", wide)).result["table"]
    assert (len(seen["columns"]), seen["rows"][0][1999]) == (2000, 2)
    drawn = (await live.well("table.histogram", wide, column="c.1999`${env:HOME}")).result
    assert (drawn["drawn"], drawn["column"]["name"]) == (1, "`c.1999``${env:HOME}`")
    assert math.isfinite((await live.well("table.count", night.child("tables", "stars"))).result["rows"])
    assert os.environ["HOME"] not in event.problem.what
