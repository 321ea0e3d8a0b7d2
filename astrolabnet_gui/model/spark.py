"""What Spark's REST api/v1 calls things. Source: Spark 3.5 monitoring API; unknown fields are ignored."""

from __future__ import annotations

import re
from typing import Literal

from pydantic import Field

from .thing import Value

REASON_CHARS = 4000
Figure = Literal[
    "inputBytes", "inputRecords", "outputBytes", "outputRecords", "shuffleReadBytes", "shuffleWriteBytes",
    "memoryBytesSpilled", "diskBytesSpilled",
]  # fmt: skip
_WANTED_AWAY = re.compile(r"idle|killed by driver|decommission|stopped", re.IGNORECASE)


class Attempt(Value):
    """One attempt of an application; ``endTimeEpoch`` is -1 while it lives."""

    attemptId: str | None = None
    startTimeEpoch: int = 0
    endTimeEpoch: int = -1
    duration: int = 0
    completed: bool = False
    sparkUser: str = ""
    appSparkVersion: str = ""


class Application(Value):
    """One Spark application."""

    id: str
    name: str = ""
    attempts: tuple[Attempt, ...] = ()


class Job(Value):
    """One Spark job; ``jobGroup`` is the id of the Livy statement that started it."""

    jobId: int
    name: str = ""
    description: str | None = None
    submissionTime: str | None = None
    completionTime: str | None = None
    stageIds: tuple[int, ...] = ()
    jobGroup: str | None = None
    status: str = "UNKNOWN"
    numTasks: int = 0
    numActiveTasks: int = 0
    numCompletedTasks: int = 0
    numSkippedTasks: int = 0
    numFailedTasks: int = 0
    numKilledTasks: int = 0
    numActiveStages: int = 0
    numCompletedStages: int = 0
    numSkippedStages: int = 0
    numFailedStages: int = 0


class Stage(Value):
    """One stage attempt; run time in ms, cpu time in ns, sizes in bytes (Spark's units)."""

    stageId: int
    attemptId: int = 0
    status: str = "UNKNOWN"
    name: str = ""
    description: str | None = None
    numTasks: int = 0
    numActiveTasks: int = 0
    numCompleteTasks: int = 0
    numFailedTasks: int = 0
    numKilledTasks: int = 0
    submissionTime: str | None = None
    firstTaskLaunchedTime: str | None = None
    completionTime: str | None = None
    failureReason: str | None = None
    executorRunTime: int = 0
    executorCpuTime: int = 0
    jvmGcTime: int = 0
    inputBytes: int = 0
    inputRecords: int = 0
    outputBytes: int = 0
    outputRecords: int = 0
    shuffleReadBytes: int = 0
    shuffleWriteBytes: int = 0
    memoryBytesSpilled: int = 0
    diskBytesSpilled: int = 0


class Executor(Value):
    """One executor, living or gone; ``id`` is "driver" for the driver, which works only in local mode.

    Attributes:
        executorLogs: "stdout" and "stderr" -> address of its page; empty in local mode.
    """

    id: str
    hostPort: str = ""
    isActive: bool = True
    totalCores: int = 0
    activeTasks: int = 0
    failedTasks: int = 0
    completedTasks: int = 0
    memoryUsed: int = 0
    maxMemory: int = 0
    addTime: str | None = None
    removeTime: str | None = None
    removeReason: str | None = None
    executorLogs: dict[str, str] = Field(default_factory=dict)


class Try(Value):
    """One try of a Spark task; ``duration`` in ms."""

    taskId: int
    index: int = 0
    attempt: int = 0
    status: str = "UNKNOWN"
    executorId: str = ""
    host: str = ""
    duration: int | None = None
    errorMessage: str | None = None


class Quantiles(Value):
    """Task metrics of one stage at the quantiles asked for; ``executorRunTime`` in ms."""

    quantiles: tuple[float, ...] = ()
    executorRunTime: tuple[float, ...] = ()


class TryFailed(Value):
    """Why one try of a task failed; Spark may have tried it again, and well.

    Attributes:
        reason: Spark's words, the first ``REASON_CHARS`` characters.
    """

    stage: int
    index: int
    attempt: int
    executor: str
    host: str
    reason: str


class Spread(Value):
    """How long the tasks of the longest stage ran, in seconds: half of them at most ``median_s``, all ``longest_s``."""

    stage: int
    tasks: int
    median_s: float
    longest_s: float


class Progress(Value):
    """Spark's own account of one statement: counts over the jobs known so far, never a time.

    Attributes:
        tasks_done, tasks_total: completed and all tasks less the skipped ones.
        tasks_running, tasks_failed: now running; failed and tried again included.
        stages: the stages of its jobs, by id.
        executors: those that live and those that were lost, of the whole application.
        failures: of the newest failed tries, at most a few.
        spread: of its longest stage; None while nobody asked.
        spark: version of the Spark that ran it, "3.5.6"; "" if it does not say.
    """

    jobs: int = 0
    jobs_done: int = 0
    tasks_done: int = 0
    tasks_total: int = 0
    tasks_running: int = 0
    tasks_failed: int = 0
    tasks_skipped: int = 0
    stages: tuple[Stage, ...] = ()
    executors: tuple[Executor, ...] = ()
    failures: tuple[TryFailed, ...] = ()
    spread: Spread | None = None
    spark: str = ""

    @property
    def fraction(self) -> float | None:
        """0..1, or None while no Spark job is known."""
        return min(1.0, self.tasks_done / self.tasks_total) if self.tasks_total else None

    @property
    def active_stage(self) -> Stage | None:
        """The stage that runs now; of several the one with most tasks under way."""
        running = (stage for stage in self.stages if stage.status == "ACTIVE")
        return max(running, key=lambda stage: stage.numActiveTasks, default=None)

    @property
    def workers(self) -> tuple[Executor, ...]:
        """Executors that live and have cores; the driver only where it works itself."""
        return tuple(one for one in self.executors if one.isActive and one.totalCores > 0)

    @property
    def cores(self) -> int:
        """Cores of all living executors."""
        return sum(one.totalCores for one in self.workers)

    @property
    def cores_used(self) -> int:
        """Cores that work now, by the number of tasks under way."""
        return sum(min(one.activeTasks, one.totalCores) for one in self.workers)

    @property
    def lost(self) -> tuple[Executor, ...]:
        """Executors that went while the application ran, other than by dynamic allocation's wish."""
        gone = (one for one in self.executors if not one.isActive and one.removeReason)
        return tuple(one for one in gone if not _WANTED_AWAY.search(one.removeReason or ""))

    def total(self, figure: Figure) -> int:
        """A figure of the stages added up."""
        return sum(int(getattr(stage, figure)) for stage in self.stages)
