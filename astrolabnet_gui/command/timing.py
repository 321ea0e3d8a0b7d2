"""What can be done about times: channels that start by themselves, new tables that get a channel, and who does it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from pydantic import Field, ValidationError
from ulid import ULID

from ..catalog.questions import tables_statement
from ..channels.timetable import WHILE_ON, Schedule, Subscription, Times
from ..errors import AstroLabNetError, BadInput, NotApplicable
from ..model.key import Key
from ..network.link import Event, RunEvent, RunState
from .channel_run import known
from .context import Context
from .flow_seen import key_of
from .looking import rows
from .registry import Nothing, Params, Result, command
from .session import server_up
from .undo import way_back

TICK_S = 5.0
_ENDED = (RunState.DONE, RunState.FAILED, RunState.CANCELLED)
_FITS = re.compile(r"([A-Za-z0-9_-]+)\.([A-Za-z0-9_*-]+)")


class ScheduleParams(Params):
    """When; neither: no more."""

    every_min: int = Field(default=0, ge=0, le=10_080, title="Every", description="Minutes; 0: not so.")
    at: str = Field(default="", max_length=5, title="Daily at", description="As 03:00, UTC; empty: not so.")


@command(
    "channel.schedule", "Schedule…", on=("channels",), params=ScheduleParams, idempotent=True,
    inverse="channel.schedule", icon="channel", group="change",
    example='net.channels["alerts-1f"].schedule(at="03:00")',
)  # fmt: skip
async def schedule(ctx: Context, channel: Key, params: ScheduleParams) -> Result:
    """Let a channel that ends by itself start again every so many minutes, or daily; nothing given ends that.

    It is started while some AstroLabNet of this workspace is on: a window, or `astrolabnet channels serve`. Two of
    them start it once. A start that was missed while none was on is made up for once, by the first that is.
    """
    seen, table = await known(ctx, channel), ctx.house.timetable
    if seen.spec.mode == "stream":
        raise NotApplicable(f"{seen.spec.title} flows for ever; there is nothing to start again.")
    if params.every_min and params.at:
        raise BadInput("say either how often or at which time.", field="at")
    try:
        times = Times(every_min=params.every_min, at=params.at)
    except ValidationError as exc:
        raise BadInput(f"{params.at!r} is no time of day.", field="at", remedy="Write it as 03:00.") from exc
    old = (await ctx.blocking(table.schedules)).get(seen.spec.id)
    new = Schedule(channel=seen.spec.id, server=seen.server.server, times=times, since=ctx.house.now())
    await ctx.blocking(table.schedule, seen.spec.id, new if times.words else None)
    ctx.house.flowing.again(ctx.engine, channel)
    was = old.times.model_dump() if old is not None else {"every_min": 0, "at": ""}
    back = way_back(f"schedule {seen.spec.title}", "channel.schedule", channel, **was)
    words = f"starts {times.words}" if times.words else "starts by itself no more"
    return Result(text=f"{seen.spec.title} {words}.", focus=channel, data={"times": times.words, **back})


class WatchParams(Params):
    """Which tables, and whereto."""

    fits: str = Field(
        title="Tables", min_length=3, max_length=200, description="As night.alerts_*; * stands for any letters."
    )
    target: str = Field(default="", title="To server", max_length=80, description="Its name; empty: this one.")
    mode: Literal["snapshot", "incremental", "stream"] = Field(default="snapshot", title="Mode")
    every_min: int = Field(default=5, ge=1, le=10_080, title="Look every", description="Minutes.")
    old_too: bool = Field(
        default=False, title="Old ones too", description="Tables that are there already get a channel as well."
    )


@command(
    "channel.watch", "Let new tables flow…", on=("servers",), params=WatchParams, when=server_up,
    inverse="channel.unwatch", icon="plug-in",
    example='net["lal"].watch_channel(fits="night.alerts_*", target="cern")',
)  # fmt: skip
async def watch(ctx: Context, server: Key, params: WatchParams) -> Result:
    """Give each new table of this server whose name fits a channel of its own, to this or another server.

    It is looked for them while some AstroLabNet of this workspace is on: a window, or `astrolabnet channels serve`.
    What would ask a person (a sixth channel at a server) is not started then, and the journal says so.
    """
    named = _FITS.fullmatch(params.fits)
    if named is None:
        raise BadInput("name the database, then the tables, as night.alerts_*.", field="fits")
    target = next((s for s in ctx.engine.servers() if s.alias == (params.target or ctx.alias(server))), None)
    if target is None:
        raise BadInput(f"there is no server {params.target}.", field="target")
    name = f"{ctx.alias(server)} {params.fits} to {target.alias}"
    known = () if params.old_too else tuple(await _tables(ctx, server, named[1]))
    made = Subscription(
        name=name, server=server.server, target=target.uuid, fits=params.fits, mode=params.mode, known=known,
        every_min=params.every_min, since=ctx.house.now(),
    )  # fmt: skip
    await ctx.blocking(ctx.house.timetable.subscribe, name, made)
    back = way_back(f"watch {params.fits}", "channel.unwatch", server, name=name)
    return Result(text=f"{made.words[0].upper()}{made.words[1:]}.", data={"name": name, "known": len(known), **back})


class UnwatchParams(Params):
    """Which."""

    name: str = Field(title="Name", min_length=1, max_length=400, description="As channel.times lists it.")


@command(
    "channel.unwatch", "Let new tables flow no more…", on=("servers",), params=UnwatchParams, icon="close",
    group="change", example='net["lal"].unwatch_channel(name="lal night.alerts_* to cern")',
)  # fmt: skip
async def unwatch(ctx: Context, server: Key, params: UnwatchParams) -> Result:
    """End a subscription to new tables. Channels that it made go on."""
    if params.name not in await ctx.blocking(ctx.house.timetable.subscriptions):
        raise BadInput("there is no such subscription.", field="name", server=ctx.alias(server))
    await ctx.blocking(ctx.house.timetable.subscribe, params.name, None)
    return Result(text=f"{params.name} is ended.")


@command(
    "channel.times", "What starts by itself", scope="read", idempotent=True, icon="channel", group="open",
    example="net.channel.times()",
)  # fmt: skip
async def times(ctx: Context, _key: Key | None, params: Nothing) -> Result:
    """List the channels that start by themselves and the subscriptions to new tables, with when."""
    table = ctx.house.timetable
    schedules, watched = await ctx.blocking(table.schedules), await ctx.blocking(table.subscriptions)
    rows = [{"channel": one.channel, "times": one.times.words} for one in schedules.values()]
    rows += [{"subscription": one.name, "times": one.words} for one in watched.values()]
    text = f"{len(rows)} {'starts' if len(rows) == 1 else 'start'} by {'itself' if len(rows) == 1 else 'themselves'}, "
    return Result(text=" ".join((f"{text}{WHILE_ON}.", *table.problems)), data={"times": rows})


class ServeParams(Params):
    """How long."""

    for_min: int = Field(default=0, ge=0, le=525_600, title="For", description="Minutes; 0: until it is stopped.")


@command(
    "channel.serve", "Keep the timetable", params=ServeParams, scope="read", idempotent=True, icon="channel",
    example="net.channel.serve(for_min=60)",
)  # fmt: skip
async def serve(ctx: Context, _key: Key | None, params: ServeParams) -> Result:
    """Start what is due, until it is stopped. Every window does so by itself; this is for a computer without one.

    Several at once start a thing once: the journal keeps who was first. Nobody is asked; what asks is not started.
    """
    clock, told = ctx.house.clock, list[str]()
    began = clock.now()
    with_answers = _Runs(ctx)
    try:
        while True:
            try:
                told += await _tick(ctx, with_answers)
            except AstroLabNetError as problem:
                # A journal that is locked for a while is no reason to keep no times any more.
                ctx.said(str(problem))
            if params.for_min and clock.now() - began >= 60 * params.for_min:
                return Result(text=f"{len(told)} started.", data={"started": told})
            await clock.sleep(TICK_S)
    finally:
        with_answers.close()


class _Runs:
    """Runs that nobody waits for: each question is answered by its default."""

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self._waiting: dict[str, asyncio.Future[RunEvent]] = {}
        self.close = ctx.engine.subscribe(self._heard)

    def _heard(self, event: Event) -> None:
        if not isinstance(event, RunEvent) or event.run not in self._waiting:
            return
        if event.question is not None and event.state is RunState.ASKING:
            self._ctx.engine.answer(event.run, event.question.id, event.question.default)
        waiting = self._waiting[event.run]
        if event.state in _ENDED and not waiting.done():
            waiting.set_result(event)

    async def end(self, verb: str, key: Key, params: Mapping[str, Any]) -> RunEvent:
        """Run a command to its end."""
        run = str(ULID())
        self._waiting[run] = asyncio.get_running_loop().create_future()
        try:
            self._ctx.engine.submit(verb, key, params, run)
            return await self._waiting[run]
        finally:
            del self._waiting[run]


async def _tick(ctx: Context, runs: _Runs) -> list[str]:
    """Start what is due now and what no other process has started; what was, in words."""
    now, table = ctx.house.now(), ctx.house.timetable
    told: list[str] = []
    for one in (await ctx.blocking(table.schedules)).values():
        server, moment = Key(one.server), one.due(now)
        if moment is None or not _up(ctx, server) or not await _first(ctx, f"schedule {one.channel}", moment):
            continue
        if key_of(one.channel) not in ctx.house.flowing.seen:
            await runs.end("channel.find", server, {})
        told.append(_words(one.channel, await runs.end("channel.start", key_of(one.channel), {})))
        ctx.said(told[-1])
    for sub in (await ctx.blocking(table.subscriptions)).values():
        server, moment = Key(sub.server), sub.due(now)
        if moment is None or not _up(ctx, server) or not _up(ctx, Key(sub.target)):
            continue
        if not await _first(ctx, f"watch {sub.name}", moment):
            continue
        try:
            found = sub.new(await _tables(ctx, server, sub.fits.partition(".")[0]))
        except AstroLabNetError as problem:
            ctx.said(f"{sub.name}: {problem}")
            continue
        for name in found:
            if await ctx.written(ctx.house.journal.once(f"table {sub.name} {name}", "channel.watch", server, {})):
                told.append(_words(name, await runs.end("channel.new", Key(sub.target), _channel(ctx, sub, name))))
                ctx.said(told[-1])
    return told


def _channel(ctx: Context, sub: Subscription, table: str) -> dict[str, Any]:
    origin = ctx.engine.server(sub.server)
    given = {"title": table[-80:], "format": "table", "place": table, "mode": sub.mode, "origin": sub.name[:80]}
    return given | ({"origin_url": origin.url} if sub.server != sub.target else {})


async def _first(ctx: Context, what: str, moment: datetime) -> bool:
    """Whether this process is the first that does something at a moment."""
    act = f"{what} {moment.isoformat()}"
    if act in ctx.house.served:
        return False
    first = await ctx.written(ctx.house.journal.once(act, "channel.serve", None, {}))
    ctx.house.served.add(act)
    return first


def _words(name: str, event: RunEvent) -> str:
    return f"{name}: {event.text if event.problem is None else event.problem}"


def _up(ctx: Context, server: Key) -> bool:
    thing = ctx.engine.store.get(server)
    return thing is not None and thing.state == "up" and thing.stale_since is None


async def _tables(ctx: Context, server: Key, database: str) -> list[str]:
    """Tables of a database as database.table; none while there is no such database."""
    try:
        shown = await rows(ctx, server, tables_statement("spark_catalog", (database,)))
    except NotApplicable as problem:
        if "SCHEMA_NOT_FOUND" in str(problem) or "not found" in str(problem):
            return []
        raise
    return sorted(f"{database}.{row[1]}" for row in shown)
