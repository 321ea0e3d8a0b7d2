"""Pace: how often to ask, by what the person looks at and by what is going on."""

from __future__ import annotations

import zlib
from enum import IntEnum

FIRST_S = 30.0
FIRST_INTERVAL_S, OWN_INTERVAL_S, LATER_INTERVAL_S = 0.25, 0.1, 1.1


class Attention(IntEnum):
    """How much a person looks at a server."""

    HIDDEN = 0
    IDLE = 1
    VISIBLE = 2
    LOOKED_AT = 3


def sessions_interval_s(attention: Attention, *, active: bool, own: bool, watched: float | None) -> float:
    """Seconds between two lists of sessions.

    Args:
        attention: of the person.
        active: something there is about to change.
        own: our own island, which has no manners to keep.
        watched: age in seconds of the youngest looked-at task of mine that has not ended; None if there is none.
    """
    if own and attention > Attention.IDLE:
        return 0.25 if active else 1.0
    if watched is not None:
        # One request a second is all there is: it belongs to the task a person waits for.
        return 5.0 if watched < FIRST_S else 30.0
    return {
        Attention.HIDDEN: 60.0,
        Attention.IDLE: 10.0,
        Attention.VISIBLE: 3.0 if active else 10.0,
        Attention.LOOKED_AT: 1.0 if active else 3.0,
    }[attention]


def batches_interval_s(attention: Attention, *, active: bool, own: bool, watched: float | None) -> float:
    """Seconds between two lists of batches: they last long, so a third as often as the sessions."""
    return min(60.0, 3 * sessions_interval_s(attention, active=active, own=own, watched=watched))


def task_interval_s(attention: Attention, *, own: bool, looked_at: bool, age_s: float) -> float:
    """Seconds between two looks at one running task of mine."""
    if looked_at:
        return OWN_INTERVAL_S if own else FIRST_INTERVAL_S if age_s < FIRST_S else LATER_INTERVAL_S
    if own and attention > Attention.HIDDEN:
        return 0.5
    return {Attention.HIDDEN: 60.0, Attention.IDLE: 10.0, Attention.VISIBLE: 3.0, Attention.LOOKED_AT: 2.0}[attention]


def spark_interval_s(*, own: bool, looked_at: bool, age_s: float) -> float:
    """Seconds between two questions to Spark about a running task; Livy's own progress fills the time between."""
    if not looked_at:
        return 5.0 if own else 60.0
    return 0.3 if own else 1.5 if age_s < FIRST_S else 15.0


def share(name: str) -> float:
    """Where a name stands among many, 0..1: the same at any time."""
    return (zlib.crc32(name.encode()) % 65536) / 65536


def next_time(now: float, interval_s: float, uuid: str, stretch: float = 1.0) -> float:
    """When to ask next. Long intervals are laid on a grid shifted by the hash of the server, so that a thousand
    servers never line up; never sooner than half an interval from now."""
    interval_s *= stretch
    if interval_s < 3:
        return now + interval_s
    phase = share(uuid) * interval_s
    at = ((now - phase) // interval_s + 1) * interval_s + phase
    return at if at - now >= interval_s / 2 else at + interval_s
