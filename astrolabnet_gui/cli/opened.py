"""Opened: the house of this user with its engine in a thread, as long as a word of the command line needs it."""

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
from .show import say


@dataclass(frozen=True)
class Opened:
    """What a word of the command line works with."""

    house: House
    desk: Desk


@contextmanager
def opened(answer: Callable[[Question], str], tell: Callable[[RunEvent], None]) -> Iterator[Opened]:
    """This user's house with a desk at its engine; everything is closed at the end."""
    house = House()
    try:
        for problem in house.problems:
            say(f"astrolabnet: {problem}", sys.stderr)
        with Carrier(make_engine(house)) as carrier:
            desk = Desk(carrier.engine, answer, tell)
            try:
                yield Opened(house, desk)
            finally:
                desk.close()
    finally:
        house.close()
