"""Which R a session can have: real SparkR where it is installed, else plain R with our bridge, else none and why."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from astrolabnet_gui.system import NO_R, r_program

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

    @property
    def settings(self) -> dict[str, str]:
        """What Spark is told: its own R workers run the same R; nothing without SparkR."""
        script = shutil.which("Rscript", path=str(Path(self.command).parent)) if self.library else None
        return {"spark.r.command": script} if script else {}

    def spark_home(self, spark: Path, work: Path) -> Path:
        """Spark's folder for Java, for there alone, below R/lib, its R workers look for SparkR.

        Where SparkR lies elsewhere it is a folder of links in ``work``. Where links can not be made it is ``spark``:
        all of SparkR works but what runs R inside of Spark (data frames made in R, dapply).
        """
        package = Path(self.library, "SparkR")
        if not self.library or package.resolve() == (spark / "R" / "lib" / "SparkR").resolve():
            return spark
        seen = work / "spark-home"
        try:
            (seen / "R" / "lib").mkdir(parents=True)
            (seen / "R" / "lib" / "SparkR").symlink_to(package.resolve(), target_is_directory=True)
            for entry in spark.iterdir():
                if entry.name != "R":
                    (seen / entry.name).symlink_to(entry, target_is_directory=entry.is_dir())
        except OSError:
            return spark
        return seen


def find(asked: Mapping[str, str]) -> RHome:
    """Look for R and SparkR without starting anything; ``asked`` may name ``command`` and ``library``."""
    command = r_program(asked.get("command", ""))
    if command is None:
        return RHome(why=NO_R)
    home = os.environ.get("SPARK_HOME", "")
    folders = [asked.get("library", ""), os.path.join(home, "R", "lib") if home else ""]
    for name in ("R_LIBS", "R_LIBS_USER", "R_LIBS_SITE"):
        folders += os.environ.get(name, "").split(os.pathsep)
    for folder in [*folders, *_LIBRARIES]:
        if folder and (Path(folder) / "SparkR" / "DESCRIPTION").is_file():
            return RHome(command=command, library=folder)
    return RHome(command=command)
