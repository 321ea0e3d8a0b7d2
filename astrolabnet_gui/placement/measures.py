"""Measures: what was seen of earlier runs: how long servers take to start, wait and read, how fast links are.

A figure is the middle of the newest runs, with their number and the age of the newest; without runs it is assumed.
Of two runs the newer tells: the first one on a cold server may have taken a hundred times longer.
"""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Literal

from ..model.thing import Value

NEWEST = 60
START_S, WAIT_S, CORE_BYTES_S, LINK_BYTES_S, FIXED_S = 35.0, 10.0, 50e6, 10e6, 0.5
What = Literal["start", "wait", "scan", "link", "fixed"]


class Figure(Value):
    """A number and where it comes from: ``runs`` 0 = assumed."""

    value: float
    runs: int = 0
    newest: datetime | None = None


class Truth(Value):
    """What one run took, as it goes into the journal.

    Attributes:
        server: address. label: of the job. start_s, wait_s, run_s: None where it had none or it was not seen.
        queued: statements it waited for.
        read_bytes: what it read at the server; moved_bytes over ``link`` (from, to) in ``move_s``.
        estimate_s: what was said before; total_s: what it was.
    """

    server: str
    label: str = ""
    when: datetime
    start_s: float | None = None
    wait_s: float | None = None
    queued: int = 0
    run_s: float | None = None
    read_bytes: float = 0.0
    moved_bytes: float = 0.0
    move_s: float | None = None
    link: tuple[str, str] | None = None
    estimate_s: float | None = None
    total_s: float | None = None


class Measures:
    """Figures by server, by server and job, and by link."""

    def __init__(self, truths: Iterable[Truth] = ()) -> None:
        self._seen: dict[tuple[str, ...], list[tuple[datetime, float]]] = defaultdict(list)
        self._runs: dict[tuple[str, str], list[tuple[datetime, float, float]]] = defaultdict(list)
        for truth in truths:
            self.learn(truth)

    def learn(self, truth: Truth) -> None:
        """Take a run in."""
        if truth.start_s is not None:
            self._note(("start", truth.server), truth.when, truth.start_s)
        if truth.wait_s is not None and truth.queued:
            self._note(("wait", truth.server), truth.when, truth.wait_s / truth.queued)
        if truth.run_s is not None:
            for label in dict.fromkeys((truth.label, "")):
                self._runs[truth.server, label].append((truth.when, truth.read_bytes, truth.run_s))
        if truth.link and truth.move_s and truth.moved_bytes:
            self._note(("link", *truth.link), truth.when, truth.moved_bytes / truth.move_s)

    def start(self, server: str) -> Figure:
        """Seconds until a new session is ready."""
        return self._figure(("start", server), START_S)

    def link(self, origin: str, target: str) -> Figure:
        """Bytes a second from one address to another."""
        return self._figure(("link", origin, target), LINK_BYTES_S)

    def run(self, server: str, label: str, octets: float, cores: int | None) -> Figure:
        """Seconds to read and work through so many bytes there.

        Runs of the same job of other sizes tell of a fixed part and of a rate by a line through them; runs of one size
        tell it outright. Without runs of the job, other jobs of the server tell the rate.
        """
        same = sorted(self._runs.get((server, label), ()))[-NEWEST:] if label else []
        rows = same or sorted(self._runs.get((server, ""), ()))[-NEWEST:]
        if not rows:
            return Figure(value=FIXED_S + octets / (CORE_BYTES_S * max(1, cores or 1)))
        return Figure(value=max(0.0, _line(rows, octets)), runs=len(rows), newest=rows[-1][0])

    def statement(self, server: str) -> Figure:
        """Seconds one waits there behind each statement that is queued: as waited before, else as jobs take there."""
        if self._seen.get(("wait", server)):
            return self._figure(("wait", server), WAIT_S)
        rows = sorted(self._runs.get((server, ""), ()))[-NEWEST:]
        if not rows:
            return Figure(value=WAIT_S)
        return Figure(value=_median([r[2] for r in rows]), runs=len(rows), newest=rows[-1][0])

    def _note(self, key: tuple[str, ...], when: datetime, value: float) -> None:
        self._seen[key].append((when, value))

    def _figure(self, key: tuple[str, ...], assumed: float) -> Figure:
        rows = sorted(self._seen.get(key, ()))[-NEWEST:]
        if not rows:
            return Figure(value=assumed)
        return Figure(value=_middle([v for _, v in rows]), runs=len(rows), newest=rows[-1][0])


def _median(values: list[float]) -> float:
    """Median of values in order of time; of two, which have none that is deaf to what is far off, the newer."""
    return values[-1] if len(values) == 2 else statistics.median(values)


def _middle(values: list[float]) -> float:
    """Mean of the middle half: nearer than a median, as deaf to what is far off. The values are in order of time."""
    cut = len(values) // 4
    return statistics.fmean(sorted(values)[cut : len(values) - cut]) if cut else _median(values)


def _line(rows: list[tuple[datetime, float, float]], octets: float) -> float:
    """Seconds for so many bytes by a line through runs of several sizes; by their median rate where all are of about
    one size. Runs count by their relative errors, for a long one is off by more seconds; one far off counts less.
    """
    near = _median([seconds for _, _, seconds in rows])
    size = _median([read for _, read, _ in rows])
    if len(rows) < 4 or max(r[1] for r in rows) < 1.5 * min(r[1] for r in rows):
        return near * (octets / size) if size > 0 and octets > 0 else near
    trust = [1.0] * len(rows)
    fixed = slope = 0.0
    for _ in range(4):
        fixed, slope = _fitted(rows, trust)
        off = [abs(t - fixed - slope * x) / max(t, 1e-6) for _, x, t in rows]
        usual = 1.5 * statistics.median(off) + 1e-6
        trust = [min(1.0, usual / one) if one else 1.0 for one in off]
    return fixed + slope * octets


def _fitted(rows: list[tuple[datetime, float, float]], trust: list[float]) -> tuple[float, float]:
    """Fixed seconds and seconds a byte, neither below nothing, by least squares of relative errors."""
    weights = [one / max(t, 1e-6) ** 2 for one, (_, _, t) in zip(trust, rows, strict=True)]
    total = sum(weights)
    mean_x = sum(w * x for w, (_, x, _) in zip(weights, rows, strict=True)) / total
    mean_t = sum(w * t for w, (_, _, t) in zip(weights, rows, strict=True)) / total
    spread = sum(w * (x - mean_x) ** 2 for w, (_, x, _) in zip(weights, rows, strict=True))
    both = sum(w * (x - mean_x) * (t - mean_t) for w, (_, x, t) in zip(weights, rows, strict=True))
    slope = max(0.0, both / spread) if spread > 0 else 0.0
    fixed = mean_t - slope * mean_x
    if fixed < 0:
        square = sum(w * x * x for w, (_, x, _) in zip(weights, rows, strict=True))
        slope = sum(w * x * t for w, (_, x, t) in zip(weights, rows, strict=True)) / square if square else 0.0
        fixed = 0.0
    return fixed, slope


def truths(events: Mapping[str, Mapping[str, object]] | Iterable[Mapping[str, object]]) -> list[Truth]:
    """Runs that OpenLineage events of ours tell of; others tell nothing."""
    found = []
    for event in events.values() if isinstance(events, Mapping) else events:
        run = event.get("run")
        facets = run.get("facets") if isinstance(run, Mapping) else None
        ours = facets.get("astrolabnet") if isinstance(facets, Mapping) else None
        told = ours.get("truth") if isinstance(ours, Mapping) else None
        if isinstance(told, Mapping):
            try:
                found.append(Truth.model_validate(dict(told)))
            except ValueError:
                continue
    return found
