"""Chosen: the workspace folder that this user opened in place of the personal one; kept on this computer."""

from __future__ import annotations

import json
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from .files import read_capped, write_whole

_FILE = "workspace.json"


class Chosen(BaseModel):
    """What was opened last.

    Attributes:
        folder: absolute path; "" for the personal workspace.
        adopted: uuids of servers that were asked since for tasks sent from elsewhere.
    """

    model_config = ConfigDict(frozen=True)
    folder: str = ""
    adopted: tuple[str, ...] = ()

    @property
    def place(self) -> Path | None:
        """The folder, if one is chosen and it is there: nothing is made in place of an absent drive."""
        try:
            return Path(self.folder) if self.folder and Path(self.folder).is_dir() else None
        except (OSError, ValueError):
            return None

    @property
    def problem(self) -> str:
        """A sentence if the folder is not there; "" if all is well."""
        if not self.folder or self.place is not None:
            return ""
        return f"The workspace folder {self.folder} is not there: your personal one is open. Start again when it is."


def chosen(state: Path) -> Chosen:
    """As kept; what can not be read is no choice."""
    try:
        return Chosen.model_validate(json.loads(read_capped(state / _FILE)))
    except (OSError, ValueError, ValidationError, RecursionError):
        return Chosen()


def choose(state: Path, what: Chosen) -> None:
    """Keep it.

    Raises:
        Missing: it can not be written.
    """
    write_whole(state / _FILE, what.model_dump_json(indent=1).encode())
