"""Idle: when a server will end a session that nobody uses, as far as the server says how long it waits."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from ..model.livy import Batch, Session

_TIME = re.compile(r"\s*(\d+)\s*(us|ms|s|m|min|h|d)?\s*")
_SECONDS = {"us": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0, "d": 86400.0}
_WARNED = timedelta(minutes=10)


def idle_limit(session: Session) -> timedelta | None:
    """How long the server lets it be idle; None if it does not say (Livy before 0.9), or for ever."""
    found = _TIME.fullmatch(session.idleTimeout or "")
    if found is None or len(found[1]) > 12:
        return None
    # Livy takes a bare number for milliseconds.
    seconds = int(found[1]) * _SECONDS[found[2] or "ms"]
    return timedelta(seconds=seconds) if 0 < seconds < 10 * 365 * 86400 else None


def ends_soon(session: Session, active: datetime | None, now: datetime) -> datetime | None:
    """When the server ends it unless it is used, if that is near: ten minutes, or a quarter of a short limit.

    Args:
        active: when it was last seen to be used.
    """
    limit = idle_limit(session)
    if limit is None or active is None or session.state not in ("idle", "busy"):
        return None
    ends = active + limit
    return ends if ends - now <= min(_WARNED, limit / 4) else None


def ended_idle(value: Session | Batch, active: datetime | None, now: datetime) -> str:
    """That the server closed a session because it was idle for so long, in a sentence; "" if it was not, or not known.

    Args:
        active: when it was last seen to be used; the server saw that a little earlier, and looks once a minute.
    """
    limit = idle_limit(value) if isinstance(value, Session) else None
    if limit is None or active is None or value.state not in ("idle", "shutting_down") or now - active < 0.8 * limit:
        return ""
    assert isinstance(value, Session)
    return f"It was idle for longer than {value.idleTimeout}, so the server closed it."
