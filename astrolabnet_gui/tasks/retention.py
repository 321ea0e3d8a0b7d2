"""Retention: how long a server keeps a result by itself, in words, before anything is sent."""

from __future__ import annotations

from ..model.livy import Session
from ..model.server import Server
from ..model.thing import Thing
from .left import why_program_not

# Livy's own defaults (livy.rsc.retained-statements, livy.server.session.timeout, …state-retain.sec).
_NEWEST = "100"
_IDLE = "an hour"
_FORGETS = "ten minutes"
_UNITS = {"s": "s", "m": "min", "h": "h", "d": "d"}


def kept_for(thing: Thing, verb: str, program: str = "") -> str:
    """What becomes of a result if nobody fetches it; "" for a verb that gives none.

    Args:
        thing: the session or server that is sent to.
        verb: name of the command.
        program: file of an action that runs as a batch; "" if it has none.
    """
    forgets = (
        f"The server forgets a batch and its log {_FORGETS} after its end. While this program runs, it keeps them. "
    )
    if program:
        return forgets + (why_program_not(program) or "Keep on the server has the server keep this one's result.")
    if verb == "batch.new":
        return (
            f"{forgets}"
            "A Python script can leave its result on the server, or an R script of this computer; a JAR can not."
        )
    payload = thing.payload
    if verb == "session.send" and isinstance(payload, Session):
        newest = (payload.conf or {}).get("livy.rsc.retained-statements", _NEWEST)
        return _words(newest, _time(payload.idleTimeout), _time(payload.ttl))
    if verb == "server.send" and isinstance(payload, Server):
        return _words(_NEWEST, "", "")
    return ""


def _words(newest: str, idle: str, ttl: str) -> str:
    ends = [f"after {idle or _IDLE} without work{'' if idle else ' unless it is set otherwise'}"]
    ends += [f"at the latest {ttl} after its start"] if ttl else []
    return (
        f"A session keeps its newest {newest} results and ends {' or '.join(ends)}; then they are gone there. "
        "While this program runs, it keeps them; Send and leave has the server keep this one."
    )


def _time(word: str | None) -> str:
    """``2h`` as ``2 h``; "" if the server says none."""
    if not word:
        return ""
    number, unit = word[:-1], word[-1:]
    return f"{number} {_UNITS[unit]}" if number.isdigit() and unit in _UNITS else word
