"""The island: from "new session" to idle (cold, with the class data archive, with the spare) and round trips,
beside the start of a plain spark-submit. The load of the computer is told with each number.
"""

from __future__ import annotations

import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from astrolabnet_gui.island import jre
from astrolabnet_gui.island.cds import Archive
from astrolabnet_gui.island.driver.jvm import spark_home
from tests.island_fixture import RunningIsland, start_island, stop_island, wait_until

_ROUNDS = 20
_JOB = """
import time
from pyspark.sql import SparkSession
SparkSession.builder.getOrCreate()
print("READY", time.time())
"""
_TRIPS = (
    ("1+1", "pyspark"),
    ("select 1+1", "sql"),
    ("1+1", "spark"),
    ("spark.range(1000).count()", "pyspark"),
)


def tell(what: str, seconds: float) -> None:
    """One line of the report."""
    print(f"{what:<58} {seconds:8.3f} s   load {os.getloadavg()[0]:.1f}", flush=True)


def opened(island: RunningIsland, what: str, kind: str = "shared") -> int:
    """A session; told is the time from the POST to idle."""
    begun = time.perf_counter()
    number = island.open(kind=kind)
    tell(what, time.perf_counter() - begun)
    return number


def trips(island: RunningIsland, number: int) -> None:
    """First and median time from POST to the result seen, asked every 2 ms."""
    for code, kind in _TRIPS:
        took = []
        for _ in range(_ROUNDS):
            begun = time.perf_counter()
            path = f"/sessions/{number}/statements/{island.send(number, code, kind)}"
            while island.get(path)["state"] != "available":
                time.sleep(0.002)
            took.append(time.perf_counter() - begun)
        tell(f"{kind} {code}, first", took[0])
        tell(f"{kind} {code}, median of {_ROUNDS - 1}", statistics.median(took[1:]))


def submit(folder: Path) -> None:
    """What there is without us: Spark's own script, until a session is there."""
    (folder / "job.py").write_text(_JOB)
    env = os.environ | {"JAVA_HOME": str(jre.choose().home)}
    begun = time.time()
    command = [str(spark_home() / "bin" / "spark-submit"), "--master", "local[*]", str(folder / "job.py")]
    said = subprocess.run(command, capture_output=True, text=True, env=env, check=True).stdout
    found = re.search(r"READY ([\d.]+)", said)
    assert found is not None
    tell("spark-submit, until the session is there", float(found[1]) - begun)


def archived(home: Path) -> None:
    """Build the archive at once, where the islands of this bench look for it."""
    folder = Archive(jre.choose(), home / "cache" / "island").folder
    folder.mkdir(parents=True)
    begun = time.perf_counter()
    command = [sys.executable, "-m", "astrolabnet_gui.island.train", str(jre.choose().home), str(folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=folder) as training:
        training.wait()
    tell("class data archive built", time.perf_counter() - begun)


def main() -> int:
    """Measure; the answer is an exit code."""
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        submit(home)
        begun = time.perf_counter()
        island = start_island(home, "--no-spare", "--no-archive")
        tell("island start, until it answers", time.perf_counter() - begun)
        opened(island, "new session, no archive, no spare")
        stop_island(island, home)
        archived(home)
        island = start_island(home, "--no-spare")
        number = opened(island, "new session, archive, no spare")
        trips(island, number)
        stop_island(island, home)
        island = start_island(home)
        number = opened(island, "new session right after the island's start (spare on its way)")
        island.ask("DELETE", f"/sessions/{number}")
        wait_until(lambda: island.get("/metrics/metrics")["gauges"]["island.spare.ready"]["value"] == 1)
        opened(island, "new session, warm spare")
        stop_island(island, home)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
