"""A process that is suspended in the middle of polling, as a computer that sleeps: what it says after waking (P14)."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass

from tests.faultlivy import faultlivy

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


@dataclass(frozen=True)
class Woken:
    """Seconds of the sleep, what the server was shown as after it ("" = nothing new), and the questions in the first
    moment."""

    slept_s: float
    said: str
    burst: int


def suspended(seconds: float) -> Woken:
    """Stop an engine that polls for so long, and let it go on."""
    with faultlivy() as livy:
        livy.livy.slow_s = 0.05
        with subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(livy.port)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            cwd=os.getcwd(),
        ) as process:  # fmt: skip
            assert process.stdout is not None
            while process.stdout.readline().strip() != "up":
                pass
            process.send_signal(signal.SIGSTOP)
            before = len(livy.livy.calls)
            threading.Event().wait(seconds)
            process.send_signal(signal.SIGCONT)
            asked = time.monotonic()
            while len(livy.livy.calls) < before + 2 and time.monotonic() < asked + 30:
                threading.Event().wait(0.02)
            burst = len(livy.livy.calls) - before
            rest, _ = process.communicate("\n", timeout=30)
    told = [line for line in rest.splitlines() if not line.startswith("polls")]
    return Woken(seconds, ", ".join(told), burst)
