"""Holding: which sessions hold memory and cores while nobody uses them; the list, and what cleans it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatchcase
from typing import Any

from pydantic import Field

from ..errors import AstroLabNetError
from ..model.key import Key
from ..model.livy import Session
from ..model.thing import Thing, Value
from ..network.store import Store
from .context import Context
from .registry import Params, Result, command

IDLE_S = 600.0
_ALIVE = frozenset({"idle", "busy", "running", "starting", "not_started", "recovering", "error"})


class Held(Value):
    """One session that holds something.

    Attributes:
        address: ``lal/sessions/3``; idle_s: seconds since it was last seen to work, None = not known.
        holds: memory and cores in words.
    """

    key: Key
    address: str
    label: str
    mine: bool
    state: str
    owner: str = ""
    idle_s: float | None = None
    holds: str = ""


def holds(session: Session) -> str:
    """What a session was given, as far as the server tells: "driver 2g, 1 core · 4 executors of 5g, 6 cores"."""
    driver = _share(session.driverMemory, session.driverCores)
    executor = _share(session.executorMemory, session.executorCores)
    number = session.numExecutors or 0
    words = [f"driver {driver}" if driver else ""]
    if number or executor:
        words.append(f"{number or 'some'} executors{f' of {executor}' if executor else ''}")
    return " · ".join(word for word in words if word) or "what the server gives by default"


def _share(memory: str | None, cores: int | None) -> str:
    parts = [memory or "", f"{cores} core{'' if cores == 1 else 's'}" if cores else ""]
    return ", ".join(part for part in parts if part)


def held(store: Store, now: datetime | None = None) -> list[Held]:
    """Every living session in sight, mine first, then by how long it has been idle."""
    now = now or datetime.now(UTC)
    found = []
    for thing in store.things.values():
        session = thing.payload
        if thing.key.kind != "sessions" or thing.stale_since is not None or thing.state not in _ALIVE:
            continue
        assert isinstance(session, Session)
        root = store.get(thing.key.root)
        idle = thing.state in ("idle", "error") and thing.since is not None
        found.append(
            Held(
                key=thing.key, address=thing.key.address("" if root is None else root.label), label=thing.label,
                mine=thing.mine, state=thing.state, owner=session.proxyUser or session.owner or "",
                idle_s=(now - thing.since).total_seconds() if idle and thing.since else None, holds=holds(session),
            )
        )  # fmt: skip
    return sorted(found, key=lambda h: (not h.mine, -(h.idle_s or 0.0), h.address))


def orphans(store: Store, idle_s: float = IDLE_S, now: datetime | None = None) -> list[Held]:
    """Those that nobody looks at: idle for so long, or in error, with no task of mine that has not ended.

    A session that was idle before it was first seen counts from then.
    """
    return [
        one
        for one in held(store, now)
        if one.state in ("idle", "error")
        and (one.idle_s is None or one.idle_s >= idle_s or one.state == "error")
        and not _works(store.children(one.key))
    ]


def _works(tasks: Iterable[Thing]) -> bool:
    return any(task.mine and task.state not in task.kind.terminal for task in tasks)


class OrphanParams(Params):
    """Which sessions count."""

    idle_min: float = Field(default=IDLE_S / 60, ge=0, title="Idle for, minutes")
    server: str = Field(default="*", title="Server", description="Its name, with * if you like.")


@command(
    "session.orphans", "Sessions nobody uses", params=OrphanParams, scope="read", idempotent=True, icon="session",
    group="open", example="net.session.orphans(idle_min=30)",
)  # fmt: skip
async def list_orphans(ctx: Context, _key: Key | None, params: OrphanParams) -> Result:
    """List sessions that hold memory and cores while nobody uses them: mine first, with what they hold.

    Nothing is asked of them, for that could keep them alive. Sessions in error are never ended by Livy itself.
    """
    found = _chosen(ctx, params)
    mine = sum(one.mine for one in found)
    words = f"{len(found)} sessions are used by nobody, {mine} of them mine." if found else "Every session is in use."
    return Result(text=words, data=[one.model_dump(mode="json", exclude={"key"}) for one in found])


@command(
    "session.clean", "Close my sessions that nobody uses", params=OrphanParams, icon="close", group="remove",
    example="net.session.clean(idle_min=30)",
)  # fmt: skip
async def clean(ctx: Context, _key: Key | None, params: OrphanParams) -> Result:
    """Close those of my sessions that nobody uses; sessions of others are left alone, whatever they hold."""
    mine = [one for one in _chosen(ctx, params) if one.mine]
    if not mine:
        return Result(text="None of your sessions is unused.", data=[])
    listed = ", ".join(f"{one.address} ({one.holds})" for one in mine[:8])
    more = f" and {len(mine) - 8} more" if len(mine) > 8 else ""
    if not await ctx.ask(f"Close {listed}{more}? Their variables and cached tables are gone then."):
        return Result(text="Nothing was done.", data={"done": False})
    return await close_all(ctx, mine)


class AllParams(Params):
    """Whether it was asked already."""

    sure: bool = Field(default=False, title="Sure", description="Do not ask.")
    spare: tuple[str, ...] = Field(default=(), title="But not on", description="Names of servers.")


@command(
    "session.closeall", "Close all my sessions…", params=AllParams, idempotent=True, icon="close", group="remove",
    example="net.session.closeall()",
)  # fmt: skip
async def close_mine(ctx: Context, _key: Key | None, params: AllParams) -> Result:
    """Close every session of mine, also those that are busy; sessions of others are left alone."""
    mine = [h for h in held(ctx.engine.store) if h.mine and h.address.partition("/")[0] not in params.spare]
    listed = ", ".join(f"{one.address} ({one.state}, {one.holds})" for one in mine)
    if not mine:
        return Result(text="You have no session.", data=[])
    if not params.sure and not await ctx.ask(f"Close {listed}? What runs there is lost."):
        return Result(text="Nothing was done.", data={"done": False})
    return await close_all(ctx, mine)


async def close_all(ctx: Context, chosen: list[Held]) -> Result:
    """Close sessions side by side; what could not be closed is said."""
    problems: list[str] = []

    async def one(entry: Held) -> None:
        try:
            await ctx.client(entry.key).delete_session(entry.key.id)
        except AstroLabNetError as exc:
            problems.append(f"{entry.address}: {exc.what}")
        ctx.engine.poll_now(entry.key.server)

    await asyncio.gather(*(one(entry) for entry in chosen))
    data: list[dict[str, Any]] = [entry.model_dump(mode="json", exclude={"key"}) for entry in chosen]
    closed = len(chosen) - len(problems)
    sentence = f"{closed} session{'' if closed == 1 else 's'} closed."
    return Result(text=" ".join([sentence, *problems]), data=data)


def _chosen(ctx: Context, params: OrphanParams) -> list[Held]:
    idle_s = timedelta(minutes=params.idle_min).total_seconds()
    found = orphans(ctx.engine.store, idle_s)
    return [one for one in found if fnmatchcase(one.address.partition("/")[0], params.server)]
