"""Status: what a channel's runner says of itself, and what that means for a person."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Literal

from pydantic import Field, ValidationError

from ..model.channel import STATUS_LINE
from ..model.thing import Value
from .spec import Mode

# A runner speaks every two seconds; on a busy machine one batch may keep it for much longer.
SILENT_S = 120.0
_MOMENT = Field(ge=0, le=4e9, allow_inf_nan=False)
_COUNT = Field(default=None, ge=0, allow_inf_nan=False)


class Status(Value):
    """One word of the runner.

    Attributes:
        channel, title, mode, origin, origin_url, to, every_s: from its spec; folder: where it lives.
        state: PENDING, RUNNING, PAUSED, GAP, FAILED, LOST or DONE.
        time: when it said so, seconds of the epoch.
        rows: written so far; rows_s: now; in_rows_s: what comes; waiting: what waits at the source, None = not known.
        verified: what was written was proved equal to the source; error: one line.
        bad: packets that could not be read and were kept aside, and why the last one could not.
        samples: time, rows and what waits, over the last minutes.
        files: of a mirror: copied, of how many; copied: how many of them were new or changed.
    """

    channel: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)
    title: str = Field(max_length=80)
    mode: Mode
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
    waiting: float | None = _COUNT
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


def read(text: str | None) -> Status | None:
    """A status file; None if there is none that can be understood."""
    try:
        return Status.model_validate_json(text or "")
    except ValidationError:
        return None


def newest(lines: Iterable[str]) -> Status | None:
    """The last word in a batch's log."""
    found = [line.partition(STATUS_LINE)[2] for line in lines if STATUS_LINE in line]
    return next((status for text in reversed(found) if (status := read(text)) is not None), None)


def state_word(status: Status | None, batch: str, now: datetime) -> tuple[str, str]:
    """State of the Kind table, and why, of a channel whose batch is in the state ``batch`` ("" = there is none).

    The runner's own word holds as long as its batch may still run; a word of life without a batch is a lost channel.
    """
    alive = batch in ("not_started", "starting", "running", "recovering")
    if status is None:
        if alive:
            return "pending", ""
        return ("failed", "It ended before it said a word; its log says why.") if batch else ("paused", "")
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
    if silent_s > max(SILENT_S, 5.0 * status.every_s):
        return "stalled", f"It has said nothing for {round(silent_s / 60)} min."
    if status.state == "PENDING":
        return "pending", ""
    return ("behind", "") if falls_behind(status) else ("flowing", "")


def falls_behind(status: Status) -> bool:
    """More comes than is written, and it already waits for longer than some rounds."""
    return bool(status.waiting and status.rows_s and status.waiting / status.rows_s > 4 * max(5, status.every_s))


def catch_up_s(status: Status) -> float | None:
    """How long until nothing waits any more at these rates; None = never, or not known."""
    if not status.waiting or status.rows_s is None or status.in_rows_s is None or status.rows_s <= status.in_rows_s:
        return None
    return status.waiting / (status.rows_s - status.in_rows_s)


def as_json(text: str | None) -> object:
    """A file of the channel's folder as plain values; None if it is none."""
    try:
        return json.loads(text or "")
    except ValueError:
        return None
