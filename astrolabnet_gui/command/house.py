"""House: what every face opens first: the workspace, preferences, history, actions and secrets of this user."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from ..actions.library import Library
from ..catalog.abilities import Found as Abilities
from ..channels.timetable import Timetable
from ..client.ledger import Ledger
from ..client.livy import LivyClient
from ..client.route import Routes
from ..client.secrets import Secrets
from ..journal.journal import Journal
from ..model.key import Key
from ..model.server import Server
from ..network.delta import Delta
from ..network.engine import Engine
from ..network.offload import Offload
from ..placement.measures import Measures
from ..settings.chosen import chosen
from ..settings.paths import Paths, paths
from ..settings.preferences import PreferencesFile
from ..settings.presets import Presets
from ..settings.sources import SourcesFile
from ..settings.trusted import Trusted
from ..settings.workspace import Workspace
from ..sources.places import Resolve, sesame
from ..tasks.archive import Archive
from ..tasks.clock import Clock, RealClock
from ..tasks.naming import owns
from ..tasks.send import Sender
from ..tasks.spool import Spool
from . import plugged
from .archiving import Archiving
from .browsing import Browsing
from .epochs import Epochs
from .flow_seen import Kept
from .flowing import Flowing
from .groups import Groups
from .history import History
from .listening import Listening
from .reach import Reach
from .recording import Recording
from .registered import Registered
from .sites import site_of

T = TypeVar("T")
# A keyring that is locked asks its person for the password.
PERSON_S = 120.0
CLOSE_S = 0.5
KEEP_S = 60.0


class House:
    """Opened once per process, before the engine; closed after the engine's end. Opening never fails: what is wrong
    stands in ``problems``, and a journal that can not be written blocks acts, not the program.

    Attributes:
        brief: the program ends when its work is done, so that an island it starts has to outlive it.
    """

    brief = False

    def __init__(
        self, where: Paths | None = None, *, workspace: Path | None = None, clock: Clock | None = None
    ) -> None:
        self.paths = where or paths()
        self.preferences = PreferencesFile.load(self.paths.preferences)
        self.workspace = Workspace(workspace or self.paths.workspace)
        plugged.follow(self.paths.state)
        self.library = Library.with_shipped(self.workspace.actions)
        self.library.lend(plugged.actions())
        self.secrets = Secrets()
        self.trusted = Trusted(self.paths.state / "trusted.json")
        self.routes, self.ledger = Routes(), Ledger()
        self._offload = Offload(workers=2)
        self.journal = Journal(self.paths.journal, self.workspace.uuid)
        self.clock = clock or RealClock()
        self.sender = Sender(self.journal, self.workspace.short, self.clock)
        self.site = site_of(self.paths.state)
        self.archive = Archive(self.paths.archive)
        self.spool = Spool(self.archive.blobs, self.paths.state / "spool")
        self.archiving = Archiving(self.archive, self.workspace.short, self.sender.heard)
        self.history = History()
        self.groups = Groups()
        self.presets = Presets(self.workspace.folder)
        self.sources = SourcesFile(self.workspace.folder)
        self.listening = Listening()
        self.recording = Recording(self.paths.past)
        self.resolve: Resolve = sesame
        self.kept_alive: set[Key] = set()
        self.served: set[str] = set()
        self.browsing = Browsing(self.paths.cache / "seen")
        self.abilities: dict[str, tuple[Abilities, frozenset[str]]] = {}
        self.measures: Measures | None = None
        self.registered = Registered(self.workspace.folder, self.beside)
        self.timetable = Timetable(self.workspace.folder)
        self.reach = Reach(self.paths.state / "reach.json")
        flows = Kept(self.paths.state / "channels.json")
        self.flowing = Flowing(
            times=lambda channel: self.timetable.words.get(channel, ""), road=self.reach.way, kept=flows,
            keep=lambda rows: self.archiving.pool.pool.submit(flows.save, rows),
        )  # fmt: skip
        self.epochs = Epochs(self.paths.state / "epochs.json")
        self._kept_at = -KEEP_S
        self.opening: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._heard: Callable[[], None] | None = None
        self._engine: Engine | None = None

    def keeps_island(self) -> bool:
        """The island goes on when the window is closed."""
        return self.preferences.value.island.keep_running

    @property
    def problems(self) -> tuple[str, ...]:
        """Sentences for the person about what could not be read or written."""
        journal = (self.journal.problem,) if self.journal.problem else ()
        archive = (self.archive.problem,) if self.archive.problem else ()
        unmet = sum(1 for server in self.workspace.servers() if not self.trusted.met(server))
        them = f"{unmet} server{' is' if unmet == 1 else 's are'} not contacted before you trust" if unmet else ""
        trust = (f"{them} {'it' if unmet == 1 else 'them'}: Trust and connect.",) if unmet else ()
        read = (self.preferences, self.workspace, self.library, self.presets, self.sources, self.registered)
        own = (words for part in read for words in part.problems)
        chose = chosen(self.paths.state).problem
        return (*((chose,) if chose else ()), *own, *plugged.problems(), *journal, *archive, *trust)

    @property
    def owns(self) -> Callable[[str], bool]:
        """Says of the name of a session or batch whether this workspace gave it."""
        return owns(self.workspace.short)

    def connect(self, server: Server) -> LivyClient:
        """Client of a server, with the secrets of this user."""

        async def secret(name: str) -> str | None:
            return await self.beside(lambda: self.secrets.read(name, server.home_of(name)))

        return LivyClient(
            server, secret=secret, trusted=self.trusted, routes=self.routes, ledger=self.ledger, beside=self.beside
        )

    def now(self) -> datetime:
        """Time of day, UTC."""
        return datetime.now(UTC)

    async def beside(self, call: Callable[[], T]) -> T:
        """Result of a call that may block, run beside the loop."""
        return await self._offload.run(call, timeout_s=PERSON_S)

    async def keep(self, call: Callable[[], T]) -> T:
        """Result of a call to the archive, made beside the loop, after those before it."""
        return await self.archiving.pool.run(call, timeout_s=PERSON_S)

    def listen(self, engine: Engine) -> None:
        """Hear how tasks end, to keep their results; the first engine is enough."""

        def heard(delta: Delta) -> None:
            for thing in (*delta.added, *delta.changed):
                self.archiving.heard(engine, thing)
                self.history.heard(engine, thing)
            self.browsing.heard(engine, delta)
            self.registered.heard(engine, delta)
            self.flowing.heard(engine, delta)
            self.recording.heard(delta)
            self._keep_epochs(delta)

        if self._heard is None:
            self._engine = engine
            self._heard = engine.store.subscribe(heard)

    def _keep_epochs(self, delta: Delta) -> None:
        """Now and then while it runs, for a program that is killed keeps nothing at its end."""
        now = time.monotonic()
        if now - self._kept_at >= KEEP_S and any(thing.key.epoch for thing in delta.added):
            self._kept_at = now
            told = self.epochs.memories.now()
            self._offload.pool.submit(self.epochs.save, told)

    def close(self) -> None:
        """Give the history back; call it when the engine has ended."""
        self.listening.close(CLOSE_S)
        self.recording.close(CLOSE_S)
        if self._engine is not None:
            self.browsing.keep(self._engine)
        self._offload.close(CLOSE_S)
        self.epochs.save(self.epochs.memories.now())
        self.archiving.close()
        self.journal.close()
        self.archive.close()
        self.spool.close()
