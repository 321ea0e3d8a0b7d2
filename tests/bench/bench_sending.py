"""Bench of at most once: 20 000 simulated sendings under every fault; prints how many ran twice, which must be none.

python -m tests.bench.bench_sending [sendings]

A third of the replies is lost or worse; servers restart, forget and die, others send too, and our own process is killed
at its journal's steps. Every world has two sites. What it can not hold: a network that delivers SQL twice (SQL has no
guard), or delivers a copy to a session of the same number after the server's restart.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.tasks.world import ACT, EVENTS, FAULTS, KINDS, World

PER_WORLD = 20


def simulate(sendings: int, seed: int = 0, folder: Path | None = None) -> Counter[str]:
    """So many sendings in small worlds; how many acts ended in which state, how often any code ran more than once."""
    counts: Counter[str] = Counter()
    with tempfile.TemporaryDirectory(dir=folder) as place:
        for number in range(sendings // PER_WORLD):
            home = Path(place) / str(number)
            home.mkdir()
            counts += _world(random.Random(seed + number), home)
    return counts


def _world(dice: random.Random, folder: Path) -> Counter[str]:
    with asyncio.Runner() as runner:
        world = World(folder)
        try:
            for _ in range(PER_WORLD):
                if not world.alive():
                    world.open(named=dice.random() < 0.8)
                faults = [dice.choice(("", *FAULTS)) if dice.random() < 0.5 else "" for _ in range(4)]
                world.happen(dice.choice(EVENTS) if dice.random() < 0.3 else "", dice.choice((0.5, 2.0, 12.0, 41.0)))
                dies_in = dice.randint(0, 4) if dice.random() < 0.3 else None
                sent = world.send(
                    dice.randint(0, 1), dice.choice(KINDS), faults, dies_in=dies_in, after=dice.random() < 0.5
                )
                runner.run(sent)
            runner.run(world.clock.sleep(500))
            counts = runner.run(world.check())
            counts["more than once"] = sum(1 for act, runs in world.livy.ran.items() if runs > 1 and len(act) == ACT)
            return counts
        finally:
            world.close()


def main(argv: list[str]) -> int:
    """Simulate, print; every sending must stand in one state, and none run twice."""
    began, memory, wanted = time.monotonic(), Path("/dev/shm"), int(argv[0]) if argv else 20_000
    counts = simulate(wanted, folder=memory if memory.is_dir() else None)
    twice = counts.pop("more than once", 0)
    figures = {"sendings": counts.total(), "states": dict(counts.most_common()), "more than once": twice}
    print(json.dumps(figures | {"seconds": round(time.monotonic() - began)}))
    return int(twice > 0 or counts.total() != wanted // PER_WORLD * PER_WORLD)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
