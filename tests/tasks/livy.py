"""A small Livy and its one client: what ``tests/fakelivy.py`` does, at once and in stepping time, in short words."""

from __future__ import annotations

import asyncio
import math
from collections import Counter
from collections.abc import Callable
from typing import Any

from astrolabnet_gui.client.capabilities import written
from astrolabnet_gui.errors import NotApplicable, Refused, Unreachable
from astrolabnet_gui.model.livy import Batch, Id, LogPage, NewBatch, NewSession, NewStatement, Session, Statement
from tests.fakeclient import FakeClient
from tests.fakelivy import FakeLivy

POSTS = ("run_statement", "create_session", "create_batch")


class SteppingClock:
    """Time that passes when somebody sleeps, and then only."""

    def __init__(self) -> None:
        self.time = 0.0
        self.at: list[tuple[float, Callable[[], object]]] = []

    def now(self) -> float:
        return self.time

    async def sleep(self, seconds: float) -> None:
        self.time += seconds
        for due in sorted((d for d in self.at if d[0] <= self.time), key=lambda d: d[0]):
            self.at.remove(due)
            due[1]()
        await asyncio.sleep(0)

    def after(self, seconds: float, act: Callable[[], object]) -> None:
        self.at.append((self.time + seconds, act))


class SmallLivy(FakeClient):
    """One server and its client. What is sent runs at once.

    Attributes:
        faults: what befalls the next POSTs, in order (see ``FakeLivy.post``).
        holding: statements stay running until ``finish``; starting: new sessions stay so until ``become``.
        answers: outputs of the next statements.
        bodies: of all POSTs; posts: how many; lists: how often the list of statements was asked for.
    """

    def __init__(self, clock: SteppingClock, retained: int = 100) -> None:
        super().__init__(FakeLivy(version="0.9.0-small", starts_s=0, lasts_s=0, retained=retained, time=clock))
        self.clock = clock
        self.faults: list[str] = []
        self.unreachable = False
        self.holding = self.starting = False
        self.log_of_batches: tuple[str, ...] = ("batch line",)
        self.answers: list[dict[str, Any]] = []
        self.cancelled: list[tuple[Id, Id]] = []
        self.deleted: list[Id] = []
        self.bodies: list[NewSession | NewBatch | NewStatement] = []
        self.livy.output = self._output
        self._restart = self.livy.restart
        self.livy.restart = self.restart  # type: ignore[method-assign]
        self.fields = written("0.9.0-incubating")
        self.uploads: list[tuple[Id, str, bytes]] = []

    # --- what is there

    @property
    def ran(self) -> Counter[str]:
        """How often the code of each task key ran."""
        return Counter({k: n for k, n in self.livy.ran.items() if not k.startswith(("session ", "batch "))})

    @property
    def retained(self) -> int:
        """How many statements a session keeps."""
        return self.livy.retained

    @retained.setter
    def retained(self, count: int) -> None:
        self.livy.retained = count

    @property
    def here(self) -> dict[Id, Session]:
        """Sessions."""
        self.livy.settle()
        return {ident: Session.model_validate(s.body) for ident, s in self.livy.sessions.items()}

    @property
    def batches_here(self) -> dict[Id, Batch]:
        """Batches."""
        return {ident: Batch.model_validate(body) for ident, body in self.livy.batches.items()}

    @property
    def posts(self) -> int:
        """POSTs so far."""
        return sum(self.livy.asked(name) for name in POSTS)

    @property
    def lists(self) -> int:
        """How often the list of statements was asked for."""
        return sum(1 for _, name in self.livy.calls if name == "statements")

    def open(self, **fields: Any) -> Session:
        """A session that is there."""
        ident = self.livy.open(fields.pop("kind", "pyspark"), fields.pop("name", None), **fields)
        return Session.model_validate(self.livy.sessions[ident].body)

    def accept(self, session: Id, code: str) -> Statement:
        """Somebody sends code."""
        number = self.livy.accept(session, code)
        self.livy.settle()
        return Statement.model_validate(self.livy.sessions[session].statements[number])

    def become(self, session: Id, **fields: object) -> None:
        """Change a session."""
        self.livy.sessions[session].body.update(fields)
        if "state" in fields:
            self.livy.sessions[session].free_at = math.inf if fields["state"] == "busy" else 0.0

    def finish(self, session: Id, ident: int, **fields: object) -> None:
        """End a statement that is held."""
        ended = {"state": "available", "output": {"status": "ok", "data": {"text/plain": "2"}}, **fields}
        self.livy.sessions[session].statements[ident].update(ended)

    def forget(self, session: Id) -> None:
        """Its driver begins anew: no statements, numbers from 0."""
        there = self.livy.sessions[session]
        there.statements.clear()
        there.plan.clear()
        there.count = 0

    def restart(self) -> None:
        """The server comes back with a session of somebody else under the first number."""
        self._restart()
        self.open(name="somebody-else")

    # --- how it differs

    async def pause(self) -> None:
        await asyncio.sleep(0)

    async def call(self, name: str, method: str, path: str, body: Any = None) -> Any:
        if self.unreachable and name not in POSTS:
            raise Unreachable("no way to it")
        if name in POSTS:
            fault = self.faults.pop(0) if self.faults else ""
            self.livy.faults[name] = [Refused("it refused", status=400) if fault == "refused" else fault]
        self.livy.holding = self.holding
        self.livy.starts_s = float("inf") if self.starting else 0
        return await super().call(name, method, path, body)

    def _output(self, n: int, code: str) -> dict[str, Any]:
        plain = {"status": "ok", "execution_count": n, "data": {"text/plain": "2"}}
        return self.answers.pop(0) if self.answers else plain

    async def run_statement(self, id: Id, new: NewStatement) -> Statement:
        self.bodies.append(new)
        return await super().run_statement(id, new)

    async def create_session(self, new: NewSession) -> Session:
        self.bodies.append(new)
        return await super().create_session(new)

    async def create_batch(self, new: NewBatch) -> Batch:
        self.bodies.append(new)
        made = await super().create_batch(new)
        self.livy.batches[made.id]["state"] = "running"
        return made.model_copy(update={"state": "running"})

    async def known_fields(self) -> frozenset[str]:
        return self.fields

    async def upload_file(self, id: Id, name: str, data: bytes) -> None:
        self.uploads.append((id, name, data))

    async def session_log(self, id: Id, from_: int = -1, size: int = 100) -> LogPage:
        return LogPage(id=id, total=2, log=("stdout: ", "line"))

    async def batch_log(self, id: Id, from_: int = -1, size: int = 100) -> LogPage:
        return LogPage(id=id, total=len(self.log_of_batches), log=self.log_of_batches)

    async def complete(self, id: Id, code: str, kind: str, cursor: int) -> tuple[str, ...]:
        return (f"{kind}:{code[:cursor]}ad",)

    async def cancel_statement(self, id: Id, n: Id) -> None:
        self.cancelled.append((id, n))

    async def delete_session(self, id: Id) -> bool:
        self.deleted.append(id)
        return await super().delete_session(id)

    def spark(self, session: Session, log: tuple[str, ...] = ()) -> Any:
        raise NotApplicable("there is no Spark behind it.")
