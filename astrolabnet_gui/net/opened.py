"""Opened: the house of this user with its engine in a thread, as long as a face without a screen needs it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from ..command.engine import make_engine
from ..command.house import House
from ..network.carrier import Carrier
from ..network.link import Question, RunEvent
from .desk import Desk


@dataclass(frozen=True)
class Opened:
    """What a face without a screen works with."""

    house: House
    desk: Desk


@contextmanager
def opened(
    answer: Callable[[Question], str], tell: Callable[[RunEvent], None], *, waits_on_a_loop: bool = False
) -> Iterator[Opened]:
    """This user's house with a desk at its engine; everything is closed at the end.

    Args:
        answer, tell, waits_on_a_loop: as in ``Desk``.
    """
    house = House()
    try:
        for problem in house.problems:
            sys.stderr.write(f"astrolabnet: {problem}\n")
        with Carrier(make_engine(house)) as carrier:
            desk = Desk(carrier.engine, answer, tell, waits_on_a_loop=waits_on_a_loop)
            try:
                yield Opened(house, desk)
            finally:
                desk.close()
    finally:
        house.close()
