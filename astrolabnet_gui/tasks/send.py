"""Send: the way of code to a session, at most once: INTENT committed, POST, ACK; a lost reply is looked for.

Only what is certainly absent is posted again, and only where a guard in the code stops a second copy and the session
is provably the same; everywhere else a person is asked.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from ulid import ULID

from ..errors import AstroLabNetError, JournalClosed
from ..journal.journal import Journal
from ..journal.row import Row, State
from ..model.key import Key
from ..model.livy import NewStatement, Session, Statement
from ..model.task import Task
from ..model.thing import Thing
from ..network.identity import is_named, is_other
from .clock import Clock, RealClock
from .left import TASK_KEY
from .marker import Marker, guarded, mark, slug
from .order import Ask, Client, Order, Show, nobody
from .reconcile import (
    STATEMENT_QUIET_S,
    Fate,
    Finding,
    StatementSource,
    Wanted,
    find_statement,
    fingerprint,
    first_copy,
    left_of,
)
from .verdict import certainly_not_done, words

_IDENTITY = {"id", "name", "owner", "proxyUser", "kind", "appId", "state"}
RESENDS = 3
ABSENT_S = 10.0
"""How long guarded code must be absent from a session in sight before it is posted again."""
AGAIN = (
    "The reply to “{name}” was lost, and the session does not show it. If the first copy is still on its way, it "
    "would run twice. Send it again?"
)
COMMAND = "task.sent"
"""Command word of the rows about one sending; the rows about the verb that asked for it carry the verb's."""


@dataclass(slots=True)
class _Sending:
    """One sending under way: what stays the same from post to post."""

    client: Client
    order: Order
    code: str
    task: Task
    show: Show
    said: Callable[[str], None]
    ask: Ask
    wanted: Wanted


class Sender:
    """All sendings of this process. Lives on the engine's loop; close it before the loop ends."""

    def __init__(self, journal: Journal, workspace: str, clock: Clock | None = None) -> None:
        self._journal = journal
        self._workspace = workspace
        self._clock = clock or RealClock()
        self._locks: dict[Key, asyncio.Lock] = {}
        self._known: dict[Key, int | None] = {}
        self._under_way: set[asyncio.Task[Any]] = set()
        self._arrived_rows: dict[str, Row] = {}

    def opened(self, session: Key) -> None:
        """A session that was just made here holds no statement."""
        self._known.setdefault(session, -1)

    async def send(
        self,
        client: Client,
        order: Order,
        show: Show,
        said: Callable[[str], None] = lambda _: None,
        ask: Ask = nobody,
    ) -> Key:
        """Send code; the key of its task once the server has it.

        A cancelled wait leaves the sending going on. If the reply is lost, this waits until it is found or given up.

        Args:
            ask: puts the question whether to post again what nothing stops from running twice.

        Raises:
            JournalClosed: nothing was sent.
            Refused, Unreachable, Untrusted, BadInput: the server does not have it.
            Ambiguous: (as raised by the client) nobody knows; the task is shown as "unknown" or "lost".
        """
        act = str(ULID())
        sent = order.sent_code.replace(TASK_KEY, act)
        marked = mark(sent, order.kind, Marker(self._workspace, act, slug(order.name)))
        task = Task(
            name=order.name, task_key=act, language=order.kind, code=order.code,
            line_shift=marked.line_shift + order.values_shift, sent=datetime.now(UTC),
        )  # fmt: skip
        wanted = Wanted(order.identity, act, None, fingerprint(marked.code))
        going = asyncio.create_task(
            self._send(_Sending(client, order, marked.code, task, show, said, ask, wanted)), name=f"send {act}"
        )
        self.keep(going)
        return await asyncio.shield(going)

    async def resume(
        self, client: StatementSource, row: Row, task: Task, show: Show, said: Callable[[str], None] = lambda _: None
    ) -> Finding:
        """Find out what became of a sending of another run of this program; it is never posted again."""
        assert row.key is not None
        known, digest = row.evidence.get("known"), str(row.evidence.get("sha256", ""))
        wanted = Wanted(Session.model_validate(row.evidence["session"]), row.act, known, digest)
        show(row.key, task, "sent?", "Sent before the program ended; looking whether it arrived.")
        quiet_s = left_of(STATEMENT_QUIET_S, row.time)
        finding = await find_statement(client, wanted, self._clock, said=said, quiet_s=quiet_s)
        await self._settle(row, finding, task, show)
        return finding

    async def aclose(self) -> None:
        """End what goes on; what is open stays open in the journal and is looked for at the next start."""
        for going in self._under_way:
            going.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)

    async def _send(self, one: _Sending) -> Key:
        order, task = one.order, one.task
        async with self._locks.setdefault(order.session, asyncio.Lock()):
            one.wanted = replace(one.wanted, known=await self._highest(order))
            evidence = {
                "session": order.identity.model_dump(mode="json", include=_IDENTITY),
                "known": one.wanted.known,
                "sha256": one.wanted.sha256,
                "line_shift": task.line_shift,
            }
            row = await asyncio.wrap_future(
                self._journal.intend(
                    task.task_key, order.run, COMMAND, order.session, order.params, line=order.line, evidence=evidence
                )
            )
            one.show(order.session, task, "queued")
            try:
                statement = await self._post(one)
            except BaseException as exc:
                if certainly_not_done(exc):
                    await self._note(row, State.REFUSED, {"why": words(exc)})
                    one.show(order.session, task, "refused", words(exc))
                    raise
                await self._note(row, State.AMBIGUOUS, {"why": words(exc)})
                if not isinstance(exc, Exception):
                    raise
                lost_reply = exc
            else:
                await self._arrived(row, statement)
                return one.show(order.session, task.model_copy(update={"statement": statement}))
        one.show(order.session, task, "sent?", words(lost_reply))
        finding = await self._found_or_again(one, row)
        await self._settle(row, finding, task, one.show)
        if finding.statement is None:
            raise lost_reply
        return one.show(order.session, task.model_copy(update={"statement": finding.statement}))

    async def _post(self, one: _Sending) -> Statement:
        return await one.client.run_statement(one.order.identity.id, NewStatement(code=one.code, kind=one.order.kind))

    async def _found_or_again(self, one: _Sending, row: Row) -> Finding:
        """Look for it; post it again where that is safe, or where a person wants it."""
        safe = guarded(one.order.kind) and is_named(one.order.identity)
        for turn in range(RESENDS + 1):
            last = turn == RESENDS
            quiet_s = ABSENT_S if safe and not last else STATEMENT_QUIET_S
            finding = await find_statement(one.client, one.wanted, self._clock, said=one.said, quiet_s=quiet_s)
            if (
                "absent" not in finding.evidence
                or last
                or not (safe or await one.ask(AGAIN.format(name=one.task.name)))
            ):
                return finding
            # Written first: whoever finds this row after a crash knows that two copies may be on their way.
            await asyncio.wrap_future(self._journal.note(row, State.AMBIGUOUS, {"posted_again": turn + 1}))
            one.said("it is not there: posting it again")
            async with self._locks[one.order.session]:
                try:
                    statement = await self._post(one)
                except AstroLabNetError as exc:
                    one.said(words(exc))
                    continue
                return await first_copy(one.client, one.wanted, statement)
        raise AssertionError("the last turn returns")

    async def _highest(self, order: Order) -> int | None:
        """Highest statement id this workspace has been told of in this session, by this process or an earlier one."""
        if order.session not in self._known:
            rows = await asyncio.wrap_future(self._journal.acked(order.session.server, order.session.path))
            ids = [
                row.evidence["statement"]
                for row in rows
                if isinstance(row.evidence.get("statement"), int)
                and not is_other(Session.model_validate(row.evidence["session"]), order.identity)
            ]
            self._known.setdefault(order.session, max(ids, default=None))
        return self._known[order.session]

    async def _settle(self, row: Row, finding: Finding, task: Task, show: Show) -> None:
        """Write down what was found, and show it."""
        assert row.key is not None
        if finding.statement is not None:
            await self._arrived(row, finding.statement, finding.evidence)
            show(row.key, task.model_copy(update={"statement": finding.statement}))
        else:
            state = State.FAILED if finding.fate is Fate.LOST else State.UNKNOWN
            await self._note(row, state, {"fate": finding.fate.value, "why": finding.why, **finding.evidence})
            show(row.key, task, finding.fate.value, finding.why)

    async def _arrived(self, row: Row, statement: Statement, evidence: Mapping[str, Any] | None = None) -> None:
        assert row.key is not None
        if isinstance(statement.id, int):
            before = self._known.get(row.key)
            self._known[row.key] = statement.id if before is None else max(statement.id, before)
        self.watch(row)
        await self._note(row, State.ACK, {"statement": statement.id, **(evidence or {})})

    def watch(self, row: Row) -> None:
        """Write down the end of a sending that has arrived."""
        self._arrived_rows[row.act] = row

    def heard(self, thing: Thing) -> Future[Row] | None:
        """Take in how a task stands; if it has ended, the Future of the row that says so."""
        task = thing.payload
        if not isinstance(task, Task) or thing.state not in thing.kind.terminal or task.statement is None:
            return None
        row = self._arrived_rows.pop(task.task_key, None)
        if row is None:
            return None
        state = {"done": State.DONE, "available": State.DONE, "cancelled": State.CANCELLED}.get(
            thing.state, State.FAILED
        )
        ended = {"statement": task.statement.id, "completed": task.statement.completed, "why": thing.problem}
        return self._journal.note(row, state, ended)

    async def _note(self, row: Row, state: State, evidence: Mapping[str, Any]) -> None:
        """Write it if that is possible: it has happened, so not being able to write must not hide it. The act then
        stays open in the journal and is looked for at the next start."""
        try:
            await asyncio.wrap_future(self._journal.note(row, state, evidence))
        except JournalClosed:
            return

    def keep(self, going: asyncio.Task[Any]) -> None:
        """Let it go on without anybody waiting; ``aclose`` ends it."""
        self._under_way.add(going)
        going.add_done_callback(self._ended)

    def _ended(self, going: asyncio.Task[Any]) -> None:
        self._under_way.discard(going)
        if not going.cancelled():
            going.exception()  # its waiter may be gone; the journal and the task's row tell the outcome
