"""Browsing: the small sessions in which catalogs are asked, and what was seen there as its server comes and goes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from ..catalog import seen
from ..catalog.schema import Field
from ..catalog.utility import UNUSED_S, Utility
from ..model.key import Key
from ..model.thing import Thing
from ..network.delta import Delta
from ..network.engine import Engine

DATA = seen.KINDS
ASKED_FROM = 3
"""So many small sessions are opened without a word; a further one only after a question."""


class Browsing:
    """One for the House. All calls in the engine's thread.

    Args:
        folder: where what was seen is kept from one start to the next.

    Attributes:
        columns: of the tables that were looked at.
        pages: of namespaces with more tables than are shown: pattern of their names, how many were asked for, and how
            many there are.
    """

    def __init__(self, folder: Path) -> None:
        self.pages: dict[Key, tuple[str, int, int]] = {}
        self.columns: dict[Key, tuple[Field, ...]] = {}
        self._folder = folder
        self._unsaved: set[str] = set()
        self._sessions: dict[str, Utility] = {}
        self._watch: dict[str, asyncio.Task[None]] = {}

    def heard(self, engine: Engine, delta: Delta) -> None:
        """A server went down or came back, or left the workspace: what hangs on it follows."""
        for thing in (*delta.added, *delta.changed):
            if thing.key.kind == "servers":
                if thing in delta.added:
                    self._recall(engine, thing)
                below = [t for t in data_of(engine, thing.key) if (t.stale_since is None) != (thing.state == "up")]
                if below:
                    since = None if thing.state == "up" else thing.since or datetime.now(UTC)
                    fresh = [t.model_copy(update={"stale_since": since}) for t in below]
                    _soon(partial(engine.show, fresh, server=thing.key.server))
            elif thing.key.kind in DATA:
                self._unsaved.add(thing.key.server)
        for key in delta.removed:
            self.columns.pop(key, None)
            self.pages.pop(key, None)
            if key.kind in DATA:
                self._unsaved.add(key.server)
            if key.kind == "servers":
                self._sessions.pop(key.server, None)
                self._unsaved.discard(key.server)
                self._file(key.server).unlink(missing_ok=True)
                gone = [t.key for t in data_of(engine, key)]
                if gone:
                    _soon(partial(engine.show, (), gone, server=key.server))

    def _recall(self, engine: Engine, server: Thing) -> None:
        """Show what an earlier run saw, with its age; it counts as last known until the server answers."""
        things, columns = seen.load(self._file(server.key.server), server.key.server)
        since = None if server.state == "up" else server.since or datetime.now(UTC)
        known = [t.model_copy(update={"stale_since": since}) for t in things if engine.store.get(t.key) is None]
        if known:
            self.columns |= {key: found for key, found in columns.items() if key not in self.columns}
            _soon(partial(engine.show, known, server=server.key.server))

    def keep(self, engine: Engine) -> None:
        """Write down what was seen since the last time."""
        for server in tuple(self._unsaved):
            self._unsaved.discard(server)
            seen.save(self._file(server), data_of(engine, Key(server)), self.columns)

    def _file(self, server: str) -> Path:
        return self._folder / f"{server}.json"

    @property
    def open_sessions(self) -> int:
        """Small sessions of our own that are open now."""
        return sum(1 for utility in self._sessions.values() if utility.session is not None and not utility.lent)

    def of(self, server: str) -> Utility | None:
        """The small session of a server, if anything was asked there."""
        return self._sessions.get(server)

    async def aclose(self) -> None:
        """Close the small sessions; those whose server does not answer end by themselves."""
        watches, self._watch = tuple(self._watch.values()), {}
        for watch in watches:
            watch.cancel()
        sessions, self._sessions = tuple(self._sessions.values()), {}
        await asyncio.gather(*watches, *(s.close() for s in sessions), return_exceptions=True)

    def session(self, server: str, made: Callable[[], Utility]) -> Utility:
        """The small session of a server, by its uuid; ``made`` when there is none yet."""
        found = self._sessions.get(server)
        if found is None:
            found = self._sessions[server] = made()
        watch = self._watch.get(server)
        if watch is None or watch.done():
            self._watch[server] = asyncio.create_task(_close_unused(found), name="unused catalog session")
        return found


async def _close_unused(utility: Utility) -> None:
    while utility.session is None or (left := UNUSED_S - utility.unused_s) > 0:
        await asyncio.sleep(UNUSED_S if utility.session is None else left + 1.0)
    await utility.close()


def data_of(engine: Engine, key: Key) -> list[Thing]:
    """Everything of the catalogs below a thing that was seen, parents first."""
    found: list[Thing] = []
    for child in engine.store.children(key):
        if child.key.kind in DATA:
            found += [child, *data_of(engine, child.key)]
    return found


def _soon(call: Callable[[], None]) -> None:
    asyncio.get_running_loop().call_soon(call)
