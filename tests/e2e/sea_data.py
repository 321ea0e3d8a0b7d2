"""Code that makes the data of the stories, in a session of the user."""

from __future__ import annotations

ALERTS = r"""
from pyspark.sql import functions as F
spark.sql("CREATE DATABASE IF NOT EXISTS ztf")
alerts = spark.range(0, 20000, 1, 1).selectExpr(
    "id AS candid", "concat('ZTF', id % 200) AS objectId", "60000 + id / 1000.0D AS mjd",
    "if(id = 0, double('NaN'), 15 + id % 70 / 10.0D) AS magpsf",
    "named_struct('ra', id % 360 + 0.5D, 'dec', cast(null AS double)) AS place",
    "array(named_struct('mjd', 1.5D, 'fid', 1)) AS prv", "map('g', id, 'r', null) AS bands",
    "unhex('1f8b00ff') AS stamp", "timestamp'2026-01-02 03:04:05.123' AS seen", "cast(id AS decimal(12,3)) AS flux")
alerts.write.mode("overwrite").saveAsTable("ztf.alerts")
spark.sql("CREATE OR REPLACE VIEW ztf.bright AS SELECT * FROM ztf.alerts WHERE magpsf < 16")
spark.sql("CREATE TABLE ztf.lost AS SELECT 1 AS a")
spark.sql("CREATE OR REPLACE VIEW ztf.orphan AS SELECT * FROM ztf.lost")
spark.sql("DROP TABLE ztf.lost")
spark.sql("CREATE TABLE archive.APP.stars (id INT, name STRING)")
spark.sql("INSERT INTO archive.APP.stars VALUES (7, 'vega')")
import os
sky = "HOME/gaia_hats"
stars = spark.range(0, 400, 1, 1).selectExpr("id AS source_id", "shiftleft(id, 40) AS _healpix_29", "1 AS Norder",
    "0 AS Dir", "id % 4 AS Npix")
stars.write.mode("overwrite").partitionBy("Norder", "Dir", "Npix").parquet(sky + "/dataset")
open(sky + "/hats.properties", "w").write("obs_collection=gaia\n")
os.makedirs("HOME/broken", exist_ok=True); open("HOME/broken/a.parquet", "wb").write(b"no parquet at all")
os.makedirs("HOME/closed", exist_ok=True)
"""
PARTS = r"""
spark.sql("CREATE DATABASE IF NOT EXISTS ztf")
spark.conf.set("spark.sql.shuffle.partitions", "1")
parts = spark.range(0, 4000, 1, 1).selectExpr(
    "id", "sqrt(id) AS mag", "60000 + id / 100.0D AS mjd", "int(id % 200) AS part")
def write(frame, name):
    frame.write.mode("overwrite").partitionBy("part").saveAsTable("ztf." + name)
"""

VISITS = """
spark.sql("CREATE DATABASE IF NOT EXISTS survey")
spark.range(0, %d, 1, 2).selectExpr("id", "rand(1) AS flux", "60000 + id / 1e6D AS mjd").write.mode(
    "overwrite").saveAsTable("survey.%s")
"""
