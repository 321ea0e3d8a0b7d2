"""Fits: which servers can take data from a thing, and why the others can not. No Qt."""

from __future__ import annotations

from ..model.key import Key
from ..model.source import Source
from ..model.thing import Thing
from ..network.store import Store
from .canvas.pull import Fit

ORIGINS = frozenset({"sources", "datasets", "tables", "servers"})
_WHY = {
    "no answer": "wait for its first answer", "asking": "wait for its first answer", "starting": "it is starting",
    "login needed": "its login is refused", "not Livy": "it is no Livy server", "not trusted": "it is not trusted",
    "not contacted": "trust it first",
    "stopped": "it is stopped", "disabled": "it is switched off", "down": "it is down",
}  # fmt: skip


def fits(store: Store, origin: Key) -> dict[Key, Fit]:
    """Every server, in their order; {} if nothing can flow out of that thing."""
    thing = store.get(origin)
    if thing is None or origin.kind not in ORIGINS:
        return {}
    unable = _no_origin(thing)
    return {
        server.key: Fit(unable or _why(server, origin), "" if unable else _note(thing, server))
        for server in store.servers()
    }


def _no_origin(thing: Thing) -> str:
    if isinstance(thing.payload, Source) and thing.payload.origin is None:
        return "the source is only known from a channel; add it first"
    return ""


def _why(server: Thing, origin: Key) -> str:
    if not origin.path and server.key == origin:
        return "it is where the data is"
    if server.stale_since is not None or server.state != "up":
        words = _WHY.get(server.state, f"it is {server.state}")
        return f"{words}, {server.problem}" if server.problem and server.state == "down" else words
    return ""


def _note(thing: Thing, server: Thing) -> str:
    """What is known of such a wire before anybody asked."""
    if thing.key.server == server.key.server:
        return "same server, nothing travels"
    return thing.fact
