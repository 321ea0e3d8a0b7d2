"""Record: what the archive knows of one task that has ended, without its code and output, which are kept by hash."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from pydantic import Field

from .action import LANGUAGES
from .key import Key
from .livy import Statement
from .output import LARGE_BYTES
from .spark import Progress
from .task import Task
from .thing import Thing, Value

_ELSEWHERE = (
    "Another site told of it and has its result; Fetch kept results on its server brings it if it was kept there."
)


class Record(Value):
    """One task as it ended.

    Attributes:
        task_key: ULID of the sending; sorts by time.
        state, problem: its last word and why.
        server, alias, url: where it ran, as that was called then.
        session, session_name, session_kind, app_id: the session it ran in; None and "" for a batch.
        run: "statement", "batch", "file" if the server's file was all that was left of it, "site" if another site told.
        ident: Livy's number of the statement or batch.
        livy, spark: versions, "" if nobody said.
        settings: what its session was opened with, in Livy's words.
        sent, started, completed: UTC.
        progress: Spark's account at the end.
        pinned: never dropped to make room.
        site: workspace that sent it, eight letters.
        code, output: sha-256 of the kept bytes, "" if there is none.
        size_bytes: of the output; dropped: the output was dropped to make room.
    """

    task_key: str = Field(pattern=r"^[0-9A-Za-z]{1,64}$")
    name: str = ""
    language: str = ""
    state: str
    problem: str = ""
    server: str = ""
    alias: str = ""
    url: str = ""
    session: int | str | None = None
    session_name: str = ""
    session_kind: str = ""
    app_id: str = ""
    run: str = "statement"
    ident: int | str | None = None
    livy: str = ""
    spark: str = ""
    settings: dict[str, Any] = Field(default_factory=dict)
    line_shift: int = 0
    sent: datetime | None = None
    started: datetime | None = None
    completed: datetime | None = None
    progress: Progress | None = None
    pinned: bool = False
    site: str = ""
    code: str = ""
    output: str = ""
    size_bytes: int = 0
    dropped: bool = False

    @classmethod
    def read(cls, text: str | bytes) -> Record:
        """What ``text`` wrote.

        Raises:
            ValueError: it is not a record.
        """
        return cls.model_validate(json.loads(text))

    def text(self, indent: int | None = None) -> str:
        """As JSON in plain letters: what a server says may hold half a character, which no file takes."""
        return json.dumps(self.model_dump(mode="json"), indent=indent)

    def thing(self, code: str = "", output: dict[str, Any] | None = None, spooled: str = "") -> Thing:
        """Row of the history; code and output (in a file if it is large) come when somebody looks at it."""
        number = 0 if self.ident is None else self.ident
        statement = Statement(
            id=number, code=code, state="available", output=output,
            started=_ms(self.started), completed=_ms(self.completed),
        )  # fmt: skip
        task = Task(
            statement=statement, spooled=spooled, name=self.name, task_key=self.task_key, language=self.language,
            code=code, line_shift=self.line_shift, progress=self.progress, sent=self.sent, place=self.place,
            site=self.site, archived="told" if self.run == "site" else "pinned" if self.pinned else "kept",
        )  # fmt: skip
        language = LANGUAGES.get(self.language, self.language)
        problem = self.problem
        if self.dropped:
            problem = f"{problem} Its output was dropped from the archive to make room.".strip()
        if self.run == "site":
            problem = f"{problem} {_ELSEWHERE}".strip()
        return Thing(
            key=history_key(self.task_key),
            label=self.name or f"task {self.task_key[-6:]}",
            fact=" · ".join(word for word in (language, self.alias) if word),
            state=self.state,
            since=self.completed or self.sent,
            problem=problem,
            mine=True,
            payload=task,
        )

    @property
    def large(self) -> bool:
        """Its output is read from its file by those who show it; nobody keeps it in memory."""
        return bool(self.output) and self.size_bytes > LARGE_BYTES

    @property
    def place(self) -> str:
        """Where it ran, in words: ``lal › session 3 › task 7``."""
        words = [self.alias]
        if self.session is not None:
            words.append(f"session {self.session}")
        if self.ident is not None:
            words.append(f"{'batch' if self.run == 'batch' else 'task'} {self.ident}")
        return " › ".join(words)

    @property
    def ran_at(self) -> str:
        """Address it had on its server; another run of that server's numbers may give it to something else."""
        if self.ident is None:
            return self.alias if self.session is None else f"{self.alias}/sessions/{self.session}"
        if self.session is None:
            return f"{self.alias}/batches/{self.ident}"
        return f"{self.alias}/sessions/{self.session}/statements/{self.ident}"


def history_key(task_key: str) -> Key:
    """Key of a task in the history of the workspace: it outlives session and server."""
    return Key("", "", ("tasks", task_key))


def _ms(moment: datetime | None) -> int:
    return 0 if moment is None else int(moment.timestamp() * 1000)


def moment(epoch_ms: int) -> datetime | None:
    """Livy's epoch milliseconds as a time; None for "not yet"."""
    return datetime.fromtimestamp(epoch_ms / 1000, UTC) if epoch_ms > 0 else None
