"""The plan follows what its questions cost this process, and how late they are."""

from __future__ import annotations

import pytest

from astrolabnet_gui.network.budget import Budget
from astrolabnet_gui.network.strain import LEAST, Strain


def test_a_process_that_uses_half_a_core_or_is_late_plans_fewer_questions_and_more_again_when_it_is_well() -> None:
    spent = 0.0
    strain = Strain(cpu=lambda: spent)
    budget = Budget(200.0, strain=strain)
    budget.crowd(1000, 0)
    floor_s, now = budget.floor_s, 100.0

    def window(cores: float, waited_s: float = 0.0) -> None:
        nonlocal now, spent
        for _ in range(50):
            now, spent = now + 0.1, spent + 0.1 * cores
            if strain.note(now, waited_s):
                budget.crowd(1000, 0)

    window(0.9)
    window(0.9)
    assert budget.floor_s > 1.9 * floor_s, "twice the work for the same questions: half the questions"
    window(0.9)
    window(0.9)
    assert strain.share == LEAST, "a long work of its own does not blind it"
    for _ in range(20):
        window(0.2)
    assert budget.floor_s == floor_s
    window(0.2, waited_s=2.0)
    assert strain.share == pytest.approx(0.8)
    budget.crowd(5, 0)
    assert budget.floor_s < 1, "few servers are asked as always"
