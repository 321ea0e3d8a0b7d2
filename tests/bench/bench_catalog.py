"""From a click on a table of a warm server to its first rows in sight: a real window, a real island.

Run it by ``packaging/bench bench_catalog``. The answer is 1 if the first click misses the goal.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from astrolabnet_gui.gui.tour import PATIENCE_S, Guide
from astrolabnet_gui.gui.tour_home import own_home
from astrolabnet_gui.model.key import Key

TABLES = 10
GOAL_S = 2.0
_MAKE = f"""
for n in range({TABLES}):
    spark.sql(f"CREATE TABLE sample_sky.t{{n}} AS SELECT * FROM sample_sky.alerts")
"""


def tell(what: str, *seconds: float) -> None:
    """One line of the report."""
    print(f"{what:<58} {'; '.join(f'{s:.2f}' for s in seconds)} s   load {os.getloadavg()[0]:.1f}", flush=True)


def click(guide: Guide, table: Key) -> float:
    """Seconds from the click to the rows, painted."""
    begun = time.perf_counter()
    tree, panel = guide.window.tree, guide.window.own.data
    row = guide.window.model.bring(table)
    tree.scrollTo(row)
    QTest.mouseClick(tree.viewport(), Qt.MouseButton.LeftButton, pos=tree.visualRect(row).center())
    while not (panel.preview.answered and panel.path.endswith(str(table.id))):
        assert time.perf_counter() - begun < PATIENCE_S, "the rows did not come"
        QTest.qWait(2)
    panel.repaint()
    took = time.perf_counter() - begun
    guide.desk.select(table.root)
    return took


def measure(guide: Guide) -> float:
    """The clicks of one window; the answer is the first."""
    guide.robot.click(guide.window.start.island)
    server = guide.robot.wait("the island answers", guide.island, PATIENCE_S)
    guide.do("sky.load", server, {})
    guide.text(guide.send(server, kind="pyspark", code=_MAKE))
    sky = server.child("catalogs", "spark_catalog", epoch="").child("namespaces", "sample_sky")
    guide.do("data.look", server, {})
    guide.do("data.look", sky, {})
    QTest.qWait(3000)  # a person looks at the tree before the first click
    tables = [sky.child("tables", f"t{n}") for n in range(TABLES)]
    first, *others = [click(guide, table) for table in tables]
    again = [click(guide, table) for table in tables]
    tell("first click on a table of a warm server, to 50 rows", first)
    tell(f"first click on {len(others)} others, median and longest", statistics.median(others), max(others))
    tell(f"second click on {len(again)} tables, median and longest", statistics.median(again), max(again))
    return first


def main() -> int:
    """Measure; the answer is an exit code."""
    with own_home(), tempfile.TemporaryDirectory() as name:
        guide = Guide(Path(name))
        try:
            first = measure(guide)
        finally:
            guide.end()
    return int(first > GOAL_S)


if __name__ == "__main__":
    raise SystemExit(main())
