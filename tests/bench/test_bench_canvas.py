"""A small run of the graph's bench: every act is measured, and none is far from its goal."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from tests.bench.bench_canvas import peers, run


def test_all_acts_are_measured(qtbot: QtBot) -> None:
    found = run(200, frames=6, children=4)
    assert (found["nodes"], found["links"]) == (200, 102)
    acts = [f"{act}_{level}" for act in ("pan", "drag", "recolour") for level in ("far", "middle", "near")]
    for act in (*acts, "zoom"):
        times = found[act]
        assert isinstance(times, dict)
        assert 0 < times["p50"] <= times["p95"] <= times["max"]


def test_the_peer_shows_the_same_graph(qtbot: QtBot) -> None:
    plain = next(peers(60, frames=2))
    assert (plain["peer"], plain["nodes"]) == ("QGraphicsScene", 60)
    for act in ("pan", "zoom", "drag", "recolour"):
        times = plain[f"{act}_far"]
        assert isinstance(times, dict)
        assert 0 < times["p50"] <= times["p95"]
