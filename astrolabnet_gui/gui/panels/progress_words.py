"""Progress words: Spark's account of a task as lines for a person. No Qt."""

from __future__ import annotations

from ...model.spark import Progress
from ...model.task import Task
from ...tasks.cause import find
from ..words import count, plural, size

Pairs = tuple[tuple[str, str], ...]


def task_figures(progress: Progress) -> Pairs:
    """Spark tasks, read, shuffled, spilled, cores: sums over the stages known, and what works now."""
    cores = count(progress.cores) if progress.cores else "–"
    if progress.cores and progress.tasks_running:
        cores = f"{count(progress.cores_used)} of {cores}"
    return (
        ("Spark tasks", f"{count(progress.tasks_done)} of {count(progress.tasks_total)}"),
        ("Read", size(progress.total("inputBytes"))),
        ("Shuffle", size(progress.total("shuffleReadBytes"))),
        ("Spill", size(progress.total("diskBytesSpilled"))),
        ("Cores", cores),
    )


def progress_lines(task: Task) -> tuple[str, ...]:
    """What the figures do not say: jobs, the stage at work, counts, records, executors; why tries failed."""
    progress = task.progress
    if progress is None or not progress.jobs:
        return (f"Spark's progress is not reachable from here: {task.spark_ui}",) if task.spark_ui else ()
    lines = [_sentence(words) for words in (_work(progress), _data(progress)) if words]
    told = {failure.executor for failure in progress.failures}
    if progress.failures:
        last = progress.failures[0]
        cause = find(last.reason)
        why = cause.words if cause else last.reason.strip().partition("\n")[0] or "Spark gives no reason"
        where = f"executor {last.executor}" if last.executor else "an executor"
        lines.append(
            f"{plural(progress.tasks_failed, 'try').replace('trys', 'tries')} failed, the last on {where}: {why}"
        )
    lines += [f"Executor {one.id} was lost: {one.removeReason}" for one in progress.lost[-2:] if one.id not in told]
    return tuple(lines)


def _sentence(words: list[str]) -> str:
    line = " · ".join(words)
    return line[:1].upper() + line[1:]


def _work(progress: Progress) -> list[str]:
    active = progress.active_stage
    words = [f"{count(progress.jobs_done)} of {plural(progress.jobs, 'job')} done"] if progress.jobs > 1 else []
    words += [f"stage {active.stageId} runs"] if active is not None else []
    counts = (
        ("running", progress.tasks_running),
        ("failed", progress.tasks_failed),
        ("skipped", progress.tasks_skipped),
    )
    words += [f"{count(number)} {word}" for word, number in counts if number]
    workers = len(progress.workers)
    return words + ([plural(workers, "executor")] if workers else [])


def _data(progress: Progress) -> list[str]:
    records, written = progress.total("inputRecords"), progress.total("shuffleWriteBytes")
    made, memory = progress.total("outputBytes"), progress.total("memoryBytesSpilled")
    words = [plural(records, "record") + " read"] if records else []
    words += [f"{size(written)} shuffled out"] if written else []
    words += [f"{size(made)} written"] if made else []
    return words + ([f"{size(memory)} of memory spilled"] if memory else [])
