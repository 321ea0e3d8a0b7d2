"""The program of the window's engine: a house and an engine in a process of their own (see ``network.apart``)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..network.apart import serve
from ..network.engine import Engine
from .engine import make_engine
from .house import House


def opened() -> tuple[Engine, Sequence[str], Callable[[], object]]:
    """The engine of this user's house, with its problems and its end."""
    house = House()
    engine = make_engine(house)
    engine.hand(lambda: house.recording.begin(engine))
    return engine, house.problems, house.close


if __name__ == "__main__":
    serve(opened)
