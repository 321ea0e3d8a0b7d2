"""The short forms of the soak: the promises hold over moments as the long forms hold them over hours."""

from __future__ import annotations

import asyncio
from pathlib import Path

from PySide6.QtWidgets import QApplication

from astrolabnet_gui.gui.style import Dress
from tests.bench._crowd import flap
from tests.bench._long_window import long_window
from tests.bench._mortal import kills
from tests.bench._soak import day, polls, slope


def test_p5_p11_flapping_servers_make_nobody_late_and_come_back_without_a_stampede(qapp: QApplication) -> None:
    found = flap(Dress(qapp, "dark"), servers=60, seconds=6, least_s=0.5, most_s=2)
    assert found.shown_up == found.well == 42
    assert found.late_ms_p99 <= 2000
    assert found.engine_mb <= 400
    assert found.own_ms_max <= 250, "CPU of the window, and its first looks; the long form holds the clock's 25 ms"
    assert found.recovered_s <= 45, "30 s is the cap of the pauses; a busy machine may add some"
    assert found.peak_over_mean <= 4, "with 60 servers a second holds few; the long form holds 2"


def test_p16_polls_leave_no_handles_threads_or_tasks() -> None:
    found = asyncio.run(polls(4000))
    assert max(found.handles_more, found.threads_more, found.tasks_more) <= 2
    assert found.slope_mb_per_10000 <= 10, "4 000 polls are too few for the goal of 1; the long form holds it"


def test_p16_hours_of_polling_leave_no_tasks() -> None:
    found = day(hours=1, servers=3)
    assert found.polls > 100
    assert max(found.handles_more, found.threads_more, found.tasks_more) <= 2


async def test_p2_no_task_of_killed_senders_is_lost_or_runs_twice(tmp_path: Path) -> None:
    toll = await kills(tmp_path, count=2, tasks=6)
    assert (toll.tasks, toll.twice, toll.lied, toll.left_open) == (6, 0, 0, 0)
    assert toll.found == toll.ran
    assert toll.ran + toll.unknown + toll.lost >= 6


def test_p16_news_leaves_nothing_in_the_window(qapp: QApplication) -> None:
    left = long_window(qapp, 300, slope)
    assert max(left.objects_more, left.things_more) <= 60, "what comes must go; the long form holds 20"
    assert max(left.handles_more, left.threads_more) <= 2


def test_the_slope_is_that_of_most_of_the_samples() -> None:
    assert slope([(0, 100.0), (10_000, 101.0), (20_000, 102.0), (30_000, 500.0)]) < 5
    assert slope([(0, 7.0), (10_000, 7.0)]) == 0
