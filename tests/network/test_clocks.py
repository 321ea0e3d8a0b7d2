"""P14: jumps of the clock, sleep and a suspended process end nothing, and nobody is younger than now."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import threading
import time
from datetime import timedelta

import pytest

from tests.fakelivy import FakeLivy
from tests.network.desk import START, desk
from tests.network.virtual import in_virtual_time


@pytest.mark.parametrize("jump", [timedelta(days=1), timedelta(days=-1)], ids=["forward", "back"])
def test_a_day_more_or_less_on_the_wall_changes_no_state(jump: timedelta, monkeypatch: pytest.MonkeyPatch) -> None:
    async def story() -> None:
        livy, off = FakeLivy(), [timedelta()]
        livy.open()

        def wall() -> object:
            return START + timedelta(seconds=asyncio.get_running_loop().time()) + off[0]

        monkeypatch.setattr("tests.network.desk.wall", wall)
        async with desk(livy=livy) as one:
            await asyncio.sleep(30)
            before, polls = one.thing("lal/sessions/0"), livy.asked("sessions")
            off[0] = jump
            await asyncio.sleep(60)
            after = one.thing("lal/sessions/0")
            assert one.thing("lal").state == "up"
            assert after.state == before.state
            assert after.stale_since is None
            assert after.since == before.since, "a state that did not change did not begin again"
            assert 3 <= livy.asked("sessions") - polls <= 25, "the pace is that of the monotonic clock"

    in_virtual_time(story())


PROGRAM = """
import asyncio, sys
from astrolabnet_gui.client.livy import LivyClient
from astrolabnet_gui.model.server import Server
from astrolabnet_gui.network.engine import Engine
from tests.network.desk import commands

async def main(port):
    here = Server(uuid="u", alias="lal", url=f"http://127.0.0.1:{port}")
    engine = Engine([here], execute=commands, connect=LivyClient)
    life = asyncio.create_task(engine.main())
    states = []
    def heard(_):
        (thing,) = [t for t in engine.store.servers()]
        if not states or states[-1] != thing.state:
            states.append(thing.state)
            print(thing.state, flush=True)
    engine.store.subscribe(heard)
    await asyncio.to_thread(sys.stdin.readline)
    engine.stop()
    await life
    print("polls", engine.budget.taken, flush=True)

asyncio.run(main(int(sys.argv[1])))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="platform: no SIGSTOP")
def test_a_suspended_process_wakes_without_false_alarms() -> None:
    """A sleep in the middle of polling, by SIGSTOP; three seconds, for the test must end."""
    from tests.faultlivy import faultlivy

    with faultlivy() as livy:
        livy.livy.slow_s = 0.05
        with subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(livy.port)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            cwd=os.getcwd(),
        ) as process:  # fmt: skip
            assert process.stdout is not None
            lines = [process.stdout.readline().strip() for _ in range(1)]
            while lines[-1] != "up":
                lines.append(process.stdout.readline().strip())
            process.send_signal(signal.SIGSTOP)
            before = len(livy.livy.calls)
            threading.Event().wait(3)
            process.send_signal(signal.SIGCONT)
            asked = time.monotonic()
            while len(livy.livy.calls) < before + 2 and time.monotonic() < asked + 30:
                threading.Event().wait(0.02)
            burst = len(livy.livy.calls) - before
            rest, _ = process.communicate("\n", timeout=30)
    told = [line for line in rest.splitlines() if not line.startswith("polls")]
    assert told == [], "the server was never shown as anything but up"
    assert 2 <= burst <= 6, "what was missed is not made up for"
