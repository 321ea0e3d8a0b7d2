"""Listening: the sources of the workspace as things, and the pool in which looks at them block."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import TypeVar

from ..model.key import Key
from ..model.source import Origin, Source
from ..model.thing import Thing
from ..network.engine import Engine
from ..network.offload import Offload

T = TypeVar("T")
LIMIT_S = 45.0


def key_of(name: str) -> Key:
    """Key of a source: its name is its identity, for channels at any site name it so."""
    return Key("").child("sources", name)


def home_of(origin: Origin) -> str:
    """What its password is bound to: it is not shown to another broker."""
    return f"kafka://{origin.servers}"


def thing_of(source: Source, state: str = "not asked", problem: str = "") -> Thing:
    """A source of the workspace."""
    return Thing(
        key=key_of(source.name), label=source.name, fact=source.place, state=state, problem=problem,
        since=datetime.now(UTC) if state != "not asked" else None, mine=True, payload=source,
    )  # fmt: skip


def show_sources(engine: Engine, sources: Iterable[Source]) -> None:
    """Show the sources of the workspace; those that are shown with a state keep it."""
    engine.show([
        thing_of(source) for source in sources
        if (old := engine.store.get(key_of(source.name))) is None or old.payload != source
    ])  # fmt: skip


class Listening:
    """One for the House: the pool of looks, and the end of those that nobody waits for."""

    def __init__(self) -> None:
        self.pool = Offload(workers=3, waiting=32)
        self._ending = threading.Event()

    def close(self, within_s: float) -> None:
        """End all looks."""
        self._ending.set()
        self.pool.close(within_s)

    async def run(self, call: Callable[[Callable[[], bool]], T], limit_s: float = LIMIT_S) -> T:
        """Result of a call that blocks; it is handed a word that says whether somebody still waits."""
        gone = threading.Event()
        try:
            return await self.pool.run(lambda: call(lambda: gone.is_set() or self._ending.is_set()), timeout_s=limit_s)
        finally:
            gone.set()
