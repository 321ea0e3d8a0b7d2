"""Reconcile: find out by looking, never by sending again, what became of a POST whose reply was lost.

First by id, upward from the last statement known; only then by the list, with a deadline, for the list pulls all
outputs of the session through one message and a large one breaks the session. Source: reference reliability 2.3-2.4.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Protocol, TypeVar

from ..errors import AstroLabNetError, NotFound
from ..model.livy import Id, Session, Statement, Statements
from ..network.identity import is_other
from .clock import Clock, growing
from .marker import duplicate_error, normal, strip
from .verdict import words

Made = TypeVar("Made")
PROBES = 100
ALL = 10_000
LIST_DEADLINE_S = 20.0
STATEMENT_QUIET_S = 120.0
CREATION_QUIET_S = 150.0
FEW_LOOKS_S = 3.0
RESTARTED = "The server has restarted: this session is another one."
_GONE = frozenset({"dead", "killed", "success", "shutting_down"})


class Fate(StrEnum):
    """What became of it."""

    ARRIVED = "arrived"
    LOST = "lost"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Finding:
    """Fate, the thing found, and why."""

    fate: Fate
    statement: Statement | None = None
    why: str = ""
    evidence: dict[str, Any] = field(default_factory=dict)


class StatementSource(Protocol):
    """The calls a look for a statement needs."""

    async def session(self, id: Id) -> Session:
        """One session."""
        ...

    async def statement(self, id: Id, n: Id) -> Statement:
        """One statement."""
        ...

    async def statements(self, id: Id, from_: int, size: int, /) -> Statements:
        """Statements the session still keeps, by place in the list."""
        ...


def fingerprint(code: str) -> str:
    """Digest of sent code that servers, which change line ends, do not change."""
    return hashlib.sha256(normal(code).strip().encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for.

    Attributes:
        session: the session as it was when the code was sent.
        key: task key in the marker.
        known: highest statement id known before; -1 = the session had none; None = not known.
        sha256: fingerprint of the sent code; a marker alone proves nothing, for anybody can copy one. "" = any.
    """

    session: Session
    key: str
    known: int | None
    sha256: str = ""

    def is_it(self, statement: Statement) -> bool:
        """Whether this is the run of it; a copy that the guard stopped is not."""
        marker = strip(statement.code).marker
        if marker is None or marker.key != self.key or self.is_stopped_copy(statement):
            return False
        return not self.sha256 or fingerprint(statement.code) == self.sha256

    def is_stopped_copy(self, statement: Statement) -> bool:
        """Whether the guard says that it ran before."""
        output = statement.output or {}
        said = f"{output.get('evalue', '')} {''.join(str(line) for line in output.get('traceback') or ())}"
        return output.get("status") == "error" and duplicate_error(self.key) in said


async def find_statement(
    source: StatementSource,
    wanted: Wanted,
    clock: Clock,
    *,
    said: Callable[[str], None] = lambda _: None,
    quiet_s: float = STATEMENT_QUIET_S,
) -> Finding:
    """Look until the fate is certain, or nothing has come for ``quiet_s`` in which the server could be seen.

    Args:
        said: told why it goes on looking.
    """
    seen_s, last = 0.0, clock.now()
    for delay in growing():
        try:
            finding = await _look(source, wanted)
        except (AstroLabNetError, TimeoutError) as exc:
            # While the server can not be seen, time proves nothing.
            last, why = clock.now(), words(exc)
        else:
            now = clock.now()
            seen_s, last = seen_s + (now - last), now
            if finding.fate is not Fate.UNKNOWN or "evicted" in finding.evidence or seen_s >= quiet_s:
                return finding
            why = finding.why
        said(why)
        await clock.sleep(delay)
    raise AssertionError("growing() has no end")


async def first_copy(source: StatementSource, wanted: Wanted, posted: Statement) -> Finding:
    """Which of the copies that arrived is the run, after a second post got ``posted`` as its reply: the lowest id."""
    try:
        finding = await _by_id(source, wanted)
        if finding is None:
            finding = _by_list(await kept(source, wanted.session.id), wanted)
    except (AstroLabNetError, TimeoutError):
        finding = None
    if finding is None or finding.fate is Fate.UNKNOWN:
        finding = Finding(Fate.ARRIVED, posted)
    return finding


async def _look(source: StatementSource, wanted: Wanted) -> Finding:
    try:
        now = await source.session(wanted.session.id)
    except NotFound:
        return Finding(Fate.LOST, why="The session has ended; whether the code ran can not be found out any more.")
    if is_other(wanted.session, now):
        return Finding(Fate.LOST, why=RESTARTED)
    if now.state in _GONE:
        return Finding(
            Fate.LOST, why=f"The session is {now.state}; whether the code ran can not be found out any more."
        )
    if now.state in ("not_started", "starting", "recovering"):
        return Finding(Fate.UNKNOWN, why=f"the session is {now.state}")
    found = await _by_id(source, wanted)
    if found is not None:
        return found
    return _by_list(await kept(source, wanted.session.id), wanted)


async def kept(source: StatementSource, session: Id) -> Statements:
    """All statements a session still keeps. Livy's own page is 100, but a server may keep more.

    Raises:
        TimeoutError: the session does not answer; it may be busy with outputs too large for its channel.
    """
    async with asyncio.timeout(LIST_DEADLINE_S):
        return await source.statements(session, 0, ALL)


async def _by_id(source: StatementSource, wanted: Wanted) -> Finding | None:
    if wanted.known is None:
        return None
    for n in range(wanted.known + 1, wanted.known + 1 + PROBES):
        try:
            statement = await source.statement(wanted.session.id, n)
        except NotFound:
            return None
        if wanted.is_it(statement):
            return Finding(Fate.ARRIVED, statement, evidence={"found": "by id", "looked_from": wanted.known + 1})
    return None


def _by_list(page: Statements, wanted: Wanted) -> Finding:
    kept, known = page.statements, wanted.known
    ids = [s.id for s in kept if isinstance(s.id, int)]
    window = {"ids": [min(ids), max(ids)] if ids else [], "known": known}
    hits = sorted((s for s in kept if wanted.is_it(s)), key=lambda s: (isinstance(s.id, str), s.id))
    if hits:
        return Finding(Fate.ARRIVED, hits[0], evidence={"found": "in the list", **window})
    if any(wanted.is_stopped_copy(s) for s in kept):
        return Finding(Fate.LOST, why="It ran, but the server no longer keeps its result.", evidence=window)
    if page.broken or page.total_statements > len(kept):
        return Finding(Fate.UNKNOWN, why="The list of statements can not be read whole.", evidence=window)
    if known is not None and known > max(ids, default=-1):
        # Numbers only grow as long as the driver lives.
        return Finding(Fate.LOST, why=RESTARTED, evidence=window)
    oldest_wanted = 0 if known is None else known + 1
    if ids and min(ids) > oldest_wanted:
        return Finding(
            Fate.UNKNOWN,
            why="The server keeps only its newest statements, and this one may have been among the older ones.",
            evidence={"evicted": True, **window},
        )
    return Finding(
        Fate.UNKNOWN,
        why="It is not among the session's statements; it may still be under way.",
        evidence={"absent": True, **window},
    )


def left_of(quiet_s: float, since: datetime) -> float:
    """What is left of a quiet time that began with something written at ``since``; at least a few looks."""
    return max(FEW_LOOKS_S, quiet_s - max(0.0, (datetime.now(UTC) - since).total_seconds()))


async def find_created(
    get: Callable[[str], Awaitable[Made]],
    name: str,
    clock: Clock,
    *,
    said: Callable[[str], None] = lambda _: None,
    quiet_s: float = CREATION_QUIET_S,
) -> Made | None:
    """The session or batch of that unique name, or None if it has not shown itself for ``quiet_s``.

    Args:
        get: the client's GET by id, which takes a name as well (Livy 0.6 and later).
    """
    seen_s, last = 0.0, clock.now()
    for delay in growing():
        try:
            return await get(name)
        except NotFound:
            seen_s, last = seen_s + (clock.now() - last), clock.now()
            if seen_s >= quiet_s:
                return None
            said("it has not shown itself yet")
        except AstroLabNetError as exc:
            last = clock.now()
            said(words(exc))
        await clock.sleep(delay)
    raise AssertionError("growing() has no end")
