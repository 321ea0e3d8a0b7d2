"""What Spark's REST api/v1 calls things. Source: Spark 3.5 monitoring API; unknown fields are ignored."""

from __future__ import annotations

from .thing import Value


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
    """One executor; ``id`` is "driver" for the driver."""

    id: str
    hostPort: str = ""
    isActive: bool = True
    totalCores: int = 0
    activeTasks: int = 0
    failedTasks: int = 0
    completedTasks: int = 0
    memoryUsed: int = 0
    maxMemory: int = 0
    removeReason: str | None = None


class Progress(Value):
    """Spark's own account of one statement: counts over the jobs known so far, never a time.

    Attributes:
        tasks_done, tasks_total: completed and all tasks less the skipped ones.
        tasks_running, tasks_failed: now running; failed and tried again included.
        stages: the stages of its jobs, by id.
    """

    jobs: int = 0
    jobs_done: int = 0
    tasks_done: int = 0
    tasks_total: int = 0
    tasks_running: int = 0
    tasks_failed: int = 0
    tasks_skipped: int = 0
    stages: tuple[Stage, ...] = ()

    @property
    def fraction(self) -> float | None:
        """0..1, or None while no Spark job is known."""
        return min(1.0, self.tasks_done / self.tasks_total) if self.tasks_total else None
