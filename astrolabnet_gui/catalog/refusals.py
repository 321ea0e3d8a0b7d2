"""Refusals: what Spark says when a question fails, in one sentence for a person."""

from __future__ import annotations

import re

from ..model.output import Failure

_CAUSE = re.compile(r"^Caused by: (?:[\w.$]+: )+")
_NAME = re.compile(r"^(?:[\w$]+\.)+[\w$]+(?:Exception|Error): ")
# Hadoop on a disk, HDFS, S3, Ranger and Hive, Unity Catalog.
_CLOSED = re.compile(
    r"Permission denied|AccessControlException|Access ?Denied|PERMISSION_DENIED|INSUFFICIENT_PERMISSIONS|"
    r"does not have (?:\S+ )?privilege", re.IGNORECASE,
)  # fmt: skip
_FILE = re.compile(r"[=:\s'(]((?:file|hdfs|viewfs|s3a?|abfss?|gs|root|https?):/[^\s;,'\")}]+)")
_FULL = re.compile(r"OutOfMemoryError|Java heap space|Requested array size exceeds VM limit")


def spark_says(failure: Failure) -> str:
    """First sentence of an error of Spark, without its class and its plan; of a job that broke down, what broke it.

    That somebody may not read it, or that it is too large for the session, comes first in words of our own.
    """
    lines = [line.strip() for line in (*failure.message.splitlines(), *failure.traceback) if line.strip()]
    first = lines[0] if lines else failure.name
    causes = [line for line in lines if _CAUSE.match(line)]
    if first.startswith("Job aborted") or "awaitResult" in first:
        first = causes[-1] if causes else first.rpartition("): ")[2]
    plain = _NAME.sub("", _CAUSE.sub("", first)).strip()[:400]
    if "/" not in plain and (file := next(filter(None, map(_FILE.search, (*lines[:1], *causes))), None)):
        plain = f"{plain} ({file[1]})"
    if any(map(_CLOSED.search, (first, *causes))):
        return f"you may not read that there: {plain}"
    if any(map(_FULL.search, (first, *causes))):
        return f"its rows need more memory than the session for looking at the catalog has: {plain}"
    return plain
