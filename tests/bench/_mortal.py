"""A sender in a process of its own, to be killed at any moment, and what its kills cost (P2).

    python -m tests.bench._mortal URL NAME…

It opens the home of the environment, looks for what was sent before once its server is "up", sends one piece of code
under each name that is not in the journal, and says "quiet" when nothing of it is open any more.
"""

from __future__ import annotations

import asyncio
import os
import random
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from astrolabnet_gui.command.engine import make_engine
from astrolabnet_gui.command.house import House
from astrolabnet_gui.journal.journal import Journal
from astrolabnet_gui.journal.row import OPEN, Row, State
from astrolabnet_gui.model.key import Key
from astrolabnet_gui.model.server import Server
from astrolabnet_gui.tasks import create, reconcile, send
from astrolabnet_gui.tasks.send import COMMAND
from tests.acting import Acting
from tests.fakehttp import served
from tests.fakelivy import FakeLivy

ROOT = Path(__file__).resolve().parents[2]
SERVER = Key("1" * 32)
# On one computer, with nothing between, what is absent need not be waited for two minutes.
QUIET_S, LOOK_S, END_S = 2.0, 0.2, 120.0


@dataclass(frozen=True)
class Toll:
    """What so many kills cost.

    Attributes:
        ran, twice: tasks whose code ran; and ran more than once.
        found: of those that ran, how many the journal knows to have arrived.
        unknown, lost: tasks told to be unknown, or not to have run; ``lied``: told not to have run, and it did.
        left_open: of which nothing is told.
    """

    kills: int
    tasks: int
    ran: int
    twice: int
    found: int
    unknown: int
    lost: int
    lied: int
    left_open: int


async def sender(url: str, names: list[str]) -> None:
    """See the module; it lives until it is killed."""
    send.STATEMENT_QUIET_S = create.CREATION_QUIET_S = reconcile.CREATION_QUIET_S = QUIET_S
    house = House()
    mortal = Server(uuid=SERVER.server, alias="fake", url=url, origin="island")
    house.trusted.meet(mortal)
    if not house.workspace.servers():
        house.workspace.save_server(mortal)
    async with Acting(house, make_engine(house)) as acting:
        await acting.engine.until(SERVER, lambda thing: thing is not None and thing.state == "up")
        acting.engine.submit("task.reconcile", None, {})
        print("up", flush=True)
        there = {str(row.params["name"]) for row in await _sent(house)}
        for name in names:
            if name not in there:
                acting.engine.submit("server.send", SERVER, {"kind": "pyspark", "name": name, "code": f"'{name}'"})
        while True:
            rows = await _sent(house)
            if {row.params["name"] for row in rows} >= set(names) and not any(row.state in OPEN for row in rows):
                break
            await asyncio.sleep(LOOK_S)
        print("quiet", flush=True)
        await asyncio.Event().wait()


async def _sent(house: House) -> list[Row]:
    """How each task stands."""
    rows = await asyncio.wrap_future(house.journal.last(frozenset(State)))
    return [row for row in rows if row.command == COMMAND]


async def _life(url: str, home: Path, names: list[str], until: str, then_s: float) -> None:
    """One sender, killed so long after it said that word."""
    words = [sys.executable, "-m", "tests.bench._mortal", url, *names]
    env = os.environ | {"ASTROLABNET_HOME": str(home), "PYTHONPATH": str(ROOT)}
    process = await asyncio.create_subprocess_exec(*words, cwd=ROOT, env=env, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    try:
        async with asyncio.timeout(END_S):
            while (await process.stdout.readline()).decode().strip() != until:
                assert process.returncode is None, "the sender ended by itself"
        await asyncio.sleep(then_s)
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def kills(home: Path, count: int = 50, tasks: int = 100, seed: int = 7) -> Toll:
    """Kill so many senders of so many tasks at random moments; then let one live, and compare with what truly ran."""
    dice, livy = random.Random(seed), FakeLivy(starts_s=0.2, lasts_s=0.05, retained=10 * tasks)
    names = [f"task {n:03}" for n in range(tasks)]
    async with served(livy) as http:
        for life in range(count):
            some = names[: tasks * (life + 1) // count]
            await _life(http.url, home, some, "up", dice.uniform(0.0, 1.0))
        await _life(http.url, home, names, "quiet", 0.0)
    journal = Journal(home / "state" / "journal.sqlite", "judge")
    rows: list[Row] = [row for row in journal.last(frozenset(State)).result() if row.command == COMMAND]
    journal.close()
    assert {str(row.params["name"]) for row in rows} >= set(names), "each task stands in the journal"
    arrived = {row.act for row in rows if row.state in (State.ACK, State.DONE)}
    dead = {row.act for row in rows if row.state in (State.REFUSED, State.FAILED)}
    ran = {row.act for row in rows if livy.ran[row.act]}
    return Toll(
        kills=count, tasks=len(rows), ran=len(ran), twice=sum(livy.ran[act] > 1 for act in ran),
        found=len(ran & arrived),
        unknown=sum(row.state is State.UNKNOWN for row in rows), lost=len(dead), lied=len(ran & dead),
        left_open=sum(row.state in OPEN for row in rows),
    )  # fmt: skip


if __name__ == "__main__":
    asyncio.run(sender(sys.argv[1], sys.argv[2:]))
