"""What can be done about copies that drift: a channel's copy is compared with its proof, what differs is mended."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..channels.folder import drift, told
from ..errors import NotApplicable
from ..model.key import Key
from ..model.thing import Thing
from .channel_refer import refer_again
from .channel_run import begin, known, room_for, runs
from .context import Context
from .flow_seen import Seen
from .looking import run
from .registry import Nothing, Result, command

_SHOWN = 6


def _still(thing: Thing) -> str:
    moves = ("pending", "flowing", "behind", "stalled", "rehearsing")
    return f"{thing.label} is {thing.state}: pause it first." if thing.state in moves else ""


@command(
    "channel.prove", "Is the copy still the same?", on=("channels",), when=_still, scope="read", idempotent=True,
    icon="seal", example='net.channels["alerts-1f"].prove()',
)  # fmt: skip
async def prove(ctx: Context, channel: Key, params: Nothing) -> Result:
    """Compare what lies at the destination with the proof that was made when it was copied; nothing is changed.

    Files of a mirror are summed again, parts of a table counted and summed; what differs is named and stands on the
    wire until it is mended. Of a reference both servers are asked.
    """
    seen = await known(ctx, channel)
    if seen.spec.mode == "reference":
        return await refer_again(ctx, seen.server, seen.spec)
    found = await _drift(ctx, channel, seen)
    return Result(text=_words(seen, found), focus=channel, data=found)


@command(
    "channel.mend", "Mend the copy", on=("channels",), when=_still, idempotent=True, icon="seal", group="change",
    example='net.channels["alerts-1f"].mend()',
)  # fmt: skip
async def mend(ctx: Context, channel: Key, params: Nothing) -> Result:
    """Make the copy what its proof says again: what differs is found, and only that is brought once more.

    Of a mirror those files, of a channel by looks the parts those looks wrote; a snapshot has one part. At the end it
    is proved against what it was. Files that a person put there are left alone.
    """
    seen = await known(ctx, channel)
    if seen.spec.mode == "reference":
        return await refer_again(ctx, seen.server, seen.spec)
    if runs(ctx, seen):
        raise NotApplicable(f"{seen.spec.title} runs.", remedy="Pause it first.")
    found = await _drift(ctx, channel, seen, mend=True)
    if not found["count"]:
        return Result(text=_words(seen, found), focus=channel, data=found)
    await room_for(ctx, seen.server, seen.spec.id, seen.spec.title, seen.spec)
    parts = () if seen.spec.mode == "mirror" else tuple(str(part) for part, _ in found["drift"])
    await begin(ctx, seen.server, seen.spec, {}, mend=parts)
    return Result(text=f"{_words(seen, found)} Bringing that once more.", focus=channel, data=found)


async def _drift(ctx: Context, channel: Key, seen: Seen, *, mend: bool = False) -> dict[str, Any]:
    ctx.said("comparing what lies there with its proof")
    found = dict(told(await run(ctx, seen.server, drift(seen.folder, mend=mend))))
    if not found.get("proof"):
        raise NotApplicable(
            f"{seen.spec.title} has no proof yet: it is made when it has ended.", server=ctx.alias(seen.server)
        )
    ctx.house.flowing.drifted(ctx.engine, channel, _words(seen, found) if found["count"] else "")
    return found


def _words(seen: Seen, found: Mapping[str, Any]) -> str:
    what = "file" if seen.spec.mode == "mirror" else "part"
    total, count = found.get("total", 0), found["count"]
    if not count:
        return f"All {total:,} {what}s are what they were."
    shown = "; ".join(f"{name} {why}" for name, why in found["drift"][:_SHOWN])
    return f"{count:,} of {total:,} {what}s: {shown}{'…' * (count > _SHOWN)}."
