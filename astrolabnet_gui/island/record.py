"""The record of a running island: a private file by which stop, status, logs and a second start find it."""

from __future__ import annotations

import json
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

from astrolabnet_gui.island import platform

RECORD, TOKEN, LOG, LOCK, PORT = "island.json", "token", "island.log", "island.lock", "port"


@dataclass(frozen=True)
class Record:
    """What is known of a running island.

    Attributes:
        url: where it answers.
        token_file: holds the token; "" when none is needed.
        pid: its process; with ``born_s`` (start time, seconds of the epoch) it names one process for good.
        spark: version of Spark, or of Livy when an unpacked Livy runs in its place ("").
        java: version of Java and where it came from.
        python: version of Python.
    """

    url: str
    token_file: str
    pid: int
    born_s: float
    spark: str
    java: str
    python: str
    log: str

    def line(self) -> str:
        """One line of JSON."""
        return json.dumps(asdict(self))


def write(state: Path, record: Record) -> None:
    """Leave the record.

    Raises:
        OSError: the folder can not be written.
    """
    platform.write_private(state / RECORD, record.line())


def read(state: Path) -> Record | None:
    """The record of the island that runs on this state folder; None if none runs, whatever an old file says."""
    try:
        record = Record(**json.loads((state / RECORD).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None
    return record if platform.same_process(record.pid, record.born_s) else None


def forget(state: Path) -> None:
    """Remove what names a running island; the log and the port stay."""
    for name in (RECORD, TOKEN):
        (state / name).unlink(missing_ok=True)


def new_token(state: Path) -> str:
    """A fresh 256-bit token, left in a private file.

    Raises:
        OSError: the folder can not be written.
    """
    token = secrets.token_hex(32)
    platform.write_private(state / TOKEN, token)
    return token


def last_port(state: Path) -> int:
    """The port of the last run, 0 if unknown: a server's address should stay the same if it can."""
    try:
        return int((state / PORT).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return 0
