"""A real window in a process of its own, to be killed: ``python -m tests.e2e.mortal_window NAME=CODE-FILE…``.

It opens the home of the environment, looks for what was sent before, sends each piece of code to the first server under
its name, and says "looked", "sent NAME" and "quiet" (nothing goes on any more) on its output. It lives until killed.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from astrolabnet_gui.gui import app as program
from astrolabnet_gui.gui.style import Dress
from tests.e2e.live import Live


def main(jobs: list[str]) -> int:
    """Send, then live."""
    program.PROGRAM = "tests.e2e.mortal_engine"
    app = QApplication([])
    live = Live(Dress(app, "dark"))
    if not live.desk.store.servers():
        live.robot.click(live.window.start.island)
    island = live.island()
    looks = [act for act in live.desk.acts.values() if act.command == "task.reconcile"]
    live.until("it looked for what was sent", lambda: all(act.ended is not None for act in looks))
    print("looked", flush=True)
    for job in jobs:
        name, _, file = job.partition("=")
        live.desk.submit("server.send", island, {"kind": "pyspark", "name": name, "code": Path(file).read_text()})
        print(f"sent {name}", flush=True)
    quiet = False

    def look() -> None:
        nonlocal quiet
        things = [t for t in live.desk.store.things.values() if t.key.kind == "statements"]
        going = any(act.ended is None for act in live.desk.acts.values() if act.command != "channel.serve")
        now = not going and all(t.state in t.kind.terminal for t in things)
        if now and not quiet:
            print("quiet", flush=True)
        quiet = now

    timer = QTimer()
    timer.timeout.connect(look)
    timer.start(200)
    return app.exec()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
