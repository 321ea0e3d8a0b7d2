"""A robot draws, edits, pauses, deletes, undoes and redoes wires in three hundred random steps; after each of them what
it did, the graph and the servers must agree. Prints how often it did what.

python -m tests.bench.bench_robot [STEPS]
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tempfile
import time

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication

from astrolabnet_gui.gui.canvas import Canvas
from astrolabnet_gui.gui.theme import theme
from tests.gui.test_robot import Robot, wander


async def walk(steps: int) -> dict[str, int]:
    """So many steps on a canvas of its own, all the way back, and forth again."""
    canvas = Canvas(theme("dark", reduced_motion=True))
    canvas.resize(800, 600)
    async with Robot(canvas) as robot:
        return await wander(robot, steps)


def main() -> int:
    """Walk; an AssertionError names the step at which something did not agree."""
    steps = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    application = QApplication(sys.argv[:1])
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["ASTROLABNET_HOME"] = folder
        counted = asyncio.run(walk(steps))
    print(json.dumps({"steps": steps, **counted, "all agreed": True, "seconds": round(time.monotonic() - began)}))
    application.quit()
    return 0


if __name__ == "__main__":
    sys.exit(main())
