"""Kills writers of a journal with -9 at random moments, and counts what had been said to be written and is not there.

``python -m tests.journal.killing PATH`` is the nursery: for each line on its input it forks a writer, so that a kill
costs milliseconds and not the start of a Python.
"""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from astrolabnet_gui.journal.journal import Journal
from astrolabnet_gui.journal.row import State

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Toll:
    """What many kills came to.

    Attributes:
        acknowledged: entries said to be written; lost: those of them that are not there afterwards.
        claimed: open acts of the dead that the next process took over; kept: all that were there to take.
        damage: what SQLite says of the file, "ok" if nothing.
    """

    kills: int
    acknowledged: int
    lost: int
    claimed: int
    kept: int
    damage: str


def kill_writers(folder: Path, kills: int, seed: int = 5) -> Toll:
    """Kill so many writers, one after the other, in one journal."""
    path, dice, said = folder / "journal.sqlite", random.Random(seed), set[str]()
    command = [sys.executable, "-m", "tests.journal.killing", str(path)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as nursery:
        assert nursery.stdin is not None
        assert nursery.stdout is not None
        for turn in range(kills):
            print(turn, file=nursery.stdin, flush=True)
            writer = int(nursery.stdout.readline())
            said.add(nursery.stdout.readline().strip())
            time.sleep(dice.random() * 0.05)  # the moment is to be random, so there is nothing to wait for
            os.kill(writer, signal.SIGKILL)
            while (line := nursery.stdout.readline().strip()) != "ended":
                said.add(line)
        nursery.stdin.close()
    with sqlite3.connect(path) as db:
        (damage,) = db.execute("PRAGMA integrity_check").fetchone()
    db.close()
    journal = Journal(path, "site")
    rows = journal.last(frozenset(State)).result(timeout=60)
    claimed = journal.claim_open().result(timeout=60)
    journal.close()
    return Toll(kills, len(said), len(said - {row.act for row in rows}), len(claimed), len(rows), damage)


def _nursery(path: Path) -> None:
    for turn in sys.stdin:
        child = os.fork()
        if child == 0:
            _write(path, turn.strip())
        os.waitpid(child, 0)
        os.write(1, b"ended\n")


def _write(path: Path, turn: str) -> None:
    os.write(1, f"{os.getpid()}\n".encode())
    journal, n = Journal(path, "site"), 0
    while True:
        n += 1
        row = journal.intend(f"{turn}-{n}", "run", "session.send", None, {"n": n}).result(20)
        os.write(1, f"{row.act}\n".encode())


if __name__ == "__main__":
    _nursery(Path(sys.argv[1]))
