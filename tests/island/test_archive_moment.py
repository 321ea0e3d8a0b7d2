"""When a class data archive is built: after a result, and only while the computer and the sessions are idle.

And its end: whatever a training has begun goes with an island that is killed.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from astrolabnet_gui.island import cds, platform
from astrolabnet_gui.island.cds import Archive
from astrolabnet_gui.island.jre import Jre
from tests.island.harbour import harbour
from tests.island_fixture import ROOT, wait_until

LOW, HIGH = cds._IDLE_PERCENT - 1, cds._IDLE_PERCENT + 1


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Callable[[], bool]]:
    """Each time somebody asked for building: how they answer whether a session is busy."""
    asked: list[Callable[[], bool]] = []
    monkeypatch.setattr(Archive, "build_when_idle", lambda self, busy: asked.append(busy))
    return asked


async def test_it_is_asked_for_by_a_result_and_by_nothing_before(
    tmp_path: Path, no_tasks_left: None, asked: list[Callable[[], bool]]
) -> None:
    async with harbour(tmp_path, archive=True) as port:
        number = await port.open()
        long = await port.send(number, "sleep")
        await port.statement(number, long, "running")
        assert asked == []
        await port.ask("POST", f"/sessions/{number}/statements/{long}/cancel")
        await port.statement(number, long, "cancelled")
        await port.statement(number, await port.send(number, "1"))
        assert asked
        busy = asked[-1]
        assert not busy()
        other = await port.open()
        await port.statement(other, await port.send(other, "sleep"), "running")
        assert busy()


async def test_an_island_without_archive_never_asks(
    tmp_path: Path, no_tasks_left: None, asked: list[Callable[[], bool]]
) -> None:
    async with harbour(tmp_path, archive=False) as port:
        number = await port.open()
        assert (await port.statement(number, await port.send(number, "1")))["output"]["status"] == "ok"
    assert asked == []


async def test_a_busy_processor_or_session_puts_it_off(
    tmp_path: Path, no_tasks_left: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The first measure of psutil is of no time at all: it must not count.
    looks = [(0.0, False), (HIGH, False), (100.0, False), (LOW, True), (HIGH, True), (LOW, False), (LOW, False)]
    now = looks[0]
    seen: list[tuple[float, bool]] = []
    built: list[int] = []

    def percent() -> float:
        nonlocal now
        now = looks.pop(0)
        seen.append(now)
        return now[0]

    async def build(self: Archive) -> None:
        built.append(len(seen))

    monkeypatch.setattr(psutil, "cpu_percent", percent)
    monkeypatch.setattr(cds, "_LOOK_S", 0.0)
    monkeypatch.setattr(Archive, "build", build)
    mine = Archive(Jre(tmp_path / "java", "17.0.1", "configured"), tmp_path / "cache")
    mine.build_when_idle(lambda: now[1])
    assert mine._task is not None
    await mine._task
    assert built == [6], "only the sixth look saw both idle"
    assert looks == [(LOW, False)]


# What an island does with its archive; its Java never ends.
BUILDING = """
import asyncio, sys
from pathlib import Path
from astrolabnet_gui.island.cds import Archive
from astrolabnet_gui.island.jre import Jre
from astrolabnet_gui.island.undertaker import Undertaker
home = Path(sys.argv[1])
asyncio.run(Archive(Jre(home, "17.0.1", "configured"), home / "cache", Undertaker()).build())
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="platform: processes can not be killed so")
def test_a_training_and_its_java_end_with_a_killed_island(tmp_path: Path) -> None:
    java = tmp_path / "bin" / "java"
    java.parent.mkdir()
    java.write_text("#!/bin/sh\nsleep 600 &\ntouch java.runs\nwait\n")
    java.chmod(0o755)
    with subprocess.Popen(
        [sys.executable, "-c", BUILDING, str(tmp_path)], env=os.environ | {"PYTHONPATH": str(ROOT)}
    ) as island:
        try:
            wait_until(lambda: list(tmp_path.glob("cache/cds/*/java.runs")), 60.0, "the training starts Java")
            whole = psutil.Process(island.pid).children(recursive=True)
            names = [" ".join(one.cmdline()) for one in whole]
            for part in ("island.undertaker", "island.train", "bin/java"):
                assert any(part in name for name in names), names
            assert len(whole) >= 4, "and what Java has begun"
        finally:
            island.kill()
    try:
        wait_until(lambda: not any(platform.is_alive(one.pid) for one in whole), 20.0, "every process ends")
    finally:
        platform.kill_all(whole)
