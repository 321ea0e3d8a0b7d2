"""How quickly a window goes to a past moment: 10 000 changes of 200 servers, a slider dragged about.

Run it by ``python -m tests.bench.bench_past``. A step is everything: read, compare, decode, tree and graph painted.
"""

from __future__ import annotations

import os
import random
import statistics
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication

from astrolabnet_gui.gui.app import application
from astrolabnet_gui.gui.window import Window
from astrolabnet_gui.journal.past import Past, difference
from astrolabnet_gui.model.key import Key
from astrolabnet_gui.model.livy import Session
from astrolabnet_gui.model.server import Server
from astrolabnet_gui.model.thing import Thing
from astrolabnet_gui.model.told import key_text, read_key, read_thing, tell
from tests.gui.shots import furnished

SESSIONS = 5
# A pixel of a slider over 1000 pixels is ten changes.
DRAG = 50


def things(servers: int) -> list[Thing]:
    """So many servers, each with five sessions."""
    out = []
    for number in range(servers):
        key = Key(f"{number:032x}")
        payload = Server(uuid=key.server, alias=f"s{number}", url="http://127.0.0.1:1")
        out.append(Thing(key=key, label=payload.alias, fact="Livy 0.9", state="up", payload=payload))
        for ident in range(SESSIONS):
            made = Session(id=ident, state="idle", kind="pyspark")
            out.append(Thing(key=key.child("sessions", ident, "e"), label=str(ident), state="idle", payload=made))
    return out


def write(path: Path, servers: int, changes: int, rng: random.Random) -> Past:
    """So many moments, each one thing in another state."""
    past, now = Past(path), {t.key: t for t in things(servers)}
    past.add(0.0, {key_text(k): tell(t) for k, t in now.items()})
    keys = list(now)
    for moment in range(1, changes):
        key = rng.choice(keys)
        words = ("up", "down", "no answer") if not key.path else ("idle", "busy", "dead", "starting")
        now[key] = now[key].model_copy(update={"state": rng.choice([w for w in words if w != now[key].state])})
        past.add(float(moment), {key_text(key): tell(now[key])})
    return past


def scrub(past: Past, window: Window, steps: int, rng: random.Random, app: QApplication, reach: int = 0) -> list[float]:
    """Seconds of each of so many jumps: to anywhere, or so many changes on or back at most."""
    at, last = None, int(past.span().times[-1])
    took = []
    for _ in range(steps + 1):
        here = last // 2 if at is None else int(at)
        to = float(min(last, max(0, here + rng.randint(-reach, reach))) if reach else rng.randint(0, last))
        began = time.perf_counter()
        come, gone = difference({} if at is None else past.at(at), past.at(to))
        window.desk.look_back([read_thing(k, t) for k, t in come.items()], [read_key(k) for k in gone])
        window.shell.repaint()
        app.processEvents()
        took.append(time.perf_counter() - began)
        at = to
    window.desk.look_now()
    return took[1:]  # the first shows everything anew


def measure(servers: int = 200, changes: int = 10_000, steps: int = 200) -> str:
    """One line of BENCHMARKS.md."""
    rng = random.Random(7)
    app, dress = application()
    shell, window, _link = furnished(app, dress, scene=False)
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        past = write(Path(folder) / "past.sqlite", servers, changes, rng)
        wrote = (time.perf_counter() - began) / changes
        size = past.path.stat().st_size
        drag = _words(scrub(past, window, steps, rng, app, DRAG))
        jump = _words(scrub(past, window, steps, rng, app))
        past.close()
    shell.close()
    return (
        f"{changes} changes of {servers} servers: a step of a drag {drag}, a jump anywhere {jump} (goal 100 ms);"
        f" a change written in {1e3 * wrote:.1f} ms; file {size / 1e6:.1f} MB"
    )


def _words(took: list[float]) -> str:
    took = sorted(took)
    p99 = took[int(0.99 * len(took))]
    return f"p50 {1e3 * statistics.median(took):.0f}, p99 {1e3 * p99:.0f}, max {1e3 * took[-1]:.0f} ms"


if __name__ == "__main__":
    print(measure(*map(int, sys.argv[1:])))
