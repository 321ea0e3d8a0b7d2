"""Front: what a face whose engine lives in another process reads itself; it writes nothing but the layout."""

from __future__ import annotations

from pathlib import Path

from ..actions.library import Library
from ..journal.reader import Reader
from ..settings.paths import Paths, paths
from ..settings.preferences import PreferencesFile
from ..settings.trusted import Trusted
from ..settings.workspace import Workspace
from . import plugged


class Front:
    """The face's part of a ``House``. Opening never fails: what is wrong stands in ``problems``."""

    def __init__(self, where: Paths | None = None, *, workspace: Path | None = None) -> None:
        self.paths = where or paths()
        self.preferences = PreferencesFile.load(self.paths.preferences)
        self.workspace = Workspace(workspace or self.paths.workspace)
        plugged.follow(self.paths.state)
        self.library = Library.with_shipped(self.workspace.actions)
        self.library.lend(plugged.actions())
        self.trusted = Trusted(self.paths.state / "trusted.json")
        self.journal = Reader(self.paths.journal)

    @property
    def problems(self) -> tuple[str, ...]:
        """None here: the house itself, in the other process, says them all."""
        return ()

    def keeps_island(self) -> bool:
        """The island goes on when the window is closed; as it was set last, by whatever face."""
        return PreferencesFile.load(self.paths.preferences).value.island.keep_running

    def close(self) -> None:
        """Read nothing more."""
        self.journal.close()
