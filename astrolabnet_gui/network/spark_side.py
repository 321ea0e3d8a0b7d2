"""Spark's own account of running tasks, asked beside the polls so that a slow Spark UI never delays a result."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import AbstractAsyncContextManager

from ..errors import AstroLabNetError, NotApplicable, Unreachable
from ..model.livy import Id, LogPage, Session
from ..model.server import Server
from ..model.spark import Progress, Stage
from .ask import Spark
from .follow import Followed
from .manners import Manners

_logger = logging.getLogger(__name__)
DEADLINE_S = 10.0
# Spark's UI learns of an end a little later than Livy; on a busy computer by seconds.
LAGS_S = (0.5, 1.0, 2.0, 4.0)
PAUSE_S, OWN_PAUSE_S = 30.0, 2.0
# Executors come and go slowly; asking for them at each look would be half as many requests again.
EXECUTORS_S, OWN_EXECUTORS_S = 20.0, 1.0
# Shorter stages are uneven by chance.
UNEVEN_S, UNEVEN_TASKS = 3.0, 4


class SparkSide:
    """At most one question at a time to the Sparks of one server.

    Args:
        source: makes the way to the Spark of a session; None or NotApplicable if nobody says where it is.
        log: reads the log of a session of mine: its early lines name the port of Spark's UI.
        manners: of the server: what Spark is asked counts too.
        clock: monotonic seconds.
    """

    def __init__(
        self,
        source: Callable[[Server, Session], Spark | None],
        log: Callable[[Id], Awaitable[LogPage]],
        manners: Manners,
        clock: Callable[[], float],
    ) -> None:
        self._source, self._log, self._manners, self._clock = source, log, manners, clock
        self._open: dict[Id, Spark] = {}
        self._asking: asyncio.Task[None] | None = None
        self._last: deque[Callable[[], Coroutine[None, None, None]]] = deque(maxlen=8)

    def ask(self, server: Server, session: Session, task: Followed, *, stages: bool, then: Callable[[], None]) -> None:
        """Ask for the progress of one task, then call ``then``.

        While another question is out nothing happens, unless the task has ended: its last account is asked for next.
        """
        if self._asking is None or self._asking.done():
            self._asking = asyncio.create_task(self._ask(server, session, task, stages, then))
        elif task.ended:
            self._last.append(lambda: self._ask(server, session, task, stages, then))

    async def _ask(
        self, server: Server, session: Session, task: Followed, stages: bool, then: Callable[[], None]
    ) -> None:
        try:
            for lag_s in LAGS_S if task.ended else (0.0,):
                await asyncio.sleep(lag_s)
                async with asyncio.timeout(DEADLINE_S):
                    spark = self._open.get(session.id) or await self._find(server, session)
                    self._open[session.id] = spark
                    async with self._counted(spark):
                        progress = await spark.progress(str(task.id), with_stages=stages)
                if not progress.tasks_running:
                    break
        except (AstroLabNetError, TimeoutError) as error:
            said = error.what if isinstance(error, AstroLabNetError) else "Spark did not answer in time"
            await self._give_up(server, session.id, task, said)
        except Exception:
            _logger.exception("asking the Spark of %s", server.alias)
            await self._give_up(server, session.id, task, "Spark's answer was not understood")
        else:
            task.saw_spark(_with_known(progress, task.task.progress))
            then()
            if stages:
                await self._look_closer(spark, task, own=server.is_island)
        then()
        if self._last:
            self._asking = asyncio.create_task(self._last.popleft()())

    async def _look_closer(self, spark: Spark, task: Followed, *, own: bool) -> None:
        """What the counts do not say: who works, why tries failed, how evenly. A request each, only if there is news;
        if one fails the counts stand all the same."""
        progress, now = task.task.progress or Progress(), self._clock()
        more: dict[str, object] = {}
        failed, longest = _newest_failed(progress), _longest(progress)
        count = None if failed is None else (failed.stageId, failed.attemptId, failed.numFailedTasks)
        news = count != task.failed_seen
        with contextlib.suppress(AstroLabNetError, TimeoutError):
            async with asyncio.timeout(DEADLINE_S):
                if progress.jobs and (news or task.ended or now >= task.executors_due):
                    task.executors_due = now + (OWN_EXECUTORS_S if own else EXECUTORS_S)
                    async with self._counted(spark):
                        more["executors"] = await spark.executors()
                if failed is not None and news:
                    async with self._counted(spark):
                        more["failures"] = await spark.failures(failed)
                    task.failed_seen = count
                if task.ended and longest is not None:
                    async with self._counted(spark):
                        more["spread"] = await spark.spread(longest)
        if more:
            task.saw_spark(progress.model_copy(update=more))

    def _counted(self, spark: Spark) -> AbstractAsyncContextManager[None]:
        return self._manners.counted(lambda: spark.requests)

    async def _find(self, server: Server, session: Session) -> Spark:
        """Way to the Spark of a session, by what the list says of it, else by its whole log."""
        try:
            found = self._source(server, session)
        except NotApplicable:
            async with self._manners.poll():
                page = await self._log(session.id)
            found = self._source(server, session.model_copy(update={"log": (*page.log, *session.log)}))
        if found is None:
            raise Unreachable("the server does not say where its Spark can be asked")
        return found

    async def _give_up(self, server: Server, session: Id, task: Followed, reason: str) -> None:
        """Show why, and try again later with a new connection: the address may have changed."""
        if not task.ended:
            task.saw_spark(None, reason)
        task.spark_due = self._clock() + (OWN_PAUSE_S if server.is_island else PAUSE_S)
        spark = self._open.pop(session, None)
        if spark is not None:
            await spark.aclose()

    async def close(self) -> None:
        """Stop asking and close the connections."""
        self._last.clear()
        if self._asking is not None:
            self._asking.cancel()
            await asyncio.gather(self._asking, return_exceptions=True)
        for spark in self._open.values():
            await spark.aclose()
        self._open.clear()


def _with_known(progress: Progress, known: Progress | None) -> Progress:
    """New counts, and what was found out before beside them."""
    if known is None:
        return progress
    kept = {name: getattr(known, name) for name in ("executors", "failures", "spread")}
    return progress.model_copy(update=kept | ({} if progress.stages else {"stages": known.stages}))


def _newest_failed(progress: Progress) -> Stage | None:
    """The last stage of which tries failed."""
    return next((stage for stage in reversed(progress.stages) if stage.numFailedTasks), None)


def _longest(progress: Progress) -> Stage | None:
    """The stage that ran longest, if it is worth asking how evenly."""
    stages = [s for s in progress.stages if s.numTasks >= UNEVEN_TASKS and s.executorRunTime >= 1000 * UNEVEN_S]
    return max(stages, key=lambda stage: stage.executorRunTime, default=None)
