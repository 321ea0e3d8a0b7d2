"""Runs channels' programs one after the other in one Spark, as asked on standard input; for tests.

Each line is JSON: {"program": path, "argument": base64, "sql": …, "code": …}, answered by "DONE" or "RAISED words".
"""

from __future__ import annotations

import json
import runpy
import sys


def main() -> None:
    """Serve until the input ends."""
    from pyspark.sql import SparkSession

    spark = SparkSession.builder.getOrCreate()
    spark.sparkContext.setLogLevel("OFF")
    print("READY", flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        try:
            if "sql" in asked:
                print("ROWS " + json.dumps([list(row) for row in spark.sql(asked["sql"]).collect()], default=str))
            elif "code" in asked:
                exec(asked["code"], {"spark": spark})  # as a statement of a session would
            else:
                sys.argv = [asked["program"], asked["argument"]]
                runpy.run_path(asked["program"], run_name="__main__")
            print("DONE", flush=True)
        except BaseException as error:
            print("RAISED " + " ".join(str(error).split())[:300], flush=True)


if __name__ == "__main__":
    main()
