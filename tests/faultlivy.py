"""faultlivy: a Livy behind a real socket with the real one's quirks, whose truth can be asked.

It is the one fake (``fakelivy``) with what happens on the wire: Livy's error shapes, held to the recordings of a real
Livy by ``client/test_faultlivy.py``; statements of a starting session that block; a list of outputs that is too large
for the driver's RPC and kills the session; sessions that end for idleness; ids that begin at 0 again. ``truth()`` says
what really happened, whatever the client was told.

    with faultlivy() as livy: LivyClient(Server(..., url=livy.url)); livy.truth()["ran"]
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import threading
from collections.abc import Iterator
from typing import Any

from astrolabnet_gui.model.livy import Id
from tests.fakebodies import error_output
from tests.fakelivy import FakeLivy
from tests.fakeroutes import Reply
from tests.faultwire import REASONS, FaultHttp, is_number

RPC_BYTES = 50 << 20
_KILLS = re.compile(r"os\._exit|%json d$")
_TOO_LARGE = REASONS + "java.io.EOFException: Frame exceeds the maximum of {limit} bytes"
_OF_IT = r"/(sessions|batches)/([^/]+)(?:/([a-z-]+)(?:/([^/]+))?)?(?:/cancel)?"


class FaultLivy(FakeLivy):
    """The fake with Livy's quirks.

    Attributes:
        rpc_bytes: outputs of one list at most; above, the answer is 500 and the session dies.
        idle_s: a session without a new statement for so long is taken away; 0 = never.
        lets_in: Authorization headers it takes; empty = no login. ``refused``: how often it said no to each.
        slow_s: pause before each answer.
    """

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        self.rpc_bytes = RPC_BYTES
        self.idle_s = self.slow_s = 0.0
        self.lets_in: set[str] = set()
        self.refused: dict[str, int] = {}
        self.expired: list[Id] = []
        self.active: dict[Id, float] = {}
        self.uploads: dict[str, int] = {}
        self.batch_s = 0.2
        self._begun: dict[Id, float] = {}

    def truth(self) -> dict[str, Any]:
        """What really happened: how often each key ran, what is there, what was refused and taken away."""
        self.settle()
        return {
            "ran": dict(self.ran), "life": self.life, "expired": list(self.expired), "refused": dict(self.refused),
            "sessions": {str(i): s.body["state"] for i, s in self.sessions.items()},
            "statements": {str(i): {str(n): b["state"] for n, b in s.statements.items()}
                           for i, s in self.sessions.items()},
            "batches": {str(i): b["state"] for i, b in self.batches.items()}, "calls": len(self.calls),
        }  # fmt: skip

    def _output(self, session: Any, ident: int, code: str) -> dict[str, Any]:
        """After a driver's interpreter has died, each statement says so."""
        if session.body["state"] == "error":
            return {**error_output(ident, "Error", "Interpreter died:\n"), "traceback": []}
        return super()._output(session, ident, code)

    def settle(self) -> None:
        """Bring states up to now; idle sessions go, busy ones too, as Livy's default has it."""
        super().settle()
        for ident in [i for i in self.sessions if self.idle_s]:
            if self.now() - self.active.setdefault(ident, self.now()) > self.idle_s:
                del self.sessions[ident]
                self.expired.append(ident)
        for ident, session in self.sessions.items():
            conf = session.body.get("conf") or {}
            if session.body["state"] in ("starting", "idle") and conf.get("spark.driver.memory") == "nonsense":
                self.kill(ident, "Invalid maximum heap size: -Xmxnonsense")
            ended = [n for n, b in session.statements.items() if b["output"] and _KILLS.search(b["code"])]
            if ended and session.body["state"] in ("idle", "busy"):
                session.body["state"] = "error"
            if session.body["state"] == "error":
                for n, body in session.statements.items():
                    if body["output"] is None:
                        body.update(state="available", progress=1.0, output=self._output(session, n, body["code"]))
        for ident, body in self.batches.items():
            begun = self._begun.setdefault(ident, self.now())
            if body["state"] in ("starting", "running") and self.now() > begun:
                body["state"] = "running"
            ends = {"rec-ok": "success", "rec-fail": "dead"}.get(str(body["name"]), "")
            if ends and self.now() - begun > self.batch_s:
                body["state"] = ends

    def accept(self, ident: Id, code: str) -> int:
        """Code is activity; asking is not."""
        self.active[ident] = self.now()
        return super().accept(ident, code)

    def quirk(self, method: str, place: str, query: dict[str, str]) -> Reply | None:
        """What the real one does beside the rule; None if nothing."""
        found = re.fullmatch(_OF_IT, place)
        for name in ("from", "size"):
            if not is_number(query.get(name, "0")):
                return 400, {"msg": f'For input string: "{query[name]}"'}
        if found is None:
            return None
        kind, ident, verb, last = found.groups()
        if ident.isdigit() and int(ident) > 2**31 - 1:
            return 400, {"msg": f'For input string: "{ident}"'}
        if verb == "statements" and last is not None and not is_number(last):
            return 400, {"msg": f'For input string: "{last}"'}
        session = self.session(int(ident) if ident.isdigit() else ident) if kind == "sessions" else None
        if session is None:
            return None
        if method == "POST" and verb == "statements" and session.body["state"] in ("dead", "killed"):
            return 500, f"java.lang.IllegalStateException: Session is in state {session.body['state']}"
        if method == "POST" and verb == "interrupt":
            self.kill(session.body["id"])
            return 200, {"msg": "interrupted"}
        if method == "POST" and verb == "connect":
            self.active[session.body["id"]] = self.now()
        if method == "GET" and verb == "statements" and last is None:
            size = sum(len(json.dumps(s["output"])) for s in session.statements.values() if s["output"])
            if size > self.rpc_bytes:
                self.kill(session.body["id"], "ERROR RpcHandler: Frame too large")
                return 500, _TOO_LARGE.format(limit=self.rpc_bytes)
        return None


class Running:
    """A faultlivy in a thread of its own."""

    def __init__(self, livy: FaultLivy) -> None:
        self.livy, self.url, self.port = livy, "", 0
        self._loop = asyncio.new_event_loop()

    def truth(self) -> dict[str, Any]:
        """What really happened."""
        return self.do(self.livy.truth)

    def do(self, act: Any, *given: Any) -> Any:
        """Let the server's own thread do something."""

        async def there() -> Any:
            return act(*given)

        return asyncio.run_coroutine_threadsafe(there(), self._loop).result(20)

    async def _serve(self, ready: threading.Event) -> None:
        http, talks = FaultHttp(self.livy), set()

        def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            talks.add(asyncio.ensure_future(http.talk(reader, writer)))

        server = await asyncio.start_server(talk, "127.0.0.1", self.port, limit=1 << 20)
        self.port = server.sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._end = asyncio.Event()
        ready.set()
        await self._end.wait()
        server.close()
        for task in talks:
            task.cancel()
        await asyncio.gather(*talks, return_exceptions=True)
        await server.wait_closed()


@contextlib.contextmanager
def faultlivy(livy: FaultLivy | None = None, **more: Any) -> Iterator[Running]:
    """It listens, until the end of the block."""
    running, ready = Running(livy or FaultLivy(**more)), threading.Event()
    thread = threading.Thread(target=lambda: running._loop.run_until_complete(running._serve(ready)), daemon=True)
    thread.start()
    assert ready.wait(20)
    try:
        yield running
    finally:
        running._loop.call_soon_threadsafe(running._end.set)
        thread.join(20)
        running._loop.close()
