"""When the time of a session is over: its lifetime, its idle time, its client's heartbeat."""

from __future__ import annotations

from astrolabnet_gui.island.session import Session

# Entries that have ended stay this long, so that their state and log can still be read.
RETAIN_S = 600.0


def overdue(session: Session, now_s: float) -> str:
    """Why the session must go ("" if it need not). Only a session that asked for a limit has one."""
    if not session.active:
        return ""
    heartbeat_s = session.request.heartbeatTimeoutInSecond
    if session.ttl_s is not None and now_s - session.created > session.ttl_s:
        return f"its ttl of {session.request.ttl} is over"
    idle = session.state == "idle" and session.idle_s is not None
    if idle and session.idle_s is not None and now_s - session.last_activity > session.idle_s:
        return f"it was idle for more than {session.request.idleTimeout}"
    if heartbeat_s > 0 and now_s - session.last_heartbeat > heartbeat_s:
        return f"no heartbeat of its client for {heartbeat_s} s"
    return ""


def forgettable(ended_at_s: float | None, now_s: float) -> bool:
    """Whether an entry has ended long enough ago to be dropped."""
    return ended_at_s is not None and now_s - ended_at_s > RETAIN_S
