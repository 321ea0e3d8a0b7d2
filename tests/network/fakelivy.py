"""A Livy in memory, to be scripted: sessions, statements, batches, faults, a restart with ids from 0.

Its time is the loop's (see ``virtual.py``), its replies have the fields of the recordings (``test_fakelivy.py`` holds
it to them). ``FakeLivy`` is the server, ``FakeClient`` has the calls of ``LivyClient``.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from astrolabnet_gui.errors import Ambiguous, NotFound, Refused
from astrolabnet_gui.model.livy import (
    Batch,
    Batches,
    Id,
    LogPage,
    NewBatch,
    NewSession,
    NewStatement,
    Session,
    Sessions,
    Statement,
    Statements,
    Version,
)  # fmt: skip
from tests.network.fakebodies import batch_body, error_output, session_body, statement_body, text_output

EPOCH_MS = 1_795_434_553_000
NOT_ACTIVE = "requirement failed: Session isn't active."
RETAINED = 100


@dataclass
class FakeSession:
    """One session; statements run one after the other, ``lasts_s`` seconds each."""

    body: dict[str, Any]
    idle_at: float
    statements: dict[int, dict[str, Any]] = field(default_factory=dict)
    count: int = 0
    free_at: float = 0.0
    plan: dict[int, tuple[float, float]] = field(default_factory=dict)


class FakeLivy:
    """The server.

    Attributes:
        down: error every call raises while set (made anew from the class and words).
        faults: method -> errors its next calls raise, in order; ``"hang"`` waits for ever, ``"lost"`` carries the
            call out and then raises Ambiguous.
        calls: time and name of every call, in order.
    """

    def __init__(self, *, version: str = "0.9.0-incubating", starts_s: float = 8.0, lasts_s: float = 1.0) -> None:
        self.version_body = {"url": "", "branch": "", "revision": "", "version": version, "date": "", "user": ""}
        self.starts_s, self.lasts_s = starts_s, lasts_s
        self.sessions: dict[Id, FakeSession] = {}
        self.batches: dict[Id, dict[str, Any]] = {}
        self.next_session = self.next_batch = 0
        self.down: Exception | None = None
        self.faults: dict[str, list[Exception | str]] = {}
        self.calls: list[tuple[float, str]] = []
        self.output: Callable[[int, str], dict[str, Any]] = lambda n, code: (
            error_output(n, "ZeroDivisionError", "division by zero") if "1/0" in code else text_output(n, code)
        )

    def now(self) -> float:
        return asyncio.get_running_loop().time()

    def open(self, kind: str = "pyspark", name: str | None = None, *, state: str = "idle", **more: Any) -> Id:
        """A session that is there."""
        ident = self.next_session
        self.next_session += 1
        ready = self.now() + (self.starts_s if state == "starting" else 0)
        self.sessions[ident] = FakeSession(session_body(ident, kind, name, state=state, **more), ready)
        return ident

    def kill(self, ident: Id, *log: str) -> None:
        """Its driver dies."""
        body = self.sessions[ident].body
        body["state"] = "dead"
        body["log"] = ["stdout: ", *log, "\nstderr: "]

    def restart(self) -> None:
        """The server comes back without recovery: nothing is left, ids start at 0."""
        self.sessions.clear()
        self.batches.clear()
        self.next_session = self.next_batch = 0

    def asked(self, name: str = "", since: float = 0.0) -> int:
        """How often it was asked."""
        return sum(1 for at, what in self.calls if what.startswith(name) and at >= since)

    def settle(self) -> None:
        """Bring states up to now."""
        now = self.now()
        for session in self.sessions.values():
            if session.body["state"] in ("dead", "killed", "error"):
                continue
            if session.body["state"] == "starting" and now >= session.idle_at:
                session.body["state"] = "idle"
            for ident, (begins, ends) in session.plan.items():
                body = session.statements.get(ident)
                if body is None or body["state"] in ("available", "cancelled"):
                    continue
                if now >= ends:
                    body.update(state="available", progress=1.0, output=self.output(ident, body["code"]))
                    body.update(started=_ms(begins), completed=_ms(ends))
                elif now >= begins:
                    body.update(state="running", started=_ms(begins), progress=(now - begins) / (ends - begins))
            if session.body["state"] in ("idle", "busy"):
                session.body["state"] = "busy" if now < session.free_at else "idle"


def _ms(at: float) -> int:
    return EPOCH_MS + int(at * 1000)


class FakeClient:
    """The calls of ``LivyClient`` on a ``FakeLivy``."""

    def __init__(self, livy: FakeLivy, alias: str = "fake") -> None:
        self.livy, self.alias = livy, alias
        self.closed = False

    async def _call(self, name: str, *, write: bool = False) -> bool:
        """Time passes, faults come; True if the call is to be carried out and its reply lost."""
        self.livy.calls.append((self.livy.now(), name))
        await asyncio.sleep(0.002)
        fault = self.livy.down
        planned = self.livy.faults.get(name)
        what: Exception | str | None = fault or (planned.pop(0) if planned else None)
        if what == "hang":
            await asyncio.Event().wait()
        if isinstance(what, Exception):
            raise what
        self.livy.settle()
        return what == "lost" and write

    def _lost(self, lost: bool) -> None:
        if lost:
            raise Ambiguous("the reply did not come", server=self.alias)

    def _session(self, ident: Id) -> FakeSession:
        for session in self.livy.sessions.values():
            if ident in (session.body["id"], session.body["name"]):
                return session
        raise NotFound(f"Session '{ident}' not found.", status=404, server=self.alias)

    def _active(self, ident: Id) -> FakeSession:
        session = self._session(ident)
        if session.body["state"] in ("dead", "killed"):
            raise Refused(NOT_ACTIVE, status=400, server=self.alias)
        return session

    def login_again(self) -> None:
        self.livy.calls.append((self.livy.now(), "login_again"))

    async def aclose(self) -> None:
        self.closed = True

    async def version(self) -> Version:
        await self._call("version")
        return Version.model_validate(self.livy.version_body)

    async def sessions(self, from_: int = 0, size: int = 10000) -> Sessions:
        await self._call("sessions")
        return Sessions.model_validate(self._list(from_, size))

    def _list(self, from_: int = 0, size: int = 10000) -> dict[str, Any]:
        bodies = [session.body for session in self.livy.sessions.values()]
        return {"from": from_, "total": len(bodies), "sessions": bodies[from_ : from_ + size]}

    async def sessions_if_changed(self, last: bytes | None) -> tuple[bytes, Sessions | None]:
        await self._call("sessions")
        raw = json.dumps(self._list()).encode()
        return raw, None if raw == last else Sessions.model_validate_json(raw)

    async def session(self, id: Id) -> Session:
        await self._call("session")
        return Session.model_validate(self._session(id).body)

    async def session_state(self, id: Id) -> str:
        return (await self.session(id)).state

    async def session_log(self, id: Id, from_: int = -1, size: int = 100) -> LogPage:
        await self._call("session_log")
        lines = self._session(id).body["log"]
        return LogPage.model_validate({"id": id, "from": 0, "total": len(lines), "log": lines})

    async def create_session(self, new: NewSession) -> Session:
        lost = await self._call("create_session", write=True)
        names = [session.body["name"] for session in self.livy.sessions.values()]
        if new.name and new.name in names:
            raise Refused(f"Rejected, Reason: Duplicate session name: Some({new.name})", status=400, server=self.alias)
        ident = self.livy.open(new.kind or "shared", new.name, state="starting", conf=new.conf)
        self._lost(lost)
        return Session.model_validate(self.livy.sessions[ident].body)

    async def delete_session(self, id: Id) -> bool:
        await self._call("delete_session", write=True)
        return self.livy.sessions.pop(self._session(id).body["id"], None) is not None

    async def stop_session(self, id: Id) -> None:
        await self._call("stop_session", write=True)
        self.livy.kill(self._session(id).body["id"])

    async def keep_alive(self, id: Id) -> Session:
        await self._call("keep_alive")
        return Session.model_validate(self._session(id).body)

    async def statement(self, id: Id, n: Id) -> Statement:
        await self._call("statement")
        session = self._active(id)
        if n not in session.statements:
            raise NotFound("Statement not found", status=404, server=self.alias)
        return Statement.model_validate(session.statements[int(n)])

    async def statements(self, id: Id, from_: int = 0, size: int = 100, order: str | None = None) -> Statements:
        await self._call("statements")
        kept = list(self._active(id).statements.values())
        kept = kept[::-1] if order == "desc" else kept
        return Statements.model_validate({"total_statements": len(kept), "statements": kept[from_ : from_ + size]})

    async def run_statement(self, id: Id, new: NewStatement) -> Statement:
        lost = await self._call("run_statement", write=True)
        session = self._active(id)
        if session.body["state"] == "starting":
            what = "java.lang.IllegalStateException: Session is in state starting"
            raise Refused(what, status=500, server=self.alias)
        ident, now = session.count, self.livy.now()
        session.count += 1
        begins = max(now, session.free_at)
        session.free_at = begins + self.livy.lasts_s
        session.statements[ident] = statement_body(ident, new.code)
        session.plan[ident] = (begins, session.free_at)
        while len(session.statements) > RETAINED:
            del session.statements[next(iter(session.statements))]
        self._lost(lost)
        return Statement.model_validate(session.statements[ident])

    async def cancel_statement(self, id: Id, n: Id) -> None:
        await self._call("cancel_statement", write=True)
        session = self._active(id)
        body = session.statements.get(int(n))
        if body is not None and body["state"] in ("waiting", "running"):
            body["state"] = "cancelled"
            session.free_at = self.livy.now()

    async def complete(self, id: Id, code: str, kind: str, cursor: int) -> tuple[str, ...]:
        await self._call("complete")
        return (code[:cursor] + "_all",)

    async def batches(self, from_: int = 0, size: int = 10000) -> Batches:
        await self._call("batches")
        return Batches.model_validate(self._batch_list())

    def _batch_list(self) -> dict[str, Any]:
        return {"from": 0, "total": len(self.livy.batches), "sessions": list(self.livy.batches.values())}

    async def batches_if_changed(self, last: bytes | None) -> tuple[bytes, Batches | None]:
        await self._call("batches")
        raw = json.dumps(self._batch_list()).encode()
        return raw, None if raw == last else Batches.model_validate_json(raw)

    async def batch(self, id: Id) -> Batch:
        await self._call("batch")
        return Batch.model_validate(self._batch(id))

    async def batch_state(self, id: Id) -> str:
        return (await self.batch(id)).state

    async def batch_log(self, id: Id, from_: int = -1, size: int = 100) -> LogPage:
        await self._call("batch_log")
        lines = self._batch(id)["log"]
        return LogPage.model_validate({"id": id, "from": 0, "total": len(lines), "log": lines})

    async def create_batch(self, new: NewBatch) -> Batch:
        lost = await self._call("create_batch", write=True)
        ident = self.livy.next_batch
        self.livy.next_batch += 1
        self.livy.batches[ident] = batch_body(ident, new.name)
        self._lost(lost)
        return Batch.model_validate(self.livy.batches[ident])

    async def delete_batch(self, id: Id) -> bool:
        await self._call("delete_batch", write=True)
        return self.livy.batches.pop(self._batch(id)["id"], None) is not None

    def _batch(self, ident: Id) -> dict[str, Any]:
        for body in self.livy.batches.values():
            if ident in (body["id"], body["name"]):
                return body
        raise NotFound(f"Session '{ident}' not found.", status=404, server=self.alias)
