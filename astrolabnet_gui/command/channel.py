"""What can be done with channels: set up, find again, pause, start, delete and take that back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from ..channels.folder import MOST
from ..channels.spec import Spec, batch_name
from ..errors import AstroLabNetError, BadInput, Malformed, NotApplicable, Refused, Unreachable
from ..model.key import Key
from ..model.thing import Thing
from .channel_carry import arriving
from .channel_params import ChannelParams
from .channel_refer import refer_again, refers, unrefer_too
from .channel_road import as_reached
from .channel_run import (
    at_folder,
    begin,
    draw,
    known,
    log_tells,
    look,
    room_for,
    row_of,
    runs,
    seen_of,
    spark_tells,
    stop,
)
from .context import Context
from .line import masked
from .registry import Nothing, Params, Result, command
from .session import server_up
from .undo import way_back


@command(
    "channel.new", "New channel into here…", on=("servers",), params=ChannelParams, when=server_up,
    inverse="channel.delete", icon="channel",
    example='net["lal"].new_channel(title="alerts", format="json", place="hdfs:///drop")',
)  # fmt: skip
async def new(ctx: Context, server: Key, params: ChannelParams) -> Result:
    """Let data flow into a folder of this server, once or for ever, and start it; or only draw its wire.

    First the server is asked whether it can read the source and write the folder. What runs is a batch of its own; it
    goes on without AstroLabNet, and every copy of AstroLabNet finds it by Find channels.
    """
    spec = await as_reached(ctx, server, params.spec())
    if spec.mode == "reference":
        return await refers(ctx, server, spec)
    await room_for(ctx, server, spec.id, spec.title, spec)
    spec = await _checked(ctx, server, spec)
    key = await (begin(ctx, server, spec, masked(params)) if params.begin else draw(ctx, server, spec))
    back = way_back(f"channel {spec.title}", "channel.delete", key)
    words = "is starting" if params.begin else "is drawn; nothing runs yet"
    return Result(
        text=f"{spec.title} {words}.", focus=key, data={"channel": spec.id, "to": spec.to, **back}
    )  # fmt: skip


@command(
    "channel.check", "Check a channel first…", on=("servers",), params=ChannelParams, when=server_up, scope="read",
    icon="search", idempotent=True, example='net["lal"].check_channel(title="alerts", format="kafka")',
)  # fmt: skip
async def check(ctx: Context, server: Key, params: ChannelParams) -> Result:
    """Ask the server whether such a channel could run there: connector, packages, reach, rights, secrets."""
    spec = await as_reached(ctx, server, params.spec())
    ctx.said("asking the server whether it can read the source and write the folder")
    answer = await at_folder(ctx, server, "check", id=spec.id, spec=spec.text())
    problem = _problem_of(answer, ctx.alias(server))
    text = "It can run there." if problem is None else str(problem)
    return Result(text=text, data={"problems": list(answer.get("problems", ())), "to": str(answer.get("to", ""))})


def _problem_of(told: Mapping[str, Any], server: str) -> AstroLabNetError | None:
    """What the server's look before the start found, as one error with its remedy; None if nothing is wrong."""
    found = [p for p in told.get("problems", ()) if isinstance(p, Mapping)]
    if not found:
        return None
    words = "; ".join(str(p.get("what", "")).rstrip(".") for p in found)
    return BadInput(
        f"{words}.", server=server, field=str(found[0].get("field", "")), remedy=str(found[0].get("remedy", ""))
    )


async def _checked(ctx: Context, server: Key, spec: Spec) -> Spec:
    """The spec with its folder, once the server said it can run there."""
    ctx.said("asking the server whether it can read the source and write the folder")
    answer = await at_folder(ctx, server, "check", id=spec.id, spec=spec.text())
    if problem := _problem_of(answer, ctx.alias(server)):
        raise problem
    return arriving(spec.model_copy(update={"to": str(answer["to"])}))


@command(
    "channel.find", "Find channels", on=("servers",), params=Nothing, when=server_up, scope="read", icon="search",
    idempotent=True, example='net["lal"].find_channel()',
)  # fmt: skip
async def find(ctx: Context, server: Key, params: Nothing) -> Result:
    """Find all channels that were ever set up at this server, by whomever of its users, and how they stand."""
    ctx.said("reading the folders of its channels")
    answer = await at_folder(ctx, server, "list", most=MOST)
    found, unread = [], []
    for one in answer.get("channels", ()):
        try:
            found.append(ctx.house.flowing.take(ctx.engine, server, one))
        except Malformed as problem:
            unread.append(f"{one.get('id', '?')}: {problem}")
    rows = [row_of(ctx, key) for key in found]
    text = f"{len(found)} channel{'' if len(found) == 1 else 's'} found." if found else "It has no channels yet."
    return Result(text=" ".join([text, *unread]), data={"channels": rows, "unread": unread})


class StatusParams(Params):
    """How thorough."""

    last_word: bool = Field(
        default=False, title="Only its last word", json_schema_extra={"advanced": True},
        description="Where the log of its run tells it, nothing is opened at the server.",
    )  # fmt: skip


@command(
    "channel.status", "How it stands", on=("channels",), params=StatusParams, scope="read", icon="channel",
    idempotent=True, example='net.channels["alerts-1f"].status()',
)  # fmt: skip
async def status(ctx: Context, channel: Key, params: StatusParams) -> Result:
    """Read how the channel stands from its folder: state, rows, rates, what waits, its proof, its last error."""
    seen = seen_of(ctx, channel)
    if not (params.last_word and await log_tells(ctx, channel, seen)):
        try:
            await look(ctx, channel, seen)
        except (Refused, Unreachable):
            # A server that is full opens no session to read the folder: then Spark's page of its run is asked.
            if not await spark_tells(ctx, channel, seen):
                raise
    thing = ctx.thing(channel)
    return Result(text=f"{thing.label} is {thing.state}. {thing.problem}".rstrip(), data=row_of(ctx, channel))


@command(
    "channel.pause", "Pause", on=("channels",), idempotent=True, inverse="channel.start", icon="pause",
    when=lambda t: "" if t.state in ("pending", "flowing", "behind", "stalled") else f"{t.label} is {t.state}.",
    example='net.channels["alerts-1f"].pause()',
)  # fmt: skip
async def pause(ctx: Context, channel: Key, params: Nothing) -> Result:
    """Let the batch it works on end, then stop; it knows how far it has read and goes on from there."""
    seen = await known(ctx, channel)
    await stop(ctx, channel, seen)
    back = way_back(f"pause {seen.spec.title}", "channel.start", channel)
    return Result(text=f"{seen.spec.title} is paused.", focus=channel, data=back)


class StartParams(Params):
    """How it goes on."""

    over_gap: bool = Field(
        default=False, title="Go on without what is missing",
        description="Data that expired before they were read are given up.",
    )  # fmt: skip


def _before_start(thing: Thing, params: Any) -> str:
    if params.over_gap:
        return f"Go on with {thing.label} without what is missing? Nobody can read it any more."
    return ""


@command(
    "channel.start", "Start", on=("channels",), params=StartParams, inverse="channel.pause", icon="resume",
    when=lambda t: f"{t.label} is {t.state}." if t.state in ("pending", "flowing", "behind") else "",
    dangerous=_before_start, example='net.channels["alerts-1f"].start()',
)  # fmt: skip
async def start(ctx: Context, channel: Key, params: StartParams) -> Result:
    """Go on where it was: nothing is lost and nothing comes twice. The program that runs it is brought anew.

    What its folder says it shall do is shown first, where that is not what was seen here before.
    """
    seen = await known(ctx, channel)
    if seen.spec.mode == "reference":
        return await refer_again(ctx, seen.server, seen.spec)
    await room_for(ctx, seen.server, seen.spec.id, seen.spec.title, seen.spec)
    answer = await at_folder(ctx, seen.server, "look", id=seen.spec.id)
    there = Spec.read(str(answer.get("spec") or ""))
    changed = seen.spec.changed(there)
    if changed and not await ctx.ask(f"Someone changed {seen.spec.title}: {'; '.join(changed)}. Start it so?"):
        raise NotApplicable("it was not started.", server=ctx.alias(seen.server))
    ctx.house.flowing.take(ctx.engine, seen.server, answer)
    key = await begin(ctx, seen.server, there, masked(params), over_gap=params.over_gap)
    back = way_back(f"start {there.title}", "channel.pause", key)
    return Result(text=f"{there.title} is starting.", focus=key, data={"channel": there.id, "to": there.to, **back})


@command(
    "channel.delete", "Delete channel", on=("channels",), inverse="channel.restore", icon="close", group="remove",
    dangerous=lambda t, _: f"Delete {t.label}? What it has written stays; how far it has read is kept aside.",
    example='net.channels["alerts-1f"].delete()',
)  # fmt: skip
async def delete(ctx: Context, channel: Key, params: Nothing) -> Result:
    """Stop the channel and put its folder aside, with how far it has read; what it wrote stays where it is."""
    seen = await known(ctx, channel)
    ran = runs(ctx, seen)
    await stop(ctx, channel, seen)
    if seen.spec.mode == "reference":
        await unrefer_too(ctx, seen.server, seen.spec)
    if not (await at_folder(ctx, seen.server, "delete", id=seen.spec.id)).get("done"):
        raise NotApplicable("its folder can not be put aside.", server=ctx.alias(seen.server))
    ctx.house.flowing.forget(ctx.engine, channel)
    back = way_back(f"delete {seen.spec.title}", "channel.restore", seen.server, channel=seen.spec.id, start=ran)
    return Result(text=f"{seen.spec.title} is deleted.", data={"channel": seen.spec.id, **back})


class RestoreParams(Params):
    """Which one."""

    channel: str = Field(title="Channel", min_length=1, max_length=60, description="Its id, as alerts-1f2e3d.")
    start: bool = Field(default=False, title="Start it", description="It goes on at once.")


@command(
    "channel.restore", "Take a deleted channel back…", on=("servers",), params=RestoreParams, when=server_up,
    inverse="channel.delete", icon="undo", example='net["lal"].restore_channel(channel="alerts-1f2e3d")',
)  # fmt: skip
async def restore(ctx: Context, server: Key, params: RestoreParams) -> Result:
    """Bring back the folder of a channel that was deleted; it is paused and knows how far it has read."""
    batch_name(params.channel)
    if params.start:
        await room_for(ctx, server, params.channel, params.channel)
    if not (await at_folder(ctx, server, "restore", id=params.channel)).get("done"):
        raise BadInput("no deleted channel has that id.", server=ctx.alias(server), field="channel")
    key = ctx.house.flowing.take(ctx.engine, server, await at_folder(ctx, server, "look", id=params.channel))
    spec = ctx.house.flowing.seen[key].spec
    if spec.mode == "reference":
        return await refer_again(ctx, server, spec)
    if params.start:
        await begin(ctx, server, spec, masked(params))
    back = way_back(f"bring back {spec.title}", "channel.delete", key)
    words = "goes on" if params.start else "is paused"
    return Result(text=f"{spec.title} is back; it {words}.", focus=key, data=back)
