"""A window over a real engine that polls many servers, and how long its GUI thread stands still meanwhile.

The engine is in a process of its own, as a person has it; a bench that must reach into it may have it in a thread.
"""

from __future__ import annotations

import itertools
import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import psutil
from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from astrolabnet_gui.gui.desk import Desk
from astrolabnet_gui.gui.shell import Shell
from astrolabnet_gui.gui.style import Dress
from astrolabnet_gui.gui.sweep import Sweep
from astrolabnet_gui.gui.threads import EngineThread, Relay
from astrolabnet_gui.gui.window import Window
from astrolabnet_gui.network.apart import Apart
from astrolabnet_gui.network.engine import Engine
from astrolabnet_gui.network.link import Event, RunEvent, RunState
from tests.bench._engine_apart import ASKED, FIGURES
from tests.gui.fakes import history


@dataclass
class Polled:
    """What is there while it runs."""

    window: Window
    desk: Desk
    engine: Engine | Apart
    told: dict[str, dict[str, Any]] = field(default_factory=dict)

    def hear(self, event: Event) -> None:
        """Keep what the engine's process tells of itself."""
        if isinstance(event, RunEvent) and event.state is RunState.DONE:
            self.told[event.run] = event.result

    def figures(self) -> dict[str, Any]:
        """What the engine's process has done so far; see ``_engine_apart``."""
        run = self.engine.submit(FIGURES, None, {})
        self.until(lambda: run in self.told)
        return self.told.pop(run)

    def until(self, so: Callable[[], Any], seconds: float = 120.0) -> float:
        """Let the window live until it is so; seconds it took."""
        begun = time.perf_counter()
        while not so():
            assert time.perf_counter() - begun < seconds, "it did not come true in time"
            QTest.qWait(2)
        return time.perf_counter() - begun


def apart(ports: list[int], rate: float) -> Apart:
    """The way to an engine over servers of this computer."""
    way = Apart("tests.bench._engine_apart")
    os.environ[ASKED] = json.dumps({"ports": ports, "rate": rate})
    way.start()
    os.environ.pop(ASKED)
    return way


@contextmanager
def polled(engine: Engine | Apart, dress: Dress) -> Iterator[Polled]:
    """The window, shown; everything is given back at the end."""
    shell = Shell(dress)
    sweep = Sweep(shell)
    sweep.begin()
    shell.resize(1600, 1000)
    desk = Desk((), shell)
    window = Window(shell, desk, history())
    relay = Relay(desk.receive)
    thread = EngineThread(engine)
    one = Polled(window, desk, engine)
    engine.subscribe(relay.hear)
    engine.subscribe(one.hear)
    desk.connect_to(engine)
    shell.show()
    QApplication.processEvents()
    thread.start()
    sweep.settle()
    try:
        yield one
    finally:
        sweep.end()
        relay.close()
        assert thread.halt(5000), "the engine did not end"
        shell.close()
        shell.deleteLater()
        QApplication.processEvents()


class Gaps:
    """Time between ticks of a 5 ms timer in the GUI thread.

    Attributes:
        gaps: ms by the clock; spent: CPU ms of this process within each. Where others keep the machine busy a gap is
            long and little was spent in it: that is not ours.
    """

    def __init__(self) -> None:
        self.gaps: list[float] = []
        self.spent: list[float] = []
        self._last = self._cpu = 0.0
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)

    def _tick(self) -> None:
        last, cpu = self._last, self._cpu
        self.forgive()
        self.gaps.append((self._last - last) * 1000)
        self.spent.append((self._cpu - cpu) * 1000)

    def start(self) -> None:
        """Begin to count."""
        self.gaps.clear()
        self.spent.clear()
        self.forgive()
        self._timer.start(5)

    def forgive(self) -> None:
        """What was done since the last tick was the bench's own work."""
        self._last, self._cpu = time.perf_counter(), time.process_time()

    def stop(self) -> dict[str, float]:
        """p50, p99 and longest, ms."""
        self._timer.stop()
        parts = (("p50", 50), ("p99", 99), ("max", 100))
        out = {f"gap_{name}": round(float(np.percentile(self.gaps, p)), 1) for name, p in parts}
        return out | {f"own_{name}": round(float(np.percentile(self.spent, p)), 1) for name, p in parts}


def rest(seconds: float) -> None:
    """The window lives for so long. Not ``QTest.qWait``: that sleeps 10 ms between two looks at what has come."""
    loop = QEventLoop()
    timer = QTimer(interval=round(1000 * seconds), singleShot=True, timerType=Qt.TimerType.PreciseTimer)
    timer.timeout.connect(loop.quit)
    timer.start()
    loop.exec()


def pan(polled: Polled, seconds: float) -> None:
    """A person pans over the graph, 60 times a second, for so long."""
    canvas, steps = polled.window.canvas, itertools.count()

    def step() -> None:
        way = 1 if (next(steps) // 60) % 2 else -1
        canvas.view.pan(5 * way, 3 * way)
        canvas.look_changed()

    hand = QTimer()
    hand.setTimerType(Qt.TimerType.PreciseTimer)
    hand.timeout.connect(step)
    hand.start(16)
    rest(seconds)
    hand.stop()


def costs(polled: Polled, act: Callable[[], None]) -> dict[str, float]:
    """Gaps, CPU and memory of the window's process and of the engine's, requests a second, while ``act`` goes on."""
    gaps, before = Gaps(), polled.figures()
    cpu, wall = time.process_time(), time.perf_counter()
    gaps.start()
    act()
    found = gaps.stop()
    spent, cpu = time.perf_counter() - wall, time.process_time() - cpu
    after = polled.figures()
    return {
        **found,
        "cpu": round(cpu / spent, 2),
        "engine_cpu": round((after["cpu"] - before["cpu"]) / spent, 2),
        "requests_s": round((after["taken"] - before["taken"]) / spent, 1),
        "rss_mb": round(psutil.Process().memory_info().rss / 1e6),
        "engine_rss_mb": round(after["rss_mb"]),
        **{name: figure for name, figure in after.items() if name.startswith("late")},
    }
