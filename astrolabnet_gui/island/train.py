"""Trains the class data archive: ``python -m astrolabnet_gui.island.train JAVA_HOME FOLDER``.

A session is begun as any other, runs a bit of each language, and Java writes down at its end which classes it had.
It ends when its standard input does: so no training outlives the island.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

from astrolabnet_gui.island import platform
from astrolabnet_gui.island.driver import jvm
from astrolabnet_gui.island.protocol import Start

_PYTHON = (
    "spark.range(1000).selectExpr('sum(id)').collect()",
    "spark.range(20).groupBy('id').count().collect()",
    "spark.range(10).write.mode('overwrite').parquet('t.parquet')",
    "spark.read.parquet('t.parquet').join(spark.range(5), 'id').orderBy('id').toJSON().collect()",
    "sc.parallelize(range(8), 2).map(lambda x: (x % 2, x)).reduceByKey(lambda a, b: a + b).collect()",
)
# As a channel has it: files in, a batch of them out by a function, a checkpoint.
_STREAM = """
import json, os
os.makedirs("in", exist_ok=True)
open("in/1.json", "w").write(json.dumps({"id": 1, "mag": 14.5}) + "\\n")
rows = spark.readStream.schema("id BIGINT, mag DOUBLE").json("in")
write = rows.writeStream.option("checkpointLocation", "check").trigger(availableNow=True)
write.foreachBatch(lambda part, n: part.write.mode("overwrite").parquet(f"out/n={n}")).start().awaitTermination()
sc._jvm.java.lang.Class.forName("org.apache.spark.deploy.SparkSubmit$")
"""
_SQL = (
    "create temporary view v as select id, cast(id as string) as s from range(9)",
    "select s, count(*) from v group by s",
)
_SCALA = ("spark.range(10).map(_ * 2).collect()", "case class P(x: Int)\nSeq(P(1), P(2)).toDS().show()")
_END_S = 600.0


def main(java_home: str, folder: Path) -> int:
    """Build both archives in the folder; the answer is an exit code."""
    platform.die_with_parent()
    platform.be_patient()
    threading.Thread(target=_end_with_the_island, daemon=True).start()
    base, spark = folder / "base.jsa", folder / "spark.jsa"
    java = Path(java_home) / "bin" / "java"
    subprocess.run(
        [java, "-XX:+UseSerialGC", "-Xshare:dump", f"-XX:SharedArchiveFile={base}"],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    work = folder / "work"
    work.mkdir()
    os.chdir(work)
    start = Start(
        java_home=java_home,
        work_dir=str(work),
        conf={"spark.master": "local[1]"},
        java_args=(f"-XX:SharedArchiveFile={base}", f"-XX:ArchiveClassesAtExit={spark}", "-Xlog:disable"),
        kind="shared",
        name="training",
    )
    process = jvm.launch(start)
    _use(process, start)
    assert process.stdin is not None
    process.stdin.close()
    process.wait(_END_S)
    os.chdir(folder)
    shutil.rmtree(work, ignore_errors=True)
    return 0 if spark.is_file() else 1


def _use(process: subprocess.Popen[bytes], start: Start) -> None:
    """Do what sessions do."""
    from astrolabnet_gui.island.driver.context import Context
    from astrolabnet_gui.island.driver.interpreters import Interpreters
    from astrolabnet_gui.island.driver.ui import warm_up

    context = Context(jvm.connect(process, start.work_dir))
    interpreters = Interpreters(context, start)
    for kind, codes in (("pyspark", (*_PYTHON, _STREAM)), ("sql", _SQL), ("spark", _SCALA)):
        for code in codes:
            interpreters.get(kind).run(code)
    warm_up(context.sc.uiWebUrl)
    interpreters.close()


def _end_with_the_island() -> None:
    while os.read(0, 1024):
        pass
    os._exit(1)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1], Path(sys.argv[2])))
