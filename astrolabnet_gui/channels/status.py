"""Status: what a channel's runner says of itself, and what that means for a person."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Literal

from pydantic import Field, ValidationError

from ..model.channel import STATUS_LINE
from ..model.spark import Job
from ..model.thing import Value
from .spec import Mode, Spec

# A runner speaks every two seconds; on a busy machine one batch may keep it for much longer.
SILENT_S = 120.0
_MOMENT = Field(ge=0, le=4e9, allow_inf_nan=False)
_COUNT = Field(default=None, ge=0, allow_inf_nan=False)
_LIVE = ("PENDING", "RUNNING")
# Spark describes the jobs of a stream by its name, its ids and this.
_BATCH = re.compile(r"\bbatch = (\d+)")


class Status(Value):
    """One word of the runner.

    Attributes:
        channel, title, mode, format, place, where, table, at_once, origin, origin_url, to, every_s: from its spec;
            folder: where it lives. So a window that never saw it can show it.
        state: PENDING, RUNNING, PAUSED, GAP, FAILED, LOST or DONE.
        time: when it said so, seconds of the epoch.
        rows, bytes: written so far, as they are before anything packs them; rows_s, bytes_s: now.
        in_rows_s, out_rows_s: what comes to the source, what is read of it; waiting: what waits there; lag_s: for how
            long the oldest of it has waited; keeps_s: how long the source keeps a row. None = not known.
        verified: what was written was proved equal to the source; error: one line.
        bad: packets that could not be read and were kept aside, and why the last one could not.
        samples: time, rows and what waits, over the last minutes.
        files: of a mirror: copied, of how many; copied: how many of them were new or changed.
    """

    channel: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)
    title: str = Field(max_length=80)
    mode: Mode
    format: str = ""
    place: str = ""
    where: str = ""
    table: str = ""
    at_once: int = Field(default=0, ge=0)
    origin: str = ""
    origin_url: str = ""
    to: str = ""
    folder: str = ""
    every_s: int = 5
    state: Literal["PENDING", "RUNNING", "PAUSED", "GAP", "FAILED", "LOST", "DONE"]
    time: float = _MOMENT
    app: str = ""
    rows: int = Field(default=0, ge=0)
    batch: int | None = None
    rows_s: float | None = _COUNT
    in_rows_s: float | None = _COUNT
    out_rows_s: float | None = _COUNT
    waiting: float | None = _COUNT
    bytes: int = Field(default=0, ge=0)
    bytes_s: float | None = _COUNT
    lag_s: float | None = _COUNT
    keeps_s: float | None = _COUNT
    verified: bool = False
    error: str = ""
    bad: int = Field(default=0, ge=0)
    bad_why: str = ""
    samples: tuple[tuple[float, int, float | None], ...] = ()
    files: tuple[int, int] | None = None
    copied: int | None = None

    @property
    def at(self) -> datetime:
        """When it was said, UTC."""
        return datetime.fromtimestamp(self.time, UTC)

    @property
    def is_last(self) -> bool:
        """After this word its run says no other."""
        return self.state not in _LIVE


def read(text: str | None) -> Status | None:
    """A status file; None if there is none that can be understood."""
    try:
        return Status.model_validate_json(text or "")
    except ValidationError:
        return None


def of_checkpoint(spec: Spec, told: Mapping[str, Any]) -> Status | None:
    """How it stands by its checkpoint, where its status file is gone or torn: the last batch that is whole, and when
    that was; None if there is none.
    """
    try:
        batch, at = int(told["whole"]), float(told["time"])
    except (KeyError, TypeError, ValueError):
        return None
    words = f"It does not say how it stands; by its checkpoint {batch + 1} batches are whole. Start goes on there."
    return Status(
        channel=spec.id, title=spec.title, mode=spec.mode, to=spec.to, state="LOST", time=at, batch=batch, error=words
    )


def of_jobs(spec: Spec, known: Status | None, jobs: Iterable[Job]) -> Status | None:
    """How it stands by the jobs of its Spark, which tell the batch they belong to and when they began or ended, but no
    rows: these stay as they were ``known``; None if none tells it.
    """
    told = {"channel": spec.id, "title": spec.title, "mode": spec.mode, "to": spec.to, "every_s": spec.every_s}
    before = told if known is None else known.model_dump()
    try:
        at, number = max(
            (max(times), int(batch[1])) for job in jobs
            if (batch := _BATCH.search(job.description or "")) and (times := list(map(_moment, _times(job))))
        )  # fmt: skip
        return Status.model_validate({**before, "state": "RUNNING", "time": at, "batch": number, "error": ""})
    except ValueError:  # none, or what it says is no time
        return None


def _times(job: Job) -> list[str]:
    return [text for text in (job.submissionTime, job.completionTime) if text]


def _moment(text: str) -> float:
    return datetime.strptime(text.replace("GMT", "+0000"), "%Y-%m-%dT%H:%M:%S.%f%z").timestamp()


def newest(lines: Iterable[str]) -> Status | None:
    """The last word in a batch's log."""
    found = [line.partition(STATUS_LINE)[2] for line in lines if STATUS_LINE in line]
    return next((status for text in reversed(found) if (status := read(text)) is not None), None)


def silent_after_s(status: Status) -> float:
    """So long a runner that works well may say nothing."""
    return max(SILENT_S, 5.0 * status.every_s)


def state_word(status: Status | None, batch: str, now: datetime) -> tuple[str, str]:
    """State of the Kind table, and why, of a channel whose batch is in the state ``batch`` ("" = there is none).

    The runner's own word holds as long as its batch may still run; a word of life without a batch is a lost channel.
    """
    alive = batch in ("not_started", "starting", "running", "recovering")
    if status is None:
        if alive:
            return "pending", ""
        return ("failed", "It ended before it said a word; its log says why.") if batch else ("drawn", "")
    silent_s = (now - status.at).total_seconds()
    match status.state:
        case "DONE":
            return "verified equal" if status.verified else "done", ""
        case "PAUSED":
            return ("pending", "") if alive and silent_s > 60 else ("paused", "")
        case "GAP":
            return "data missing", status.error
        case "FAILED":
            return "failed", status.error
        case "LOST":
            return "lost", status.error
    if not alive:
        return "lost", "Its run ended without a word: the batch was killed, or its server. Start goes on where it was."
    if silent_s > silent_after_s(status):
        return "stalled", f"It has said nothing for {round(silent_s / 60)} min."
    if status.state == "PENDING":
        return "pending", ""
    return ("behind", "") if falls_behind(status) else ("flowing", "")


def falls_behind(status: Status) -> bool:
    """More comes than is written, and it already waits for longer than some rounds."""
    goes = status.out_rows_s or status.rows_s
    return bool(status.waiting and goes and status.waiting / goes > 4 * max(5, status.every_s))


def catch_up_s(status: Status) -> float | None:
    """How long until nothing waits any more at these rates; None = never, or not known."""
    goes = status.rows_s if status.out_rows_s is None else status.out_rows_s
    if not status.waiting or goes is None or status.in_rows_s is None or goes <= status.in_rows_s:
        return None
    return status.waiting / (goes - status.in_rows_s)


def fullness(status: Status) -> float | None:
    """How full the room is in which rows wait: 1 = the oldest one is about to be gone unread; None = not known."""
    if status.lag_s is None or not status.keeps_s:
        return None
    return min(1.0, status.lag_s / status.keeps_s)


def full_in_s(status: Status) -> float | None:
    """How long until that is full at these rates; None = never, or not known."""
    goes, comes = status.out_rows_s, status.in_rows_s
    if status.lag_s is None or not status.keeps_s or goes is None or not comes or goes >= comes:
        return None
    # Each second it reads what came in goes/comes of a second: by the rest it falls behind.
    return max(0.0, status.keeps_s - status.lag_s) / (1 - goes / comes)


def as_json(text: str | None) -> object:
    """A file of the channel's folder as plain values; None if it is none."""
    try:
        return json.loads(text or "")
    except ValueError:
        return None
