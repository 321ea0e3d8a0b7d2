"""Bench of the window, as BENCHMARKS.md tells it: everything of it in one run, peers included, as a table.

    python -m tests.bench.window [--short]

First window; graph beside its peers; tree; polled servers while the graph pans; cost against servers; from the server's
result to the screen; thirty colleagues at one server. ``--short`` tries each with small numbers.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from astrolabnet_gui.gui.app import application
from astrolabnet_gui.gui.style import Dress
from tests.bench import _colleagues, _gestures, _latency, _tree, bench_canvas, bench_engine
from tests.bench._polled import apart, costs, pan, polled, rest
from tests.bench.bench_engine import many_livys

_FIRST = """
import sys, time
from astrolabnet_gui.gui.app import application
from astrolabnet_gui.gui.shell import Shell
app, dress = application(["x"])
shell = Shell(dress, None)
shell.show()
app.processEvents()
print(time.time() - float(sys.argv[1]))
"""


def row(what: str, **found: object) -> None:
    """One line of what was found."""
    print(f"| {what} | " + " · ".join(f"{name} {value}" for name, value in found.items()) + " |", flush=True)


def first_window(runs: int) -> None:
    """From the start of the process to its first picture."""
    took = []
    with tempfile.TemporaryDirectory() as home:
        for _ in range(runs):
            command = [sys.executable, "-c", _FIRST, str(time.time())]
            said = subprocess.run(command, capture_output=True, text=True, check=True,
                                  env={**os.environ, "ASTROLABNET_HOME": home})  # fmt: skip
            took.append(float(said.stdout))
    row("first picture, s (the first run is colder)", runs=" ".join(f"{t:.2f}" for t in took))


def graph(sizes: list[int], frames: int) -> None:
    """CPU ms of a frame, p50/p95, beside the peers."""
    for count in sizes:
        for name, found in _graphs(count, frames):
            acts = {key: f"{v['p50']}/{v['p95']}" for key, v in found.items() if isinstance(v, dict)}
            row(f"graph {count} nodes, {name}", build_ms=found["build_ms"], **acts)


def _graphs(count: int, frames: int) -> Iterator[tuple[str, dict[str, object]]]:
    yield "AstroLabNet", bench_canvas.run(count, frames)
    for found in bench_canvas.peers(count, min(frames, 10)):
        yield str(found["peer"]), found


def polling(count: int, sessions: int, rate: float, seconds: float, dress: Dress) -> None:
    """The window while many servers are polled and the graph pans."""
    what = f"{count} servers × {sessions} sessions, {rate:.0f} requests/s"
    with many_livys(count, sessions, 0.1) as (ports, _), polled(apart(ports, rate), dress) as one:
        up = one.until(lambda: sum(t.state == "up" for t in one.desk.store.servers()) == count)
        row(f"{what}: window at rest", all_up_s=round(up, 1), **costs(one, lambda: rest(seconds / 2)))
        row(f"{what}: graph pans", **costs(one, lambda: pan(one, seconds)))


def linear(sizes: list[int], seconds: float) -> None:
    """CPU of a request against the number of servers, without a window."""
    for count in sizes:
        found = asyncio.run(bench_engine.measure(count, 20, 0.1, seconds))
        each = round(1000 * found.cpu_cores / max(1.0, found.requests_s), 2)
        row(f"poll cost, {count} servers", cpu_ms_a_request=each, requests_s=found.requests_s, cpu=found.cpu_cores)


def main(argv: list[str]) -> int:
    """Measure all of it."""
    asked = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    asked.add_argument("--short", action="store_true", help="small numbers, to see that it runs")
    short = asked.parse_args(argv).short
    _, dress = application([sys.argv[0]])
    model = platform.machine()
    with contextlib.suppress(OSError):
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        model = next((line.split(":")[1].strip() for line in lines if "model name" in line), model)
    print(f"{time.strftime('%Y-%m-%d %H:%M')}, {os.cpu_count()} cores ({model}), Python {sys.version.split()[0]}, "
          f"load at the start {os.getloadavg()[0]:.1f}\n\n| what | measured |\n|---|---|")  # fmt: skip
    first_window(2 if short else 5)
    graph([100] if short else [100, 1000, 10_000, 50_000], 6 if short else 40)
    polling(20 if short else 1000, 20, 200.0, 3 if short else 30, dress)
    if not short:
        polling(1000, 20, 500.0, 20, dress)
    linear([5] if short else [10, 100, 1000], 3 if short else 15)
    took = _latency.measure(3 if short else 10, dress)
    row("result on screen after the server has it, s", median=f"{statistics.median(took):.3f}", most=f"{max(took):.3f}")
    number, seconds = (5, 5.0) if short else (30, 60.0)
    row(f"{number} colleagues at one Livy, {seconds:.0f} s", **_colleagues.measure(number, seconds))
    found = _gestures.measure(20 if short else 500, 10 if short else 200, dress, island=not short)
    row(f"{found.pop('gestures')} random gestures, island and {found.pop('servers')} servers in all", **found)
    for count in [1000] if short else [10_000, 100_000, 1_000_000]:
        found = _tree.measure(count, dress)
        row(f"tree {found.pop('rows')} rows", **found)
    print(f"\nload at the end {os.getloadavg()[0]:.1f}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
