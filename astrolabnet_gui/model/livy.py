"""What Livy calls things, with Livy's own field names.

Source: reference of Livy 0.9 (SessionServlet, InteractiveSessionServlet, BatchSessionServlet); fields that came with
later versions default to None. Ids are ``int``; other speakers of the protocol send text (uuids).
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Annotated, Any, TypeVar

from pydantic import ConfigDict, Field, ValidationError, field_validator, model_validator

from .thing import Value

# Ids are counted by Livy; others send uuids. Text of digits stays text: "7" and 7 are not the same thing.
_Counted = Annotated[int, Field(strict=True, ge=0, lt=2**63)]
_Named = Annotated[str, Field(strict=True, min_length=1, max_length=256)]
Id = _Counted | _Named
Row = TypeVar("Row", bound="Reply")
MADE_NAME = re.compile(r"aln-([0-9a-z]{8})-([0-9a-z]{26})(?:-([A-Za-z0-9_-]{1,40}))?")
"""Names AstroLabNet gives to sessions and batches: workspace, a ULID, and the words a person gave, if any."""


class Reply(Value):
    """Base of what servers send. ``null`` counts as "not sent" where a field has a default."""

    model_config = ConfigDict(populate_by_name=True)

    @model_validator(mode="before")
    @classmethod
    def _without_nulls(cls, value: Any) -> Any:
        if isinstance(value, Mapping) and None in value.values():
            return {name: item for name, item in value.items() if item is not None}
        return value


def read_rows(rows: Any, model: type[Row]) -> tuple[tuple[Row, ...], tuple[str, ...]]:
    """Rows of a list, and words on those that can not be read: one bad row must not hide the others."""
    good: dict[Id, Row] = {}
    bad: list[str] = []
    for place, row in enumerate(rows):
        try:
            value = row if isinstance(row, model) else model.model_validate(row)
            ident: Id = value.id  # type: ignore[attr-defined]
        except ValidationError as exc:
            first = exc.errors(include_url=False, include_input=False)[0]
            bad.append(f"row {place}: {'.'.join(map(str, first['loc'])) or 'the row'}: {first['msg']}")
            continue
        if ident in good:
            bad.append(f"row {place}: id {ident} stands there twice")
        else:
            good[ident] = value
    return tuple(good.values()), tuple(bad)


class Listing(Reply):
    """Base of lists. ``broken`` says which rows could not be read: absent rows of such a list are not gone."""

    broken: tuple[str, ...] = ()


def _with_rows(value: Any, name: str, model: type[Reply]) -> Any:
    if not isinstance(value, Mapping) or not isinstance(value.get(name), (list, tuple)):
        return value
    rows, broken = read_rows(value[name], model)
    ours = value.get("broken")  # a tuple is ours; JSON has none, so a server can not send one
    return {**value, name: rows, "broken": (*(ours if isinstance(ours, tuple) else ()), *broken)}


class Version(Reply):
    """GET /version. Every field may be "" or "<unknown>"."""

    version: str = ""
    revision: str = ""
    branch: str = ""
    date: str = ""
    user: str = ""
    url: str = ""


class AppInfo(Reply):
    """Where logs and the Spark UI are; all None in local mode."""

    driverLogUrl: str | None = None
    sparkUiUrl: str | None = None
    executorLogUrls: str | None = None


class Session(Reply):
    """One interactive session. 0 in a number field means "not set"."""

    id: Id
    name: str | None = None
    appId: str | None = None
    owner: str | None = None
    proxyUser: str | None = None
    state: str
    kind: str = "shared"
    appInfo: AppInfo = AppInfo()
    log: tuple[str, ...] = ()
    ttl: str | None = None
    idleTimeout: str | None = None
    driverMemory: str | None = None
    driverCores: int | None = None
    executorMemory: str | None = None
    executorCores: int | None = None
    conf: dict[str, str] | None = None
    archives: tuple[str, ...] | None = None
    files: tuple[str, ...] | None = None
    jars: tuple[str, ...] | None = None
    pyFiles: tuple[str, ...] | None = None
    numExecutors: int | None = None
    heartbeatTimeoutInSecond: int | None = None
    queue: str | None = None


class Batch(Reply):
    """One batch. What was sent (file, args, conf) is never echoed: the journal remembers it."""

    id: Id
    name: str | None = None
    owner: str | None = None
    proxyUser: str | None = None
    state: str
    appId: str | None = None
    appInfo: AppInfo = AppInfo()
    log: tuple[str, ...] = ()


class Statement(Reply):
    """One statement. ``output`` is Livy's own object (see ``output.parse``); times are epoch ms, 0 = not yet."""

    id: Id
    code: str = ""
    state: str
    output: dict[str, Any] | None = None
    progress: float = 0.0
    started: int = 0
    completed: int = 0

    @field_validator("progress", mode="before")
    @classmethod
    def _fraction(cls, value: Any) -> Any:
        """0..1 whatever came: a wrong progress is no reason to lose a result."""
        if isinstance(value, bool) or not isinstance(value, (int, float)) or math.isnan(value):
            return 0.0
        return min(1.0, max(0.0, value))

    @field_validator("output", mode="before")
    @classmethod
    def _object(cls, value: Any) -> Any:
        """Keeps what is no object as the data of one."""
        return value if value is None or isinstance(value, dict) else {"status": "", "data": value}


class Sessions(Listing):
    """GET /sessions. ``total`` is the number the server holds now, not the number sent."""

    from_: int = Field(default=0, alias="from")
    total: int = 0
    sessions: tuple[Session, ...]

    @model_validator(mode="before")
    @classmethod
    def _readable(cls, value: Any) -> Any:
        return _with_rows(value, "sessions", Session)

    @property
    def complete(self) -> bool:
        """Everything the server holds is here: only then is what is absent gone."""
        return self.from_ == 0 and not self.broken and self.total <= len(self.sessions)


class Batches(Listing):
    """GET /batches. Livy calls the list ``sessions`` here too."""

    from_: int = Field(default=0, alias="from")
    total: int = 0
    sessions: tuple[Batch, ...]

    @model_validator(mode="before")
    @classmethod
    def _readable(cls, value: Any) -> Any:
        return _with_rows(value, "sessions", Batch)

    @property
    def complete(self) -> bool:
        """Everything the server holds is here: only then is what is absent gone."""
        return self.from_ == 0 and not self.broken and self.total <= len(self.sessions)


class Statements(Listing):
    """GET /sessions/{id}/statements. Never poll it (reference: RPC size bomb)."""

    total_statements: int = 0
    statements: tuple[Statement, ...]

    @model_validator(mode="before")
    @classmethod
    def _readable(cls, value: Any) -> Any:
        return _with_rows(value, "statements", Statement)


class LogPage(Reply):
    """GET …/log: a window of a rolling buffer; offsets shift."""

    id: Id
    from_: int = Field(default=0, alias="from")
    total: int = 0
    log: tuple[str, ...] = ()


class StateOf(Reply):
    """GET …/state."""

    id: Id
    state: str


class Candidates(Reply):
    """POST …/completion: bare names."""

    candidates: tuple[str, ...]


class _Request(Value):
    """Base of bodies we send: only what was set travels, for Livy refuses fields it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def body(self) -> dict[str, Any]:
        """JSON object to send."""
        return self.model_dump(exclude_defaults=True, by_alias=True)


class NewSession(_Request):
    """Body of POST /sessions. Memory as "2g"; times as "1h", "30m"."""

    kind: str | None = None
    name: str | None = None
    proxyUser: str | None = None
    jars: tuple[str, ...] = ()
    pyFiles: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    archives: tuple[str, ...] = ()
    driverMemory: str | None = None
    driverCores: int | None = None
    executorMemory: str | None = None
    executorCores: int | None = None
    numExecutors: int | None = None
    queue: str | None = None
    conf: dict[str, str] = Field(default_factory=dict)
    heartbeatTimeoutInSecond: int = 0
    ttl: str | None = None
    idleTimeout: str | None = None


class NewBatch(_Request):
    """Body of POST /batches."""

    file: str
    className: str | None = None
    args: tuple[str, ...] = ()
    name: str | None = None
    proxyUser: str | None = None
    jars: tuple[str, ...] = ()
    pyFiles: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    archives: tuple[str, ...] = ()
    driverMemory: str | None = None
    driverCores: int | None = None
    executorMemory: str | None = None
    executorCores: int | None = None
    numExecutors: int | None = None
    queue: str | None = None
    conf: dict[str, str] = Field(default_factory=dict)


class NewStatement(_Request):
    """Body of POST /sessions/{id}/statements. ``kind`` must be given in a shared session."""

    code: str
    kind: str | None = None
