"""Rehearsal: what a channel would bring, before anything is subscribed; one yes makes it live."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from ..channels.folder import rehearsal, told
from ..channels.spec import Spec
from ..errors import NotApplicable
from ..model.key import Key
from .channel import new
from .channel_from import FromParams, channel_from
from .channel_run import known
from .context import Context
from .looking import run
from .registry import Params, Result, command
from .session import server_up

_AS_FILES = {**dict.fromkeys(("kafka", "rate", "sky", "table", "jdbc"), "json"), "urls": "files"}


class ArchiveParams(Params):
    """Of which night."""

    archive: str = Field(
        default="", title="Archived night", max_length=2000,
        description="Folder of alerts or files, as the server sees it; empty: what the source holds now.",
    )  # fmt: skip


class RehearseParams(FromParams, ArchiveParams):
    """Which source, what of it, and of which night."""


@command(
    "channel.try", "Rehearse a source into here…", on=("servers",), params=RehearseParams, when=server_up,
    icon="plug-in", example='net["lal"].try_channel(source="Fink", archive="/nights/20260801")',
)  # fmt: skip
async def rehearse_source(ctx: Context, server: Key, params: RehearseParams) -> Result:
    """Count what a source would bring into this server, from an archived night or what it holds; nothing is written.

    The rows are read, decoded and cut by the very program that a channel runs. Then you are asked whether to make it
    live, which is one click.
    """
    channel = await channel_from(ctx, params)
    ctx.said("reading all of it; nothing is written")
    told = await counted(ctx, server, archived(channel.spec(), params.archive))
    if not await ctx.ask(f"{words_of(told)} Make it live?"):
        return Result(text=f"{words_of(told)} Nothing was started.", data={**told, "live": False})
    made = Result.model_validate(await new(ctx, server, channel))
    return made.model_copy(update={"data": {**(made.data or {}), **told, "live": True}})


@command(
    "channel.rehearse", "Rehearse…", on=("channels",), params=ArchiveParams, scope="read", idempotent=True,
    icon="channel", example='net.channels["alerts-1f"].rehearse(archive="/nights/20260801")',
)  # fmt: skip
async def rehearse(ctx: Context, channel: Key, params: ArchiveParams) -> Result:
    """Count what an archived night would bring through this channel; nothing is written, and it need not run.

    Its wire shows the counts until it is started.
    """
    seen = await known(ctx, channel)
    ctx.said("reading all of it; nothing is written")
    told = await counted(ctx, seen.server, archived(seen.spec, params.archive))
    ctx.house.flowing.rehearsed(ctx.engine, channel, told)
    return Result(text=words_of(told), data=told)


def archived(spec: Spec, archive: str) -> Spec:
    """The same channel, reading an archived night; "" = its own source.

    Raises:
        NotApplicable: without an end to what it holds, nothing can be counted.
    """
    if archive:
        form = "packets" if spec.decode else _AS_FILES.get(spec.format, spec.format)
        return spec.model_copy(update={"format": form, "place": archive, "options": {}, "secrets": {}})
    if spec.format == "rate":
        raise NotApplicable("rows for tests have no end.", remedy="Name an archived night.")
    return spec


async def counted(ctx: Context, server: Key, spec: Spec, dated: str = "") -> dict[str, Any]:
    """What a channel would bring, read at its server; nothing is written."""
    return dict(told(await run(ctx, server, rehearsal(spec, dated))))


def words_of(told: Mapping[str, Any]) -> str:
    """That in words."""
    size = f"{told.get('read_bytes', 0) / 1e6:,.1f} MB in {told.get('files', 0):,} files"
    if told.get("rows") is None:
        return f"{size} would be copied."
    bad = f", {told['bad']:,} can not be read" if told.get("bad") else ""
    volume = f" of {told['bytes'] / 1e6:,.1f} MB" if told.get("bytes") else ""
    return f"{told['rows']:,} rows{volume} would arrive, from {size}{bad}."
