"""All checks of a checkout, quick ones first, one summary at the end."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field
from pathlib import Path

import install
import qtlibs

CORE_FLOOR, GUI_FLOOR = 90, 80
GUI = "*/astrolabnet_gui/gui/*"
LIMIT_S = 30 * 60.0
BOTH = ["-n", "2", "--dist", "loadfile"]  # one Python each for two cores; a file's tests stay together
ISLAND = "tests/island"
SOAK = "tests/bench/test_soak.py"
DATA_STORIES = "tests/e2e/test_data_stories.py"
NOTHING_SELECTED = 5  # pytest's exit code


@dataclass
class Counts:
    """What pytest counted, over all its runs."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def add(self, report: Path) -> None:
        """Add one run's JUnit report; a run that left none counts as one failure."""
        try:
            suites = ET.parse(report).getroot().iter("testsuite")
            for suite in suites:
                bad = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
                skipped = int(suite.get("skipped", 0))
                self.failed += bad
                self.skipped += skipped
                self.passed += max(0, int(suite.get("tests", 0)) - bad - skipped)
        except (OSError, ET.ParseError):
            self.failed += 1


@dataclass
class Checks:
    """One run over everything.

    Attributes:
        said: a line for each check: what, how it ended, seconds.
    """

    root: Path
    python: Path
    work: Path
    counts: Counts = field(default_factory=Counts)
    said: list[str] = field(default_factory=list)
    bad: list[str] = field(default_factory=list)
    beside: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def check(self, name: str, command: list[str], also_good: tuple[int, ...] = (), **env: str) -> int:
        """Run one check from the checkout's folder, its output shown as it comes; its exit code."""
        print(f"\n== {name}", flush=True)
        started = time.monotonic()
        try:
            code = subprocess.call(command, cwd=self.root, env={**os.environ, **env}, timeout=LIMIT_S)
        except subprocess.TimeoutExpired:
            print(f"{name} hung: ended after {LIMIT_S / 60:.0f} min")
            code = -1
        good = code == 0 or code in also_good
        self.said.append(f"{'ok    ' if good else 'FAILED'} {name} ({time.monotonic() - started:.0f} s)")
        if not good:
            self.bad.append(name)
        return code

    def begin(self, name: str, command: list[str]) -> None:
        """Run something beside what follows; ``end`` waits for it."""
        self.beside[name] = subprocess.Popen(command, cwd=self.root)

    def end(self, name: str) -> None:
        """Wait for what was begun; without it the rest is slower, no worse."""
        process = self.beside.pop(name)
        try:
            code = process.wait(LIMIT_S)
        except subprocess.TimeoutExpired:
            process.kill()
            code = process.wait()
        self.said.append(f"{'ok    ' if code == 0 else 'none  '} {name}")

    def module(self, name: str, *words: str) -> int:
        """Run a check that is a module of the environment."""
        return self.check(name, [str(self.python), "-m", *words])

    def pytest(
        self, name: str, marked: str, more: list[str], before: tuple[str, ...] = (), measured: bool = True, **env: str
    ) -> None:
        """Run the tests that ``marked`` selects; ``measured``: note what they reach, which doubles their work."""
        report = self.work / f"{len(self.said)}.xml"
        reach = ["-m", "coverage", "run", "--data-file", str(self.work / "coverage")] if measured else []
        command = [
            *before, str(self.python), *reach, "-m", "pytest", "-q", "--continue-on-collection-errors", "-m", marked,
            "--durations=40", "--durations-min=5", f"--junitxml={report}", *more,
        ]  # fmt: skip
        if self.check(name, command, also_good=(NOTHING_SELECTED,), **env) != NOTHING_SELECTED:
            self.counts.add(report)


def main(root: Path, options: list[str]) -> int:
    """Run all checks; 0 only if each passed. ``--quick``: without real Spark, X window and coverage floors."""
    started = time.monotonic()
    quick = "--quick" in options
    more = [o for o in options if o not in ("--quick", "--")]
    extras = ("island", "kafka", "astro", "web", "notebook", "dev")
    if qtlibs.kerberos():
        extras += ("kerberos",)
    python = install.ensure(root, extras=extras)
    if not qtlibs.ensure(python, x11=False):
        return 2
    if not quick:
        qtlibs.chromium()
    with tempfile.TemporaryDirectory(prefix="astrolabnet-test-") as work:
        run = Checks(root, python, Path(work))
        run.module("format", "ruff", "format", "--check", ".")
        run.module("lint", "ruff", "check", ".")
        run.check("layers", [str(python.with_name("lint-imports"))])
        run.module("types", "mypy")
        if not quick:
            _prepare(run)
        quick_ones = "not island and not xvfb"
        run.pytest("tests", quick_ones, [*BOTH, *(more or [f"--ignore={SOAK}"])], QT_QPA_PLATFORM="offscreen")
        if not more:
            soak = ["-n", "2", "--dist", "load", SOAK]
            run.pytest("soak, short form", quick_ones, soak, measured=False, QT_QPA_PLATFORM="offscreen")
        if not quick:
            _slow(run, more)
        return _summary(run, time.monotonic() - started)


def _prepare(run: Checks) -> None:
    """What real Spark is tested with: R, and beside the first tests, patiently, the class data archive.

    It is for all islands of the tests, each in a home of its own: their Javas start in half the time.
    """
    if not shutil.which("R"):
        qtlibs.apt("r-base-core")
    os.environ["ASTROLABNET_CLASS_ARCHIVE"] = str(run.work / "classes")
    run.begin("class data archive", [str(run.python), "-m", "astrolabnet_gui.island", "archive"])


def _slow(run: Checks, more: list[str]) -> None:
    """Real Spark, a real X window, and how much of the program all tests together reached."""
    run.end("class data archive")
    run.module("jars of Kafka", "tests.kafka_rig")
    run.check("known faults of packages", [str(run.python), "packaging/supply.py", "audit"], also_good=(3,))
    spark = "island and not story and not xvfb"
    run.pytest("tests with real Spark", spark, more or [*BOTH, f"--ignore={ISLAND}"], QT_QPA_PLATFORM="offscreen")
    if not more:
        # One at a time: how soon an island sees a death or ends a statement is measured.
        run.pytest("tests of the island", spark, [ISLAND], QT_QPA_PLATFORM="offscreen")
    windows = more or [*BOTH, "tests/e2e", f"--ignore={DATA_STORIES}"]
    run.pytest("stories with real Spark", "story", windows, measured=False, QT_QPA_PLATFORM="offscreen")
    if not more:  # two islands and what flows between them: as many Javas as a small computer carries
        run.pytest("stories of two islands", "story", [DATA_STORIES], measured=False, QT_QPA_PLATFORM="offscreen")
    if sys.platform.startswith("linux"):
        window = tuple(qtlibs.xvfb(run.python))
        if window:
            run.pytest("tests in an X window", "xvfb", more, window, measured=False, QT_QPA_PLATFORM="xcb")
        else:
            print("\nNo Xvfb here (apt-get install xvfb xauth): the tests in an X window were left out.")
            run.said.append("left out: tests in an X window")
            if os.environ.get("CI") == "true":
                run.bad.append("tests in an X window")
    if more:
        return  # a selection of tests says nothing about the floors
    data = ["--data-file", str(run.work / "coverage")]
    if run.module("coverage data", "coverage", "combine", *data) == 0:
        floors: list[tuple[str, str, int]] = [("--omit", "core", CORE_FLOOR), ("--include", "gui", GUI_FLOOR)]
        for flag, part, floor in floors:
            words = ["coverage", "report", *data, f"{flag}={GUI}", "--skip-covered", f"--fail-under={floor}"]
            run.module(f"coverage of {part} >= {floor} %", *words)


def _summary(run: Checks, seconds: float) -> int:
    print("\n" + "\n".join(run.said))
    verdict = f"FAILED: {', '.join(run.bad)}" if run.bad else "all checks passed"
    print(f"{verdict} in {seconds / 60:.1f} min")
    print(f"{run.counts.passed} passed, {run.counts.failed} failed, {run.counts.skipped} skipped")
    return 1 if run.bad or run.counts.failed or not run.counts.passed else 0
