"""Send: the way of code to a session, at most once: INTENT committed, POST, ACK; a lost reply is looked for, never
repeated."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol

from ulid import ULID

from ..errors import JournalClosed
from ..journal.journal import Journal
from ..journal.row import Row, State
from ..model.key import Key
from ..model.livy import Id, NewStatement, Session, Statement
from ..model.task import Task
from ..model.thing import Thing
from .clock import Clock, RealClock
from .marker import Marker, mark, slug
from .reconcile import Fate, Finding, StatementSource, find_statement
from .verdict import certainly_not_done, words

_IDENTITY = {"id", "name", "owner", "kind", "appId", "state"}
COMMAND = "task.sent"
"""Command word of the rows about one sending; the rows about the verb that asked for it carry the verb's."""


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be sent.

    Attributes:
        run: ULID of the command's run.
        session: key of the session, and ``identity`` as it was when chosen.
        kind: language; ``code`` what the user wrote or the action holds.
        sent_code: ``code`` with its values, ``values_shift`` lines longer at its head.
        params: for "send again": kind, code, action, values, name.
    """

    run: str
    session: Key
    identity: Session
    kind: str
    code: str
    sent_code: str
    values_shift: int = 0
    name: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)
    line: str = ""


class Client(StatementSource, Protocol):
    """The calls of a sending."""

    async def run_statement(self, id: Id, new: NewStatement) -> Statement:
        """POST it."""
        ...


class Show(Protocol):
    """How a sending tells where it stands: the engine's ``follow``."""

    def __call__(self, session: Key, task: Task, state: str = "", problem: str = "") -> Key:
        """Show a task; ``state`` "" = as its statement says. Answers with the thing's key."""
        ...


class Sender:
    """All sendings of this process. Lives on the engine's loop; close it before the loop ends."""

    def __init__(self, journal: Journal, workspace: str, clock: Clock | None = None) -> None:
        self._journal = journal
        self._workspace = workspace
        self._clock = clock or RealClock()
        self._locks: dict[Key, asyncio.Lock] = {}
        self._known: dict[Key, int] = {}
        self._under_way: set[asyncio.Task[Any]] = set()
        self._arrived_rows: dict[str, Row] = {}

    def opened(self, session: Key) -> None:
        """A session that was just made here holds no statement."""
        self._known.setdefault(session, -1)

    async def send(self, client: Client, order: Order, show: Show, said: Callable[[str], None] = lambda _: None) -> Key:
        """Send code; the key of its task once the server has it.

        A cancelled wait leaves the sending going on. If the reply is lost, this waits until it is found or given up.

        Raises:
            JournalClosed: nothing was sent.
            Refused, Unreachable, Untrusted, BadInput: the server does not have it.
            Ambiguous: (as raised by the client) nobody knows; the task is shown as "unknown" or "lost".
        """
        act = str(ULID())
        marked = mark(order.sent_code, order.kind, Marker(self._workspace, act, slug(order.name)))
        task = Task(
            name=order.name, task_key=act, language=order.kind, code=order.code,
            line_shift=marked.line_shift + order.values_shift, sent=datetime.now(UTC),
        )  # fmt: skip
        going = asyncio.create_task(self._send(client, order, act, marked.code, task, show, said))
        self.keep(going)
        return await asyncio.shield(going)

    async def resume(
        self, client: StatementSource, row: Row, task: Task, show: Show, said: Callable[[str], None] = lambda _: None
    ) -> Finding:
        """Find out what became of a sending of another run of this program."""
        assert row.key is not None
        identity = Session.model_validate(row.evidence["session"])
        show(row.key, task, "sent?", "Sent before the program ended; looking whether it arrived.")
        return await self._find(client, row, identity, row.evidence.get("known"), task, show, said)

    async def aclose(self) -> None:
        """End what goes on; what is open stays open in the journal and is looked for at the next start."""
        for going in self._under_way:
            going.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)

    async def _send(
        self, client: Client, order: Order, act: str, code: str, task: Task, show: Show, said: Callable[[str], None]
    ) -> Key:
        async with self._locks.setdefault(order.session, asyncio.Lock()):
            known = self._known.get(order.session)
            evidence = {
                "session": order.identity.model_dump(mode="json", include=_IDENTITY),
                "known": known,
                "sha256": hashlib.sha256(code.encode("utf-8", "surrogatepass")).hexdigest(),
                "line_shift": task.line_shift,
            }
            row = await asyncio.wrap_future(
                self._journal.intend(
                    act, order.run, COMMAND, order.session, order.params, line=order.line, evidence=evidence
                )
            )
            show(order.session, task, "queued")
            try:
                statement = await client.run_statement(order.identity.id, NewStatement(code=code, kind=order.kind))
            except BaseException as exc:
                if certainly_not_done(exc):
                    await self._note(row, State.REFUSED, {"why": words(exc)})
                    show(order.session, task, "refused", words(exc))
                    raise
                await self._note(row, State.AMBIGUOUS, {"why": words(exc)})
                if not isinstance(exc, Exception):
                    raise
                lost_reply = exc
            else:
                await self._arrived(row, statement)
                return show(order.session, task.model_copy(update={"statement": statement}))
        show(order.session, task, "sent?", words(lost_reply))
        finding = await self._find(client, row, order.identity, known, task, show, said)
        if finding.statement is None:
            raise lost_reply
        return show(order.session, task.model_copy(update={"statement": finding.statement}))

    async def _find(
        self,
        client: StatementSource,
        row: Row,
        identity: Session,
        known: int | None,
        task: Task,
        show: Show,
        said: Callable[[str], None],
    ) -> Finding:
        """Look for it, write down what was found, show it."""
        assert row.key is not None
        finding = await find_statement(client, identity, row.act, known, self._clock, said=said)
        if finding.statement is not None:
            await self._arrived(row, finding.statement, finding.evidence)
            show(row.key, task.model_copy(update={"statement": finding.statement}))
        else:
            state = State.FAILED if finding.fate is Fate.LOST else State.UNKNOWN
            await self._note(row, state, {"fate": finding.fate.value, "why": finding.why, **finding.evidence})
            show(row.key, task, finding.fate.value, finding.why)
        return finding

    async def _arrived(self, row: Row, statement: Statement, evidence: Mapping[str, Any] | None = None) -> None:
        assert row.key is not None
        if isinstance(statement.id, int):
            self._known[row.key] = max(statement.id, self._known.get(row.key, -1))
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
