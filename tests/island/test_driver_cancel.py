"""Cancelling: everything that runs stops, with Spark's own words where it has some, and the session goes on."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from astrolabnet_gui.island import protocol as p
from tests.island.driving import Driven, driven
from tests.island.r_there import NO_R, WHY

pytestmark = [pytest.mark.island, pytest.mark.timeout(300)]
BIG = "select sum(a.id * b.id % 7) from range(1000000) a cross join range(1000000) b"
MARK = "begun"


@pytest.fixture(scope="module")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Driven]:
    with driven(tmp_path_factory.mktemp("driver"), warm=("spark",)) as driver:
        driver.text("1", "spark")
        yield driver


def begun(driver: Driven, number: int, code: str, within_s: float = 60.0) -> None:
    """Wait until the user's code itself runs: it makes a file first."""
    driver.wait(p.Running, lambda e: e.id == number)
    if MARK in code:
        end = time.monotonic() + within_s
        while not (driver.work / MARK).exists():
            assert time.monotonic() < end, driver.log()[-2000:]
            time.sleep(0.01)


@pytest.mark.parametrize(
    ("kind", "code", "words"),
    [
        ("pyspark", "open('begun', 'w').close()\nimport time; time.sleep(600)", "KeyboardInterrupt"),
        ("pyspark", "open('begun', 'w').close()\nwhile True: pass", "KeyboardInterrupt"),
        ("pyspark", "open('begun', 'w').close()\nspark._jvm.java.lang.Thread.sleep(600000)", "InterruptedException"),
        (
            "pyspark",
            "import time\nopen('begun', 'w').close()\nsc.parallelize(range(60), 60).map(lambda x: time.sleep(9)).sum()",
            "",
        ),
        ("sql", BIG, ""),
        ("spark", 'new java.io.File("begun").createNewFile(); Thread.sleep(600000)', "InterruptedException"),
        ("spark", 'new java.io.File("begun").createNewFile(); while (true) {}', "ThreadDeath"),
        ("spark", "sc.parallelize(1 to 60, 60).map { i => Thread.sleep(9000); i }.sum()", ""),
        ("sparkr", "file.create('begun'); Sys.sleep(600)", "interrupted"),
        ("sparkr", "file.create('begun'); while (TRUE) {}", "interrupted"),
        ("sparkr", f"x <- sql('{BIG}')", ""),
    ],
)
def test_it_stops(driver: Driven, kind: str, code: str, words: str) -> None:
    if kind == "sparkr" and NO_R:
        pytest.skip(WHY)
    (driver.work / MARK).unlink(missing_ok=True)
    number = driver.start(code, kind)
    begun(driver, number, code)
    driver.send(p.Cancel(id=number))
    done = driver.done(number)
    assert done.state == "cancelled"
    assert done.output is not None
    assert done.output["status"] == "error"
    assert words in done.output["ename"] + done.output["evalue"]
    assert "astrolabnet_gui" not in "".join(done.output["traceback"])
    assert driver.text("1 + 1") == "2"
    assert driver.text("spark.range(3).count()") == "3"


def test_after_all_that_every_language_works(driver: Driven) -> None:
    assert driver.text("spark.range(3).count()", "spark").endswith("Long = 3\n")
    assert driver.run("select 1", "sql")["status"] == "ok"


def test_a_job_says_livys_words(driver: Driven) -> None:
    number = driver.start("import time\nsc.parallelize(range(9), 9).map(lambda x: time.sleep(0.7) or x).sum()")
    driver.wait(p.Progress, lambda e: e.id == number)
    driver.send(p.Cancel(id=number))
    output = driver.done(number).output
    assert output is not None
    assert output["ename"] == "Py4JJavaError"
    assert f"cancelled part of cancelled job group {number}" in output["evalue"]


def test_what_waits_is_cancelled_at_once_and_never_runs(driver: Driven, tmp_path: Path) -> None:
    first = driver.start("import time; time.sleep(1)")
    second = driver.start(f"open({str(tmp_path / 'ran')!r}, 'w')")
    driver.send(p.Cancel(id=second))
    done = driver.done(second)
    assert (done.state, done.output) == ("cancelled", None)
    assert driver.done(first).state == "available"
    assert driver.text("3") == "3"
    assert not (tmp_path / "ran").exists()
    assert not [e for e in driver.events if isinstance(e, p.Running) and e.id == second]


def test_cancelling_what_is_done_or_unknown_does_nothing(driver: Driven) -> None:
    number = driver.start("4")
    driver.done(number)
    for cancelled in (number, number, 9999):
        driver.send(p.Cancel(id=cancelled))
    assert driver.text("5") == "5"
    assert not [e for e in driver.events if isinstance(e, p.Done) and e.id == 9999]
    assert sum(isinstance(e, p.Done) and e.id == number for e in driver.events) == 1


def test_code_that_catches_the_interrupt_is_asked_again(driver: Driven) -> None:
    (driver.work / MARK).unlink(missing_ok=True)
    code = (
        "caught = 0\nopen('begun', 'w').close()\nimport time\nwhile caught < 3:\n"
        "    try: time.sleep(600)\n    except KeyboardInterrupt: caught += 1\ncaught"
    )
    number = driver.start(code)
    begun(driver, number, code)
    driver.send(p.Cancel(id=number))
    done = driver.done(number)
    assert done.state == "cancelled"
    assert done.output is not None
    assert done.output["data"]["text/plain"] == "3"
