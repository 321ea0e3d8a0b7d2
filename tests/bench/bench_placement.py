"""How well placement ranks five fake islands, and how near its estimates come.

Run it by ``python -m tests.bench.bench_placement``.
"""

from __future__ import annotations

import random
import statistics
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from astrolabnet_gui.placement.estimate import Copy, Offer, Site, offers
from astrolabnet_gui.placement.measures import Measures, Truth
from astrolabnet_gui.placement.requirements import Abilities, Job
from tests.bench._islands import FakeIsland, FakeSea, Ran

ACTIONS, BEFORE = 200, 600


@dataclass
class Score:
    """``hit``: ranked first what was truly fastest; ``loss``: true time of the first over that of the fastest."""

    hits: int = 0
    losses: list[float] = field(default_factory=list)
    errors: list[float] = field(default_factory=list)

    def words(self) -> str:
        """One line."""
        worst = max(self.losses, default=1.0)
        share = 100 * self.hits / (self.hits + len(self.losses))
        return f"{share:.1f} % first, rest at most {worst:.3f} times, median error {statistics.median(self.errors):.1%}"


@dataclass
class Draw:
    """A random action as it stands: who is idle, what waits where."""

    label: str
    data: str
    idle: dict[str, bool]
    queued: dict[str, int]


class Player:
    """Sends actions over a fake sea and journals what they took."""

    def __init__(self, seed: int) -> None:
        self.sea, self.rng, self.known = FakeSea(seed), random.Random(seed + 1), Measures()
        self.now = datetime(2026, 1, 1, tzinfo=UTC)

    def draw(self) -> Draw:
        """One action."""
        names = [i.name for i in self.sea.islands]
        return Draw(
            self.rng.choice(self.sea.LABELS), self.rng.choice(list(self.sea.data)),
            {n: self.rng.random() < 0.5 for n in names}, {n: self.rng.choice((0, 0, 0, 1, 2)) for n in names},
        )  # fmt: skip

    def ranked(self, draw: Draw) -> list[Offer]:
        """What placement says."""
        size, holders = self.sea.data[draw.data]
        everywhere = frozenset(i.name for i in self.sea.islands)
        sites = [
            Site(uuid=i.name, alias=i.name, url=i.name, able=Abilities(cores=1), idle=draw.idle[i.name],
                 queued=draw.queued[i.name])
            for i in self.sea.islands
        ]  # fmt: skip
        copies = [Copy(server=name, size_bytes=size, reachable=everywhere) for name in holders]
        job = Job(kind="sql", datasets=(draw.data,), label=draw.label, out_bytes=1e6)
        return offers(job, sites, {draw.data: copies}, self.known)

    def true(self, draw: Draw, island: FakeIsland) -> Ran:
        """What it truly takes there; data come over the truly fastest link."""
        _, holders = self.sea.data[draw.data]
        origin = "" if island.name in holders else max(holders, key=lambda h: self.sea.links[h, island.name])
        return self.sea.true(
            island, draw.label, draw.data, draw.idle[island.name], draw.queued[island.name], origin, 1e6
        )

    def run(self, draw: Draw, island: FakeIsland) -> Ran:
        """Let it run there once and journal it."""
        ran = self.sea.ran(self.true(draw, island))
        self.now += timedelta(minutes=5)
        _, holders = self.sea.data[draw.data]
        origin = "" if island.name in holders else max(holders, key=lambda h: self.sea.links[h, island.name])
        self.known.learn(Truth(
            server=island.name, label=draw.label, when=self.now, start_s=ran.start_s or None, run_s=ran.run_s,
            wait_s=ran.wait_s,
            queued=draw.queued[island.name],
            read_bytes=ran.read, moved_bytes=ran.moved, move_s=ran.move_s or None,
            link=(origin, island.name) if origin else None,
        ))  # fmt: skip
        self.known.learn(
            Truth(server=island.name, when=self.now, moved_bytes=1e6, move_s=ran.out_s, link=(island.name, ""))
        )
        return ran


def play(seed: int, before: int = BEFORE, actions: int = ACTIONS) -> Score:
    """Runs at random places first, then actions where placement says."""
    player, score = Player(seed), Score()
    by_name = {i.name: i for i in player.sea.islands}
    for _ in range(before):
        player.run(player.draw(), player.rng.choice(player.sea.islands))
    for _ in range(actions):
        draw = player.draw()
        first = player.ranked(draw)[0]
        true = {i.name: player.true(draw, i).total_s for i in player.sea.islands}
        best = min(true.values())
        if true[first.server] <= best * (1 + 1e-9):
            score.hits += 1
        else:
            score.losses.append(true[first.server] / best)
        ran = player.run(draw, by_name[first.server])
        score.errors.append(abs(first.total_s - ran.total_s) / ran.total_s)
    return score


def error_after(seed: int, runs: int = 30) -> float:
    """Median error of the estimate of one kind of action at one server, after so many journalled runs of it."""
    player = Player(seed)
    island = player.sea.islands[seed % 5]
    errors = []
    for n in range(runs + 20):
        draw = player.draw()
        draw.label = "count"
        draw.queued = dict.fromkeys(draw.queued, 0)
        told = next(o for o in player.ranked(draw) if o.server == island.name).total_s
        took = player.run(draw, island).total_s
        if n >= runs:
            errors.append(abs(told - took) / took)
    return statistics.median(errors)


if __name__ == "__main__":
    for number in range(10):
        print(f"seed {number}: {play(number).words()}; one kind after 30 runs {error_after(number):.1%}")
