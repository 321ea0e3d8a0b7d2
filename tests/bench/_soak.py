"""Soak: the long forms of the promises of RELIABILITY.md, each with its threshold; ``packaging/bench --soak``.

    python -m tests.bench._soak [flap|day|window|kills|quit|polls|results|sleep …] [--short]

``flap``: 1 000 servers, 30 % of which come and go, 10 minutes; then all go and come back at once. ``day``: 20 servers
polled for a day in virtual time. ``polls``: 30 000 polls over real sockets. ``quit``: 100 ends of the window.
``window``: 10 000 pieces of news for a window. ``kills``: 50 senders of 100 tasks killed at random moments.
``results``: 50 results of 20 MB. ``sleep``: suspended for ten minutes.
``--short``: a minute each, to see that they work; their thresholds are judged all the same.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import psutil

from astrolabnet_gui.client.livy import LivyClient
from astrolabnet_gui.model.server import Server
from tests.bench._large import large_ones
from tests.bench._mortal import Toll, kills
from tests.bench._suspended import suspended
from tests.bench.bench_engine import many_livys
from tests.network.desk import desk, server
from tests.network.virtual import in_virtual_time
from tests.quitting import quits


@dataclass(frozen=True)
class Trace:
    """P16: what a long time of polling leaves behind."""

    polls: int
    seconds: float
    slope_mb_per_10000: float
    handles_more: int
    threads_more: int
    tasks_more: int


def slope(samples: list[tuple[int, float]]) -> float:
    """Theil and Sen's: the median of all slopes between two samples; MiB for 10 000 polls."""
    found = sorted((b - a) / (m - n) * 10_000 for i, (n, a) in enumerate(samples) for m, b in samples[i + 1 :] if m > n)
    return found[(len(found) - 1) // 2] if found else 0.0


async def polls(count: int = 30_000) -> Trace:
    """So many polls of 20 servers over real sockets, as fast as they go."""
    process = psutil.Process()
    with many_livys(20, 20, 0.1) as (ports, _):
        clients = [
            LivyClient(Server(uuid=f"u{i}", alias=f"s{i}", url=f"http://127.0.0.1:{port}"))
            for i, port in enumerate(ports)
        ]
        last: list[bytes | None] = [None] * len(clients)
        warm = count // 5
        samples: list[tuple[int, float]] = []
        before, began = (0, 0, 0), time.perf_counter()
        for n in range(0, count, len(clients)):
            pages = await asyncio.gather(*(c.sessions_if_changed(raw) for c, raw in zip(clients, last, strict=True)))
            last = [raw for raw, _ in pages]
            if n >= warm:
                if not samples:
                    before = process.num_fds(), process.num_threads(), len(asyncio.all_tasks())
                if n % (count // 40 // len(clients) * len(clients) or len(clients)) == 0:
                    gc.collect()
                    samples.append((n, process.memory_info().rss / 2**20))
        after = process.num_fds(), process.num_threads(), len(asyncio.all_tasks())
        for client in clients:
            await client.aclose()
    more = [a - b for a, b in zip(after, before, strict=True)]
    return Trace(count, round(time.perf_counter() - began, 1), round(slope(samples), 3), *more)


def day(hours: float = 24, servers: int = 20) -> Trace:
    """The engine polls so long in virtual time; what it knows must not grow with the hours."""
    process, began = psutil.Process(), time.perf_counter()
    samples: list[tuple[int, float]] = []

    async def live() -> tuple[int, int]:
        listed = [server(f"u{n}", f"s{n}") for n in range(servers)]
        async with desk(*listed) as there:
            for one in listed:
                for _ in range(20):
                    there.livys[one.uuid].open()
            before = len(asyncio.all_tasks())
            for hour in range(int(hours * 4)):
                await asyncio.sleep(900)
                if hour >= hours * 4 / 5:
                    for livy in there.livys.values():
                        livy.calls.clear()
                    there.replica.events.clear()
                    gc.collect()
                    samples.append((there.engine.budget.taken, process.memory_info().rss / 2**20))
            return there.engine.budget.taken, len(asyncio.all_tasks()) - before

    handles, threads = process.num_fds(), process.num_threads()
    taken, tasks = in_virtual_time(live())
    return Trace(
        taken, round(time.perf_counter() - began, 1), round(slope(samples), 3), process.num_fds() - handles,
        process.num_threads() - threads, tasks,
    )  # fmt: skip


def results(count: int, size: int) -> Any:
    """Results of so many bytes."""
    with tempfile.TemporaryDirectory() as home:
        os.environ["ASTROLABNET_HOME"] = home
        return asyncio.run(large_ones(count, size))


def killed(count: int, tasks: int) -> Toll:
    """Senders that are killed, and what that cost."""
    with tempfile.TemporaryDirectory() as home:
        return asyncio.run(kills(Path(home), count, tasks))


def flapped(seconds: float) -> Any:
    """A window over a thousand servers of which three in ten flap."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from astrolabnet_gui.gui.app import application
    from tests.bench._crowd import flap

    return flap(application([sys.argv[0]])[1], seconds=seconds)


def windowed(news: int) -> Any:
    """A window over a day's news."""
    from PySide6.QtWidgets import QApplication

    from tests.bench._long_window import long_window

    return long_window(QApplication.instance() or QApplication([]), news, slope)  # type: ignore[arg-type]


#: name -> a minute of it
SHORT: dict[str, Any] = {
    "flap": lambda: flapped(30), "polls": lambda: asyncio.run(polls(4000)),
    "day": lambda: day(hours=2), "window": lambda: windowed(600), "kills": lambda: killed(6, 24),
    "quit": lambda: quits(6), "results": lambda: results(8, 20_000_000),
    "sleep": lambda: suspended(5),
}  # fmt: skip
#: name -> (what is done, what must hold)
LONG: dict[str, tuple[Any, Any]] = {
    "flap": (lambda: flapped(600), lambda f: (
        f.shown_up == f.well and f.late_ms_p99 <= 2000 and f.gap_ms_p99 <= 8 and f.gap_ms_max <= 25
        and f.engine_cores <= 0.5 and f.engine_mb <= 400 and f.recovered_s <= 30 and f.peak_over_mean <= 2)),
    "polls": (lambda: asyncio.run(polls()), lambda t: (
        t.slope_mb_per_10000 <= 1 and max(t.handles_more, t.threads_more) <= 2)),
    "day": (day, lambda t: t.slope_mb_per_10000 <= 1 and max(t.handles_more, t.threads_more, t.tasks_more) <= 2),
    "window": (lambda: windowed(10_000), lambda left: (
        left.slope_mb_per_10000 <= 1 and left.objects_more <= 20 and left.things_more <= 20
        and max(left.handles_more, left.threads_more) <= 2)),
    "kills": (lambda: killed(50, 100), lambda t: (
        t.twice == t.lied == t.left_open == 0 and t.found == t.ran)),
    "results": (lambda: results(50, 20_000_000), lambda r: r.grown_mb <= 100),
    "sleep": (lambda: suspended(600), lambda w: w.said == "" and 2 <= w.burst <= 6),
    "quit": (quits, lambda q: q.aborts == 0 and q.damaged_journals == 0 and q.max_s <= 0.8),
}  # fmt: skip


def main(names: list[str]) -> int:
    """Do, print, judge."""
    worst, short = 0, "--short" in names
    for name in [name for name in names if name != "--short"] or LONG:
        act, holds = LONG[name]
        act = SHORT[name] if short else act
        found = act()
        good = bool(holds(found))
        worst = max(worst, not good)
        print(json.dumps({"soak": name, "holds": good, **asdict(found)}), flush=True)
    return int(worst)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
