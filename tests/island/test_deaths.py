"""A process that dies is seen within two seconds: a batch's, and R's. (A driver's and Java's: their own tests.)"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import pytest_asyncio

from astrolabnet_gui.island import platform, submit
from astrolabnet_gui.island.driver import r_home
from astrolabnet_gui.island.driver.r import RInterpreter
from astrolabnet_gui.island.protocol import Start
from tests.island.harbour import Harbour, harbour
from tests.island.r_there import NO_R, WHY
from tests.island_fixture import wait_until

PROMISED_S, LOOK_S = 2.0, 0.05
# It holds the batch's output open: the end of that is no sign of the death.
PROGRAM = "import subprocess, time; subprocess.Popen(['sleep', '600']); print('runs', flush=True); time.sleep(600)"


@pytest_asyncio.fixture
async def port(tmp_path: Path, no_tasks_left: None) -> AsyncIterator[Harbour]:
    async with harbour(tmp_path) as made:
        yield made


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="platform: processes can not be killed so")
async def test_a_killed_batch_is_dead_and_nothing_of_it_is_left(port: Harbour, monkeypatch: pytest.MonkeyPatch) -> None:
    command = [sys.executable, "-S", "-c", PROGRAM]
    monkeypatch.setattr(submit, "batch_command", lambda *_: (command, dict(os.environ)))
    number = (await port.ask("POST", "/batches", json={"file": "/a.py"})).json()["id"]
    batch = port.island.batches.get(str(number))
    assert batch is not None
    await port.until(lambda: "runs" in str(batch.lines.page(0, 100)))
    assert (batch.state, batch.pid is not None) == ("running", True)
    whole = platform.tree_of(batch.pid or 0)
    assert len(whole) == 2
    os.kill(batch.pid or 0, signal.SIGKILL)
    # Looks on the island's own loop: on a loaded machine both are late alike.
    looks = 0
    while batch.state == "running" and looks <= PROMISED_S / LOOK_S:
        await asyncio.sleep(LOOK_S)
        looks += 1
    assert batch.state == "dead", f"not seen in {looks} looks"
    assert not any(platform.is_alive(one.pid) for one in whole)
    assert "SIGKILL" in (await port.ask("GET", f"/batches/{number}/log")).json()["log"][-1]


@pytest.fixture
def r(tmp_path: Path) -> Iterator[RInterpreter]:
    """R without Spark."""
    if NO_R:
        pytest.skip(WHY)
    context: Any = SimpleNamespace(job_group=("0", "group"), called_by=lambda _: nullcontext())
    home = r_home.RHome(command=r_home.find({}).command)
    made = RInterpreter(home, context, Start(java_home="", work_dir=str(tmp_path), conf={}))
    yield made
    process, talk = made._process, made._talk
    made.close()
    assert process is not None
    assert talk is not None
    process.wait(10)
    talk.close()
    wait_until(lambda: not any(one.name == "r output" for one in threading.enumerate()), 10.0)


def test_a_killed_r_is_an_error_of_its_statement_and_the_next_one_has_a_new_r(r: RInterpreter, tmp_path: Path) -> None:
    first = int(r.run("cat(Sys.getpid())")["data"]["text/plain"])
    seen = threading.Event()
    replies: list[Any] = []

    def wait_in_r() -> None:
        replies.append(r.run(f"file.create('{(tmp_path / 'begun').as_posix()}'); Sys.sleep(600)"))
        seen.set()

    asking = threading.Thread(target=wait_in_r, name="statement")
    asking.start()
    wait_until((tmp_path / "begun").exists)
    os.kill(first, signal.SIGKILL)
    assert any(seen.wait(LOOK_S) for _ in range(round(PROMISED_S / LOOK_S)))
    asking.join()
    assert replies[0]["evalue"].startswith("Interpreter died")
    again = r.run("cat(Sys.getpid())")
    assert again["status"] == "ok"
    assert int(again["data"]["text/plain"]) != first
