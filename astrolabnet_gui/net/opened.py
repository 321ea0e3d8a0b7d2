"""Opened: the house of this user with its engine in a thread, as long as a face without a screen needs it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ..command.engine import make_engine
from ..command.house import House
from ..errors import BadInput
from ..model.inert import plain
from ..network.carrier import Carrier
from ..network.link import Question, RunEvent
from ..settings.paths import paths
from .desk import Desk, NeedsAnswer


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
    house.brief = True
    try:
        for problem in house.problems:
            sys.stderr.write(f"astrolabnet: {plain(problem)}\n")
        with Carrier(make_engine(house)) as carrier:
            desk = Desk(carrier.engine, answer, tell, waits_on_a_loop=waits_on_a_loop)
            try:
                yield Opened(house, desk)
            finally:
                desk.close()
    finally:
        house.close()


def init_file(given: Path | None) -> Path | None:
    """What runs before every script and prompt: the file given, or ``init.py`` of the user's own configuration.

    The working folder is never looked into: it may be somebody else's.

    Raises:
        BadInput: the file given is not there.
    """
    if given is not None:
        if not given.is_file():
            raise BadInput(f"there is no file {given}", field="init")
        return given
    own = paths().config / "init.py"
    return own if own.is_file() else None


def ask(question: Question) -> str:
    """What the person at the prompt chooses, or the pipe a script is given.

    Raises:
        NeedsAnswer: nobody is there.
    """
    while True:
        try:
            given = input(f"{plain(question.text)} [{'/'.join(question.choices)}] ").strip() or question.default
        except EOFError as exc:
            raise NeedsAnswer(f"{question.text} Nobody is here to answer.") from exc
        if given in question.choices:
            return given
