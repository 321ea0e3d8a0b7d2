"""Placement: requirements are named, estimates say what was measured, staleness is never hidden, the order is true."""

from __future__ import annotations

import ast
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from astrolabnet_gui.catalog.lineage import run_event
from astrolabnet_gui.placement.estimate import PARTS, Copy, Offer, Site, offers, source
from astrolabnet_gui.placement.measures import Measures, Truth, truths
from astrolabnet_gui.placement.requirements import Abilities, Job, failures
from tests.bench.bench_placement import error_after, play

NOW = datetime(2026, 11, 1, tzinfo=UTC)
A, B = (Site(uuid=n, alias=n, url=f"http://{n}", able=Abilities(cores=1), idle=True) for n in "ab")
JOB = Job(kind="sql", datasets=("ztf",), label="count")


def rank(known: Measures | None = None, *copies: Copy, sites: tuple[Site, ...] = (A, B), job: Job = JOB) -> list[Offer]:
    return offers(job, sites, {"ztf": copies}, known or Measures())


def test_each_requirement_that_fails_is_named() -> None:
    able = Abilities(
        kinds=frozenset({"sql"}), sources=frozenset({"jdbc"}), modules=frozenset(), file_systems=frozenset({"file"}),
        free_bytes=int(1e9),
    )  # fmt: skip
    job = Job(kind="sparkr", sources=("kafka", "jdbc"), modules=("astropy",), file_systems=("s3a",))
    assert failures(job, able, 2e9, ["gaia"]) == (
        "R is absent", "kafka source absent", "file system s3a: absent", "Python module astropy absent",
        "no replica of gaia, and no way to one", "2.0 GB would be brought, 1.0 GB are free",
    )  # fmt: skip
    assert failures(job, Abilities(answers="it is down"), 0) == ("it is down",)
    assert failures(job, Abilities(), 1e12) == (), "what nobody asked is not held against it"


def test_the_job_goes_to_the_data_and_every_part_says_where_it_is_from() -> None:
    [first, second] = rank(None, Copy(server="b", size_bytes=4e8, reachable=frozenset({"a"})))
    assert (first.server, first.how, first.moved) == ("b", ("send",), {})
    assert (second.how, second.moved, second.moved_bytes) == (("bring", "read"), {"ztf": "b"}, 4e8)
    assert [p.name for p in first.parts] == list(PARTS)
    assert [source(p, NOW) for p in first.parts] == ["", "", "", "assumed", "assumed"]
    assert second.assumed_s == pytest.approx(second.total_s)
    [_, alone] = rank(None, Copy(server="b", size_bytes=4e8))
    assert (alone.failed, alone.how) == (("no replica of ztf, and no way to one",), ())


def test_a_stale_replica_is_marked_and_never_first_before_a_fresh_one() -> None:
    slow = Truth(server="http://b", label="count", when=NOW, run_s=500.0, read_bytes=1e9)
    known = Measures([slow])
    ranked = rank(known, Copy(server="a", size_bytes=1e9, stale="it is behind"), Copy(server="b", size_bytes=1e9))
    assert [o.server for o in ranked] == ["b", "a"]
    assert ranked[1].total_s < ranked[0].total_s
    assert ranked[1].stale == ("ztf: it is behind",)


def test_what_was_run_is_measured_from_then_on_and_comes_back_from_the_journal() -> None:
    when = NOW - timedelta(hours=5)
    runs = [
        Truth(
            server="http://a", label="count", when=when, run_s=12.0, read_bytes=1e9, start_s=20.0, wait_s=6.0, queued=3
        )
        for _ in range(3)
    ]
    events = [run_event("COMPLETE", f"r{n}", ("http://a", "count"), when, inputs=[("http://a", "ztf")],
                        facets={"truth": run.model_dump(mode="json")}) for n, run in enumerate(runs)]  # fmt: skip
    known = Measures(truths([*events, {"run": {"facets": {"astrolabnet": {"truth": {"server": 1}}}}}, {}]))
    site = A.model_copy(update={"idle": False, "queued": 2})
    [told] = offers(JOB, [site], {"ztf": [Copy(server="a", size_bytes=1e9)]}, known)
    seconds = {p.name: (p.seconds, source(p, NOW)) for p in told.parts}
    assert seconds["run"] == (12.0, "measured (3, 5 h)")
    assert seconds["start"] == (20.0, "measured (3, 5 h)")
    assert seconds["wait"] == (4.0, "measured (3, 5 h)")
    assert seconds["out"][1] == "assumed"
    assert len({event["run"]["runId"] for event in events}) == 3


def test_a_cold_first_run_does_not_spoil_what_is_said_of_the_next() -> None:
    def run(minute: int, seconds: float, rate: float) -> Truth:
        when = NOW - timedelta(hours=1, minutes=-minute)
        return Truth(server="http://a", label="count", when=when, run_s=seconds, read_bytes=1e9, start_s=seconds,
                     moved_bytes=rate, move_s=1.0, link=("http://a", ""))  # fmt: skip

    for told in ([(70.0, 2e3)], [(70.0, 2e3), (0.5, 1e6)], [(70.0, 2e3), (0.5, 1e6), (0.4, 1e6)]):
        known = Measures(run(n, *one) for n, one in enumerate(told))
        figures = (known.run("http://a", "count", 1e9, 1), known.start("http://a"), known.link("http://a", ""))
        seen = [(figure.value, figure.runs) for figure in figures]
        assert seen == [(value, len(told)) for value in (told[1:2] or told)[0][:1] * 2 + (told[-1][1],)]


def test_of_200_actions_on_five_fake_islands_the_truly_fastest_stands_first() -> None:
    score = play(0)
    assert score.hits >= 190, score.words()
    assert max(score.losses, default=1.0) <= 1.2, score.words()


def test_after_30_journalled_runs_the_median_error_is_small() -> None:
    assert max(error_after(seed) for seed in range(3)) <= 0.25


def test_the_simulator_knows_nothing_of_placement() -> None:
    tree = ast.parse((Path(__file__).parents[1] / "bench" / "_islands.py").read_text())
    modules = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    modules |= {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    assert modules
    assert not [name for name in modules if "astrolabnet" in name or "placement" in name]
