"""A window over a real engine that polls many servers, and how long its GUI thread stands still meanwhile."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import psutil
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from astrolabnet_gui.gui.desk import Desk
from astrolabnet_gui.gui.shell import Shell
from astrolabnet_gui.gui.style import Dress
from astrolabnet_gui.gui.threads import EngineThread, Relay
from astrolabnet_gui.gui.window import Window
from astrolabnet_gui.network.engine import Engine
from tests.gui.fakes import history


@dataclass
class Polled:
    """What is there while it runs."""

    window: Window
    desk: Desk
    engine: Engine

    def until(self, so: Callable[[], Any], seconds: float = 120.0) -> float:
        """Let the window live until it is so; seconds it took."""
        begun = time.perf_counter()
        while not so():
            assert time.perf_counter() - begun < seconds, "it did not come true in time"
            QTest.qWait(2)
        return time.perf_counter() - begun


@contextmanager
def polled(engine: Engine, dress: Dress) -> Iterator[Polled]:
    """The window, shown; everything is given back at the end."""
    shell = Shell(dress)
    shell.resize(1600, 1000)
    desk = Desk((), shell)
    window = Window(shell, desk, history())
    relay = Relay(desk.receive)
    thread = EngineThread(engine)
    engine.subscribe(relay.hear)
    desk.connect_to(engine)
    shell.show()
    QApplication.processEvents()
    thread.start()
    try:
        yield Polled(window, desk, engine)
    finally:
        relay.close()
        assert thread.halt(5000), "the engine did not end"
        shell.close()
        shell.deleteLater()
        QApplication.processEvents()


class Gaps:
    """Time between ticks of a 5 ms timer in the GUI thread."""

    def __init__(self) -> None:
        self.gaps: list[float] = []
        self._last = 0.0
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)

    def _tick(self) -> None:
        now = time.perf_counter()
        self.gaps.append((now - self._last) * 1000)
        self._last = now

    def start(self) -> None:
        """Begin to count."""
        self.gaps.clear()
        self._last = time.perf_counter()
        self._timer.start(5)

    def forgive(self) -> None:
        """What was done since the last tick was the bench's own work."""
        self._last = time.perf_counter()

    def stop(self) -> dict[str, float]:
        """p50, p99 and longest, ms."""
        self._timer.stop()
        p50, p99, most = np.percentile(self.gaps, [50, 99, 100])
        return {"gap_p50": round(float(p50), 1), "gap_p99": round(float(p99), 1), "gap_max": round(float(most), 1)}


def pan(polled: Polled, seconds: float) -> None:
    """A person pans over the graph, 60 times a second, for so long."""
    canvas, begun, i = polled.window.canvas, time.perf_counter(), 0
    while time.perf_counter() - begun < seconds:
        canvas.view.pan(5 if (i // 60) % 2 else -5, 3 if (i // 60) % 2 else -3)
        canvas.look_changed()
        i += 1
        QTest.qWait(16)


def costs(polled: Polled, act: Callable[[], None]) -> dict[str, float]:
    """Gaps, CPU and memory of this process, and requests a second, while ``act`` goes on."""
    gaps, asked = Gaps(), polled.engine.budget.taken
    cpu, wall = time.process_time(), time.perf_counter()
    gaps.start()
    act()
    found = gaps.stop()
    spent = time.perf_counter() - wall
    return {
        **found,
        "cpu": round((time.process_time() - cpu) / spent, 2),
        "requests_s": round((polled.engine.budget.taken - asked) / spent, 1),
        "rss_mb": round(psutil.Process().memory_info().rss / 1e6),
    }
