"""Estimate: when a job would end at each server, ``T = start + wait + move + run + out``, each part measured or
assumed; and the order of the servers by it. Speed never hides that a replica is stale.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Literal

from ..model.thing import Value
from .measures import Figure, Measures
from .requirements import Abilities, Job, failures

PARTS = ("start", "wait", "move", "run", "out")
CONFIRM_BYTES = 1e9
"""More than this is moved only after it was typed."""
How = Literal["send", "bring", "read"]


class Copy(Value):
    """A replica as placement sees it.

    Attributes:
        server: uuid; stale: why it is not the newest, "" if nobody knows of a newer one.
        reachable: servers whose Spark can read its files where they lie.
    """

    server: str
    size_bytes: float | None = None
    stale: str = ""
    reachable: frozenset[str] = frozenset()


class Site(Value):
    """A server as placement sees it.

    Attributes:
        url: under which runs are measured; idle: it has a session ready; queued: statements before ours.
    """

    uuid: str
    alias: str
    url: str
    able: Abilities = Abilities()
    idle: bool = False
    queued: int = 0


class Part(Value):
    """Seconds of one part; ``runs`` 0 = assumed, None = nothing to do, so nothing to know."""

    name: str
    seconds: float
    runs: int | None = None
    newest: datetime | None = None


class Offer(Value):
    """What one server offers.

    Attributes:
        failed: what it lacks; it is not eligible then.
        moved: dataset -> server its bytes would come from; moved_bytes: in all.
        held_bytes: what lies there already. stale: of its own replicas, in words. how: what can be done.
    """

    server: str
    alias: str
    failed: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()
    moved: Mapping[str, str] = {}
    moved_bytes: float = 0.0
    held_bytes: float = 0.0
    stale: tuple[str, ...] = ()
    how: tuple[How, ...] = ()

    @property
    def total_s(self) -> float:
        """Seconds until the result is here."""
        return sum(part.seconds for part in self.parts)

    @property
    def assumed_s(self) -> float:
        """Those of them nobody measured."""
        return sum(part.seconds for part in self.parts if part.runs == 0)


def offers(job: Job, sites: Iterable[Site], copies: Mapping[str, Iterable[Copy]], known: Measures) -> list[Offer]:
    """Servers by when the job would end there; those not eligible last, those with stale replicas after fresh ones.

    Args:
        copies: replicas of each dataset of the job.
    """
    sites = tuple(sites)
    made = [
        _offer(job, site, sites, {name: tuple(copies.get(name, ())) for name in job.datasets}, known) for site in sites
    ]
    return sorted(made, key=lambda o: (bool(o.failed), bool(o.stale), o.total_s, -o.held_bytes, o.alias))


def _offer(
    job: Job, site: Site, sites: tuple[Site, ...], copies: Mapping[str, tuple[Copy, ...]], known: Measures
) -> Offer:
    by_uuid = {one.uuid: one for one in sites}
    moved, unreachable, stale = dict[str, str](), list[str](), list[str]()
    held = moved_bytes = move_s = 0.0
    worst: Figure | None = None
    for name, replicas in copies.items():
        here = next((c for c in replicas if c.server == site.uuid), None)
        if here is not None:
            held += here.size_bytes or 0.0
            if here.stale:
                stale.append(f"{name}: {here.stale}")
            continue
        ways = [c for c in replicas if site.uuid in c.reachable and c.server in by_uuid]
        if not ways:
            unreachable.append(name)
            continue
        links = {c.server: known.link(by_uuid[c.server].url, site.url) for c in ways}
        best = min(ways, key=lambda c: (bool(c.stale), (c.size_bytes or 0.0) / links[c.server].value))
        if best.stale:
            stale.append(f"{name} from {by_uuid[best.server].alias}: {best.stale}")
        moved[name] = best.server
        moved_bytes += best.size_bytes or 0.0
        move_s += (best.size_bytes or 0.0) / links[best.server].value
        if worst is None or links[best.server].runs < worst.runs:
            worst = links[best.server]
    failed = failures(job, site.able, moved_bytes, unreachable)
    start = Part(name="start", seconds=0.0) if site.idle else _part("start", known.start(site.url))
    statement = known.statement(site.url)
    wait = Part(name="wait", seconds=0.0)
    if site.queued:
        wait = Part(name="wait", seconds=site.queued * statement.value, runs=statement.runs, newest=statement.newest)
    move = Part(name="move", seconds=0.0)
    if worst is not None:
        move = Part(name="move", seconds=move_s, runs=worst.runs, newest=worst.newest)
    out = known.link(site.url, "")
    parts = (
        start, wait, move, _part("run", known.run(site.url, job.label, held + moved_bytes, site.able.cores)),
        Part(name="out", seconds=job.out_bytes / out.value, runs=out.runs, newest=out.newest),
    )  # fmt: skip
    how: tuple[How, ...] = ("bring", "read") if moved else ("send",)
    return Offer(
        server=site.uuid, alias=site.alias, failed=failed, parts=parts, moved=moved, moved_bytes=moved_bytes,
        held_bytes=held, stale=tuple(stale), how=() if failed else how,
    )  # fmt: skip


def _part(name: str, figure: Figure) -> Part:
    return Part(name=name, seconds=figure.value, runs=figure.runs, newest=figure.newest)


def source(part: Part, now: datetime) -> str:
    """``measured (3, 2 d)`` or ``assumed``; "" where there is nothing to do."""
    if part.runs is None:
        return ""
    if part.runs == 0 or part.newest is None:
        return "assumed"
    age = max(0, int((now - part.newest).total_seconds()))
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if age >= size:
            return f"measured ({part.runs}, {age // size} {unit})"
    return f"measured ({part.runs}, {age} s)"
