"""What can be done to place a job: rank the servers by when it would end there, and send it in one of three ways."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any, Literal

from pydantic import Field as Parameter

from ..errors import AstroLabNetError, BadInput, NotApplicable
from ..model.dataset import Dataset, Replica
from ..model.key import Key
from ..model.thing import Thing
from ..placement.estimate import CONFIRM_BYTES, Copy, Offer, Site, offers, source
from ..placement.requirements import Job
from .context import Context
from .free import free_session
from .placed import Sent, carry_out, label_of, measures
from .registry import Result, command
from .sending import SendParams, language_of
from .siting import abilities_of, reachable_at


class PlaceParams(SendParams):
    """What is sent, which datasets it reads, what it needs, and what was chosen."""

    datasets: tuple[str, ...] = Parameter(
        title="Datasets", min_length=1, description="It finds each as a view of the same name, wherever it runs."
    )
    sources: tuple[str, ...] = Parameter(default=(), title="Needs sources", description="Formats, as kafka or avro.")
    modules: tuple[str, ...] = Parameter(default=(), title="Needs modules", description="Of Python, as astropy.")
    server: str = Parameter(default="", title="Server", description="Empty: the servers are ranked, nothing is sent.")
    how: Literal["", "send", "bring", "read"] = Parameter(
        default="", title="How", json_schema_extra={"widget": "choice"},
        description="send: the job to the data; bring: the data first; read: remotely. Empty: as it can be.",
    )  # fmt: skip
    confirm: str = Parameter(
        default="", title="Confirm", description="More than 1 GB is moved only if you type the dataset's name."
    )


def _starts(thing: Thing) -> dict[str, Any]:
    return {"datasets": (thing.payload.name,)} if isinstance(thing.payload, Dataset | Replica) else {}


@command(
    "job.place", "Send a job to the data…", on=("datasets",), params=PlaceParams, starts=_starts, icon="send",
    example='net.datasets["ztf"].place_job(datasets=("ztf",), kind="sql", code="SELECT count(*) FROM ztf")',
)  # fmt: skip
async def place(ctx: Context, key: Key, params: PlaceParams) -> Result:
    """See where a job on datasets would end first, and send it there.

    Each server is asked whether it can do it; each requirement that fails is named. The estimate is start, wait, move,
    run and out, each measured by earlier runs or marked as assumed. Without a server, nothing is sent. Then: send the
    job to the data, bring the data first (they become a replica there), or read them remotely. Stale replicas are
    marked and stand behind fresh ones. What it took goes into the journal, so that the next estimate is measured.
    """
    kind = language_of(ctx, params)
    job = Job(kind=kind, datasets=params.datasets, sources=params.sources, modules=params.modules, out_bytes=1e5,
              label=label_of(params))  # fmt: skip
    ranked, problems = await _ranked(ctx, job)
    told = [_told(ctx, one) for one in ranked]
    data: dict[str, Any] = {"offers": told, "problems": problems}
    if not params.server:
        return Result(text=_words(ranked), focus=key, data=data)
    chosen = next((one for one in ranked if one.alias == params.server), None)
    if chosen is None:
        raise BadInput(f"there is no server {params.server!r} to send to.", field="server")
    if chosen.failed:
        raise NotApplicable(f"not eligible: {'; '.join(chosen.failed)}.", server=chosen.alias)
    how = params.how or chosen.how[0]
    if how not in chosen.how:
        raise NotApplicable(
            "the data do not lie there." if how == "send" else "the data lie there already.", server=chosen.alias,
            remedy=f"Choose {' or '.join(chosen.how)}.",
        )  # fmt: skip
    if chosen.moved_bytes > CONFIRM_BYTES and params.confirm not in chosen.moved:
        raise BadInput(
            f"{chosen.moved_bytes / 1e9:.1f} GB would be moved to {chosen.alias}: type "
            f"{' or '.join(chosen.moved)} to go on.", field="confirm",
        )  # fmt: skip
    sent = await carry_out(ctx, Sent(params, job, chosen, how, kind))
    return Result(text=sent.text, focus=sent.focus, data={**data, **(sent.data or {})})


async def _ranked(ctx: Context, job: Job) -> tuple[list[Offer], list[str]]:
    registered = ctx.house.registered
    unknown = [name for name in job.datasets if name not in registered.datasets]
    if unknown:
        raise BadInput(f"there is no dataset {unknown[0]!r}.", field="datasets")
    up = [s for s in ctx.engine.servers() if _state(ctx, s.uuid) == "up"]
    down = [s for s in ctx.engine.servers() if s not in up]
    found = await asyncio.gather(*(abilities_of(ctx, Key(s.uuid), job) for s in up), return_exceptions=True)
    problems = [str(one) for one in found if isinstance(one, AstroLabNetError)]
    able = [(s, a) for s, a in zip(up, found, strict=True) if not isinstance(a, BaseException)]
    idle = await asyncio.gather(*(_idle(ctx, Key(s.uuid), job.kind) for s, _ in able))
    sites = [
        Site(uuid=s.uuid, alias=s.alias, url=s.url, able=a, idle=is_idle)
        for (s, a), is_idle in zip(able, idle, strict=True)
    ]
    replicas = {name: registered.replicas(ctx.engine, name) for name in job.datasets}
    ways = await asyncio.gather(*(reachable_at(ctx, Key(s.uuid), replicas.values()) for s in sites))
    copies = {
        name: [
            Copy(server=k.server, size_bytes=r.size_bytes, stale=_stale(r), reachable=frozenset(
                site.uuid for site, seen in zip(sites, ways, strict=True) if r.location and r.location in seen))
            for k, r in all_of.items() if r.asked is not None or _state(ctx, k.server) == "up"
        ]
        for name, all_of in replicas.items()
    }  # fmt: skip
    ranked = offers(job, sites, copies, await measures(ctx))
    ranked += [Offer(server=s.uuid, alias=s.alias, failed=(f"it is {_state(ctx, s.uuid)}",)) for s in down]
    return ranked, problems


def _stale(replica: Replica) -> str:
    match replica.standing:
        case "behind":
            return f"it is behind: its newest datum is {replica.data_time or 'older'}"
        case "differs":
            return "it holds other rows than the newest"
    return ""


def _state(ctx: Context, uuid: str) -> str:
    thing = ctx.engine.store.get(Key(uuid))
    return "gone" if thing is None else thing.state


async def _idle(ctx: Context, server: Key, kind: str) -> bool:
    """A session of mine is free; where all are busy a new one is opened: the job starts late but waits for nobody."""
    with contextlib.suppress(AstroLabNetError):
        return await free_session(ctx, server, kind) is not None
    return False


def _told(ctx: Context, one: Offer) -> dict[str, Any]:
    now = ctx.house.now()
    return {
        "server": one.alias, "eligible": not one.failed, "failed": list(one.failed), "how": list(one.how),
        "total_s": round(one.total_s, 2), "assumed_s": round(one.assumed_s, 2), "stale": list(one.stale),
        "moved_bytes": one.moved_bytes, "held_bytes": one.held_bytes,
        "moved": {name: ctx.alias(Key(origin)) for name, origin in one.moved.items()},
        "parts": [{"name": p.name, "seconds": round(p.seconds, 2), "source": source(p, now)} for p in one.parts],
    }  # fmt: skip


def _words(ranked: list[Offer]) -> str:
    good = [one for one in ranked if not one.failed]
    if not good:
        lacking = "; ".join(f"{one.alias}: {', '.join(one.failed)}" for one in ranked[:6])
        return f"No server can do it. {lacking}"
    first = good[0]
    stale = f" Mind: {'; '.join(first.stale)}." if first.stale else ""
    return f"It would end first on {first.alias}, after about {first.total_s:.0f} s.{stale}"
