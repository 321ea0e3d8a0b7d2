"""Bench: the engine under its global budget, with real HTTP to many servers.

    python -m tests.bench.bench_engine [--servers 1000] [--sessions 20] [--changed 0.1] [--seconds 30]

Prints requests a second (all, and per server), how late questions go out, how long answers take, how long the loop is
held, CPU of the engine's process and memory. Goals: DESIGN §9.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
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
from astrolabnet_gui.network.link import DeltaEvent
from astrolabnet_gui.network.runs import Outcome, Run


@dataclass(frozen=True)
class Measured:
    """What came out; milliseconds, requests a second, cores, megabytes."""

    servers: int
    seconds: float
    up: int
    requests_s: float
    per_server_most_in_60s: int
    per_server_least: int
    per_server_median: float
    budget_wait_ms_p50: float
    budget_wait_ms_p99: float
    loop_gap_ms_p50: float
    loop_gap_ms_p99: float
    loop_gap_ms_max: float
    events_s: float
    cpu_cores: float
    rss_mb: float
    first_look_s: float
    quit_s: float


@contextmanager
def many_livys(count: int, sessions: int, changed: float) -> Iterator[tuple[list[int], subprocess.Popen[str]]]:
    """The servers, in a process of their own."""
    command = [sys.executable, "-m", "tests.bench._many_livys", str(count), str(sessions), str(changed)]
    root = Path(__file__).parents[2]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=root) as process:
        try:
            assert process.stdout is not None
            yield json.loads(process.stdout.readline()), process
        finally:
            process.kill()


async def _no_commands(_e: Engine, _r: Run, _c: str, _k: Key | None, _p: Mapping[str, Any]) -> Outcome:
    raise NotImplementedError


def part(values: list[float], share: float) -> float:
    """Value below which ``share`` of them lie, in ms."""
    ordered = sorted(values)
    return round(1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))], 2) if ordered else 0.0


async def measure(servers: int, sessions: int, changed: float, seconds: float, visible: bool = True) -> Measured:
    """Run the engine for a while."""
    with many_livys(servers, sessions, changed) as (ports, process):
        listed = [Server(uuid=f"u{i}", alias=f"s{i}", url=f"http://127.0.0.1:{port}") for i, port in enumerate(ports)]
        engine = Engine(listed, execute=_no_commands, connect=LivyClient)
        events = 0

        def hear(event: object) -> None:
            nonlocal events
            events += isinstance(event, DeltaEvent)

        engine.subscribe(hear)
        waits: list[float] = []
        take = engine.budget._take

        async def timed(lane: Lane) -> None:
            began = time.perf_counter()
            await take(lane)
            waits.append(time.perf_counter() - began)

        engine.budget._take = timed  # type: ignore[method-assign]
        began = time.perf_counter()
        life = asyncio.create_task(engine.main())
        engine.attend(None, frozenset(Key(one.uuid) for one in listed) if visible else frozenset())
        while sum(thing.state == "up" for thing in engine.store.servers()) < servers:
            assert time.perf_counter() - began < 120, "not all servers were seen in time"
            await asyncio.sleep(0.05)
        first = time.perf_counter() - began
        waits.clear()
        taken, heard, cpu, start = engine.budget.taken, events, time.process_time(), time.perf_counter()
        gaps: list[float] = []
        while time.perf_counter() - start < seconds:
            before = time.perf_counter()
            await asyncio.sleep(0.005)
            gaps.append(time.perf_counter() - before - 0.005)
        spent = time.perf_counter() - start
        cpu, taken, heard = time.process_time() - cpu, engine.budget.taken - taken, events - heard
        up = sum(thing.state == "up" for thing in engine.store.servers())
        rss = psutil.Process().memory_info().rss / 1e6
        leaving = time.perf_counter()
        engine.stop()
        await life
        quit_s = time.perf_counter() - leaving
        told, _ = await asyncio.to_thread(process.communicate)
        asked: list[list[float]] = json.loads(told)
    counts = [len(times) for times in asked]
    most = max(sum(1 for other in times if at <= other < at + 60) for times in asked for at in times)
    return Measured(
        servers=servers, seconds=round(spent, 1), up=up, requests_s=round(taken / spent, 1),
        per_server_most_in_60s=most, per_server_least=min(counts), per_server_median=statistics.median(counts),
        budget_wait_ms_p50=part(waits, 0.5), budget_wait_ms_p99=part(waits, 0.99), loop_gap_ms_p50=part(gaps, 0.5),
        loop_gap_ms_p99=part(gaps, 0.99), loop_gap_ms_max=part(gaps, 1.0), events_s=round(heard / spent, 1),
        cpu_cores=round(cpu / spent, 3), rss_mb=round(rss, 1), first_look_s=round(first, 2), quit_s=round(quit_s, 3),
    )  # fmt: skip


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--servers", type=int, default=1000)
    parser.add_argument("--sessions", type=int, default=20)
    parser.add_argument("--changed", type=float, default=0.1)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--idle", action="store_true", help="nothing is on screen")
    options = parser.parse_args()
    found = asyncio.run(
        measure(options.servers, options.sessions, options.changed, options.seconds, visible=not options.idle)
    )
    for name, value in asdict(found).items():
        print(f"{name:28} {value}")


if __name__ == "__main__":
    main()
