"""Tables of Iceberg and of Hive, seen through Spark's own catalogs in a session that has them set up."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from astrolabnet_gui.model.key import Key

MAKE = """
spark.sql("CREATE NAMESPACE lake.sky")
spark.sql("CREATE TABLE lake.sky.stars (id BIGINT, mag DOUBLE, night INT) USING iceberg PARTITIONED BY (night)")
spark.sql("INSERT INTO lake.sky.stars SELECT id, 15 + id / 100.0D, int(id % 3) FROM range(300)")
spark.sql("CREATE DATABASE old")
spark.sql("CREATE TABLE old.names (id INT, name STRING) STORED AS ORC")
spark.sql("INSERT INTO old.names VALUES (1, 'mira')")
spark.sql("CREATE VIEW old.bright AS SELECT * FROM old.names")
"""


def settings(folder: Path) -> dict[str, str]:
    """What an administrator writes to have them."""
    lake = "spark.sql.catalog.lake"
    return {
        "spark.jars.packages": "org.apache.iceberg:iceberg-spark-runtime-3.5_2.12:1.6.1",
        lake: "org.apache.iceberg.spark.SparkCatalog", f"{lake}.type": "hadoop",
        f"{lake}.warehouse": f"file:{folder}/lake", "spark.sql.catalogImplementation": "hive",
        "spark.sql.warehouse.dir": f"file:{folder}/hive",
        "spark.hadoop.javax.jdo.option.ConnectionURL": f"jdbc:derby:;databaseName={folder}/metastore;create=true",
    }  # fmt: skip


async def lakes(live: Any, island: Key, folder: Path) -> None:
    """Each is listed, shown, measured and proved like any other; a view has rows and no files."""
    session = (await live.well("session.new", island, kind="pyspark", name="lakes", conf=settings(folder))).focus
    made = await live.well("session.send", session, code=MAKE, wait=True)
    assert made.result["state"] == "done", made.result
    await live.engine.until(session, lambda t: t is not None and t.state == "idle")
    await live.well("session.lend", session)
    await live.well("data.look", island)
    stars = await _table(live, island, "lake", "sky", "stars")
    facts = (await live.well("table.facts", stars)).result
    assert (facts["provider"], facts["partitioned_by"]) == ("iceberg", ["night"])
    rows = (await live.well("table.look", stars)).result["table"]["rows"]
    assert [0, 15.0, 0] in rows
    measured = (await live.well("table.measure", stars)).result
    assert measured["rows"] == 300
    assert measured["files"] >= 4, "a file a night, and its account"
    assert measured["size_bytes"] > 1000
    assert (await live.well("table.fingerprint", stars)).result["rows"] == 300
    names = await _table(live, island, "spark_catalog", "old", "names")
    assert (await live.well("table.facts", names)).result["provider"] == "hive"
    assert (await live.well("table.measure", names)).result["files"] == 1
    bright = await _table(live, island, "spark_catalog", "old", "bright")
    assert (await live.well("table.look", bright)).result["table"]["rows"] == [[1, "mira"]]
    measured = (await live.well("table.measure", bright)).result
    assert (measured["rows"], measured["files"]) == (1, None)
    await live.well("session.close", session)


async def _table(live: Any, island: Key, catalog: str, namespace: str, name: str) -> Key:
    above = island.child("catalogs", catalog, epoch="")
    await live.well("data.look", above)
    there = above.child("namespaces", namespace)
    await live.well("data.look", there)
    found = there.child("tables", name)
    assert live.engine.store.get(found) is not None
    return found
