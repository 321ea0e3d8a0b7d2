"""Five islands that are only numbers: what jobs take there by a law that placement does not know, and with noise. It
imports nothing of the product.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field


@dataclass
class FakeIsland:
    """One. A job of a label reads its bytes at ``rate`` times the label's weight, after a fixed time of its own."""

    name: str
    start_s: float
    fixed_s: float
    rate: float
    statement_s: float
    weights: dict[str, float] = field(default_factory=dict)


@dataclass
class Ran:
    """What a run took, with noise."""

    start_s: float
    wait_s: float
    move_s: float
    run_s: float
    out_s: float
    read: float
    moved: float

    @property
    def total_s(self) -> float:
        """From sending to the result."""
        return self.start_s + self.wait_s + self.move_s + self.run_s + self.out_s


class FakeSea:
    """Islands, links between them and to the person, and replicas of twelve datasets."""

    LABELS = ("histogram", "cross-match", "count")

    def __init__(self, seed: int, noise: float = 0.08) -> None:
        self.rng = rng = random.Random(seed)
        self.noise = noise
        self.islands = [
            FakeIsland(
                f"http://island{n}", rng.uniform(4, 40), rng.uniform(0.5, 4), rng.uniform(3e7, 8e8),
                rng.uniform(2, 20), {label: rng.uniform(0.4, 1.6) for label in self.LABELS},
            )
            for n in range(5)
        ]  # fmt: skip
        names = [i.name for i in self.islands]
        self.links = {(a, b): rng.uniform(5e6, 2e8) for a in names for b in [*names, ""] if a != b}
        self.data = {
            f"data{n}": (10 ** rng.uniform(7.5, 10.5), rng.sample(names, rng.choice((1, 1, 2, 3)))) for n in range(12)
        }

    def true(self, island: FakeIsland, label: str, data: str, idle: bool, queued: int, origin: str, out: float) -> Ran:
        """What it takes without noise; ``origin``: where data come from, "" if they lie there."""
        size = self.data[data][0]
        move = 0.0 if not origin else size / self.links[origin, island.name]
        run = island.fixed_s + size / (island.rate * island.weights[label])
        return Ran(
            0.0 if idle else island.start_s, queued * island.statement_s, move, run,
            out / self.links[island.name, ""], size, size if origin else 0.0,
        )  # fmt: skip

    def ran(self, true: Ran) -> Ran:
        """The same as it is seen once: each part off by some noise, now and then by much."""

        def off(seconds: float) -> float:
            rough = self.rng.gauss(0, self.noise if self.rng.random() > 0.03 else 6 * self.noise)
            return seconds * max(0.3, 1 + rough)

        return Ran(*(off(t) for t in (true.start_s, true.wait_s, true.move_s, true.run_s, true.out_s)),
                   true.read, true.moved)  # fmt: skip
