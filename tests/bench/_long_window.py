"""The window over a day's worth of news (P16): what it is told comes and goes, and nothing of it stays behind."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from dataclasses import dataclass

import psutil
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication

from astrolabnet_gui.gui.desk import Desk
from astrolabnet_gui.gui.shell import Shell
from astrolabnet_gui.gui.style import Dress
from astrolabnet_gui.gui.window import Window
from astrolabnet_gui.model.thing import Thing
from astrolabnet_gui.network.delta import Delta
from tests.gui.fakes import FakeLink, history
from tests.gui.scene import UUIDS, server, session, task

AT_ONCE, KEPT = 10, 40


@dataclass(frozen=True)
class Left:
    """What so many pieces of news left behind, after the first fifth of them."""

    news: int
    seconds: float
    slope_mb_per_10000: float
    objects_more: int
    things_more: int
    handles_more: int
    threads_more: int


def _of(n: int) -> tuple[Thing, Thing]:
    """The news of that number: a session, and a task on it that runs or has ended."""
    there = session("lal", n % 7, f"s{n % 7}", "pyspark", "busy" if n % 2 else "idle", 9)
    output = {"status": "ok", "execution_count": n, "data": {"text/plain": f"{n}"}} if n % 2 else None
    return there, task("lal", n % 7, n, f"t{n}", "done" if output else "running", 5, output=output)


def long_window(app: QApplication, news: int, slope: Callable[[list[tuple[int, float]]], float]) -> Left:
    """Sessions and tasks come, run, are looked at, end and go; the window is looked at from time to time.

    Args:
        slope: MiB for 10 000 of pairs (news, MiB).
    """
    process, began = psutil.Process(), time.perf_counter()
    link, desk = FakeLink(), Desk(())
    desk.connect_to(link)
    link.subscribe(desk.receive)
    shell = Shell(Dress(app, "dark"))
    shell.resize(1200, 800)
    window = Window(shell, desk, history())
    assert window.desk is desk
    shell.show()
    link.things([server("lal")])
    samples: list[tuple[int, float]] = []
    before = after = (0, 0, 0, 0)
    for n in range(0, news, AT_ONCE):
        some = [_of(number) for number in range(n, n + AT_ONCE)]
        gone = [_of(number)[1].key for number in range(max(0, n - KEPT), n + AT_ONCE - KEPT)]
        link.delta(Delta(server=UUIDS["lal"], changed=tuple(t for pair in some for t in pair), removed=tuple(gone)))
        desk.select(some[-1][1].key)
        app.processEvents()
        if n >= news // 5 and n % max(AT_ONCE, news // 40 // AT_ONCE * AT_ONCE) == 0:
            app.sendPostedEvents(None, QEvent.Type.DeferredDelete)
            gc.collect()
            after = (
                len(shell.findChildren(QObject)), len(desk.store.things), process.num_fds(),
                process.num_threads(),
            )  # fmt: skip
            before = before if samples else after
            samples.append((n, process.memory_info().rss / 2**20))
    shell.close()
    shell.deleteLater()
    app.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    more = [b - a for a, b in zip(before, after, strict=True)]
    return Left(news, round(time.perf_counter() - began, 1), round(slope(samples), 3), *more)
