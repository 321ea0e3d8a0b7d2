"""What the island and a session's driver say to each other: one JSON object a line.

Requests go to the driver's stdin (``op`` names them), events come from its original stdout (``ev`` names them). A
driver gets one Start, then any number of the others; it ends on Stop or when its stdin closes. Lines are ASCII (JSON
escapes), so text with any code point, lone surrogates too, passes unharmed. Fields that are not known are ignored.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar

KINDS = ("spark", "pyspark", "sparkr", "sql")
"""Languages of a statement. A session may also be ``shared``: all four."""


@dataclass(frozen=True, slots=True)
class Start:
    """The first line: make the session.

    Attributes:
        conf: Spark's own settings; they win over the driver's defaults.
        driver_memory: as Java's -Xmx takes it ("1g").
        java_home: folder with bin/java.
        java_args: more for the java command (class data archives), before the main class.
        work_dir: existing folder of this session: working folder, temporary files.
        warm: languages whose interpreters shall be made in the background after idle.
        r: ``command`` (the R to run; default: from PATH), ``library`` (a folder that holds SparkR).
    """

    op: ClassVar[str] = "start"
    java_home: str
    work_dir: str
    conf: Mapping[str, str] = field(default_factory=dict)
    driver_memory: str = "1g"
    java_args: tuple[str, ...] = ()
    kind: str = "shared"
    name: str = ""
    warm: tuple[str, ...] = ()
    r: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Run:
    """Run a statement after those before it; its jobs are in the group ``str(id)``."""

    op: ClassVar[str] = "run"
    id: int
    kind: str
    code: str


@dataclass(frozen=True, slots=True)
class Cancel:
    """Stop a statement, waiting or running; nothing happens when it is done or unknown."""

    op: ClassVar[str] = "cancel"
    id: int


@dataclass(frozen=True, slots=True)
class Complete:
    """Ask what could stand at ``cursor`` (an offset in ``code``); answered by Candidates, also while busy."""

    op: ClassVar[str] = "complete"
    rid: int
    kind: str
    code: str
    cursor: int


@dataclass(frozen=True, slots=True)
class Add:
    """Give the session a file; ``what`` is jar, file or pyfile; answered by Added, also while busy."""

    op: ClassVar[str] = "add"
    rid: int
    what: str
    path: str


@dataclass(frozen=True, slots=True)
class Adopt:
    """Make a warm spare somebody's session; answered by Adopted. Only ``spark.sql.*`` settings can be changed now."""

    op: ClassVar[str] = "adopt"
    name: str
    kind: str
    conf: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Stop:
    """End the session and its Java process."""

    op: ClassVar[str] = "stop"


@dataclass(frozen=True, slots=True)
class Up:
    """The processes exist; Spark is not ready yet."""

    ev: ClassVar[str] = "up"
    py_pid: int
    jvm_pid: int


@dataclass(frozen=True, slots=True)
class Idle:
    """Spark is ready. ``r`` is "sparkr", "bridge" or "none: <why>"."""

    ev: ClassVar[str] = "idle"
    app_id: str
    ui_url: str
    spark_version: str
    java_version: str
    python_version: str
    r: str


@dataclass(frozen=True, slots=True)
class Running:
    """A statement left the queue; ``started`` in ms since 1970."""

    ev: ClassVar[str] = "running"
    id: int
    started: int


@dataclass(frozen=True, slots=True)
class Progress:
    """Share of finished Spark tasks among those known so far, 0..1; at most 4 a second, only when it changed."""

    ev: ClassVar[str] = "progress"
    id: int
    value: float


@dataclass(frozen=True, slots=True)
class Done:
    """A statement ended.

    A cancelled statement that can not be stopped is reported after 30 s with output None, as Livy does; when its
    code ends at last, it is reported once more, with its output.

    Attributes:
        state: available or cancelled.
        output: Livy's output object; None for a statement that never ran or could not be stopped.
        completed: ms since 1970.
    """

    ev: ClassVar[str] = "done"
    id: int
    state: str
    output: dict[str, Any] | None
    completed: int


@dataclass(frozen=True, slots=True)
class Candidates:
    """Answer to Complete: bare names, not whole tokens."""

    ev: ClassVar[str] = "candidates"
    rid: int
    candidates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Added:
    """Answer to Add; ``error`` is "" when it went well."""

    ev: ClassVar[str] = "added"
    rid: int
    error: str


@dataclass(frozen=True, slots=True)
class Adopted:
    """Answer to Adopt; ``error`` is "" when every setting could be applied."""

    ev: ClassVar[str] = "adopted"
    error: str


@dataclass(frozen=True, slots=True)
class Fatal:
    """The session can not go on; the driver ends after this line."""

    ev: ClassVar[str] = "fatal"
    message: str


Request = Start | Run | Cancel | Complete | Add | Adopt | Stop
Event = Up | Idle | Running | Progress | Done | Candidates | Added | Adopted | Fatal

_REQUESTS: Mapping[str, type[Request]] = {m.op: m for m in (Start, Run, Cancel, Complete, Add, Adopt, Stop)}
_EVENTS: Mapping[str, type[Event]] = {
    m.ev: m for m in (Up, Idle, Running, Progress, Done, Candidates, Added, Adopted, Fatal)
}


def dump(message: Request | Event) -> bytes:
    """The message as one line, with its newline.

    Raises:
        ValueError: an output holds a number that JSON has not (NaN, infinity).
    """
    tag = {"op": message.op} if isinstance(message, Request) else {"ev": message.ev}
    values = {f.name: getattr(message, f.name) for f in fields(message)}
    return json.dumps(tag | values, allow_nan=False, separators=(",", ":")).encode("ascii") + b"\n"


def load_request(line: bytes | str) -> Request:
    """The request of one line.

    Raises:
        ValueError: it is no request, or a field is missing.
    """
    found: Request = _load(line, "op", _REQUESTS)
    return found


def load_event(line: bytes | str) -> Event:
    """The event of one line.

    Raises:
        ValueError: it is no event, or a field is missing.
    """
    found: Event = _load(line, "ev", _EVENTS)
    return found


def _load(line: bytes | str, tag: str, table: Mapping[str, Any]) -> Any:
    try:
        data = json.loads(line)
        message = table[data[tag]]
        names = {f.name for f in fields(message)}
        values = {k: tuple(v) if isinstance(v, list) and k != "output" else v for k, v in data.items() if k in names}
        return message(**values)
    except (KeyError, TypeError, ValueError) as e:
        raise ValueError(f"not a line of the session protocol: {line[:200]!r} ({e})") from e
