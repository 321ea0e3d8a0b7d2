"""What a runner says of its flow, without Spark: what comes, what is read, what waits and for how long."""

from __future__ import annotations

import json
import random
import statistics
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from astrolabnet_gui.channels.spec import runner
from astrolabnet_gui.channels.status import Status, full_in_s, fullness

COMES, GOES, KEEPS = 1000.0, 400.0, 60.0


@pytest.fixture(scope="module")
def program() -> dict[str, Any]:
    """The runner's names; only its ``main`` would need Spark."""
    scope: dict[str, Any] = {"__name__": "runner"}
    exec(runner(), scope)
    return scope


def said(program: dict[str, Any], progresses: list[dict[str, Any]], now: float, rows: int = 0) -> Status:
    """What it says after Spark told it of these batches."""
    it = object.__new__(program["Channel"])
    it.query, it.seen, it.rows, it.bytes = SimpleNamespace(recentProgress=progresses), 0.0, rows, 8 * rows
    it.facts, it.samples, it.arrived, it.weighed = {"keeps_s": KEEPS}, [], [], []
    program["time"].time, kept = (lambda: now), program["time"].time
    try:
        it.heard()
    finally:
        program["time"].time = kept
    words = {"channel": "n-1", "title": "N", "mode": "stream", "state": "RUNNING", "time": now, "rows": rows}
    return Status.model_validate({**words, **it.facts})


def batches(count: int, comes: float, goes: float, first: int = 0) -> list[dict[str, Any]]:
    """One a second, as Spark tells them of a topic in two parts."""
    told = []
    for n in range(1, count + 1):
        end, start, there = (int(x) for x in (goes * n, goes * (n - 1), comes * n + first))
        told.append({
            "timestamp": f"1970-01-01T00:{n // 60:02}:{n % 60:02}.000Z", "batchId": n,
            "sources": [{"startOffset": _at(start), "endOffset": _at(end), "latestOffset": _at(there)}],
        })  # fmt: skip
    return told


def _at(total: int) -> dict[str, Any]:
    return {"night": {"0": total // 2, "1": total - total // 2}}


def test_what_waits_for_how_long_and_when_it_is_too_long(program: dict[str, Any]) -> None:
    now = 30.9
    status = said(program, batches(30, COMES, GOES), now, rows=100)
    waits = COMES * now - GOES * 30
    assert status.waiting == pytest.approx(waits, rel=0.05), "what came since the last batch began waits too"
    assert (status.in_rows_s, status.out_rows_s) == (pytest.approx(COMES, rel=0.01), pytest.approx(GOES, rel=0.01))
    assert status.lag_s == pytest.approx(waits / COMES, rel=0.05)
    assert fullness(status) == pytest.approx(waits / COMES / KEEPS, rel=0.05)
    assert full_in_s(status) == pytest.approx((KEEPS - waits / COMES) / (1 - GOES / COMES), rel=0.1)


def test_where_all_is_read_nothing_is_said_to_wait_however_long_nothing_comes(program: dict[str, Any]) -> None:
    status = said(program, batches(30, GOES, GOES), 39.0)
    assert (status.waiting, status.lag_s) == (0, 0)
    assert full_in_s(status) is None
    assert fullness(status) == 0


def test_a_colour_that_changes_is_said_at_once(program: dict[str, Any]) -> None:
    it = object.__new__(program["Channel"])
    it.facts, it.arrived, it.level = {"keeps_s": KEEPS}, [], 0
    assert not it.crossed(1.0), "nothing is known yet"
    crossed = []
    for second in range(1, 100):
        it.arrived.append((float(second), GOES * (second - 1), GOES * second, COMES * second))
        if it.crossed(second + 0.1):
            crossed.append(it.facts["lag_s"] / KEEPS)
    assert crossed == [pytest.approx(0.60, abs=0.02), pytest.approx(0.85, abs=0.02)]


def test_one_batch_alone_gives_no_rates(program: dict[str, Any]) -> None:
    status = said(program, batches(1, COMES, GOES), 1.5)
    assert (status.waiting, status.in_rows_s, status.lag_s) == (600, None, None)


def test_a_topic_that_gets_a_part_more_counts_what_is_there(program: dict[str, Any]) -> None:
    source = {"startOffset": None, "endOffset": {"night": {"0": 5}}, "latestOffset": {"night": {"0": 7, "1": 3}}}
    assert program["totals"](source) == (None, 5, 10)
    assert program["totals"]({"endOffset": 3, "latestOffset": 9}) is None, "files and clocks count no rows"
    assert program["totals"]({"startOffset": {"a": {"0": 1}}, "endOffset": {"a": {"0": 5}},
                              "latestOffset": {"a": {"0": 2}}}) == (1, 5, 5), "an old word of the broker"  # fmt: skip


FLOW = Path(__file__).parents[1] / "data" / "channels" / "flow.json"
"""A real Kafka and a real runner on a busy machine, as tests/bench/bench_lag.py keeps them."""


def foretold(
    program: dict[str, Any], words: list[tuple[float, int]], batches: list[list[Any]], comes: float, keeps_s: float
) -> tuple[list[float], list[float]]:
    """How far the lag, and the time until the room is full, are from how it went on; for each word after 20 s."""
    it = object.__new__(program["Channel"])
    lags, fulls = [], []
    for now, rows in words:
        if now < 20:
            continue
        it.facts, it.arrived = {"keeps_s": keeps_s}, [one for one in batches if one[2] <= rows]
        it.flows(now)
        said = {"channel": "n-1", "title": "N", "mode": "stream", "state": "RUNNING", "time": now, **it.facts}
        status, lag_s, left_s = Status.model_validate(said), now - rows / comes, words[-1][0] - now
        assert status.lag_s is not None
        lags.append(abs(status.lag_s - lag_s) / lag_s)
        if left_s > 10 and (full_s := full_in_s(status)) is not None:
            went = (keeps_s - lag_s) / (1 - (words[-1][1] - rows) / left_s / comes)
            fulls.append(abs(full_s - went) / went)
    return lags, fulls


def test_what_was_foretold_in_a_real_run_is_how_it_went_on(program: dict[str, Any]) -> None:
    told = json.loads(FLOW.read_text())
    lags, fulls = foretold(program, told["words"], told["batches"], told["comes"], told["keeps_s"])
    assert len(lags) > 20
    assert max(lags) < 0.01
    assert len(fulls) > 20
    assert max(fulls) < 0.10


def worst_of(program: dict[str, Any], runs: int) -> list[float]:
    """How far the time until the room is full is off at worst, in runs of the same batches in other orders."""
    # The first one waits for Spark to be warm, once.
    late = json.loads(FLOW.read_text())["batches"][1:]
    gaps, worst = [b[0] - a[0] for a, b in pairwise(late)], []
    for seed in range(runs):
        chance, at, read, batches = random.Random(seed), 1.0, 0, list[list[Any]]()
        while at < 76:
            batches.append([at, read, read + 800, int(1000 * at)])
            at, read = at + chance.choice(gaps), read + 800
        words = [(one[0], one[1]) for one in batches]
        worst.append(max(foretold(program, words, batches, 1000.0, 45.0)[1]))
    return worst


def test_it_holds_however_the_late_batches_of_that_run_fall(
    program: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    long = worst_of(program, 150)
    monkeypatch.setitem(program, "LONG_S", program["OVER_S"])
    short = worst_of(program, 150)
    assert sum(one <= 0.10 for one in long) > 0.9 * len(long)
    assert sum(one <= 0.10 for one in long) > sum(one <= 0.10 for one in short)
    assert statistics.median(long) < 0.8 * statistics.median(short)


def test_a_pace_that_changed_is_seen_within_seconds_and_a_lag_grows_though_nothing_comes(
    program: dict[str, Any],
) -> None:
    it = object.__new__(program["Channel"])
    it.facts = {"keeps_s": KEEPS}
    there = [COMES * min(second, 60) for second in range(90)]
    it.arrived = [(float(s), GOES * (s - 1), GOES * s, there[s]) for s in range(1, 90)]
    it.flows(89.2)
    assert it.facts["in_rows_s"] == 0, "nothing comes any more"
    assert it.facts["lag_s"] == pytest.approx(89.2 - GOES * 89 / COMES, abs=0.1), "the oldest that waits grows older"
