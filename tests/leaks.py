"""What a test can leave behind, and how to see it."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_FD = Path("/proc/self/fd")
# Opened once by libraries and kept for good: devices, event descriptors, fonts, code.
_KEPT = (
    "/dev/",
    "/usr/",
    "/lib",
    "/etc/",
    "/proc/",
    "/sys/",
    "/var/",
    "/memfd:",
    "anon_inode:",
    sys.prefix,
    sys.base_prefix,
)


def handles() -> dict[int, str]:
    """Open files, sockets and pipes of this process that a test could have opened; {} where they can not be seen."""
    found: dict[int, str] = {}
    if not _FD.is_dir():
        return found
    for name in os.listdir(_FD):
        with contextlib.suppress(OSError):
            target = os.readlink(_FD / name)
            if not target.startswith(_KEPT):
                found[int(name)] = target
    return found


def _application() -> Any:
    """The QApplication, or None; Qt is not imported for the asking."""
    widgets_module = sys.modules.get("PySide6.QtWidgets")
    return widgets_module.QApplication.instance() if widgets_module else None


def widgets() -> list[Any]:
    """Top-level widgets that exist now."""
    app = _application()
    return list(app.topLevelWidgets()) if app else []


@dataclass
class Watch:
    """What was there before the test."""

    threads: set[threading.Thread]
    handles: dict[int, str]
    widgets: list[Any]
    qthreads: list[Any] = field(default_factory=list)

    def left(self, deadline: float) -> list[str]:
        """What the test left, after waiting for it to go until ``deadline`` (monotonic seconds)."""
        while True:
            found = self._look()
            if not found or time.monotonic() > deadline:
                return found
            gc.collect()  # cycles hold sockets and widgets a little longer; that alone is no leak
            time.sleep(0.01)

    def _look(self) -> list[str]:
        app = _application()
        if app:
            from PySide6.QtCore import QEvent

            app.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
            app.processEvents()
        threads = [t for t in threading.enumerate() if t not in self.threads and t.is_alive()]
        # Python's name for a QThread that once asked who it is; nobody ever ends it. QThreads are looked at below.
        found = [f"thread {t.name}" for t in threads if not isinstance(t, threading._DummyThread)]
        now = handles()
        found += [f"handle {fd} {to}" for fd, to in now.items() if self.handles.get(fd) != to]
        found += [f"QThread {t.objectName() or type(t).__name__}" for t in self.qthreads if _runs(t)]
        found += [f"widget {w!r}" for w in widgets() if w not in self.widgets]
        return found


def _runs(thread: Any) -> bool:
    """True for a QThread whose C++ part lives and runs."""
    import shiboken6

    return shiboken6.isValid(thread) and thread.isRunning()


@contextlib.contextmanager
def qthreads_watched(watch: Watch) -> Iterator[None]:
    """Remember each QThread that is started meanwhile."""
    core = sys.modules.get("PySide6.QtCore")
    if core is None:
        yield
        return
    start = core.QThread.start

    def remembered(self: Any, *args: Any) -> None:
        watch.qthreads.append(self)
        start(self, *args)

    core.QThread.start = remembered
    try:
        yield
    finally:
        core.QThread.start = start
        watch.qthreads.clear()


def tasks() -> set[asyncio.Task[Any]]:
    """Tasks of the running loop but this one."""
    return asyncio.all_tasks() - {asyncio.current_task()}


async def tasks_left(before: set[asyncio.Task[Any]], within_s: float) -> list[str]:
    """Tasks that came since ``before`` and do not end within ``within_s`` seconds."""
    come = tasks() - before
    if come:
        await asyncio.wait(come, timeout=within_s)
    return [f"{t.get_name()} {t.get_coro()}" for t in come if not t.done()]
