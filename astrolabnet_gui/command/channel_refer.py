"""References as channels: a table of another server is registered where it lies; its wire says that it is the same."""

from __future__ import annotations

from ..catalog.names import TableName
from ..channels.spec import Spec
from ..errors import AstroLabNetError, BadInput, NotApplicable
from ..model.key import Key
from .channel_carry import origin_of
from .channel_run import said_of
from .context import Context
from .mending import registered, unregistered
from .registry import Result
from .undo import way_back


async def refers(ctx: Context, server: Key, spec: Spec) -> Result:
    """Register the table of a new channel, prove it, and keep it as a channel that is done.

    Raises:
        BadInput: it names no table of another server, or no name for it here.
        NotApplicable: the servers do not see the same files.
    """
    origin, here, name = _sides(ctx, server, spec)
    found = await registered(ctx, origin, here, server, name)
    spec = spec.model_copy(update={"to": found.location, "table": str(name)})
    key = await said_of(ctx, server, spec, {"state": "DONE", "verified": True, "rows": found.rows})
    back = way_back(f"channel {spec.title}", "channel.delete", key)
    return Result(
        text=f"{ctx.alias(server)} reads {here} as {name}: {found.rows:,} rows, nothing was copied.", focus=key,
        data={"channel": spec.id, "to": spec.to, "rows": found.rows, **back},
    )  # fmt: skip


async def refer_again(ctx: Context, server: Key, spec: Spec) -> Result:
    """Register it anew where it is gone, and prove again that both read the same rows; the wire says so.

    Raises:
        NotApplicable: they do not (any more); the wire has failed.
    """
    origin, here, name = _sides(ctx, server, spec)
    try:
        await unregistered(ctx, server, name)
        found = await registered(ctx, origin, here, server, name)
    except AstroLabNetError as problem:
        await said_of(ctx, server, spec, {"state": "FAILED", "error": problem.what[:300]})
        raise
    key = await said_of(ctx, server, spec, {"state": "DONE", "verified": True, "rows": found.rows})
    return Result(
        text=f"{spec.title}: {found.rows:,} rows, the same at both.", focus=key,
        data={"channel": spec.id, "to": spec.to, "rows": found.rows},
    )  # fmt: skip


async def unrefer_too(ctx: Context, server: Key, spec: Spec) -> None:
    """Take the table of a channel that is deleted out of the catalog; its files belong to the other server."""
    await unregistered(ctx, server, _name(spec.table, "table"))


def _sides(ctx: Context, server: Key, spec: Spec) -> tuple[Key, TableName, TableName]:
    origin = origin_of(ctx, server, spec)
    if origin is None or spec.format != "table":
        raise BadInput(
            "a reference is to a table of another server of this workspace.", field="mode",
            remedy="Draw the wire from a table, or take a snapshot.",
        )  # fmt: skip
    if spec.where or spec.columns:
        raise NotApplicable(
            "a reference is to the whole table.", remedy="Leave out condition and columns, or take a snapshot."
        )
    return origin, _name(spec.place, "place"), _name(spec.table or spec.place, "table")


def _name(words: str, field: str) -> TableName:
    parts = words.split(".")
    if len(parts) != 2 or not all(parts):
        raise BadInput("give a name as night.alerts.", field=field)
    return TableName(namespace=(parts[0],), name=parts[1])
