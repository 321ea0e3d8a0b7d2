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
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import psutil

from astrolabnet_gui.client.livy import LivyClient
from astrolabnet_gui.model.key import Key
from astrolabnet_gui.model.server import Server
from astrolabnet_gui.network.budget import Lane
from astrolabnet_gui.network.engine import Engine
from tests.bench._large import large_ones
from tests.bench._mortal import Toll, kills
from tests.bench._suspended import suspended
from tests.bench.bench_engine import many_livys, part
from tests.network.desk import commands, desk, server
from tests.network.virtual import in_virtual_time
from tests.quitting import quits

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Flapped:
    """P5, P11: what came of flapping servers, and of a return of all at once."""

    servers: int
    seconds: float
    well: int
    shown_up: int
    late_ms_p99: float
    loop_gap_ms_p99: float
    cpu_cores: float
    rss_mb: float
    recovered_s: float
    peak_over_mean: float
    quit_s: float


@contextmanager
def flapping(count: int, sessions: int, share: float, least_s: float, most_s: float) -> Iterator[Any]:
    """The servers, in a process of their own; ``say`` sends it a word and waits for its echo."""
    words = [sys.executable, "-m", "tests.bench._flapping", *map(str, (count, sessions, share, least_s, most_s))]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        try:
            yield process
        finally:
            process.kill()


async def flap(servers: int = 1000, seconds: float = 600, least_s: float = 5, most_s: float = 60) -> Flapped:
    """Poll them, all on screen."""
    with flapping(servers, 20, 0.3, least_s, most_s) as process:
        ports = json.loads(process.stdout.readline())
        listed = [Server(uuid=f"u{i}", alias=f"s{i}", url=f"http://127.0.0.1:{port}") for i, port in enumerate(ports)]
        engine = Engine(listed, execute=commands, connect=LivyClient)
        late: list[float] = []
        take = engine.budget._take

        async def timed(lane: Lane) -> None:
            began = time.perf_counter()
            await take(lane)
            late.append(time.perf_counter() - began)

        engine.budget._take = timed  # type: ignore[method-assign]
        life = asyncio.create_task(engine.main())
        engine.attend(None, frozenset(Key(one.uuid) for one in listed))
        steady = listed[int(0.3 * servers) :]

        def up(which: list[Server]) -> int:
            states = {thing.key.server: thing.state for thing in engine.store.servers()}
            return sum(states.get(one.uuid) == "up" for one in which)

        await _until(lambda: up(steady) == len(steady), 120)
        late.clear()
        gaps, cpu, start = [], time.process_time(), time.perf_counter()
        while time.perf_counter() - start < seconds:
            before = time.perf_counter()
            await asyncio.sleep(0.005)
            gaps.append(time.perf_counter() - before - 0.005)
        spent, cpu = time.perf_counter() - start, time.process_time() - cpu
        shown, lateness = up(steady), part(late, 0.99)
        rss = psutil.Process().memory_info().rss / 2**20
        await _say(process, "down")
        await _until(lambda: up(listed) == 0, 300)
        returned = time.monotonic()
        await _say(process, "up")
        await _until(lambda: up(listed) == servers, 120)
        recovered = time.monotonic() - returned
        leaving = time.perf_counter()
        engine.stop()
        await life
        quit_s = time.perf_counter() - leaving
        process.stdin.close()
        asked = json.loads(await asyncio.to_thread(process.stdout.readline))
    back = Counter(int(at - returned) for times in asked for at in times if at > returned)
    rates = [back[s] for s in range(max(1, int(recovered)))]
    return Flapped(
        servers=servers, seconds=round(spent, 1), well=len(steady), shown_up=shown, late_ms_p99=lateness,
        loop_gap_ms_p99=part(gaps, 0.99), cpu_cores=round(cpu / spent, 3), rss_mb=round(rss, 1),
        recovered_s=round(recovered, 1), peak_over_mean=round(max(rates) / max(1.0, sum(rates) / len(rates)), 2),
        quit_s=round(quit_s, 3),
    )  # fmt: skip


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


async def _say(process: Any, word: str) -> None:
    process.stdin.write(f"{word}\n")
    process.stdin.flush()
    assert (await asyncio.to_thread(process.stdout.readline)).strip() == word


async def _until(true: Any, seconds: float) -> None:
    async with asyncio.timeout(seconds):
        while not true():
            await asyncio.sleep(0.05)


def results(count: int, size: int) -> Any:
    """Results of so many bytes."""
    with tempfile.TemporaryDirectory() as home:
        os.environ["ASTROLABNET_HOME"] = home
        return asyncio.run(large_ones(count, size))


def killed(count: int, tasks: int) -> Toll:
    """Senders that are killed, and what that cost."""
    with tempfile.TemporaryDirectory() as home:
        return asyncio.run(kills(Path(home), count, tasks))


def windowed(news: int) -> Any:
    """A window over a day's news."""
    from PySide6.QtWidgets import QApplication

    from tests.bench._long_window import long_window

    return long_window(QApplication.instance() or QApplication([]), news, slope)  # type: ignore[arg-type]


#: name -> a minute of it
SHORT: dict[str, Any] = {
    "flap": lambda: asyncio.run(flap(seconds=30)), "polls": lambda: asyncio.run(polls(4000)),
    "day": lambda: day(hours=2), "window": lambda: windowed(600), "kills": lambda: killed(6, 24),
    "quit": lambda: quits(6), "results": lambda: results(8, 20_000_000),
    "sleep": lambda: suspended(5),
}  # fmt: skip
#: name -> (what is done, what must hold)
LONG: dict[str, tuple[Any, Any]] = {
    "flap": (lambda: asyncio.run(flap()), lambda f: (
        f.shown_up == f.well and f.late_ms_p99 <= 2000 and f.cpu_cores <= 0.5 and f.rss_mb <= 400
        and f.recovered_s <= 30 and f.peak_over_mean <= 2)),
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
