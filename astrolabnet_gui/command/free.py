"""Free: which session of mine takes code of a language at once. Sending and placing both ask here, and nowhere else."""

from __future__ import annotations

import contextlib
from datetime import timedelta

from ..errors import NotFound
from ..model.key import Key
from ..model.livy import Session
from ..model.task import Task
from ..model.thing import Thing
from .context import Context
from .sending import ALIVE, language

SETTLES = timedelta(seconds=3)
"""A list is a moment old, and Livy calls a session busy for a moment after its statement is available."""


def fitting(ctx: Context, server: Key, kind: str) -> list[Thing]:
    """Sessions of mine on a server that understand a language, free or not; none that is for looking at data only."""
    return [t for t in ctx.engine.store.children(server) if t.key.kind == "sessions" and _fits(t, kind)]


async def free_session(ctx: Context, server: Key, kind: str) -> Thing | None:
    """A session of mine that works at nothing (see ``is_free``); those listed as idle first.

    Raises:
        AstroLabNetError: the server does not answer.
    """
    for thing in sorted(fitting(ctx, server, kind), key=lambda t: t.state != "idle"):
        if await is_free(ctx, thing):
            return thing
    return None


async def is_free(ctx: Context, session: Thing) -> bool:
    """It works at nothing: it is listed as idle; or the last task of mine in it has just ended; or the server says now
    that it is idle.

    Raises:
        AstroLabNetError: the server does not answer.
    """
    if session.state == "idle":
        return True
    if session.state not in ALIVE or _works(ctx, session):
        return False
    if _just_ended(ctx, session):
        return True
    with contextlib.suppress(NotFound):
        return (await ctx.client(session.key.root).session(session.key.id)).state == "idle"
    return False


def is_small(thing: Thing) -> bool:
    """It is a small session for looking at data, not one to work in."""
    return thing.label.startswith("util-")


def _fits(thing: Thing, kind: str) -> bool:
    payload = thing.payload
    if not thing.mine or thing.stale_since is not None or not isinstance(payload, Session):
        return False
    if is_small(thing):  # work in it would stand before every question about data
        return False
    return kind == "sql" or language(payload.kind) in (kind, "shared")


def _tasks(ctx: Context, session: Thing) -> list[Thing]:
    return [t for t in ctx.engine.store.children(session.key) if t.key.kind == "statements"]


def _works(ctx: Context, session: Thing) -> bool:
    return any(t.state not in t.kind.terminal for t in _tasks(ctx, session))


def _just_ended(ctx: Context, session: Thing) -> bool:
    told = [t for t in _tasks(ctx, session) if isinstance(t.payload, Task) and t.payload.statement is not None]
    ends = [t.since for t in told if t.since is not None]
    return bool(ends) and ctx.house.now() - max(ends) < SETTLES
