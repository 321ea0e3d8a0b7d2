"""Runs one command and sees to it that nothing of it is left: ``python -m astrolabnet_gui.island.guard COMMAND…``.

Spark's batches know nothing of the island. This small process stands between: it leads their process group and ends
the group when the command ends, when it is told to (SIGTERM), and when its standard input closes, which is how it
learns that the island was killed. It ends as the command did.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading

from astrolabnet_gui.island import platform


def main(command: list[str]) -> int:
    """Run it; the answer is its exit code (128 + n for signal n)."""
    platform.hold_children()
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL)

    def end(*_: object) -> None:
        platform.kill_all([process for process in platform.tree_of(child.pid) if process.pid != os.getpid()])
        platform.kill_all([process for process in platform.tree_of(os.getpid()) if process.pid != os.getpid()])

    def listen() -> None:
        while os.read(0, 1024):
            pass
        end()

    signal.signal(signal.SIGTERM, end)
    threading.Thread(target=listen, name="the island's end", daemon=True).start()
    code = child.wait()
    end()
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
