"""Bench of the graph: CPU ms a frame while a person pans, zooms and drags and states change, without a screen.

python -m tests.bench.bench_canvas [nodes …] [--frames N]    prints one line of JSON for each picture size.

A frame is one change, one slice of drawing and one painting. "far" shows the whole graph, "near" is life size.
Scenes: N servers with 3 N links; the last one is a tenth as many servers with nine sessions each. Then the same graphs
in other hands, as large as they bear it: a plain QGraphicsScene, and NodeGraphQt where it is installed (see _peers.py).
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from importlib.util import find_spec

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PySide6.QtWidgets import QApplication

from astrolabnet_gui.gui.canvas import Canvas
from astrolabnet_gui.gui.theme import theme
from astrolabnet_gui.model.thing import Thing
from astrolabnet_gui.network.delta import Delta
from tests.bench import _peers
from tests.gui import archipelago

WIDE, HIGH = 1600, 1000
# Beyond, one frame of a peer takes a second or building it takes minutes.
PLAIN_MOST, NODES_MOST = 10_000, 1000
Frame = Callable[[int], None]


def measure(canvas: Canvas, change: Frame, frames: int) -> dict[str, float]:
    """p50, p95 and max of the CPU time of a frame, ms."""
    spent = []
    for i in range(frames):
        begun = time.thread_time()
        change(i)
        canvas.layer.step(canvas.view)
        canvas.repaint()
        spent.append((time.thread_time() - begun) * 1000)
    p50, p95, most = np.percentile(spent, [50, 95, 100])
    return {"p50": round(float(p50), 2), "p95": round(float(p95), 2), "max": round(float(most), 2)}


def sharp(canvas: Canvas) -> float:
    """CPU ms of one whole picture."""
    canvas.layer.spoil()
    begun = time.thread_time()
    canvas.layer.finish(canvas.view)
    return round((time.thread_time() - begun) * 1000, 1)


def run(count: int, frames: int, children: int = 0) -> dict[str, object]:
    """All acts on one scene."""
    servers = count // (children + 1)
    things = archipelago.crowd(servers, 3 * count if not children else 3 * servers, children)
    canvas = Canvas(theme("dark"))
    canvas.resize(WIDE, HIGH)
    canvas.set_positions(archipelago.crowd_places(servers))
    begun = time.thread_time()
    canvas.reset(things)
    out: dict[str, object] = {
        "nodes": len(things),
        "links": len(canvas.scene.edges()),
        "build_ms": round((time.thread_time() - begun) * 1000),
    }
    canvas.show()
    QApplication.processEvents()
    x0, y0, x1, y1 = canvas.scene.bounds() or (0.0, 0.0, 1.0, 1.0)
    x, y = (x0 + x1) / 2, (y0 + y1) / 2
    fit = canvas.view.fitting((x0, y0, x1, y1))[0]
    middle = int(np.hypot(*(canvas.scene.at[canvas.scene.servers()] - (x, y)).T).argmin())
    row = int(canvas.scene.servers()[middle])
    plain = [thing for thing in things if thing.state in ("up", "idle")]

    def pan(i: int) -> None:
        way = 1 if (i // 30) % 2 else -1
        canvas.view.pan(7 * way, 5 * way)
        canvas.look_changed()

    def zoom(i: int) -> None:
        share = 0.5 - 0.5 * np.cos(2 * np.pi * i / 60)
        canvas.view.look(float(fit * (1 / fit) ** share), x, y)
        canvas.look_changed()

    def drag(i: int) -> None:
        canvas.drag([row], 3 if (i // 30) % 2 else -3, 2)

    # What the engine sends is made before: it is not the graph's work.
    sent = [_changes(plain[(i * 97) % len(plain) :][: max(1, count // 100)], bool(i % 2)) for i in range(frames)]

    def recolour(i: int) -> None:
        for delta in sent[i]:
            canvas.apply(delta)

    for name, size in (("far", fit), ("middle", 0.4), ("near", 1.0)):
        canvas.view.look(size, x, y)
        canvas.layer.finish(canvas.view)
        out[f"whole_{name}_ms"] = sharp(canvas)
        for act, change in (("pan", pan), ("drag", drag), ("recolour", recolour)):
            canvas.view.look(size, x, y)
            canvas.layer.finish(canvas.view)
            out[f"{act}_{name}"] = measure(canvas, change, frames)
            if act == "drag":
                canvas.drop()
    out["zoom"] = measure(canvas, zoom, max(60, frames))
    canvas.close()
    canvas.deleteLater()
    QApplication.processEvents()
    return out


def _changes(things: list[Thing], on: bool) -> list[Delta]:
    by: dict[str, list[Thing]] = {}
    for thing in things:
        state = ("busy" if on else "idle") if thing.key.path else ("no answer" if on else "up")
        by.setdefault(thing.key.server, []).append(thing.model_copy(update={"state": state}))
    return [Delta(server, changed=tuple(changed)) for server, changed in by.items()]


def peers(count: int, frames: int) -> Iterator[dict[str, object]]:
    """The same graph in other hands, up to the size they bear."""
    things = archipelago.crowd(count, 3 * count)
    index = {thing.key.server: n for n, thing in enumerate(things)}
    places = archipelago.crowd_places(count)
    at = np.array([places[thing.key] for thing in things])
    pairs = {tuple(sorted((index[t.key.server], index[other]))) for t in things for other in t.payload.knows}
    ends = np.array(sorted(pairs))
    if count <= PLAIN_MOST:
        yield {"peer": "QGraphicsScene", **_peers.measure(_peers.Plain, at, ends, frames)}
    if count <= NODES_MOST and find_spec("NodeGraphQt"):
        yield {"peer": "NodeGraphQt", **_peers.measure(_peers.Nodes, at, ends, frames)}


def main(argv: list[str]) -> int:
    """Measure the sizes asked for."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("nodes", nargs="*", type=int, default=[100, 1000, 10_000, 50_000])
    asked.add_argument("--frames", type=int, default=60)
    args = asked.parse_args(argv)
    app = QApplication.instance() or QApplication([])
    for count in args.nodes:
        print(json.dumps(run(count, args.frames)), flush=True)
    print(json.dumps(run(args.nodes[-1], args.frames, children=9)), flush=True)
    for count in args.nodes:
        for found in peers(count, min(args.frames, 12)):
            print(json.dumps(found), flush=True)
    del app
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
