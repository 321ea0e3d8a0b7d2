"""The Spark of a session: connecting to the gateway, job groups, and what is known about their progress."""

from __future__ import annotations

import os
import sys
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from astrolabnet_gui.errors import NotApplicable
from astrolabnet_gui.island.driver.jvm import Gateway, spark_home


@dataclass
class Tasks:
    """Tasks of a job group: finished ones and all that are known so far."""

    done: int = 0
    total: int = 0

    @property
    def share(self) -> float:
        """0..1; 0 while no job is known."""
        return self.done / self.total if self.total else 0.0


class Context:
    """Python's side of one Java process with one SparkContext."""

    def __init__(self, gateway: Gateway) -> None:
        words = {
            "PYSPARK_GATEWAY_PORT": str(gateway.port),
            "PYSPARK_GATEWAY_SECRET": gateway.secret,
            "PYSPARK_PIN_THREAD": "true",
        }
        os.environ.update(words, SPARK_HOME=str(spark_home()), PYSPARK_PYTHON=sys.executable)
        from pyspark.sql import SparkSession

        first: Any = SparkSession.builder.getOrCreate()
        self._first = first
        self.sc: Any = first.sparkContext
        # The secret opens the Java process to whoever has it: programs that user code starts need not.
        for name in words:
            os.environ.pop(name, None)
        self.jvm: Any = first._jvm
        self.main_thread = self.jvm.java.lang.Thread.currentThread()
        self.loader = self.main_thread.getContextClassLoader()
        self._finished: dict[int, Tasks] = {}
        self.job_group = ("", "")
        """Id and description that jobs of the statement carry which runs now."""

    @property
    def spark(self) -> Any:
        """The session that statements use: the first one, or the user's own after a stop.

        Raises:
            NotApplicable: user code stopped Spark and made no new session.
        """
        if self._first.sparkContext._jsc is not None:
            return self._first
        from pyspark.sql import SparkSession

        other: Any = SparkSession.getActiveSession()
        if other is None:
            raise NotApplicable("Spark was stopped in this session.", remedy="Close the session and open a new one.")
        return other

    @staticmethod
    def _alive() -> Any:
        """The SparkContext that works now, None if user code stopped it."""
        from pyspark import SparkContext

        return SparkContext._active_spark_context

    def group(self, statement: int) -> None:
        """Jobs of the main thread belong to this statement from now on."""
        self._finished.clear()
        self.job_group = (str(statement), f"Job group for statement {statement}")
        if sc := self._alive():
            sc.setJobGroup(*self.job_group, True)

    def called_by(self, name: str) -> AbstractContextManager[None]:
        """For the jobs inside: Spark's UI calls them so, not by the line of ours that PySpark would find."""
        from pyspark.traceback_utils import SCCallSiteSync

        made: Any = SCCallSiteSync  # it has no types
        site = made(self.spark.sparkContext)
        site._call_site = name
        return site  # type: ignore[no-any-return]

    def cancel(self, statement: int) -> bool:
        """Stop the Spark jobs of a statement; whether any job ran. From any thread."""
        sc = self._alive()
        if sc is None:
            return False
        ran = len(sc._jsc.sc().statusTracker().getActiveJobIds()) > 0
        sc.cancelJobGroup(str(statement))
        return ran

    def interrupt(self, *, hard: bool = False) -> None:
        """Interrupt the main thread's Java side; ``hard`` stops a busy loop too (Java before 20 can do that)."""
        if hard:
            self.main_thread.stop()
        else:
            self.main_thread.interrupt()

    def calm(self) -> None:
        """Forget an interrupt that came too late; in the main thread."""
        self.jvm.java.lang.Thread.interrupted()
        self.main_thread = self.jvm.java.lang.Thread.currentThread()

    def progress(self, statement: int) -> float:
        """Share of finished tasks over the jobs of a statement known so far; from one thread that is not main."""
        sc = self._alive()
        if sc is None:
            return 0.0
        tracker = sc._jsc.sc().statusTracker()
        done, total = 0, 0
        for job in tracker.getJobIdsForGroup(str(statement)):
            tasks = self._finished.get(job) or self._tasks(tracker, job)
            done, total = done + tasks.done, total + tasks.total
        return Tasks(done, total).share

    def _tasks(self, tracker: Any, job: int) -> Tasks:
        found = Tasks()
        info = tracker.getJobInfo(job)
        if info.isEmpty():
            return found
        for stage in info.get().stageIds():
            about = tracker.getStageInfo(stage)
            if about.isDefined():
                found.done += about.get().numCompletedTasks()
                found.total += about.get().numTasks()
        if info.get().status().toString() != "RUNNING":
            self._finished[job] = found
        return found
