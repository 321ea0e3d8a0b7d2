"""A real window in a process of its own, to be killed: what channels it shows, and what it is told to do with them.

``python -m tests.e2e.mortal_wires`` opens the home of the environment. Each line of its input is JSON: a command, its
parameters, and whether it is for the server or for the channel. Each line of its output is what the window shows now.
"""

from __future__ import annotations

import json
import os
import sys
import threading

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QApplication

from astrolabnet_gui.gui import app as program
from astrolabnet_gui.gui.style import Dress
from astrolabnet_gui.model.channel import Channel
from astrolabnet_gui.model.thing import Thing
from tests.e2e.archipelago import LYON
from tests.e2e.live import Live


class Told(QObject):
    """Lines of the input, in the GUI thread."""

    line = Signal(str)

    def listen(self) -> None:
        """Read to the end; a thread."""
        for line in sys.stdin:
            self.line.emit(line)


def row(thing: Thing) -> dict[str, object]:
    """A wire, as it is shown."""
    value = thing.payload
    assert isinstance(value, Channel)
    return {"title": thing.label, "state": thing.state, "rows": value.rows, "lag_s": value.lag_s,
            "old": thing.stale_since is not None}  # fmt: skip


def main() -> int:
    """Show, and do what it is told."""
    program.PROGRAM = "tests.e2e.mortal_engine"
    app = QApplication([])
    live = Live(Dress(app, "dark"))
    server = live.until(
        "the server answers",
        lambda: next((t.key for t in live.desk.store.servers() if t.key == LYON and t.state == "up"), None),
    )
    shown = ""

    def wires() -> list[Thing]:
        return [t for t in live.desk.store.things.values() if t.key.kind == "channels"]

    def look() -> None:
        nonlocal shown
        drawn = {wire.ident for wire in live.window.canvas.scene.wires()}
        now = json.dumps([row(thing) for thing in wires() if thing.key in drawn])
        if now != shown:
            shown = now
            print(now, flush=True)

    def do(line: str) -> None:
        told = json.loads(line)
        key = server if told["on"] == "server" else wires()[0].key
        live.desk.submit(told["command"], key, told["params"])

    told = Told()
    told.line.connect(do)
    threading.Thread(target=told.listen, daemon=True).start()
    timer = QTimer()
    timer.timeout.connect(look)
    timer.start(50)
    return app.exec()


if __name__ == "__main__":
    sys.exit(main())
