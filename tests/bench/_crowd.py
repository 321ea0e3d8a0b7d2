"""P5, P11: a window over flapping servers, and the return of all of them at once; the long form of ``_soak``."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from astrolabnet_gui.gui.style import Dress
from tests.bench._polled import Polled, apart, costs, pan, polled, rest

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Flapped:
    """What it came to. Gaps are those of the window's timer of 5 ms, by the clock and in CPU of the window's process;
    cores and MiB of the two processes, window and engine.
    """

    servers: int
    seconds: float
    well: int
    shown_up: int
    late_ms_p99: float
    gap_ms_p99: float
    gap_ms_max: float
    own_ms_p99: float
    own_ms_max: float
    window_cores: float
    engine_cores: float
    window_mb: float
    engine_mb: float
    recovered_s: float
    peak_over_mean: float


@contextmanager
def flapping(count: int, sessions: int, share: float, least_s: float, most_s: float) -> Iterator[Any]:
    """The servers, in a process of their own."""
    words = [sys.executable, "-m", "tests.bench._flapping", *map(str, (count, sessions, share, least_s, most_s))]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        try:
            yield process
        finally:
            process.kill()


def _say(process: Any, word: str) -> None:
    """Tell the servers, and wait for their echo."""
    process.stdin.write(f"{word}\n")
    process.stdin.flush()
    assert process.stdout.readline().strip() == word


def _watch(one: Polled, seconds: float) -> None:
    """A person pans for a tenth of the time."""
    pan(one, seconds / 10)
    rest(seconds * 9 / 10)


def flap(dress: Dress, servers: int = 1000, seconds: float = 600, least_s: float = 5, most_s: float = 60) -> Flapped:
    """Poll them under a window of which three in ten come and go; then all go, and all come back."""
    with flapping(servers, 20, 0.3, least_s, most_s) as process:
        ports = json.loads(process.stdout.readline())
        with polled(apart(ports, 200.0), dress) as one:
            steady = frozenset(f"u{n}" for n in range(int(0.3 * servers), servers))

            def up(which: frozenset[str] | None = None) -> int:
                return sum(
                    thing.state == "up"
                    for thing in one.desk.store.servers()
                    if which is None or thing.key.server in which
                )

            one.until(lambda: up(steady) == len(steady))
            one.figures()  # what waited while all were new is not counted
            found = costs(one, lambda: _watch(one, seconds))
            shown = up(steady)
            _say(process, "down")
            one.until(lambda: up() == 0, 300)
            returned = time.monotonic()
            _say(process, "up")
            recovered = one.until(lambda: up() == servers)
        process.stdin.close()
        asked = json.loads(process.stdout.readline())
    back = Counter(int(at - returned) for times in asked for at in times if at > returned)
    rates = [back[s] for s in range(max(1, int(recovered)))]
    return Flapped(
        servers=servers, seconds=seconds, well=len(steady), shown_up=shown, late_ms_p99=found["late_ms_p99"],
        gap_ms_p99=found["gap_p99"], gap_ms_max=found["gap_max"], own_ms_p99=found["own_p99"],
        own_ms_max=found["own_max"], window_cores=found["cpu"], engine_cores=found["engine_cpu"],
        window_mb=found["rss_mb"], engine_mb=found["engine_rss_mb"], recovered_s=round(recovered, 1),
        peak_over_mean=round(max(rates) / max(1.0, sum(rates) / len(rates)), 2),
    )  # fmt: skip
