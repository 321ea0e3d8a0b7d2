"""How many sessions this computer's memory carries."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from pathlib import Path

import psutil

from astrolabnet_gui.island import platform

# Measured: a session in use has 350 to 600 MB of Java and 30 to 100 MB of Python.
SESSION_BYTES = 700 * 2**20
_SPARED_BYTES = 1 * 2**30
_LIMITS = (
    (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory.current")),
    (
        Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"),
        Path("/sys/fs/cgroup/memory/memory.usage_in_bytes"),
    ),
)


def available_bytes() -> int:
    """Memory that can still be had: the computer's, or what the container we run in is granted."""
    free = int(psutil.virtual_memory().available)
    for limit, used in _LIMITS:
        try:
            granted = int(limit.read_text()) - int(used.read_text())
        except (OSError, ValueError):
            continue
        free = min(free, max(0, granted))
    return free


def carried(available: int) -> int:
    """Number of sessions that fit into so many free bytes; at least one, for one can always be tried."""
    return max(1, (available - _SPARED_BYTES) // SESSION_BYTES)


def spare_fits(available: int) -> bool:
    """Whether a session nobody has asked for yet may take its memory: room for two more must stay."""
    return available - _SPARED_BYTES > 3 * SESSION_BYTES


def used_bytes(pids: Iterable[int]) -> int:
    """Memory that these processes, and those below them, hold now."""
    total, seen = 0, set()
    for pid in pids:
        for process in platform.tree_of(pid):
            if process.pid not in seen:
                seen.add(process.pid)
                with contextlib.suppress(psutil.Error):
                    total += int(process.memory_info().rss)
    return total
