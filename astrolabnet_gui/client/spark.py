"""SparkClient: Spark's own account of one application (REST api/v1): jobs, stages, executors, progress."""

from __future__ import annotations

import ssl
from collections.abc import Iterable
from typing import Any, Literal
from urllib.parse import urlencode

import httpx
from pydantic import BaseModel

from ..errors import Malformed, NotFound
from ..model.server import Server
from ..model.spark import Application, Executor, Job, Progress, Stage
from . import tls
from .auth import Login
from .budgets import SPARK
from .caller import Caller, step
from .fetch import make_http
from .ui import SparkUi

JobStatus = Literal["running", "succeeded", "failed", "unknown"]
StageStatus = Literal["active", "complete", "pending", "failed", "skipped"]


class SparkVersion(BaseModel):
    """GET version."""

    spark: str


class SparkClient:
    """Calls of one application's Spark UI, or of its page on a History Server.

    The server's login travels only if the UI answers at Livy's own origin. Jobs and stages beyond the newest 1000
    are forgotten by Spark.

    Args:
        server: the Livy server the application belongs to: alias, login, trust, patience.
        ui: where to ask, see ``find_ui``.
        login: the server's, shared with its LivyClient; None if it has none.
    """

    def __init__(
        self, server: Server, ui: SparkUi, *, login: Login | None = None, ssl_context: ssl.SSLContext | None = None
    ) -> None:
        self.server = server
        self.ui = ui
        self._context = ssl_context
        login = login or Login(server, lambda _: None)
        self._call = Caller(server, self._open, login, base=f"{ui.root}/api/v1", speaks="Spark")
        self._path = ""

    async def aclose(self) -> None:
        """Close the connections."""
        await self._call.aclose()

    def _open(self) -> httpx.AsyncClient:
        return make_http(tls.context_for(self.server.verify) if self._context is None else self._context, reads=1)

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
        """Executors that live now, the driver among them."""
        return await self._all("/executors", {}, Executor)

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
        return progress_of(jobs, stages)

    async def _all(self, path: str, query: dict[str, str], model: type[Any]) -> tuple[Any, ...]:
        at = await self._application()
        tail = f"?{urlencode(query)}" if query else ""
        try:
            return await self._call.get_all(f"{at}{path}{tail}", model, SPARK)
        except NotFound:
            # Another application answers at this port now, or YARN started another attempt.
            self._path = ""
            raise

    async def _application(self) -> str:
        """Path of the application: ``/applications/<id>``, on YARN with the attempt."""
        if self._path:
            return self._path
        here = await self.applications()
        app = next((a for a in here if a.id == self.ui.app_id), None) if self.ui.app_id else None
        if app is None:
            if self.ui.app_id or len(here) != 1:
                what = f"the Spark UI at {self.ui.root} belongs to another application than this session."
                remedy = "Its port may have been taken over; it is looked for again by and by."
                raise Malformed(what, url=self.ui.root, field="id", server=self.server.alias, remedy=remedy)
            app = here[0]
        attempt = app.attempts[0].attemptId if app.attempts else None
        self._path = f"/applications/{step(app.id)}" + (f"/{step(attempt)}" if attempt else "")
        return self._path


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
