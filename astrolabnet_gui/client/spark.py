"""SparkClient: Spark's own account of one application (REST api/v1): jobs, stages, executors, progress."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import Any, Literal, TypeVar
from urllib.parse import urlencode

from pydantic import BaseModel

from ..errors import AstroLabNetError, Malformed, NotFound, Unreachable
from ..model.server import Server
from ..model.spark import (
    REASON_CHARS,
    Application,
    Executor,
    Job,
    Progress,
    Quantiles,
    Spread,
    Stage,
    Try,
    TryFailed,
)
from .auth import Login
from .budgets import LOG, SPARK
from .caller import Caller, step
from .log_page import lines_of
from .ui import SparkUi, log_address
from .way import Way

M = TypeVar("M", bound=BaseModel)
T = TypeVar("T")
JobStatus = Literal["running", "succeeded", "failed", "unknown"]
StageStatus = Literal["active", "complete", "pending", "failed", "skipped"]


class SparkVersion(BaseModel):
    """GET version."""

    spark: str


class SparkClient:
    """Calls of one application's Spark UI, or of its page on a History Server once the UI is gone.

    The server's login travels only if the UI answers at Livy's own origin. Jobs and stages beyond the newest 1000
    are forgotten by Spark.

    Args:
        server: the Livy server the application belongs to: alias, login, trust, patience, History Server.
        ui: where to ask, see ``find_ui``.
        login: the server's, shared with its LivyClient; None if it has none.
        way: the server's too; who made it closes it.
    """

    def __init__(self, server: Server, ui: SparkUi, *, login: Login | None = None, way: Way | None = None) -> None:
        self.server = server
        self.ui = ui
        self._way, self._own_way = way or Way(server), way is None
        self._login = login or Login(server, lambda _: None)
        self._callers: dict[str, Caller] = {}
        self._call = self._caller(f"{ui.root}/api/v1")
        self._app_id = ui.app_id
        self._version = ""
        self._at: tuple[Caller, str] | None = None

    async def aclose(self) -> None:
        """Close the connections."""
        for caller in self._callers.values():
            await caller.aclose()
        if self._own_way:
            await self._way.aclose()

    def _caller(self, base: str) -> Caller:
        if base not in self._callers:
            self._callers[base] = Caller(
                self.server,
                lambda: self._way.open(base, 1),
                self._login,
                look=self._way.look,
                base=base,
                speaks="Spark",
            )
        return self._callers[base]

    @property
    def requests(self) -> int:
        """How many were sent so far, those included that find the application."""
        return sum(caller.requests for caller in self._callers.values())

    async def version(self) -> str:
        """Spark's version, "3.5.6"."""
        return (await self._call.get("/version", SparkVersion, SPARK)).spark

    async def applications(self) -> tuple[Application, ...]:
        """Applications that answer here: one at a live UI, many at a History Server."""
        return await self._call.get_all("/applications", Application, SPARK)

    async def jobs(self, group: str | None = None, status: JobStatus | None = None) -> tuple[Job, ...]:
        """Jobs, newest first; ``group`` keeps those of one Livy statement."""
        query: dict[str, str] = {} if status is None else {"status": status}
        found = await self._all("/jobs", query, Job)
        return found if group is None else tuple(job for job in found if job.jobGroup == group)

    async def stages(self, status: StageStatus | None = None) -> tuple[Stage, ...]:
        """Stages, newest first."""
        query = {"details": "false"} | ({} if status is None else {"status": status})
        return await self._all("/stages", query, Stage)

    async def executors(self) -> tuple[Executor, ...]:
        """Executors that live and those that went, the driver among them."""
        return await self._all("/allexecutors", {}, Executor)

    async def failures(self, stage: Stage, most: int = 5) -> tuple[TryFailed, ...]:
        """Newest failed tries of the tasks of one stage, those Spark tried again with success among them."""
        query = {"status": "failed", "length": "100"}
        tries = await self._all(f"/stages/{stage.stageId}/{stage.attemptId}/taskList", query, Try)
        return tuple(
            TryFailed(
                stage=stage.stageId, index=one.index, attempt=one.attempt, executor=one.executorId, host=one.host,
                reason=(one.errorMessage or "")[:REASON_CHARS],
            )
            for one in tries[: -most - 1 : -1]
        )  # fmt: skip

    async def spread(self, stage: Stage) -> Spread | None:
        """How evenly the tasks of one stage ran; None if Spark has no figures of it."""
        path = f"/stages/{stage.stageId}/{stage.attemptId}/taskSummary?quantiles=0.5,1.0"
        try:
            found = await self._one(path, Quantiles)
        except NotFound:
            return None
        if len(found.executorRunTime) != 2:
            return None
        median_s, longest_s = (ms / 1000 for ms in found.executorRunTime)
        return Spread(stage=stage.stageId, tasks=stage.numTasks, median_s=median_s, longest_s=longest_s)

    async def executor_log(self, address: str) -> tuple[str, ...]:
        """Newest lines of a log of an executor, from an address of ``Executor.executorLogs``.

        Raises:
            NotApplicable: it is on a host the user did not allow (see ui.py).
        """
        allowed = log_address(self.server, address)
        return lines_of(await self._caller(allowed.root).text(allowed.path, LOG))

    async def progress(self, group: str, *, with_stages: bool = False) -> Progress:
        """Counts over the jobs of one statement so far; one request, or two with the stages.

        A later job raises the total, so the fraction may fall; it never means "done".
        """
        jobs = await self.jobs(group)
        wanted = {stage for job in jobs for stage in job.stageIds}
        stages: tuple[Stage, ...] = ()
        if with_stages and wanted:
            found = await self.stages()
            stages = tuple(sorted((s for s in found if s.stageId in wanted), key=lambda s: (s.stageId, s.attemptId)))
        return progress_of(jobs, stages).model_copy(update={"spark": self._version[:40]})

    async def _all(self, path: str, query: dict[str, str], model: type[Any]) -> tuple[Any, ...]:
        tail = f"?{urlencode(query)}" if query else ""
        return await self._asked(lambda call, at: call.get_all(f"{at}{path}{tail}", model, SPARK))

    async def _one(self, path: str, model: type[M]) -> M:
        return await self._asked(lambda call, at: call.get(f"{at}{path}", model, SPARK))

    async def _asked(self, ask: Callable[[Caller, str], Awaitable[T]]) -> T:
        """An answer from where the application was found; looked for anew if it is not there any more."""
        live = self._at is None or self._at[0] is self._call
        self._at = self._at or await self._place()
        try:
            return await ask(*self._at)
        except (NotFound, Unreachable):
            # It has ended, another application answers at this port now, or YARN started another attempt.
            self._at = None
            if not (live and self._history and self._app_id):
                raise
        self._at = await self._place()
        return await ask(*self._at)

    @property
    def _history(self) -> str:
        return self.server.history_url.rstrip("/")

    async def _place(self) -> tuple[Caller, str]:
        """Caller and path of the application: at its own UI, else on the History Server."""
        try:
            return self._call, await self._application(self._call, self.ui.root)
        except AstroLabNetError as first:
            if not self._history or not self._app_id or self._history == self.ui.root:
                raise
            call = self._caller(f"{self._history}/api/v1")
            try:
                return call, await self._application(call, self._history)
            except AstroLabNetError:
                raise first from None

    async def _application(self, call: Caller, root: str) -> str:
        """Path of the application: ``/applications/<id>``, on YARN with the attempt."""
        here = await call.get_all("/applications", Application, SPARK)
        app = next((a for a in here if a.id == self._app_id), None) if self._app_id else None
        if app is None:
            if self._app_id or len(here) != 1:
                what = f"the Spark UI at {root} belongs to another application than this session."
                remedy = "Its port may have been taken over; it is looked for again by and by."
                raise Malformed(what, url=root, field="id", server=self.server.alias, remedy=remedy)
            app = here[0]
        self._app_id = app.id
        self._version = app.attempts[0].appSparkVersion if app.attempts else ""
        attempt = app.attempts[0].attemptId if app.attempts else None
        return f"/applications/{step(app.id)}" + (f"/{step(attempt)}" if attempt else "")


def progress_of(jobs: Iterable[Job], stages: tuple[Stage, ...] = ()) -> Progress:
    """Sum over jobs. Skipped tasks count neither as done nor as to do."""
    known = tuple(jobs)
    return Progress(
        jobs=len(known),
        jobs_done=sum(job.status in ("SUCCEEDED", "FAILED") for job in known),
        tasks_done=sum(job.numCompletedTasks for job in known),
        tasks_total=sum(max(job.numTasks - max(job.numSkippedTasks, _needless(job, stages)), 0) for job in known),
        tasks_running=sum(job.numActiveTasks for job in known),
        tasks_failed=sum(job.numFailedTasks for job in known),
        tasks_skipped=sum(job.numSkippedTasks for job in known),
        stages=stages,
    )


def _needless(job: Job, stages: tuple[Stage, ...]) -> int:
    """Tasks of a running job that will be skipped, though Spark says so only at the job's end.

    The stage with the highest id gives the job's result. Once it runs, all it needs is there: what still waits was
    done by an earlier job (a shuffle kept, an adaptive query) and will not run.
    """
    mine = [stage for stage in stages if stage.stageId in job.stageIds]
    last = max(mine, key=lambda stage: stage.stageId, default=None)
    if (
        last is None
        or not job.stageIds
        or last.stageId != max(job.stageIds)
        or last.status not in ("ACTIVE", "COMPLETE")
    ):
        return 0
    return sum(stage.numTasks for stage in mine if stage.status == "PENDING")
