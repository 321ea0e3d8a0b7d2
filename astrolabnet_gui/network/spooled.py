"""Spooled: a large output lies in a file, the task says where; so that no store, event or replica holds it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from ..model.livy import Statement
from ..model.output import is_large, shortened
from ..model.task import Task

#: Keeps an output (True: of a task of mine) in a file; where, or "" if it must stay in memory. Blocks; any thread.
Put = Callable[[Mapping[str, Any], bool], str]


def nowhere(_output: Mapping[str, Any], _mine: bool) -> str:
    """Everything stays in memory."""
    return ""


def spooled(task: Task, put: Put) -> Task:
    """The task with its output, if that is large, in a file. Blocks for as long as writing it takes."""
    output = None if task.statement is None else task.statement.output
    if task.statement is None or output is None or task.spooled or not is_large(output):
        return task
    where = put(output, bool(task.task_key))
    if not where:
        return task
    left = task.statement.model_copy(update={"output": shortened(output)})
    return task.model_copy(update={"statement": left, "spooled": where})


async def seen(task: Task, statement: Statement, put: Put) -> Task:
    """The task as a server shows it now; a large output is written beside the loop."""
    task = task.model_copy(update={"statement": statement, "spooled": ""})
    return await asyncio.to_thread(spooled, task, put) if is_large(statement.output) else task
