"""A robot works in a window on a real island; what it did, exported as a script and run by the program itself without a
display on a fresh island, writes the same journal.

Run it by ``python -m tests.bench.bench_steps [STEPS]`` (300 steps: some twelve minutes). The script starts the second
island itself; each is stopped at the end.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QWidget

from astrolabnet_gui.command.engine import make_engine
from astrolabnet_gui.command.house import House
from astrolabnet_gui.gui.app import application
from astrolabnet_gui.network.carrier import Carrier
from tests.island_fixture import ROOT
from tests.parity.looked import Looked, Masks
from tests.parity.robot import Robot, journal, works

START = "net.island.start()"
LIMIT_S = 3600.0
START_S = 120.0
STARTING = ("not_started", "starting")
_NO_SCREEN = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")


class SparkRobot(Robot):
    """Mostly it sends work to sessions, in three languages; each is counted by Spark."""

    liking, memory = 16, "1g"

    def line(self) -> str:
        """The next act, once each session has started: work is sent to sessions that are there."""
        for thing in list(self.place.desk.store.things.values()):
            if thing.key.kind == "sessions" and thing.state in STARTING:
                self.place.desk.until(thing.key, lambda now: now.state not in STARTING, START_S)
        return super().line()

    def _sends(self) -> tuple[str, ...]:
        n = self.dice.randrange(1, 99_999)
        return (
            f".send(code='spark.range({n}).count()', kind='pyspark', wait=True)",
            f".send(code='spark.range({n}).selectExpr(\"sum(id)\").collect()', kind='pyspark', wait=True)",
            f".send(code='SELECT count(*), max(id) FROM range({n})', kind='sql', wait=True)",
            f".send(code='spark.range({n}).count()', kind='spark', wait=True)",
            f".send('pi', kind='pyspark', darts={10 * n})",
            ".send('one-plus-one', kind='pyspark')",
        )


def stop(home: Path) -> None:
    """End the island of a home, with all its sessions."""
    words = [sys.executable, "-m", "astrolabnet_gui", "island", "stop"]
    subprocess.run(words, env=os.environ | {"ASTROLABNET_HOME": str(home)}, cwd=ROOT, check=True, capture_output=True)


def in_the_window(home: Path, steps: int) -> tuple[list[str], str, list[Any]]:
    """The robot at work: its acts, their script, their journal."""
    os.environ["ASTROLABNET_HOME"] = str(home)
    application()
    with ExitStack() as stack:
        box = QWidget()
        house = House()
        stack.callback(house.close)
        here = Looked(house, stack.enter_context(Carrier(make_engine(house))).engine, home)
        stack.callback(here.close)
        stack.callback(stop, home)
        did, script = works(SparkRobot(here), steps, box, START)
        return did, script, journal(house, here.masks)


def headless(home: Path, script: Path) -> list[Any]:
    """The script run as a person would, without a display; what the journal says afterwards."""
    environment = {k: v for k, v in os.environ.items() if k not in _NO_SCREEN} | {"ASTROLABNET_HOME": str(home)}
    words = [sys.executable, "-m", "astrolabnet_gui", "-s", str(script)]
    try:
        done = subprocess.run(
            words, env=environment, cwd=ROOT, input="yes\n" * 10_000, text=True, capture_output=True, timeout=LIMIT_S,
            check=False,
        )  # fmt: skip
    finally:
        stop(home)
    assert done.returncode == 0, done.stderr[-3000:]
    os.environ["ASTROLABNET_HOME"] = str(home)
    house = House()
    try:
        return journal(house, Masks(home))
    finally:
        house.close()


def measure(steps: int = 300) -> str:
    """One line of BENCHMARKS.md.

    Raises:
        AssertionError: an act ended badly, or the script did.
    """
    with tempfile.TemporaryDirectory() as folder:
        homes = [Path(folder, name) for name in ("window", "headless")]
        for home in homes:
            home.mkdir()
        began = time.monotonic()
        did, script, first = in_the_window(homes[0], steps)
        half = time.monotonic()
        exported = Path(folder, "exported.py")
        exported.write_text(script, encoding="utf-8")
        again = headless(homes[1], exported)
        end = time.monotonic()
    differ = [n for n, (one, other) in enumerate(zip(first, again, strict=False)) if one != other]
    for n in differ[:5]:
        print(f"row {n}: {first[n]}\n     or {again[n]}")
    verbs = Counter(did)
    missing = abs(len(first) - len(again))
    return (
        f"{len(did)} acts of {len(verbs)} kinds ({verbs['session.send']} sent to Spark, "
        f"{verbs['session.new']} sessions), "
        f"{half - began:.0f} s in the window, {end - half:.0f} s as a script: "
        f"{len(differ) + missing} of {len(first)} rows differ"
    )


if __name__ == "__main__":
    print(measure(*map(int, sys.argv[1:])))
