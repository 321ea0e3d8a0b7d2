"""Replaying: an archived night is played through wires that are drawn, faster than it was; nothing is written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from ..channels.night import Parts, parts_of, span_of
from ..errors import NotApplicable
from ..model.channel import Channel
from ..model.key import Key
from .channel_run import begin, known, room_for, runs
from .context import Context
from .flow_seen import Seen
from .line import masked
from .registry import Params, Result, command
from .rehearsing import archived, counted, words_of

TICK_S = 0.5


class ReplayParams(Params):
    """Which night, and how fast."""

    archive: str = Field(
        default="", title="Archived night", max_length=2000,
        description="Folder of alerts or files, as the server sees it; empty: what each source holds now.",
    )  # fmt: skip
    speed: float = Field(
        default=1000, ge=1, le=1_000_000, allow_inf_nan=False, title="Times faster",
        description="1000: a night of ten hours takes 36 seconds.",
    )  # fmt: skip
    dated: str = Field(
        default="", title="Column of time", max_length=200,
        description="When a row came to be, as candidate.jd; empty: jd, mjd, timestamp and their like are looked for.",
    )  # fmt: skip


@command(
    "channel.replay", "Replay a night…", on=("channels", "sources", "servers"), params=ReplayParams, icon="channel",
    example='net.sources["Fink"].replay_channel(archive="/nights/20260801", speed=1000)',
)  # fmt: skip
async def replay(ctx: Context, key: Key, params: ReplayParams) -> Result:
    """Play an archived night through the wires that are drawn here and do not run, faster than it was.

    Each server reads the night once, by the very program that a channel runs, and writes nothing. Then the wires show
    rows, volume and rates as they would have come. At the end one yes makes all of them live.
    """
    wires = {own: await known(ctx, own) for own in _wires(ctx, key)}
    told: dict[Key, dict[str, Any]] = {}
    for n, (own, seen) in enumerate(wires.items()):
        ctx.progress(0.5 * n / len(wires), f"{seen.spec.title}: reading all of it; nothing is written")
        told[own] = await counted(ctx, seen.server, archived(seen.spec, params.archive), params.dated)
        ctx.house.flowing.rehearsed(ctx.engine, own, told[own])
    nights = {own: night for own, one in told.items() if (night := parts_of(one)) is not None}
    try:
        await _play(ctx, nights, params.speed)
    finally:
        ctx.house.flowing.plays(ctx.engine, params.speed, dict.fromkeys(nights))
    rows = [_row(wires[own], told[own], nights.get(own)) for own in wires]
    text = "\n".join(f"{row['title']}: {row['words']}" for row in rows)
    if not await ctx.ask(f"{text}\nMake {'it' if len(rows) == 1 else 'all of them'} live?"):
        return Result(text=f"{text}\nNothing was started.", data={"wires": rows, "live": False})
    for seen in wires.values():
        await room_for(ctx, seen.server, seen.spec.id, seen.spec.title, seen.spec)
        await begin(ctx, seen.server, seen.spec, masked(params))
    return Result(text=f"{text}\n{len(rows)} started.", focus=next(iter(wires)), data={"wires": rows, "live": True})


def _wires(ctx: Context, key: Key) -> dict[Key, Seen]:
    """Wires of a thing that do not run: a channel itself, those that leave a source, those that end at a server."""
    found = {}
    for own, seen in ctx.house.flowing.seen.items():
        thing = ctx.engine.store.get(own)
        payload = thing.payload if thing is not None else None
        if isinstance(payload, Channel) and key in (own, payload.origin, payload.target) and not runs(ctx, seen):
            found[own] = seen
    if not found:
        raise NotApplicable(
            "no wire is drawn here that does not run.",
            remedy="Draw one with Start it at once off, or pause one.",
        )  # fmt: skip
    return found


async def _play(ctx: Context, nights: Mapping[Key, Parts], speed: float) -> None:
    """Let the time of the night go by, so many times faster."""
    if not nights:
        ctx.said("no column says when the rows came: they are only counted")
        return
    first, last = span_of(nights.values())
    clock, began = ctx.house.clock, ctx.house.clock.now()
    while (now := first + speed * (clock.now() - began)) < last:
        ctx.house.flowing.plays(ctx.engine, speed, {own: night.at(now) for own, night in nights.items()})
        ctx.progress(0.5 + 0.5 * (now - first) / (last - first), f"×{speed:g}: {_span(now - first)} of the night")
        await clock.sleep(min(TICK_S, max(0.01, (last - now) / speed)))


def _row(seen: Seen, told: Mapping[str, Any], night: Parts | None) -> dict[str, Any]:
    """One wire: what it would bring, and whether it keeps pace with the fullest part of the night."""
    spec, words = seen.spec, words_of(told)
    row = {
        "channel": spec.id, "title": spec.title, "rows": told.get("rows"), "bytes": told.get("bytes"),
        "files": told.get("files"), "read_bytes": told.get("read_bytes"), "bad": told.get("bad"),
        "peak_rows_s": round(night.peak_rows_s, 3) if night else None,
        "night_s": night and night.last_s - night.first_s,
    }  # fmt: skip
    takes = spec.rows_at_once / max(1, spec.every_s) if spec.format in ("kafka", "rate", "sky") else 0.0
    if night is not None:
        words += f" At most {night.peak_rows_s:,.3g} a second came"
        if takes:
            words += f"; it takes {takes:,.3g}" + (", which is too few" if takes < night.peak_rows_s else "")
        words += "."
    return {**row, "takes_rows_s": takes or None, "words": words}


def _span(seconds: float) -> str:
    hours, rest = divmod(int(seconds), 3600)
    return f"{hours} h {rest // 60:02} min" if hours else f"{rest // 60} min {rest % 60:02} s"
