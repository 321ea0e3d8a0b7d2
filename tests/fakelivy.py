"""A Livy in memory: the one server all tests of lost replies talk to, in process or over HTTP.

It answers a method and a path with a status and a body shaped as in the recordings (``network/test_fakelivy.py`` holds
it to them), numbers, keeps and forgets statements as Livy does, and its drivers know the guard. ``fakeclient`` has the
calls of ``LivyClient`` on it, ``fakehttp`` serves it.
"""

from __future__ import annotations

import asyncio
import functools
import math
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from astrolabnet_gui.model.livy import Id
from astrolabnet_gui.tasks.marker import duplicate_error, guarded, strip
from tests.fakebodies import batch_body, error_output, session_body, statement_body, text_output
from tests.fakeroutes import ROUTES, Reply

EPOCH_MS = 1_795_434_553_000
RETAINED = 100
LATE_S = 40.0


class Cut(Exception):
    """The connection breaks before the reply."""


class Time(Protocol):
    """Whose seconds the server counts."""

    def now(self) -> float:
        """Monotonic seconds."""
        ...

    def after(self, seconds: float, act: Callable[[], object]) -> object:
        """Do something later."""
        ...


class LoopTime:
    """The running loop's."""

    def now(self) -> float:
        """The loop's clock."""
        return asyncio.get_running_loop().time()

    def after(self, seconds: float, act: Callable[[], object]) -> object:
        """Do something later."""
        return asyncio.get_running_loop().call_later(seconds, act)


@dataclass
class FakeSession:
    """One session; statements run one after the other, ``lasts_s`` seconds each.

    Attributes:
        statements: those that are kept, in the order of their arrival; ``plan`` says when each begins and ends.
        seen: keys the guard in its driver has seen; ``stopped``: statements that are copies it stopped.
    """

    body: dict[str, Any]
    idle_at: float
    statements: dict[int, dict[str, Any]] = field(default_factory=dict)
    count: int = 0
    free_at: float = 0.0
    plan: dict[int, tuple[float, float]] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)
    stopped: dict[int, str] = field(default_factory=dict)


class FakeLivy:
    """The server.

    Attributes:
        holding: statements run until somebody ends them, and nothing waits for them.
        down: error every call raises while set (made anew from the class and words).
        faults: call -> what befalls its next calls, in order: an exception to raise, or one of the words of ``post``;
            ``"hang"``: it is carried out, and no reply comes.
        calls: time and name of every call, in order.
        ran: how often the code of each task key ran, in whatever session: the truth of every test.
    """

    def __init__(
        self,
        *,
        version: str = "0.9.0-incubating",
        starts_s: float = 8.0,
        lasts_s: float = 1.0,
        retained: int = RETAINED,
        time: Time | None = None,
    ) -> None:
        self.version_body = {"url": "", "branch": "", "revision": "", "version": version, "date": "", "user": ""}
        self.starts_s, self.lasts_s, self.retained = starts_s, lasts_s, retained
        self.time = time or LoopTime()
        self.sessions: dict[Id, FakeSession] = {}
        self.batches: dict[Id, dict[str, Any]] = {}
        self.next_session = self.next_batch = 0
        self.life = 0
        self.holding = False
        self.down: Exception | None = None
        self.faults: dict[str, list[Exception | str]] = {}
        self.calls: list[tuple[float, str]] = []
        self.ran: Counter[str] = Counter()
        self.output: Callable[[int, str], dict[str, Any]] = lambda n, code: (
            error_output(n, "ZeroDivisionError", "division by zero") if "1/0" in code else text_output(n, code)
        )

    def now(self) -> float:
        """Its clock."""
        return self.time.now()

    # --- what befalls it

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
        self.life += 1
        self.sessions.clear()
        self.batches.clear()
        self.next_session = self.next_batch = 0

    def session(self, ident: Id) -> FakeSession | None:
        """Session of an id or a name."""
        return next((s for s in self.sessions.values() if ident in (s.body["id"], s.body["name"])), None)

    def batch(self, ident: Id) -> dict[str, Any] | None:
        """Batch of an id or a name."""
        return next((b for b in self.batches.values() if ident in (b["id"], b["name"])), None)

    def start_batch(self, name: str | None) -> dict[str, Any]:
        """A batch begins."""
        ident = self.next_batch
        self.next_batch += 1
        self.batches[ident] = batch_body(ident, name)
        self.ran[f"batch {name}"] += 1
        return self.batches[ident]

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
                    body.update(state="available", progress=1.0, output=self._output(session, ident, body["code"]))
                    body.update(started=_ms(begins), completed=_ms(ends))
                elif now >= begins:
                    body.update(
                        state="running",
                        started=_ms(begins),
                        progress=(now - begins) / (ends - begins) if ends > begins else 0.0,
                    )
            if session.body["state"] in ("idle", "busy"):
                session.body["state"] = "busy" if now < session.free_at else "idle"

    def _output(self, session: FakeSession, ident: int, code: str) -> dict[str, Any]:
        if ident in session.stopped:
            return error_output(ident, "RuntimeError", duplicate_error(session.stopped[ident]))
        return self.output(ident, code)

    def accept(self, ident: Id, code: str) -> int:
        """The driver of a session takes code, whoever sent it."""
        session, now = self.sessions[ident], self.now()
        number, stripped = session.count, strip(code)
        session.count += 1
        key = stripped.marker.key if stripped.marker else code
        if guarded(stripped.kind) and key in session.seen:
            session.stopped[number] = key
        else:
            session.seen.add(key)
            self.ran[key] += 1
        begins = max(now, session.free_at)
        session.free_at = begins if self.holding else begins + self.lasts_s
        session.statements[number] = statement_body(number, code)
        session.plan[number] = (begins, math.inf if self.holding else session.free_at)
        while len(session.statements) > self.retained:
            del session.statements[next(iter(session.statements))]
        return number

    # --- how it answers

    def post(self, act: Callable[[], Reply], fault: str) -> Reply:
        """Carry a POST out, or not, or twice, or later.

        Raises:
            Cut: the reply is lost.
        """
        match fault:
            case "":
                return act()
            case "refused":
                return 400, {"msg": "it refused"}
            case "500 after":
                act()
                return 500, "java.util.concurrent.TimeoutException"
            case "lost before" | "lost" | "lost after" | "late" | "twice" | "twice and late" | "restart":
                for _ in range({"lost before": 0, "late": 0, "twice": 2, "twice and late": 2}.get(fault, 1)):
                    act()
                if fault.endswith("late"):
                    # What is still on its way waits in a queue of this server, and dies with it.
                    life = self.life
                    self.time.after(LATE_S, lambda: act() if life == self.life else None)
                if fault == "restart":
                    self.restart()
                raise Cut
        raise AssertionError(f"no such fault: {fault}")

    def answer(self, method: str, path: str, body: Any = None, fault: str = "") -> Reply:
        """Status and JSON of one request; ``fault`` befalls a POST.

        Raises:
            Cut: the reply is lost.
        """
        self.settle()
        place, _, query = path.partition("?")
        asked = dict(part.partition("=")[::2] for part in query.split("&") if part)
        for verb, pattern, act in ROUTES:
            found = re.fullmatch(pattern, place)
            if verb == method and found is not None:
                steps = [int(step) if step.isdigit() else step for step in found.groups()]
                carry_out = functools.partial(act, self, *steps, body or {}, asked)
                return self.post(carry_out, fault) if method == "POST" else carry_out()
        return 404, {"msg": "Not Found"}


def _ms(at: float) -> int:
    return EPOCH_MS + int(at * 1000)
