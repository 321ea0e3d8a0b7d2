"""Roads of channels: how data of another server come to a channel, as it was found who reaches whom or as one chose."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from ..catalog import questions
from ..catalog.names import table_name
from ..channels.routes import WORDS
from ..channels.spec import Route, Spec
from ..errors import BadInput, NotApplicable
from ..model.channel import Channel
from ..model.key import Key
from ..model.thing import Thing
from .channel_carry import carried, origin_of
from .channel_change import changed_to
from .channel_run import known
from .context import Context
from .line import masked
from .looking import rows
from .registry import Params, Result, command
from .roads import matrix_of

_SPARKS = frozenset({"json", "csv", "parquet", "orc", "text"})


async def as_reached(ctx: Context, server: Key, spec: Spec) -> Spec:
    """The spec as its destination can read it: a table of another server by its files, by the road that was found.

    Raises:
        BadInput: the road that was chosen leads nowhere.
    """
    origin = origin_of(ctx, server, spec)
    if origin is None:
        if spec.route == "relay":
            raise BadInput("its data do not come from another server of this workspace.", field="route")
        return spec
    if spec.mode == "reference":
        return spec
    if spec.format == "table":
        # Its name means nothing elsewhere, or worse: another table.
        spec = await _by_files(ctx, origin, spec)
    probe = ctx.house.reach.probes.get((origin.server, server.server))
    route = spec.route or (probe.route if probe is not None else "pull")
    if route == "pull" or (not spec.route and spec.mode == "stream"):
        return spec.model_copy(update={"route": "pull"})
    return carried(spec)


async def _by_files(ctx: Context, origin: Key, spec: Spec) -> Spec:
    table = table_name(spec.place)
    ctx.said(f"asking {ctx.alias(origin)} where {table} lies")
    facts = questions.facts(await rows(ctx, origin, questions.describe_statement(table)))
    if facts.type == "VIEW" or facts.provider.lower() not in _SPARKS or not facts.location:
        # A shared catalog may know it; where it does not, the look before the start says so.
        return spec
    return spec.model_copy(update={"format": facts.provider.lower(), "place": facts.location})


class RouteParams(Params):
    """Which road."""

    route: Route = Field(
        default="", title="Route", json_schema_extra={"none": "As it was found"},
        description="pull: the destination reads the files itself; relay: through this computer. "
        "Empty: as it was found who reaches whom.",
    )  # fmt: skip


def _starts(thing: Thing) -> dict[str, Any]:
    payload = thing.payload
    return {"route": payload.route} if isinstance(payload, Channel) else {}


@command(
    "channel.route", "Route…", on=("channels",), params=RouteParams, inverse="channel.route", icon="plug-in",
    group="change", starts=_starts, example='net.channels["alerts-1f"].route(route="relay")',
)  # fmt: skip
async def route(ctx: Context, channel: Key, params: RouteParams) -> Result:
    """Choose how the data of this wire travel between its two servers, whatever was found.

    The answer is the table of who reaches whom, with its age: Who reaches whom? at a server asks anew. What is carried
    through this computer is carried before each start; the files arrive beside what the channel writes.
    """
    seen = await known(ctx, channel)
    old, server = seen.spec, seen.server
    origin = origin_of(ctx, server, old)
    if origin is None:
        raise NotApplicable("its data do not come from another server of this workspace: there is one way only.")
    table, words = matrix_of(ctx, server.server, origin.server)
    probe = ctx.house.reach.probes.get((origin.server, server.server))
    wanted = params.route or (probe.route if probe is not None else "pull")
    data = {"route": wanted, "found": probe.road if probe else None, "routes": table}
    if wanted == (old.route or "pull"):
        return Result(text=f"It takes that road already.\n{words}", focus=channel, data=data)
    pulled = old.model_copy(update={"route": "pull", "place": old.held, "held": ""})
    new = carried(old) if wanted == "relay" else pulled
    given = {name: getattr(new, name) for name in ("route", "place", "held")}
    back = {"route": old.route or "pull"}
    done = await changed_to(ctx, channel, old, given, f"route of {old.title}", masked(params), "channel.route", back)
    warned = ""
    if probe is not None and probe.route != wanted:
        warned = f" It was found otherwise: {WORDS[probe.road]}."
    return done.model_copy(update={"text": f"{done.text}{warned}\n{words}", "data": {**(done.data or {}), **data}})
