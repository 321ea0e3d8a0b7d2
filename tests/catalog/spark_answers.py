"""Answers of a real Spark without any Livy: statements come as JSON on standard input, rows leave on standard output.

A process of its own, so that no virtual machine outlives a test.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from astrolabnet_gui.island.driver.first_rows import warm_rows
from astrolabnet_gui.island.jre import choose


def _told(exc: Exception) -> dict[str, object]:
    """As Livy would tell it: Java's message, and what it was caused by."""
    java, causes = getattr(exc, "java_exception", None), list[str]()
    if java is None:
        return {"message": str(exc), "causes": causes}
    message, cause = java.getMessage() or java.toString(), java.getCause()
    while cause is not None:
        causes.append(f"Caused by: {cause.toString()}".splitlines()[0])
        cause = cause.getCause()
    return {"message": message, "causes": causes}


def main() -> None:
    """One answer a statement: its rows and schema, or the first line of Spark's refusal."""
    os.environ["JAVA_HOME"] = str(choose().home)
    # A life of a minute: what the second compiler of Java costs is never earned back.
    os.environ["PYSPARK_SUBMIT_ARGS"] = "--driver-java-options '-XX:TieredStopAtLevel=1 -XX:+UseSerialGC' pyspark-shell"
    from pyspark.sql import SparkSession

    asked = json.load(sys.stdin)
    spark = (
        SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false")
        .config("spark.sql.session.timeZone", "UTC").config("spark.sql.variable.substitute", "false")
        .config("spark.sql.warehouse.dir", asked["warehouse"]).config("spark.sql.shuffle.partitions", "2")
        .getOrCreate()
    )  # fmt: skip
    # As the island's waiting session does; it leaves nothing behind.
    own = Path(asked["warehouse"]).parent
    assert warm_rows(spark, own), "the first rows were not written and read"
    assert not (own / "tmp" / "first-rows").exists()
    answers = []
    for sql in asked["statements"]:
        try:
            frame = spark.sql(sql)
            rows = [list(row) for row in frame.collect()]
            answers.append({"schema": json.loads(frame.schema.json()), "data": rows})
        except Exception as exc:
            answers.append({"refused": str(exc).splitlines()[0], **_told(exc)})
    spark.stop()
    print("\nANSWERS" + json.dumps(answers, default=str))


if __name__ == "__main__":
    main()
