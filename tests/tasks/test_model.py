"""At most once, as a model: whatever is lost, late, doubled, evicted, restarted or killed, no task runs
twice, no session or batch is made twice, and what is shown never contradicts the server."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from astrolabnet_gui.tasks.create import BATCH, SESSION

from .world import EVENTS, FAULTS, KINDS, World


class AtMostOnce(RuleBasedStateMachine):
    """Two sites send to one server."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="aln-model-", dir="/dev/shm" if Path("/dev/shm").is_dir() else None))
        self.runner = asyncio.Runner()
        self.world = World(self.folder)

    @rule(
        site=st.integers(0, 1),
        kind=st.sampled_from(KINDS),
        faults=st.lists(st.sampled_from(FAULTS), min_size=1, max_size=4),
        event=st.sampled_from(EVENTS),
        at_s=st.sampled_from([0.5, 2.0, 12.0, 41.0, 100.0]),
        dies_in=st.none() | st.integers(0, 5),
        after=st.booleans(),
    )
    def send(
        self, site: int, kind: str, faults: list[str], event: str, at_s: float, dies_in: int | None, after: bool
    ) -> None:
        """One sending under faults, with something happening to the server or to us meanwhile."""
        if not self.world.alive():
            self.world.open(named=True)
        self.world.happen(event, at_s)
        self.runner.run(self.world.send(site, kind, faults, dies_in=dies_in, after=after))

    @rule(
        site=st.integers(0, 1),
        what=st.sampled_from([SESSION, BATCH]),
        faults=st.lists(st.sampled_from(FAULTS), min_size=1, max_size=2),
        event=st.sampled_from(EVENTS),
        at_s=st.sampled_from([0.5, 12.0, 41.0, 100.0]),
        dies_in=st.none() | st.integers(0, 3),
        after=st.booleans(),
    )
    def make(
        self, site: int, what: str, faults: list[str], event: str, at_s: float, dies_in: int | None, after: bool
    ) -> None:
        """A session or batch is made under the same faults."""
        self.world.happen(event, at_s)
        self.runner.run(self.world.make(site, what, faults, dies_in=dies_in, after=after))

    @rule(named=st.booleans())
    def another_session(self, named: bool) -> None:
        """A session is opened; by others it has no name."""
        self.world.open(named=named)

    @rule(seconds=st.sampled_from([1.0, 50.0, 500.0]))
    def time_passes(self, seconds: float) -> None:
        """What is late arrives."""
        self.runner.run(self.world.clock.sleep(seconds))

    @rule()
    def the_server_restarts(self) -> None:
        """Ids begin at 0 again."""
        self.world.livy.restart()

    @invariant()
    def it_holds(self) -> None:
        """No double run, no contradiction."""
        self.runner.run(self.world.check())

    def teardown(self) -> None:
        """What is still late arrives; then all is given back."""
        self.runner.run(self.world.clock.sleep(500))
        self.it_holds()
        self.world.close()
        self.runner.close()
        shutil.rmtree(self.folder)


TestAtMostOnce = AtMostOnce.TestCase
TestAtMostOnce.settings = settings(
    max_examples=120, stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck)
)
