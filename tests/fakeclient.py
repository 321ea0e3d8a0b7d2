"""The calls of ``LivyClient`` on a fake Livy in memory, with the errors the real client makes of the same replies."""

from __future__ import annotations

import asyncio
import copy
import json
from typing import Any

from astrolabnet_gui.client.capabilities import written
from astrolabnet_gui.errors import Ambiguous, NotFound, Refused, Unreachable
from astrolabnet_gui.model.livy import (
    Batch,
    Batches,
    Candidates,
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
from tests.fakelivy import Cut, FakeLivy

REPLY_S = 0.002


class FakeClient:
    """One client of it; each has its own faults only through the server's."""

    def __init__(self, livy: FakeLivy, alias: str = "fake") -> None:
        self.livy, self.alias = livy, alias
        self.closed = False
        self.fields = written("0.9.0-incubating")
        self.uploads: list[tuple[Id, str, bytes]] = []

    async def pause(self) -> None:
        """The way there takes time."""
        await asyncio.sleep(REPLY_S)

    async def call(self, name: str, method: str, path: str, body: Any = None) -> Any:
        """JSON of one request that went well.

        Raises:
            NotFound, Refused, Ambiguous, Unreachable: as the real client.
        """
        self.livy.calls.append((self.livy.now(), name))
        await self.pause()
        planned = self.livy.faults.get(name)
        what: Exception | str = self.livy.down or (planned.pop(0) if planned else "")
        if what == "hang":
            if method == "POST":
                self.livy.answer(method, path, body)
            await asyncio.Event().wait()
        if isinstance(what, Exception):
            raise what
        write = method == "POST"
        try:
            status, value = self.livy.answer(method, path, body, what if write else "")
        except Cut:
            raise Ambiguous("the reply did not come", server=self.alias) from None
        if status < 300:
            return copy.deepcopy(value)
        words = value["msg"] if isinstance(value, dict) else str(value)
        if status == 404:
            raise NotFound(words, status=404, server=self.alias)
        if status >= 500 and "Session is in state" not in words:
            if write:
                raise Ambiguous(f"it answered {status} with {words}", server=self.alias)
            raise Unreachable(words, server=self.alias)
        raise Refused(words, status=status, server=self.alias)

    def login_again(self) -> None:
        self.livy.calls.append((self.livy.now(), "login_again"))

    async def aclose(self) -> None:
        self.closed = True

    async def known_fields(self) -> frozenset[str]:
        return self.fields

    async def upload_file(self, id: Id, name: str, data: bytes) -> None:
        self.uploads.append((id, name, data))

    async def version(self) -> Version:
        return Version.model_validate(await self.call("version", "GET", "/version"))

    async def sessions(self, from_: int = 0, size: int = 10000) -> Sessions:
        path = f"/sessions?from={from_}&size={size}"
        return Sessions.model_validate(await self.call("sessions", "GET", path))

    async def sessions_if_changed(self, last: bytes | None) -> tuple[bytes, Sessions | None]:
        raw = json.dumps(await self.call("sessions", "GET", "/sessions?from=0&size=10000")).encode()
        return raw, None if raw == last else Sessions.model_validate_json(raw)

    async def session(self, id: Id) -> Session:
        return Session.model_validate(await self.call("session", "GET", f"/sessions/{id}"))

    async def session_state(self, id: Id) -> str:
        return (await self.session(id)).state

    async def session_log(self, id: Id, from_: int = -1, size: int = 100) -> LogPage:
        return LogPage.model_validate(await self.call("session_log", "GET", f"/sessions/{id}/log"))

    async def create_session(self, new: NewSession) -> Session:
        return Session.model_validate(await self.call("create_session", "POST", "/sessions", new.body()))

    async def delete_session(self, id: Id) -> bool:
        await self.call("delete_session", "DELETE", f"/sessions/{id}")
        return True

    async def stop_session(self, id: Id) -> None:
        await self.call("stop_session", "POST", f"/sessions/{id}/stop")

    async def keep_alive(self, id: Id) -> Session:
        return Session.model_validate(await self.call("keep_alive", "POST", f"/sessions/{id}/connect"))

    async def statement(self, id: Id, n: Id) -> Statement:
        return Statement.model_validate(await self.call("statement", "GET", f"/sessions/{id}/statements/{n}"))

    async def statements(self, id: Id, from_: int = 0, size: int = 100, order: str | None = None) -> Statements:
        path = f"/sessions/{id}/statements?from={from_}&size={size}" + (f"&order={order}" if order else "")
        return Statements.model_validate(await self.call("statements", "GET", path))

    async def run_statement(self, id: Id, new: NewStatement) -> Statement:
        path = f"/sessions/{id}/statements"
        return Statement.model_validate(await self.call("run_statement", "POST", path, new.body()))

    async def cancel_statement(self, id: Id, n: Id) -> None:
        await self.call("cancel_statement", "POST", f"/sessions/{id}/statements/{n}/cancel")

    async def complete(self, id: Id, code: str, kind: str, cursor: int) -> tuple[str, ...]:
        body = {"code": code, "kind": kind, "cursor": cursor}
        path = f"/sessions/{id}/completion"
        return Candidates.model_validate(await self.call("complete", "POST", path, body)).candidates

    async def batches(self, from_: int = 0, size: int = 10000) -> Batches:
        return Batches.model_validate(await self.call("batches", "GET", f"/batches?from={from_}&size={size}"))

    async def batches_if_changed(self, last: bytes | None) -> tuple[bytes, Batches | None]:
        raw = json.dumps(await self.call("batches", "GET", "/batches?from=0&size=10000")).encode()
        return raw, None if raw == last else Batches.model_validate_json(raw)

    async def batch(self, id: Id) -> Batch:
        return Batch.model_validate(await self.call("batch", "GET", f"/batches/{id}"))

    async def batch_state(self, id: Id) -> str:
        return (await self.batch(id)).state

    async def batch_log(self, id: Id, from_: int = -1, size: int = 100) -> LogPage:
        return LogPage.model_validate(await self.call("batch_log", "GET", f"/batches/{id}/log"))

    async def create_batch(self, new: NewBatch) -> Batch:
        return Batch.model_validate(await self.call("create_batch", "POST", "/batches", new.body()))

    async def delete_batch(self, id: Id) -> bool:
        await self.call("delete_batch", "DELETE", f"/batches/{id}")
        return True
