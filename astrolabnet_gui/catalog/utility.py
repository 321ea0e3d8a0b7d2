"""Utility session: a small session of its own in which the catalog of one server is asked.

Statements of a session run one at a time, so browsing in a session that works would wait behind the work. It is opened
at the first question, ended by the server when we do not ask for five minutes, and closed by us after ten unused ones.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from ..client.livy import LivyClient
from ..errors import AstroLabNetError, NotApplicable, NotFound, Refused
from ..model.livy import Id, NewSession, NewStatement, Session, Statement
from ..model.output import Failure, Text, parse
from .refusals import spark_says
from .scala import answer

TITLE = "util"
UNSEEN_S = 300
UNUSED_S = 600.0
PATIENCE_S = 120.0
STOP_S = 3.0
# Most questions of a warm session take a tenth of a second: the first looks come soon, and the later ones seldom.
_PAUSES_S = (0.03, 0.03, 0.04, 0.05, 0.1, 0.15, 0.25)
LOOK_EVERY = 20
"""After so many vain looks at an answer its session is looked at: a driver that died never answers."""
# Names and texts stay what they are, whatever they hold.
CONF: Mapping[str, str] = {"spark.sql.variable.substitute": "false"}
_COMING = frozenset({"not_started", "starting", "recovering", "busy"})
_ENDED = frozenset({"available", "error", "cancelled"})

Open = Callable[[NewSession], Awaitable[Session]]
Sleep = Callable[[float], Awaitable[None]]


class Utility:
    """See the module. One question at a time; all calls in the engine's thread.

    Args:
        server: alias, for errors.
        client: the client of the server as it is now.
        opened: makes the session at most once and shows it as mine; it may be another one for each question, for who
            asks may be asked back.
        clock: seconds that only go forward.
    """

    def __init__(
        self,
        server: str,
        client: Callable[[], LivyClient],
        opened: Open,
        clock: Callable[[], float],
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._server = server
        self._client = client
        self.opened = opened
        self._clock = clock
        self._sleep = sleep
        self._turn = asyncio.Lock()
        self._session: Id | None = None
        self._lent = False
        self._used = clock()

    @property
    def session(self) -> Id | None:
        """Id of the session while there is one."""
        return self._session

    @property
    def lent(self) -> bool:
        """The session is one of the user's own: it is never closed from here."""
        return self._lent

    async def lend(self, session: Id) -> None:
        """Ask in a session of the user from now on; the one of its own, if there was one, is closed."""
        await self.close()
        self._session, self._lent, self._used = session, True, self._clock()

    @property
    def unused_s(self) -> float:
        """How long nothing was asked."""
        return 0.0 if self._turn.locked() else self._clock() - self._used

    async def ask(self, sql: str, said: Callable[[str], None] = lambda _: None) -> Mapping[str, Any]:
        """Livy's answer to one SQL statement: ``{"schema": …, "data": [[…]]}``.

        Raises:
            AstroLabNetError: Spark refused it (in Spark's own words), or the server did not answer.
        """
        return (await self.ask_all((sql,), said))[0]

    async def ask_all(
        self, questions: Sequence[str], said: Callable[[str], None] = lambda _: None
    ) -> list[Mapping[str, Any]]:
        """The same for several questions that do not wait for each other: they are sent together, so that the server
        goes from one to the next by itself.
        """
        if self._lent and any("${" in sql for sql in questions):
            raise NotApplicable(
                "a name holds ${…}, which your session would replace.", server=self._server,
                remedy="Look at it in a session of its own: close the lent one.",
            )  # fmt: skip
        sent = [NewStatement(code=sql, kind="sql") for sql in questions]
        return [self._answer(ended) for ended in await self._asked_in_turn(sent, said)]

    async def tell(self, scala: str, said: Callable[[str], None] = lambda _: None) -> dict[str, Any]:
        """Answer to a line of Scala made by ``scala.statement``.

        Raises:
            AstroLabNetError: it failed, or the server did not answer.
        """
        return answer(await self._printed(NewStatement(code=scala, kind="spark"), said), self._server)

    async def _asked_in_turn(self, new: Sequence[NewStatement], said: Callable[[str], None]) -> list[Statement]:
        async with self._turn:
            self._used = self._clock()
            try:
                return await self._run(new, said)
            finally:
                self._used = self._clock()

    async def run(self, code: str, said: Callable[[str], None] = lambda _: None) -> str:
        """What Python code prints that may run twice.

        Raises:
            AstroLabNetError: it failed (in its own words), or the server did not answer.
        """
        return await self._printed(NewStatement(code=code, kind="pyspark"), said)

    async def _printed(self, new: NewStatement, said: Callable[[str], None]) -> str:
        [ended] = await self._asked_in_turn([new], said)
        parts = parse(ended.output)
        if parts and isinstance(parts[0], Failure):
            raise AstroLabNetError(spark_says(parts[0]), server=self._server)
        return "\n".join(part.text for part in parts if isinstance(part, Text))

    async def close(self) -> None:
        """Close the session, if there is one."""
        async with self._turn:
            session, self._session = self._session, None
            lent, self._lent = self._lent, False
            if session is not None and not lent:
                try:
                    await self._client().delete_session(session)
                except NotFound:
                    return

    async def _run(self, new: Sequence[NewStatement], said: Callable[[str], None]) -> list[Statement]:
        """A question changes nothing, so one that hit a session which is gone is asked again in a new one."""
        try:
            return await self._asked(new, said)
        except NotFound:
            self._session, self._lent = None, False
        except Refused:
            # Its driver may have died since the last look at it; nothing of this was taken then.
            if self._session is None or self._lent or await self._is_alive(self._session):
                raise
            self._session = None
        return await self._asked(new, said)

    async def _is_alive(self, session: Id) -> bool:
        try:
            state = await self._client().session_state(session)
        except NotFound:
            return False
        return state == "idle" or state in _COMING

    async def _asked(self, new: Sequence[NewStatement], said: Callable[[str], None]) -> list[Statement]:
        session = await self._ready(said)
        sent: list[Statement] = []
        try:
            for one in new:
                sent.append(await self._client().run_statement(session, one))
            return [await self._ended(session, statement, said) for statement in sent]
        except asyncio.CancelledError:
            await self._stop(session, [statement.id for statement in sent])
            raise

    async def _ready(self, said: Callable[[str], None], again: bool = False) -> Id:
        if self._session is None:
            said("opening a small session to look at the catalog")
            new = NewSession(kind="spark", conf=dict(CONF), heartbeatTimeoutInSecond=UNSEEN_S)
            self._session = (await self.opened(new)).id
        deadline, turn = self._clock() + PATIENCE_S, 0
        while True:
            state = await self._client().session_state(self._session)
            if state == "idle":
                return self._session
            if state not in _COMING:
                lent, self._session, self._lent = self._lent, None, False
                if not lent and not again:  # it died while nobody asked
                    return await self._ready(said, again=True)
                raise NotApplicable(f"the session for looking at the catalog is {state}.", server=self._server)
            if self._clock() > deadline:
                raise NotApplicable("the session for looking at the catalog is not ready.", server=self._server)
            await self._pause(turn)
            turn += 1

    async def _ended(self, session: Id, statement: Statement, said: Callable[[str], None]) -> Statement:
        turn = 0
        while statement.state not in _ENDED:
            said(f"asking the catalog {round(statement.progress * 100)} %")
            await self._pause(turn)
            turn += 1
            try:
                statement = await self._client().statement(session, statement.id)
            except NotFound:
                raise
            except Refused:
                await self._lives(session)  # a session whose driver died refuses to tell, with words of its own
                raise
            if turn % LOOK_EVERY == 0 and statement.state not in _ENDED:
                await self._lives(session)
        return statement

    async def _lives(self, session: Id) -> None:
        if not await self._is_alive(session):
            self._session, self._lent = None, False
            raise NotApplicable(
                "the session for looking at the catalog has ended while it was asked.", server=self._server,
                remedy="Was one row more than its memory holds? Other questions get a new session.",
            )  # fmt: skip

    async def _stop(self, session: Id, statements: Sequence[Id]) -> None:
        """Nobody waits for these answers any more: the next question shall not wait for them either."""
        with contextlib.suppress(AstroLabNetError, TimeoutError):
            async with asyncio.timeout(STOP_S):
                for number in reversed(statements):
                    await self._client().cancel_statement(session, number)

    async def _pause(self, turn: int) -> None:
        await self._sleep(_PAUSES_S[min(turn, len(_PAUSES_S) - 1)])

    def _answer(self, statement: Statement) -> Mapping[str, Any]:
        parts = parse(statement.output)
        if parts and isinstance(parts[0], Failure):
            raise AstroLabNetError(spark_says(parts[0]), server=self._server)
        data = (statement.output or {}).get("data")
        answer = data.get("application/json") if isinstance(data, Mapping) else None
        if not isinstance(answer, Mapping) or not isinstance(answer.get("data"), list):
            raise AstroLabNetError(
                f"the catalog gave no rows: the statement is {statement.state}.", server=self._server
            )
        return answer
