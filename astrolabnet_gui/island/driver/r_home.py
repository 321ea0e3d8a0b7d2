"""Which R a session can have: real SparkR where it is installed, else plain R with our bridge, else none and why."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_LIBRARIES = (
    "/usr/local/lib/R/site-library",
    "/usr/lib/R/site-library",
    "/usr/lib/R/library",
    "/usr/lib64/R/library",
    "/Library/Frameworks/R.framework/Resources/library",
)


@dataclass(frozen=True, slots=True)
class RHome:
    """What was found.

    Attributes:
        command: the R program; "" if there is none.
        library: folder that holds SparkR; "" if only the bridge is possible.
        why: why there is no R.
    """

    command: str = ""
    library: str = ""
    why: str = ""

    @property
    def word(self) -> str:
        """As the island is told."""
        return f"none: {self.why}" if self.why else "sparkr" if self.library else "bridge"


def find(asked: Mapping[str, str]) -> RHome:
    """Look for R and SparkR without starting anything; ``asked`` may name ``command`` and ``library``."""
    command = shutil.which(asked.get("command") or os.environ.get("SPARKR_DRIVER_R") or "R")
    if command is None:
        return RHome(why="R is not installed on this computer (Debian: apt install r-base-core)")
    home = os.environ.get("SPARK_HOME", "")
    folders = [asked.get("library", ""), os.path.join(home, "R", "lib") if home else ""]
    for name in ("R_LIBS", "R_LIBS_USER", "R_LIBS_SITE"):
        folders += os.environ.get(name, "").split(os.pathsep)
    for folder in [*folders, *_LIBRARIES]:
        if folder and (Path(folder) / "SparkR" / "DESCRIPTION").is_file():
            return RHome(command=command, library=folder)
    return RHome(command=command)
