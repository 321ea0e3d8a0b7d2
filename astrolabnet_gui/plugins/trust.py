"""Trust: which plug-ins a person of this computer lets take part: name, version and the hash of all files.

Kept beside the journal, never in a workspace: what comes with a shared workspace was trusted by somebody else.
"""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any

from ..settings.files import read_capped, write_whole
from .found import Plugin


class Trust:
    """The file of what is trusted. One that can not be used trusts nothing, which only asks again."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._known: dict[str, tuple[str, str]] = {}
        with contextlib.suppress(OSError, ValueError, TypeError, AttributeError, KeyError, RecursionError):
            told: Any = json.loads(read_capped(file))
            self._known = {str(n): (str(p["version"]), str(p["sha256"])) for n, p in told["trusted"].items()}

    def __bool__(self) -> bool:
        return bool(self._known)

    def knows(self, name: str) -> bool:
        """Some version of it was trusted."""
        return name in self._known

    def allows(self, plugin: Plugin) -> bool:
        """It was trusted as it is now, to the byte."""
        return bool(plugin.sha256) and self._known.get(plugin.name) == (plugin.version, plugin.sha256)

    def give(self, plugin: Plugin) -> None:
        """A person has said yes.

        Raises:
            Missing: it can not be written down.
        """
        self._save({**self._known, plugin.name: (plugin.version, plugin.sha256)})

    def take(self, name: str) -> None:
        """It is not trusted any more.

        Raises:
            Missing: it can not be written down.
        """
        self._save({n: known for n, known in self._known.items() if n != name})

    def _save(self, known: dict[str, tuple[str, str]]) -> None:
        told = {"trusted": {n: {"version": v, "sha256": s} for n, (v, s) in sorted(known.items())}}
        write_whole(self._file, (json.dumps(told, indent=1) + "\n").encode())
        self._known = known
