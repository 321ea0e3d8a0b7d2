"""Random gestures on a real window with a live island and many servers: what stays equal, what leaks, how long it
hears nothing.

A gap is one event, or one turn of the loop after it: so long the next thing a person does must wait. Counted is the CPU
time of the window's thread, for the machine is shared, and beside it the time by the clock.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable

import numpy as np
import psutil
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication

from astrolabnet_gui.gui.style import Dress
from astrolabnet_gui.model.key import Key
from tests.bench.bench_engine import many_livys
from tests.e2e.live import Live
from tests.gui.gestures import Hand, differences

# So long the window lives between two events of a hand.
BETWEEN_S = 0.02
TASKS = (
    "import time\nspark.range(0, 3000, 1, 3000).foreach(lambda _: time.sleep(0.2))",
    "spark.range(10).count()",
    "spark.range(1000).selectExpr('id', 'id * 2 as twice').collect()[:300]",
)


def _turn() -> None:
    """One turn of the loop; without one that runs, Qt deletes nothing later."""
    QApplication.processEvents()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


class Heard:
    """How long the window heard nothing: each event it was given, and each turn of its loop.

    Attributes:
        own, clock: ms of each, CPU of this thread and by the clock.
        slowest: by what was done and whether it was the event or what came after it, ms CPU.
        done: names of the gestures so far, the hand's own list.
    """

    def __init__(self) -> None:
        self.own: list[float] = []
        self.clock: list[float] = []
        self.slowest: dict[str, float] = {}
        self.done: list[str] = []

    def give(self, act: Callable[[], object]) -> None:
        """One event, then some life."""
        self.piece(act, self.done[-1])
        end = time.perf_counter() + BETWEEN_S
        while time.perf_counter() < end:
            self.piece(_turn, f"after {self.done[-1]}")
            time.sleep(0.0005)

    def piece(self, act: Callable[[], object], name: str) -> None:
        """Something that nothing interrupts."""
        clock, own = time.perf_counter(), time.thread_time()
        act()
        own, clock = 1000 * (time.thread_time() - own), 1000 * (time.perf_counter() - clock)
        self.own.append(own)
        self.clock.append(clock)
        self.slowest[name] = max(self.slowest.get(name, 0.0), own)

    def figures(self) -> dict[str, object]:
        """p50, p99, the longest and how many were over 50 ms; the four slowest names."""
        parts = (("p50", 50), ("p99", 99), ("max", 100))
        out: dict[str, object] = {}
        for name, values in (("own", self.own), ("gap", self.clock)):
            # Turns of a loop that had nothing to do would make every gap look short.
            busy = [value for value in values if value > 0.5]
            out |= {f"{name}_{part}_ms": round(float(np.percentile(busy, p)), 1) for part, p in parts}
            out[f"{name}_over_50"] = sum(value > 50 for value in busy)
        slow = sorted(self.slowest.items(), key=lambda pair: -pair[1])[:6]
        return out | {"slowest": ", ".join(f"{name} {took:.0f}" for name, took in slow)}


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
    on = _session(live) if island else None
    for n, port in enumerate(ports):
        desk.submit("server.add", None, {"alias": f"s{n}", "url": f"http://127.0.0.1:{port}"}, here=False)
    count = len(ports) + island
    live.until("all servers are up", lambda: sum(t.state == "up" for t in desk.store.servers()) == count)
    heard = Heard()
    hand, wrong, seen = Hand(window, 11, heard.give), 0, []
    heard.done = hand.done
    begun = time.perf_counter()
    for n in range(gestures):
        # One runs all the while, others come and go behind it, in turn.
        if on is not None and n % 40 == 20:
            desk.submit("session.send", on, {"code": TASKS[1 + n // 40 % 2]}, here=False)
        hand.gesture()
        wrong += bool(differences(window))
        if n in (gestures // 4, gestures - 1):
            seen.append((len(window.shell.findChildren(QObject)), psutil.Process().memory_info().rss / 1e6))
    (early, early_mb), (late, late_mb) = seen
    tasks = [t for t in desk.store.things.values() if t.mine and t.key.kind == "statements"]
    return {
        "gestures": gestures, "servers": count, "events": len(heard.own), "unequal": wrong, **heard.figures(),
        "seconds": round(time.perf_counter() - begun), "tasks": len(tasks),
        "running": sum(t.state == "running" for t in tasks), "objects": f"{early} to {late}",
        "rss_mb": f"{early_mb:.0f} to {late_mb:.0f}",
    }  # fmt: skip


def _session(live: Live) -> Key:
    """A real one on a real island, with a task that runs as long as the robot does."""
    live.do("island.start", None)
    opened = live.do("session.new", live.island(), kind="pyspark").last
    assert opened is not None
    assert opened.focus is not None
    live.in_state(opened.focus, "idle")
    live.do("session.send", opened.focus, code=TASKS[0])
    return opened.focus
