"""The web service as others' programs meet it, for long: schemathesis reads its document and sends to each operation
what fits it and what does not, over a real socket. First to an engine that only looks at parameters; then to the real
one over Livys in memory, with the addresses of what there is, where acts are done: a fault of ours is a finding, too.

Run it by ``python -m tests.bench.bench_fuzz [EXAMPLES [SEED]]`` (200 of each operation; a quarter of them are done).
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

from astrolabnet_gui.model.key import Key
from astrolabnet_gui.network.link import Event, RunEvent
from astrolabnet_gui.web.openapi import document
from tests.net.test_world import everything
from tests.parity.place import Place
from tests.web.fuzz import Fuzzed, fuzz, with_addresses
from tests.web.live_site import live_site
from tests.web.test_fuzz import Checking

# They start processes, fetch from other computers, or open another workspace.
NOT_DONE = (
    "island.start", "island.stop", "island.kafka", "workspace.use", "workspace.connect", "plugin.trust",
    "samp.receive", "samp.point", "table.samp", "table.packet",
)  # fmt: skip


def looked_at(examples: int, seeded: int | None) -> Fuzzed:
    """Parameters are looked at; nothing is done."""
    things = everything().things
    addresses = by_kind((thing.key, "lal" if thing.key.server else "") for thing in things)
    with live_site(Checking(*things)) as site:
        return fuzz(site, with_addresses(document(), addresses), examples, seeded=seeded)


def done(examples: int, seeded: int | None) -> Fuzzed:
    """The acts are done, in a house of their own."""
    with tempfile.TemporaryDirectory() as folder:
        before = Path.cwd()
        os.chdir(folder)  # what an act is told to write, it writes here
        try:
            with Place(Path(folder, "home")) as place, live_site(place.engine) as site:
                place.net["lal"].new_session(kind="pyspark")
                place.net["lal"].sessions[0].run("1 + 1")
                place.net.action.new(title="night", kind="sql", code="SELECT 1")
                place.net.source.add(name="slow", preset="rate")
                place.net.dataset.new(name="sky", tags=("own",))
                place.desk.settle(5.0)
                keys = list(place.desk.store.things)
                there = by_kind((key, place.alias(key)) for key in keys)
                faults: dict[str, str] = {}

                def hears(event: Event) -> None:
                    """Also of those that were not over when they were answered."""
                    if isinstance(event, RunEvent) and event.problem is not None and event.problem.type == "Bug":
                        faults.setdefault(event.command, f"{event.problem.what}\n{event.line}")

                leave = place.engine.subscribe(hears)
                fuzzed = fuzz(site, with_addresses(document(), there), examples, NOT_DONE, seeded)
                leave()
                fuzzed.found |= faults
                return fuzzed
        finally:
            os.chdir(before)


def by_kind(keys: Iterable[tuple[Key, str]]) -> dict[str, list[str]]:
    """Addresses of things, with the names of their servers, by their kinds."""
    found: dict[str, list[str]] = {}
    for key, alias in keys:
        found.setdefault(str(key.kind), []).append(key.address(alias))
    return found


def told(what: str, fuzzed: Fuzzed, seconds: float) -> str:
    """One line of BENCHMARKS.md, and the findings."""
    answers = ", ".join(f"{count} × {status}" for status, count in sorted(fuzzed.answers.items()))
    head = f"{what}: {fuzzed.operations} operations, {fuzzed.cases} cases ({answers}), "
    head += f"{len(fuzzed.found)} findings, {seconds:.0f} s"
    return "\n".join([head, *(f"-- {label}\n{fault[:1200]}" for label, fault in fuzzed.found.items())])


def main(argv: list[str]) -> int:
    """Send, judge, print."""
    examples, seeded = int(argv[0]) if argv else 200, int(argv[1]) if len(argv) > 1 else None
    worst = 0
    for what, does, count in (("looked at", looked_at, examples), ("done", done, max(2, examples // 4))):
        began = time.monotonic()
        fuzzed = does(count, seeded)
        print(told(what, fuzzed, time.monotonic() - began), flush=True)
        worst |= bool(fuzzed.found)
    return int(worst)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
