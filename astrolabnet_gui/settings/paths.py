"""Where files live: one place per purpose, moved as a whole by ``ASTROLABNET_HOME`` (tests, portable use)."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from .chosen import chosen

_APP = "astrolabnet"


@dataclass(frozen=True, slots=True)
class Paths:
    """Folders of this user on this computer. They need not exist yet.

    Attributes:
        config: preferences, written by hand or by the settings dialog.
        data: the personal workspace.
        state: history and locks; never shared, never on a network drive by choice.
        cache: may be deleted at any time.
    """

    config: Path
    data: Path
    state: Path
    cache: Path

    @property
    def preferences(self) -> Path:
        """The preferences file."""
        return self.config / "preferences.toml"

    @property
    def personal(self) -> Path:
        """The personal workspace."""
        return self.data / "workspace"

    @property
    def workspace(self) -> Path:
        """The workspace that is opened when no other is named: the folder a person chose, else the personal one."""
        return chosen(self.state).place or self.personal

    @property
    def journal(self) -> Path:
        """The journal's database."""
        return self.state / "journal.sqlite"

    @property
    def past(self) -> Path:
        """The history of all things; may be deleted at any time."""
        return self.state / "past.sqlite"

    @property
    def archive(self) -> Path:
        """Folder of the results that are kept."""
        return self.state / "archive"


def paths() -> Paths:
    """Folders as the environment says now."""
    home = os.environ.get("ASTROLABNET_HOME", "")
    if home:
        root = Path(home).expanduser().absolute()
        return Paths(root / "config", root / "data", root / "state", root / "cache")
    dirs = platformdirs.PlatformDirs(_APP, appauthor=False)
    return Paths(dirs.user_config_path, dirs.user_data_path, dirs.user_state_path, dirs.user_cache_path)
