"""A small process that outlives a killed island just long enough to end what the island had started.

Each driver and each batch leads a process group. The island tells the undertaker their ids through a pipe; when the
pipe closes, whatever is still alive of those groups is killed, user code's own programs included: neither a busy
loop nor a swallowed signal in a driver can prevent that.
"""

from __future__ import annotations

import contextlib
import subprocess
import sys
import time

from astrolabnet_gui.island import platform

# What ends by itself may do so in good order first.
_GRACE_S = 1.0


class Undertaker:
    """The island's end of the pipe; the process is started by the first ``watch``."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    def watch(self, pid: int) -> None:
        """From now on this process and its group end with the island.

        Raises:
            OSError: the system can not start one more process.
        """
        if self._process is None:
            self._process = subprocess.Popen(
                [platform.PYTHON, "-m", "astrolabnet_gui.island.undertaker"],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                **platform.detached(),
            )
        self._tell(f"+{pid}")

    def forget(self, pid: int) -> None:
        """It is gone; its number may be another's soon."""
        self._tell(f"-{pid}")

    def end(self) -> None:
        """Let the undertaker do its work and go. Blocks for a moment; nothing is left."""
        if self._process is not None and self._process.stdin is not None:
            with contextlib.suppress(OSError):
                self._process.stdin.close()
            self._process.wait()
            self._process = None

    def _tell(self, line: str) -> None:
        if self._process is not None and self._process.stdin is not None:
            with contextlib.suppress(OSError):
                self._process.stdin.write(f"{line}\n".encode())
                self._process.stdin.flush()


def main() -> int:
    """Listen until the island is gone, then bury what it has left."""
    left: set[int] = set()
    for line in sys.stdin:
        pid = int(line[1:])
        if line.startswith("+"):
            left.add(pid)
        else:
            left.discard(pid)
    if left:
        time.sleep(_GRACE_S)
        platform.kill_all([process for pid in left for process in platform.tree_of(pid)])
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
