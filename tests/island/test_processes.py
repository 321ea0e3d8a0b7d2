"""Real sessions and batches: every process is seen to end, and none is left."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import psutil
import pytest

from astrolabnet_gui.island import platform
from astrolabnet_gui.island.driver.jvm import spark_home
from tests.island_fixture import RunningIsland, start_island, stop_island, wait_until

pytestmark = [pytest.mark.island, pytest.mark.timeout(300)]
QUIET = ("--no-spare", "--no-archive")
BATCH = """
import subprocess, sys, time
from pyspark.sql import SparkSession
print("arguments", sys.argv[1:], flush=True)
spark = SparkSession.builder.getOrCreate()
print("counted", spark.range(7).count(), flush=True)
if "sleep" in sys.argv:
    subprocess.Popen(["sleep", "600"])
    time.sleep(600)
sys.exit(3 if "fail" in sys.argv else 0)
"""

STUBBORN = """
import subprocess, time
subprocess.Popen(["sleep", "600"])
while True:
    try:
        time.sleep(600)
    except BaseException:
        pass
"""


def below(pid: int, *, all_of_them: bool = False) -> list[psutil.Process]:
    """Every process under it, the undertaker only if asked for: that one stays as long as the island."""
    found = psutil.Process(pid).children(recursive=True)
    return [one for one in found if all_of_them or "undertaker" not in " ".join(one.cmdline())]


def all_gone(processes: list[psutil.Process]) -> bool:
    """Whether none of them runs any more."""
    return not any(one.is_running() and platform.is_alive(one.pid) for one in processes)


def java_of(processes: list[psutil.Process]) -> psutil.Process:
    """The one Java process."""
    (java,) = [one for one in processes if one.name().startswith("java")]
    return java


def test_a_killed_jvm_is_seen_and_a_killed_island_takes_everything_with_it(tmp_path: Path) -> None:
    running = start_island(tmp_path, *QUIET)
    number = running.open(kind="pyspark")
    first = below(running.pid)
    running.send(number, "import time\ntime.sleep(600)")
    os.kill(java_of(first).pid, signal.SIGKILL)
    killed = time.monotonic()
    wait_until(lambda: running.state_of(number) == "dead", 10.0)
    assert time.monotonic() - killed < 2.0
    assert running.get(f"/sessions/{number}/log")["log"][-1].endswith("Open a session with less.")
    wait_until(lambda: all_gone(first), 10.0, "the rest of the session ends")

    number = running.open(kind="pyspark")
    # User code that starts a program of its own, and will not be interrupted.
    running.send(number, STUBBORN)
    wait_until(lambda: any("sleep" in " ".join(one.cmdline()) for one in below(running.pid)))
    second = below(running.pid, all_of_them=True)
    os.kill(running.pid, signal.SIGKILL)
    killed = time.monotonic()
    wait_until(lambda: all_gone(second), 15.0, "every process of a killed island ends")
    assert time.monotonic() - killed < 4.0


def test_a_killed_island_takes_its_waiting_spare_along(tmp_path: Path) -> None:
    running = start_island(tmp_path, "--no-archive", "--max-sessions=1")
    wait_until(
        lambda: running.get("/metrics/metrics")["gauges"]["island.spare.ready"]["value"], what="the spare is there"
    )
    whole = below(running.pid, all_of_them=True)
    assert java_of(whole)
    assert running.get("/sessions")["total"] == 0
    os.kill(running.pid, signal.SIGKILL)
    wait_until(lambda: all_gone(whole), 15.0, "every process of a killed island ends")


def test_a_killed_jvm_is_seen_though_its_driver_hangs(tmp_path: Path) -> None:
    running = start_island(tmp_path, *QUIET)
    number = running.open(kind="pyspark")
    whole = below(running.pid)
    (driver,) = [one for one in whole if "astrolabnet_gui.island.driver" in one.cmdline()]
    driver.suspend()
    os.kill(java_of(whole).pid, signal.SIGKILL)
    killed = time.monotonic()
    wait_until(lambda: running.state_of(number) == "dead", 10.0)
    assert time.monotonic() - killed < 2.0
    wait_until(lambda: all_gone(whole), 10.0, "the rest of the session ends")
    stop_island(running, tmp_path)


@pytest.fixture
def batching(tmp_path: Path) -> RunningIsland:
    (tmp_path / "job.py").write_text(BATCH)
    return start_island(tmp_path, *QUIET)


def test_batches_succeed_fail_and_are_killed_whole(tmp_path: Path, batching: RunningIsland) -> None:
    def post(*args: str) -> int:
        body = {"file": str(tmp_path / "job.py"), "args": list(args), "conf": {"spark.ui.enabled": "false"}}
        answer = batching.ask("POST", "/batches", body)
        assert answer.status == 201, answer
        return int(answer.value["id"])

    def state(number: int) -> str:
        return str(batching.get(f"/batches/{number}/state")["state"])

    good = post("two words", "ż")
    wait_until(lambda: state(good) in ("success", "dead"), what="the batch ends")
    log = batching.get(f"/batches/{good}/log?size=-1")["log"]
    assert state(good) == "success", log
    assert "arguments ['two words', 'ż']" in log
    assert "counted 7" in log
    bad = post("fail")
    wait_until(lambda: state(bad) == "dead", what="the batch fails")
    assert "exit code 3" in batching.get(f"/batches/{bad}/log")["log"][-1]
    slow = post("sleep")
    wait_until(lambda: "counted 7" in batching.get(f"/batches/{slow}/log")["log"], what="the batch runs")
    group = below(batching.pid)
    assert len(group) >= 3  # Java, Python, sleep
    assert batching.ask("DELETE", f"/batches/{slow}").value == {"msg": "deleted"}
    assert all_gone(group)
    another = post("sleep")
    wait_until(lambda: "counted 7" in batching.get(f"/batches/{another}/log")["log"], what="the batch runs")
    group = below(batching.pid, all_of_them=True)
    os.kill(batching.pid, signal.SIGKILL)
    wait_until(lambda: all_gone(group), 10.0, "the batch of a killed island ends")


def test_stop_ends_sessions_that_are_busy(tmp_path: Path) -> None:
    running = start_island(tmp_path, *QUIET)
    number = running.open(kind="shared")
    running.send(number, "while True: pass", "pyspark")
    everything = below(running.pid, all_of_them=True)
    begun = time.monotonic()
    stop_island(running, tmp_path)
    assert time.monotonic() - begun < 10.0
    assert all_gone(everything)
    assert not (running.state / "work").exists()


def test_a_jar_runs_as_a_batch_with_its_main_class(batching: RunningIsland) -> None:
    jar = next((Path(spark_home()) / "jars").glob("scala-compiler-2.12.*.jar"))
    body = {"file": str(jar), "className": "scala.tools.nsc.Main", "args": ["-version"]}
    number = batching.ask("POST", "/batches", body).value["id"]
    wait_until(lambda: batching.get(f"/batches/{number}/state")["state"] in ("success", "dead"), what="the JAR ends")
    log = batching.get(f"/batches/{number}/log?size=-1")["log"]
    assert batching.get(f"/batches/{number}/state")["state"] == "success", log
    assert [line for line in log if line.startswith("Scala compiler version 2.12.")]
