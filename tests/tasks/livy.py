"""A Livy of a few lines: it numbers, keeps and guards statements as the real one does, and loses replies on demand."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from typing import Any

from astrolabnet_gui.client.capabilities import written
from astrolabnet_gui.errors import Ambiguous, NotApplicable, NotFound, Refused, Unreachable
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
from astrolabnet_gui.tasks.marker import duplicate_error, guarded, strip


class SteppingClock:
    """Time that passes when somebody sleeps, and then only."""

    def __init__(self) -> None:
        self.time = 0.0
        self.at: list[tuple[float, Callable[[], None]]] = []

    def now(self) -> float:
        return self.time

    async def sleep(self, seconds: float) -> None:
        self.time += seconds
        for due in sorted((d for d in self.at if d[0] <= self.time), key=lambda d: d[0]):
            self.at.remove(due)
            due[1]()
        await asyncio.sleep(0)

    def after(self, seconds: float, act: Callable[[], None]) -> None:
        self.at.append((self.time + seconds, act))


class SmallLivy:
    """One server with its sessions; ``faults`` are taken one per POST, in order."""

    def __init__(self, clock: SteppingClock, retained: int = 100) -> None:
        self.clock, self.retained = clock, retained
        self.here: dict[int, Session] = {}
        self.kept: dict[int, dict[int, Statement]] = {}
        self.count: dict[int, int] = {}
        self.batches_here: dict[int, Batch] = {}
        self.ran: Counter[str] = Counter()
        self.posts = 0
        self.faults: list[str] = []
        self.unreachable = False
        self.lists = 0
        self.cancelled: list[tuple[Id, Id]] = []
        self.deleted: list[Id] = []
        self.made = 0
        self.bodies: list[NewSession | NewBatch | NewStatement] = []
        self.holding = False
        self.starting = False
        self.answers: list[dict[str, Any]] = []
        self.fields = written("0.9.0-incubating")
        self.uploads: list[tuple[Id, str, bytes]] = []

    def open(self, **fields: object) -> Session:
        ident = self.made
        self.made += 1
        self.here[ident] = Session.model_validate({"id": ident, "state": "idle", "kind": "pyspark", **fields})
        self.kept[ident], self.count[ident] = {}, 0
        return self.here[ident]

    def restart(self) -> None:
        self.here.clear()
        self.kept.clear()
        self.count.clear()
        self.made = 0
        self.open(name="somebody-else")

    def accept(self, session: Id, code: str) -> Statement:
        assert isinstance(session, int)
        if session not in self.here or self.here[session].state != "idle":
            raise NotFound("Session not found", status=404)
        stripped = strip(code)
        key = stripped.marker.key if stripped.marker else code
        ident = self.count[session]
        self.count[session] += 1
        output = None
        if guarded(stripped.kind) and self.ran[key]:
            output = {"status": "error", "ename": "RuntimeError", "evalue": duplicate_error(key), "traceback": []}
        else:
            self.ran[key] += 1
            output = {"status": "ok", "execution_count": ident, "data": {"text/plain": "2"}}
            output = self.answers.pop(0) if self.answers else output
        kept = self.kept[session]
        state, output = ("running", None) if self.holding else ("available", output)
        kept[ident] = Statement(id=ident, code=code, state=state, output=output, progress=1.0)
        while len(kept) > self.retained:
            del kept[min(kept)]
        return kept[ident]

    def _seen(self) -> None:
        if self.unreachable:
            raise Unreachable("no way to it")

    async def session(self, id: Id) -> Session:
        self._seen()
        for ident, session in self.here.items():
            if id in (ident, session.name):
                return session
        raise NotFound("Session not found", status=404)

    async def statement(self, id: Id, n: Id) -> Statement:
        self._seen()
        assert isinstance(id, int)
        assert isinstance(n, int)
        if n not in self.kept.get(id, {}):
            raise NotFound("Statement not found", status=404)
        return self.kept[id][n]

    def become(self, session: int, **fields: object) -> None:
        """Change a session."""
        self.here[session] = self.here[session].model_copy(update=fields)

    def finish(self, session: int, ident: int, **fields: object) -> None:
        """End a statement that is held."""
        ended = {"state": "available", "output": {"status": "ok", "data": {"text/plain": "2"}}, **fields}
        self.kept[session][ident] = self.kept[session][ident].model_copy(update=ended)

    async def version(self) -> Version:
        self._seen()
        return Version(version="0.9.0-small")

    async def sessions(self, from_: int = 0, size: int = 10000) -> Sessions:
        self._seen()
        return Sessions(total=len(self.here), sessions=tuple(self.here.values())[from_ : from_ + size])

    async def sessions_if_changed(self, last: bytes | None) -> tuple[bytes, Sessions | None]:
        page = await self.sessions()
        raw = page.model_dump_json().encode()
        return raw, None if raw == last else page

    def spark(self, session: Session, log: tuple[str, ...] = ()) -> Any:
        raise NotApplicable("there is no Spark behind it.")

    async def batches(self, from_: int = 0, size: int = 10000) -> Batches:
        self._seen()
        return Batches(total=len(self.batches_here), sessions=tuple(self.batches_here.values())[from_ : from_ + size])

    async def batches_if_changed(self, last: bytes | None) -> tuple[bytes, Batches | None]:
        page = await self.batches()
        raw = page.model_dump_json().encode()
        return raw, None if raw == last else page

    async def known_fields(self) -> frozenset[str]:
        return self.fields

    async def upload_file(self, id: Id, name: str, data: bytes) -> None:
        self.uploads.append((id, name, data))

    async def session_log(self, id: Id, from_: int = -1, size: int = 100) -> LogPage:
        return LogPage(id=id, total=2, log=("stdout: ", "line"))

    async def batch_log(self, id: Id, from_: int = -1, size: int = 100) -> LogPage:
        return LogPage(id=id, total=1, log=("batch line",))

    async def complete(self, id: Id, code: str, kind: str, cursor: int) -> tuple[str, ...]:
        return (f"{kind}:{code[:cursor]}ad",)

    async def delete_batch(self, id: Id) -> bool:
        assert isinstance(id, int)
        return self.batches_here.pop(id, None) is not None

    async def aclose(self) -> None:
        return

    async def statements(self, id: Id) -> Statements:
        self._seen()
        self.lists += 1
        assert isinstance(id, int)
        return Statements(total_statements=len(self.kept[id]), statements=tuple(self.kept[id].values()))

    async def run_statement(self, id: Id, new: NewStatement) -> Statement:
        self.bodies.append(new)
        return await self._post(lambda: self.accept(id, new.code))

    async def create_session(self, new: NewSession) -> Session:
        self.bodies.append(new)
        state = "starting" if self.starting else "idle"
        return await self._post(lambda: self.open(name=new.name, kind=new.kind or "shared", state=state))

    async def create_batch(self, new: NewBatch) -> Batch:
        def start() -> Batch:
            ident = len(self.batches_here)
            self.batches_here[ident] = Batch(id=ident, name=new.name, state="running")
            return self.batches_here[ident]

        self.bodies.append(new)
        return await self._post(start)

    async def batch(self, id: Id) -> Batch:
        self._seen()
        for ident, batch in self.batches_here.items():
            if id in (ident, batch.name):
                return batch
        raise NotFound("Session not found", status=404)

    async def cancel_statement(self, id: Id, n: Id) -> None:
        self.cancelled.append((id, n))

    async def delete_session(self, id: Id) -> bool:
        assert isinstance(id, int)
        self.deleted.append(id)
        return self.here.pop(id, None) is not None

    async def _post(self, act: Callable[[], Any]) -> Any:
        self.posts += 1
        await asyncio.sleep(0)
        match self.faults.pop(0) if self.faults else "":
            case "":
                return act()
            case "refused":
                raise Refused("it refused", status=400)
            case "lost before":
                raise Ambiguous("the connection was cut")
            case "lost after" | "500 after":
                act()
                raise Ambiguous("the connection was cut")
            case "late":
                self.clock.after(40, lambda: _ignore(act))
                raise Ambiguous("no complete answer")
            case "twice":
                act()
                act()
                raise Ambiguous("the connection was cut")
            case "twice and late":
                act()
                self.clock.after(40, lambda: _ignore(act))
                raise Ambiguous("no complete answer")
            case "restart":
                act()
                self.restart()
                raise Ambiguous("the connection was cut")
            case "hang":
                act()
                await asyncio.get_running_loop().create_future()
        raise AssertionError("no such fault")


def _ignore(act: Callable[[], object]) -> None:
    try:
        act()
    except NotFound:
        return
