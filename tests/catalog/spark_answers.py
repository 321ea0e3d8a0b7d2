"""Answers of a real Spark without any Livy: statements come as JSON on standard input, rows leave on standard output.

A process of its own, so that no virtual machine outlives a test.
"""

from __future__ import annotations

import json
import os
import sys

from astrolabnet_gui.island.jre import choose


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
    answers = []
    for sql in asked["statements"]:
        try:
            frame = spark.sql(sql)
            rows = [list(row) for row in frame.collect()]
            answers.append({"schema": json.loads(frame.schema.json()), "data": rows})
        except Exception as exc:
            answers.append({"refused": str(exc).splitlines()[0]})
    spark.stop()
    print("\nANSWERS" + json.dumps(answers, default=str))


if __name__ == "__main__":
    main()
