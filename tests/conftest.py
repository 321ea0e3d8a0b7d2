"""What holds for every test: nothing left behind, nothing logged unseen, no network but loopback, its own home.

All of these are always on. A test that *means* to log a warning says so with ``expect_log``.
"""

from __future__ import annotations

import logging
import os
import re
import socket
import threading
import time
from collections.abc import AsyncIterator, Callable, Generator, Iterator
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest
import pytest_asyncio
from hypothesis import HealthCheck, settings

from tests import leaks, loopback

# A busy machine is no wrong program: examples may take their time; pytest-timeout ends what hangs.
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")

PLATFORM_SKIP = "platform:"
PATIENCE_S = 2.0  # what is being closed may need a moment; what was forgotten stays for good


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give every async test the look for left tasks; last in, so that it looks before the loop closes."""
    for item in items:
        if isinstance(item, pytest.Function) and item.get_closest_marker("asyncio"):
            names = item.fixturenames
            if "no_tasks_left" not in names:
                names.append("no_tasks_left")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[Any]) -> Generator[None, Any, Any]:
    """In CI a skip is a failure: there the machine must have what the test needs (``platform:`` reasons excepted)."""
    report = yield
    if os.environ.get("CI") == "true" and report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        if not reason.removeprefix("Skipped: ").startswith(PLATFORM_SKIP):
            report.outcome = "failed"
            report.longrepr = f"skipped in CI: {reason}"
    return report


@pytest.fixture(autouse=True)
def tmp_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home folder for this test alone; settings, journal and caches go there."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("ASTROLABNET_HOME", str(home / "astrolabnet"))
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(home))
    for name, folder in (
        ("CONFIG", ".config"),
        ("DATA", ".local/share"),
        ("STATE", ".local/state"),
        ("CACHE", ".cache"),
    ):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(home / folder))
    return home


@pytest.fixture(autouse=True)
def r_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fake islands have R, whatever this computer has; a test that wants none says so."""
    monkeypatch.setattr("astrolabnet_gui.actions.place.without_r", lambda: "")


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Loopback only. Names ending in ``.invalid`` fail as they would outside: not found."""
    monkeypatch.setattr(socket.socket, "connect", loopback.guarded(socket.socket.connect))
    monkeypatch.setattr(socket.socket, "connect_ex", loopback.guarded(socket.socket.connect_ex))
    monkeypatch.setattr(socket, "getaddrinfo", loopback.lookup(socket.getaddrinfo))


class _Keep(logging.Handler):
    """Keeps what was logged at WARNING or above."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


@pytest.fixture
def _expected_log() -> list[str]:
    return []


@pytest.fixture
def expect_log(_expected_log: list[str]) -> Callable[[str], None]:
    """``expect_log(pattern)``: a record whose message matches is meant; it must come."""
    return _expected_log.append


@pytest.fixture(autouse=True)
def fail_on_log(_expected_log: list[str]) -> Iterator[None]:
    """A WARNING nobody expected fails the test, and so does an expected one that never came."""
    keep = _Keep()
    root = logging.getLogger()
    root.addHandler(keep)
    try:
        yield
    finally:
        root.removeHandler(keep)
    said = [(f"{r.levelname} {r.name}: {r.getMessage()}", r.getMessage()) for r in keep.records]
    unexpected = [line for line, text in said if not any(re.search(p, text) for p in _expected_log)]
    unheard = [p for p in _expected_log if not any(re.search(p, text) for _, text in said)]
    if unexpected or unheard:
        pytest.fail("\n".join(["the log:", *unexpected, *(f"expected, but not logged: {p}" for p in unheard)]))


@pytest.fixture(autouse=True)
def no_leaks(request: pytest.FixtureRequest, tmp_home: Path) -> Iterator[None]:
    """Threads, file handles, QThreads and top-level widgets a test made must be gone after it."""
    qt = "qapp" in request.fixturenames or "qtbot" in request.fixturenames
    if qt:
        request.getfixturevalue("qapp")  # the application outlives the test: it is no leak of the first one
    watch = leaks.Watch(threads=set(threading.enumerate()), handles=leaks.handles(), widgets=leaks.widgets())
    with leaks.qthreads_watched(watch):
        yield
        left = watch.left(deadline=time.monotonic() + PATIENCE_S)
    if left:
        pytest.fail("left behind:\n" + "\n".join(left))


@pytest_asyncio.fixture
async def no_tasks_left() -> AsyncIterator[None]:
    """Tasks an async test started must be over (or be cancelled and awaited by it) when it ends."""
    before = leaks.tasks()
    yield
    left = await leaks.tasks_left(before, within_s=1.0)
    if left:
        pytest.fail("tasks left running:\n" + "\n".join(left))
