"""The window as it is started by a person, with 200 requests that hang and 20 uploads nobody takes, and its end.

    python -m tests.quitting close|term PORT

says "ready" once all hang, ends by itself ("close") or when it is told to (SIGTERM); ``quit_once`` measures it.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HUNG, UPLOADS = 200, 20
HANGS = "hangs"


class Silent:
    """Accepts everything and answers nothing."""

    def __enter__(self) -> Silent:
        self._listening = socket.create_server(("127.0.0.1", 0), backlog=1024)
        self.port: int = self._listening.getsockname()[1]
        self._taken: list[socket.socket] = []
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()
        return self

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                self._taken.append(self._listening.accept()[0])

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._thread.join(5)
        for one in self._taken:
            one.close()


def quit_once(how: str, home: Path, silent: Silent) -> tuple[float, int, str]:
    """Seconds from the wish to end until the process is gone, its exit code, and what it said."""
    env = os.environ | {"ASTROLABNET_HOME": str(home), "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.quitting", how, str(silent.port)], env=env, cwd=ROOT, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    assert process.stdout is not None
    with process:
        lines = []
        for line in process.stdout:
            lines.append(line)
            if line.startswith("ready"):
                break
        began = time.monotonic()
        if how == "term":
            process.send_signal(signal.SIGTERM)
        lines += process.stdout.readlines()
        code = process.wait(30)
    told = [float(line.split()[1]) for line in lines if line.startswith("leaving")]
    return time.monotonic() - began if how == "term" else time.time() - told[0], code, "".join(lines)


def journal_is_whole(home: Path) -> bool:
    """Whether SQLite finds nothing wrong with it."""
    import apsw

    with contextlib.closing(apsw.Connection(str(home / "state" / "journal.sqlite"))) as connection:
        return list(connection.execute("PRAGMA integrity_check")) == [("ok",)]


@dataclass(frozen=True)
class Quits:
    """P7: ends of the window with 200 hung requests and 20 uploads."""

    repeats: int
    aborts: int
    damaged_journals: int
    median_s: float
    max_s: float


def quits(repeats: int = 100) -> Quits:
    """By a click and by SIGTERM in turn."""
    took: list[float] = []
    aborts = damaged = 0
    for n in range(repeats):
        with Silent() as silent, tempfile.TemporaryDirectory() as home:
            seconds, code, _ = quit_once(("close", "term")[n % 2], Path(home), silent)
            took.append(seconds)
            aborts += code != 0
            damaged += not journal_is_whole(Path(home))
    ordered = sorted(took)
    return Quits(repeats, aborts, damaged, round(ordered[len(ordered) // 2], 2), round(ordered[-1], 2))


def main(how: str, port: int) -> int:
    """Open the window over 200 silent servers."""
    from PySide6.QtCore import QTimer

    from astrolabnet_gui.gui import app as window
    from astrolabnet_gui.model.server import Server
    from astrolabnet_gui.settings.paths import paths
    from astrolabnet_gui.settings.trusted import Trusted
    from astrolabnet_gui.settings.workspace import Workspace

    workspace = Workspace(paths().workspace)
    if not workspace.servers():
        servers = [Server(uuid=f"{n:032d}", alias=f"s{n}", url=f"http://127.0.0.1:{port}/{n}") for n in range(HUNG)]
        for server in servers:
            workspace.save_server(server)
        Trusted(paths().state / "trusted.json").meet(*servers)
    hung = paths().state / HANGS
    hung.unlink(missing_ok=True)
    app, _ = window.application()
    window.PROGRAM = "tests.quitting_engine"

    def look() -> None:
        if not hung.exists():
            return
        timer.stop()
        print("ready", flush=True)
        if how == "close":
            print("leaving", time.time(), flush=True)
            app.activeWindow() and app.closeAllWindows()
            app.closeAllWindows()

    timer = QTimer(interval=100)
    timer.timeout.connect(look)
    timer.start()
    from astrolabnet_gui.__main__ import end

    end(window.run())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2])))
