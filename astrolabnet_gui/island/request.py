"""What a session or a batch was asked to be, and how that becomes Spark's settings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import unquote, urlsplit

_TIME = re.compile(r"(-?[0-9]+)([a-z]+)?$")
_UNIT_S = {"ms": 0.001, "us": 1e-6, "s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0, "d": 86400.0}
DRIVER_MEMORY = "1g"


class Rejected(Exception):
    """A request for a new session or batch that can not be granted; the text is Livy's reason."""


@dataclass(frozen=True)
class Resources:
    """The fields sessions and batches share; 0 and None mean "not set"."""

    name: str | None = None
    proxyUser: str | None = None
    jars: tuple[str, ...] = ()
    pyFiles: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    archives: tuple[str, ...] = ()
    driverMemory: str | None = None
    driverCores: int = 0
    executorMemory: str | None = None
    executorCores: int = 0
    numExecutors: int = 0
    queue: str | None = None
    conf: Mapping[str, str] = field(default_factory=dict)

    def spark_conf(self) -> dict[str, str]:
        """The request as Spark settings; ``conf`` wins over the separate fields, as in Livy."""
        conf = {
            "spark.jars": ",".join(self.jars),
            "spark.submit.pyFiles": ",".join(self.pyFiles),
            "spark.files": ",".join(self.files),
            "spark.archives": ",".join(self.archives),
            "spark.executor.memory": self.executorMemory or "",
            "spark.driver.memory": self.driverMemory or "",
            "spark.driver.cores": str(self.driverCores or ""),
            "spark.executor.cores": str(self.executorCores or ""),
            "spark.executor.instances": str(self.numExecutors or ""),
            "spark.yarn.queue": self.queue or "",
        }
        return {key: value for key, value in conf.items() if value} | dict(self.conf)

    def driver_memory(self) -> str:
        """Heap of the JVM as Java writes it: ``1g``."""
        return str(self.conf.get("spark.driver.memory") or self.driverMemory or DRIVER_MEMORY)


@dataclass(frozen=True)
class NewSession(Resources):
    """Body of POST /sessions."""

    kind: str = "shared"
    heartbeatTimeoutInSecond: int = 0
    ttl: str | None = None
    idleTimeout: str | None = None

    def plain(self) -> bool:
        """Whether a session that runs already can become this one: nothing but run-time settings is asked."""
        fixed = Resources.spark_conf(replace(self, conf={}))
        own = all(key.startswith(("spark.sql.", "livy.")) for key in self.conf)
        return not fixed and own and "spark.sql.warehouse.dir" not in self.conf


@dataclass(frozen=True)
class NewBatch(Resources):
    """Body of POST /batches."""

    file: str | None = None
    args: tuple[str, ...] = ()
    className: str | None = None


def seconds(text: str) -> float:
    """A time string of Livy (``30s``, ``10m``, ``2h``, ``500ms``; a bare number is milliseconds) in seconds.

    Raises:
        Rejected: it is none.
    """
    found = _TIME.fullmatch(text.strip().lower())
    if found is None:
        raise Rejected(f"Invalid time string: {text}")
    unit = found[2] or "ms"
    if unit not in _UNIT_S:
        raise Rejected(f'Invalid suffix: "{unit}"')
    return int(found[1]) * _UNIT_S[unit]


class Files:
    """Which local files a request may name: all, or only those in the given folders (Livy's whitelist)."""

    def __init__(self, folders: Iterable[Path] = ()) -> None:
        self._folders = tuple(folder.resolve() for folder in folders)

    def archive(self, text: str) -> str:
        """As ``uri``; ``#name`` after it is the name it is unpacked under."""
        path, mark, name = text.partition("#")
        return f"{self.uri(path)}{mark}{name}"

    def uri(self, text: str) -> str:
        """A checked address with a scheme.

        Raises:
            Rejected: a relative path, or a local one outside the folders.
        """
        parts = urlsplit(text)
        # One letter is a Windows drive, not a scheme.
        scheme = parts.scheme if len(parts.scheme) > 1 else ""
        if scheme not in ("", "file"):
            return text
        path = Path(unquote(parts.path) if scheme else text)
        if not path.is_absolute():
            raise Rejected(f"requirement failed: Path '{text}' is not absolute.")
        inside = not self._folders or any(path.resolve().is_relative_to(folder) for folder in self._folders)
        if not inside:
            raise Rejected(f"requirement failed: Local path {path} cannot be added to user sessions.")
        return text if scheme else path.as_uri()
