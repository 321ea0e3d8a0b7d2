"""Livy's values as Things: names, grey facts, state words, problems in a sentence, text cleaned once for all faces."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime

from ..model.action import LANGUAGES
from ..model.channel import STATUS_LINE
from ..model.key import Key
from ..model.kind import KINDS
from ..model.livy import MADE_NAME, Batch, Session, Statement
from ..model.server import Server
from ..model.task import Task
from ..model.thing import Thing

_ANSI = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|.)")
# Control characters, and those that turn or hide text (bidi marks, zero width): a label must be what it seems.
_HIDDEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]+")
_HEADS = frozenset({"stdout:", "stderr:", "YARN Diagnostics:", "Kubernetes Diagnostics:", ""})
_TELLING = re.compile(r"(?:\b[\w.$]*(?:Exception|Error)\b|\bERROR\b|\bFATAL\b|OutOfMemory|Killed)")
_LOG_SHOWN = frozenset({"not_started", "starting", "recovering", "error", "dead", "killed"})


def clean(text: str, limit: int = 120) -> str:
    """One line of plain text: no control, ANSI, bidi or lone surrogate characters, at most ``limit`` long."""
    plain = _HIDDEN.sub(" ", _ANSI.sub("", text[: 8 * limit]))
    plain = " ".join(plain.encode("utf-8", "replace").decode("utf-8").split())
    return plain if len(plain) <= limit else plain[: limit - 1] + "…"


def last_words(log: Sequence[str]) -> str:
    """The line of a log that tells most about an end: the last one that names an error, else the last one."""
    lines = [clean(line, 200) for line in log]
    lines = [line for line in lines if line not in _HEADS]
    telling = [line for line in lines if _TELLING.search(line)]
    return (telling or lines or [""])[-1]


def server_thing(
    server: Server, state: str, *, version: str = "", since: datetime | None = None, problem: str = ""
) -> Thing:
    """Thing of a server; ``version`` is what GET /version said, "" if unknown."""
    return Thing(
        key=Key(server.uuid),
        label=clean(server.alias),
        fact=livy_version(version),
        state=state,
        since=since,
        problem=clean(problem, 400),
        payload=server,
    )


def livy_version(version: str) -> str:
    """``Livy 0.9`` of ``0.9.0-incubating``; the server's own word if it has no number, "" if it says nothing."""
    found = re.match(r"(\d+\.\d+)", version)
    if found:
        return f"Livy {found[1]}"
    return "" if version in ("", "<unknown>") else clean(version, 40)


def session_thing(
    key: Key,
    session: Session,
    *,
    since: datetime | None,
    mine: bool,
    stale_since: datetime | None = None,
    ends: datetime | None = None,
) -> Thing:
    """Thing of a session. Its log is kept only while it says why the session is not there yet, or no more.

    Args:
        ends: when the server ends it unless it is used, if that is near.
    """
    kept = session if session.state in _LOG_SHOWN or not session.log else session.model_copy(update={"log": ()})
    owner = session.proxyUser or session.owner or ""
    words = (LANGUAGES.get(session.kind, session.kind), "" if mine else owner)
    return Thing(
        key=key,
        label=_given(session.name) or f"session {session.id}",
        fact=clean(" · ".join(w for w in words if w)),
        state=clean(session.state, 40),
        since=since,
        problem=_end("The session", session.state, session.log) if ends is None else _idle(ends),
        ends=ends,
        stale_since=stale_since,
        mine=mine,
        payload=kept,
    )


def batch_thing(
    key: Key, batch: Batch, *, since: datetime | None, mine: bool, stale_since: datetime | None = None
) -> Thing:
    """Thing of a batch; its last log lines stay in the payload of an ended one (Livy forgets them in ten minutes)."""
    ended = batch.state in KINDS["batches"].terminal or batch.state in _LOG_SHOWN
    # Log lines of a run would be a change at each poll; a channel's runner says there how it stands.
    spoken = batch.log if ended else tuple(line for line in batch.log if STATUS_LINE in line)
    owner = batch.proxyUser or batch.owner or ""
    return Thing(
        key=key,
        label=_given(batch.name) or f"batch {batch.id}",
        fact="" if mine else clean(owner),
        state=clean(batch.state, 40),
        since=since,
        problem=_end("The batch", batch.state, batch.log),
        stale_since=stale_since,
        mine=mine,
        payload=batch if spoken == batch.log else batch.model_copy(update={"log": spoken}),
    )


def _given(name: str | None) -> str:
    """Name a person gave; "" if there is none, or only one of ours, which tells a person nothing."""
    if name is None:
        return ""
    made = MADE_NAME.fullmatch(name)
    return (made[3] or "") if made else clean(name)


def _idle(ends: datetime) -> str:
    return f"Not used for long: the server ends it at {ends.astimezone():%H:%M} unless it is kept alive."


def _end(what: str, state: str, log: Iterable[str]) -> str:
    if state not in ("error", "dead", "killed"):
        return ""
    said = {"error": "has an error and can not run code", "dead": "ended by itself", "killed": "was killed"}[state]
    words = last_words(tuple(log))
    return clean(f"{what} {said}{': ' + words if words else '.'}", 400)


def task_state(statement: Statement) -> tuple[str, str]:
    """State word and problem of a statement: Livy's ``available`` is told apart into done and failed."""
    if statement.state != "available":
        return clean(statement.state, 40), ""
    output = statement.output or {}
    error = output if output.get("status") == "error" else _disguised(output)
    if error is None:
        return "done", ""
    words = ": ".join(str(error.get(part) or "") for part in ("ename", "evalue") if error.get(part))
    return "failed", clean(words or "The code ended in an error.", 400)


def _disguised(output: dict[str, object]) -> dict[str, object] | None:
    """Livy answers ``%json nope`` with status ok and an error inside (reference: livy §2)."""
    data = output.get("data")
    if not isinstance(data, dict) or data.get("msg_type") != "execute_reply":
        return None
    content = data.get("content")
    return content if isinstance(content, dict) and content.get("status") == "error" else None


def task_thing(
    key: Key, task: Task, state: str, *, since: datetime | None, problem: str, stale_since: datetime | None = None
) -> Thing:
    """Thing of a task; mine if it has a task key.

    1.0 is no end: a running task shows Spark's fraction, else Livy's if it is not 0.
    """
    progress = None
    if state in ("running", "cancelling"):
        progress = task.progress.fraction if task.progress else None
        if progress is None and task.statement is not None and task.statement.progress > 0:
            progress = min(1.0, task.statement.progress)
    name = task.name or next((line for line in task.code.splitlines() if line.strip()), "")
    elsewhere = "from another site" if task.site else ""
    return Thing(
        key=key,
        label=clean(name) or f"task {key.id}",
        fact=" · ".join(w for w in (LANGUAGES.get(task.language, clean(task.language)), elsewhere) if w),
        state=state,
        progress=progress,
        since=since,
        problem=clean(problem, 400),
        stale_since=stale_since,
        mine=bool(task.task_key),
        payload=task,
    )
