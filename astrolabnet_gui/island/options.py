"""What an island was told at its start, and where it keeps its things."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

import platformdirs

_APP = "astrolabnet"


def state_folder() -> Path:
    """Where the island of this user keeps its state, token, log and work folders."""
    return _folder("state") / "island"


def cache_folder() -> Path:
    """What can be made again: class data archives."""
    return _folder("cache") / "island"


def _folder(kind: str) -> Path:
    home = os.environ.get("ASTROLABNET_HOME", "")
    if home:
        return Path(home).expanduser().absolute() / kind
    dirs = platformdirs.PlatformDirs(_APP, appauthor=False)
    return dirs.user_state_path if kind == "state" else dirs.user_cache_path


@dataclass(frozen=True)
class Options:
    """Settings of one run.

    Attributes:
        state: folder of the state file, the token, the log and the sessions' work folders.
        port: 0 = the one of the last run if it is free, else any.
        token: whether each request must carry it.
        spare: whether a warm session is kept ready when memory allows.
        archive: whether a class data archive is built for faster starts; one that is there is used.
        max_sessions: None = as many as memory carries.
        local_dirs: the only folders whose files requests may name; none = all (it is the user's own computer).
        java_home: the Java to use; None = choose.
        exit_with: the process (pid) with which this one ends; None = its own master.
        warehouse: folder of the tables all sessions share; None = in the state folder.
        conf: Spark settings for every session and batch that does not say otherwise.
    """

    state: Path = field(default_factory=state_folder)
    port: int = 0
    token: bool = True
    spare: bool = True
    archive: bool = True
    max_sessions: int | None = None
    local_dirs: tuple[Path, ...] = ()
    java_home: Path | None = None
    exit_with: int | None = None
    warehouse: Path | None = None
    conf: tuple[tuple[str, str], ...] = ()
