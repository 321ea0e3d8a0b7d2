"""Random gestures on a real window with a live island and many servers: what stays equal, what leaks, how long it
stands still."""

from __future__ import annotations

import os
import tempfile
import time

import psutil
from PySide6.QtCore import QObject
from PySide6.QtTest import QTest

from astrolabnet_gui.gui.style import Dress
from tests.bench._polled import Gaps
from tests.bench.bench_engine import many_livys
from tests.e2e.live import Live
from tests.gui.gestures import Hand, differences


def measure(gestures: int, servers: int, dress: Dress, *, island: bool = True) -> dict[str, object]:
    """Gestures done, differences found, gaps, objects and memory before and after."""
    before = os.environ.get("ASTROLABNET_HOME")
    with tempfile.TemporaryDirectory() as home, many_livys(servers, 5, 0.2) as (ports, _):
        os.environ["ASTROLABNET_HOME"] = home
        live = Live(dress)
        try:
            return _measure(live, ports, gestures, island)
        finally:
            if island:
                live.do("island.stop", None)
            live.close()
            os.environ.pop("ASTROLABNET_HOME")
            if before is not None:
                os.environ["ASTROLABNET_HOME"] = before


def _measure(live: Live, ports: list[int], gestures: int, island: bool) -> dict[str, object]:
    desk, window = live.desk, live.window
    live.until("the engine is there", lambda: desk.connected)
    if island:
        live.do("island.start", None)
    for n, port in enumerate(ports):
        desk.submit("server.add", None, {"alias": f"s{n}", "url": f"http://127.0.0.1:{port}"}, here=False)
    count = len(ports) + island
    live.until("all servers are up", lambda: sum(t.state == "up" for t in desk.store.servers()) == count)
    hand, gaps, wrong, seen = Hand(window, seed=11), Gaps(), 0, []
    slowest: dict[str, float] = {}
    gaps.start()
    for n in range(gestures):
        begun = time.thread_time()
        hand.gesture()
        slowest[hand.done[-1]] = max(slowest.get(hand.done[-1], 0.0), time.thread_time() - begun)
        wrong += bool(differences(window))
        gaps.forgive()
        if island and n % 100 == 50:
            here = next(t.key for t in desk.store.servers() if t.payload.is_island)
            desk.submit("server.send", here, {"kind": "pyspark", "code": "spark.range(10).count()"}, here=False)
        if n in (gestures // 4, gestures - 1):
            seen.append((len(window.shell.findChildren(QObject)), psutil.Process().memory_info().rss / 1e6))
    found = gaps.stop()
    QTest.qWait(1)
    (early, early_mb), (late, late_mb) = seen
    return {
        "gestures": gestures, "servers": count, "unequal": wrong, **found, "objects": f"{early} to {late}",
        "rss_mb": f"{early_mb:.0f} to {late_mb:.0f}",
        "slowest_cpu_ms": {name: round(1000 * took) for name, took in sorted(slowest.items(), key=lambda p: -p[1])[:4]},
    }  # fmt: skip
