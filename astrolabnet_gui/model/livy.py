"""What Livy calls things, with Livy's own field names.

Source: reference of Livy 0.9 (SessionServlet, InteractiveSessionServlet, BatchSessionServlet); fields that came with
later versions default to None. Ids are ``int``; other speakers of the protocol send text (uuids).
"""

from __future__ import annotations

from typing import Any

from pydantic import ConfigDict, Field

from .thing import Value

Id = int | str


class Version(Value):
    """GET /version. Every field may be "" or "<unknown>"."""

    version: str = ""
    revision: str = ""
    branch: str = ""
    date: str = ""
    user: str = ""
    url: str = ""


class AppInfo(Value):
    """Where logs and the Spark UI are; all None in local mode."""

    driverLogUrl: str | None = None
    sparkUiUrl: str | None = None
    executorLogUrls: str | None = None


class Session(Value):
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


class Batch(Value):
    """One batch. What was sent (file, args, conf) is never echoed: the journal remembers it."""

    id: Id
    name: str | None = None
    owner: str | None = None
    proxyUser: str | None = None
    state: str
    appId: str | None = None
    appInfo: AppInfo = AppInfo()
    log: tuple[str, ...] = ()


class Statement(Value):
    """One statement. ``output`` is Livy's own object (see ``output.parse``); times are epoch ms, 0 = not yet."""

    id: Id
    code: str = ""
    state: str
    output: dict[str, Any] | None = None
    progress: float = 0.0
    started: int = 0
    completed: int = 0


class Sessions(Value):
    """GET /sessions. ``total`` is the number the server holds now, not the number sent."""

    from_: int = Field(default=0, alias="from")
    total: int = 0
    sessions: tuple[Session, ...] = ()


class Batches(Value):
    """GET /batches. Livy calls the list ``sessions`` here too."""

    from_: int = Field(default=0, alias="from")
    total: int = 0
    sessions: tuple[Batch, ...] = ()


class Statements(Value):
    """GET /sessions/{id}/statements. Never poll it (reference: RPC size bomb)."""

    total_statements: int = 0
    statements: tuple[Statement, ...] = ()


class LogPage(Value):
    """GET …/log: a window of a rolling buffer; offsets shift."""

    id: Id
    from_: int = Field(default=0, alias="from")
    total: int = 0
    log: tuple[str, ...] = ()


class StateOf(Value):
    """GET …/state."""

    id: Id
    state: str


class Candidates(Value):
    """POST …/completion: bare names."""

    candidates: tuple[str, ...] = ()


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
