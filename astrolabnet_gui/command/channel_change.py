"""What can be changed of a channel: its cut, its pace, how far it has read, the name its rows are shown by."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from pydantic import Field
from ulid import ULID

from ..catalog.names import literal, quoted
from ..channels.spec import Spec
from ..errors import AstroLabNetError, BadInput, NotApplicable
from ..model.key import Key
from .channel_run import at_folder, begin, known, look, runs, seen_of, stop
from .context import Context
from .flow_seen import Seen
from .line import masked
from .looking import ask, rows
from .registry import Params, Result, command
from .undo import way_back


class EditParams(Params):
    """What is left out stays as it is."""

    title: str | None = Field(default=None, title="Name", min_length=1, max_length=80)
    where: str | None = Field(default=None, title="Only where", description="SQL condition, as magpsf < 18.")
    every_s: int | None = Field(default=None, ge=0, le=86_400, title="Look every", description="Seconds.")
    rows_at_once: int | None = Field(
        default=None, ge=0, title="At most at once", description="Rows (of folders: files) a look takes; 0: all."
    )


@command(
    "channel.edit", "Edit channel…", on=("channels",), params=EditParams, inverse="channel.edit", icon="settings",
    group="change", example='net.channels["alerts-1f"].edit(where="magpsf < 17", rows_at_once=400)',
)  # fmt: skip
async def edit(ctx: Context, channel: Key, params: EditParams) -> Result:
    """Change its name, its condition or its pace. A running one is paused, changed and goes on where it was."""
    seen = await known(ctx, channel)
    given = params.model_dump(exclude_none=True)
    if not given:
        raise BadInput("nothing was to be changed.", remedy="Give a name, a condition, a pace.")
    return await changed_to(ctx, channel, seen.spec, given, f"edit {seen.spec.title}", masked(params))


class ThrottleParams(Params):
    """Its pace."""

    rows_at_once: int = Field(
        ge=0, title="At most at once", description="Rows (of folders: files) a look takes; 0: all."
    )


@command(
    "channel.throttle", "Throttle…", on=("channels",), params=ThrottleParams, inverse="channel.throttle",
    icon="channel", group="change", example='net.channels["alerts-1f"].throttle(rows_at_once=400)',
)  # fmt: skip
async def throttle(ctx: Context, channel: Key, params: ThrottleParams) -> Result:
    """Let it take at most so many rows at a time; 0 lets it take all. It is paused for a moment and goes on."""
    spec = (await known(ctx, channel)).spec
    given = {"rows_at_once": params.rows_at_once}
    return await changed_to(ctx, channel, spec, given, f"throttle {spec.title}", masked(params), "channel.throttle")


async def changed_to(
    ctx: Context, channel: Key, old: Spec, given: Mapping[str, Any], words: str, params: Mapping[str, Any],
    inverse: str = "channel.edit", way: Mapping[str, Any] | None = None,
) -> Result:  # fmt: skip
    """Change some fields of a channel; a running one is paused for it and goes on.

    Args:
        inverse, way: what takes it back; None: the same fields as they were.
    """
    seen = await changeable(ctx, channel)
    ran = runs(ctx, seen)
    await stop(ctx, channel, seen)
    there = await look(ctx, channel, seen)
    changed = old.changed(there)
    if changed and not await ctx.ask(f"Someone changed {old.title}: {'; '.join(changed)}. Change it on top of that?"):
        raise NotApplicable("it was not changed.", server=ctx.alias(seen.server))
    spec = Spec.read(there.model_copy(update=dict(given)).text())
    back = way_back(words, inverse, channel, **(way or {name: getattr(there, name) for name in given}))
    if ran:
        await begin(ctx, seen.server, spec, params)
        return Result(text=f"{spec.title} is changed and goes on.", focus=channel, data=back)
    await at_folder(ctx, seen.server, "respec", id=spec.id, spec=spec.text())
    await look(ctx, channel, seen)
    return Result(text=f"{spec.title} is changed.", focus=channel, data=back)


async def changeable(ctx: Context, channel: Key) -> Seen:
    """What is known of a channel whose own files it is about.

    Raises:
        NotApplicable: it is a reference: what it shows belongs to another server and must not be touched.
    """
    seen = await known(ctx, channel)
    if seen.spec.mode == "reference":
        raise NotApplicable(f"{seen.spec.title} is a reference: it copies nothing.", remedy="Delete it and draw anew.")
    return seen


class RewindParams(Params):
    """Forth, or back."""

    take_back: str = Field(
        default="", title="Take back", max_length=40, json_schema_extra={"advanced": True},
        description="Number of an earlier rewind that shall be undone.",
    )  # fmt: skip


@command(
    "channel.rewind", "Rewind to the start…", on=("channels",), params=RewindParams, inverse="channel.rewind",
    icon="undo", group="change",
    dangerous=lambda t, p: "" if p.take_back else (
        f"Let {t.label} read everything again from the start? What it wrote until now is put aside, not deleted."),
    example='net.channels["alerts-1f"].rewind()',
)  # fmt: skip
async def rewind(ctx: Context, channel: Key, params: RewindParams) -> Result:
    """Forget how far it has read, so that it reads all again; what it wrote is put aside and can be taken back."""
    seen = await changeable(ctx, channel)
    ran = runs(ctx, seen)
    await stop(ctx, channel, seen)
    kept = params.take_back or str(ULID())
    if not kept.isalnum():
        raise BadInput("that is no rewind.", field="take_back")
    done = await at_folder(ctx, seen.server, "rewind", id=seen.spec.id, kept=kept, back=bool(params.take_back))
    if done.get("failed"):
        raise NotApplicable("what it wrote can not be put aside; look into its folder.", server=ctx.alias(seen.server))
    if ran:
        await begin(ctx, seen.server, seen.spec, masked(params))
    else:
        await look(ctx, channel, seen)
    if params.take_back:
        return Result(text=f"The rewind of {seen.spec.title} is taken back.", focus=channel)
    back = way_back(f"rewind {seen.spec.title}", "channel.rewind", channel, take_back=kept)
    return Result(text=f"{seen.spec.title} begins anew.", focus=channel, data=back)


class TableParams(Params):
    """The name."""

    name: str = Field(
        default="", title="Shown as", max_length=200, description="As night.alerts; empty: as it is set up."
    )


@command(
    "channel.table", "Show as a table…", on=("channels",), params=TableParams, idempotent=True, icon="table",
    example='net.channels["alerts-1f"].table(name="night.alerts")',
)  # fmt: skip
async def table(ctx: Context, channel: Key, params: TableParams) -> Result:
    """Give what the channel writes a name in the destination's catalog, so that everyone there reads it as a table."""
    seen = await known(ctx, channel)
    name = params.name or seen.spec.table
    parts = [part for part in name.split(".") if part]
    if not parts or len(parts) > 2:
        raise BadInput("give a name as night.alerts.", field="name")
    if not seen.status or not seen.status.rows:
        await look(ctx, channel, seen)
        seen = seen_of(ctx, channel)
    if not seen.status or not seen.status.rows:
        raise NotApplicable(f"{seen.spec.title} has not written a row yet.", server=ctx.alias(seen.server))
    if not await _lies_there(ctx, seen.server, quoted(*parts), seen.spec.to):
        if len(parts) == 2:
            await ask(ctx, seen.server, f"CREATE DATABASE IF NOT EXISTS {quoted(parts[0])}")
        told = literal(f"written by the channel {seen.spec.title}")
        await ask(
            ctx, seen.server,
            f"CREATE OR REPLACE VIEW {quoted(*parts)} COMMENT {told} AS SELECT * FROM parquet.{quoted(seen.spec.to)}",
        )  # fmt: skip
    return Result(text=f"{seen.spec.title} is shown as {name}.", focus=channel, data={"table": name})


async def _lies_there(ctx: Context, server: Key, name: str, folder: str) -> bool:
    """Whether the catalog has a table of that name in that folder: there are catalogs that see folders as tables."""
    try:
        told = await rows(ctx, server, f"DESCRIBE TABLE EXTENDED {name}")
    except AstroLabNetError:
        return False
    return any(row[0] == "Location" and urlsplit(row[1]).path == urlsplit(folder).path for row in told)
