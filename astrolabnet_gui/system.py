"""System: what Linux, macOS and Windows do differently, for every room; processes have their own in the island.

Cheap to import: a session's process does it before anything else.
"""

from __future__ import annotations

import _thread
import os
import shutil
import signal
import sys
from collections.abc import Callable
from typing import IO, Any

if sys.platform == "win32":
    import msvcrt

    def lock(file: IO[Any]) -> None:
        """Lock an open file, at its position, until it is closed; the system frees it however this process ends.

        Raises:
            OSError: somebody else has it.
        """
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def lock(file: IO[Any]) -> None:
        """Lock an open file until it is closed; the system frees it however this process ends.

        Raises:
            OSError: somebody else has it.
        """
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def is_private(about: os.stat_result) -> bool:
    """Whether a file is this user's and shut to others; on Windows the user's folder does that."""
    return sys.platform == "win32" or (about.st_mode & 0o077 == 0 and about.st_uid == os.getuid())


def in_forked_child(do: Callable[[], None]) -> None:
    """Have it done in each child this process forks; Windows forks none."""
    if sys.platform != "win32":
        os.register_at_fork(after_in_child=do)


def interrupt(main_thread: int) -> None:
    """Raise SIGINT in the main thread, which is the one of that ident; also while it waits in a system call."""
    if sys.platform == "win32":
        _thread.interrupt_main()
    else:
        signal.pthread_kill(main_thread, signal.SIGINT)


NO_R = "R is not installed on this computer (Debian: apt install r-base-core)"


def r_program(asked: str = "") -> str | None:
    """R of this computer: the one that is asked for, or of the environment, or on the path; None if there is none."""
    return shutil.which(asked or os.environ.get("SPARKR_DRIVER_R") or "R")
