"""Runs of channels: how one is staged, started, stopped and looked at; what the verbs on channels share."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from typing import Any

from ..channels.folder import code, told
from ..channels.spec import Spec, approval, batch_name, channel_of, runner
from ..channels.status import full_in_s, fullness, newest, of_jobs
from ..client.livy import LivyClient
from ..errors import AstroLabNetError, NotApplicable, NotFound, Refused
from ..model.key import Key
from ..model.livy import Batch, NewBatch, Session
from ..model.thing import Thing
from ..tasks.create import BATCH, create
from .channel_carry import carry
from .context import Context
from .flow_seen import Seen, batch_of, batches_of, key_of
from .looking import run

# A runner looks twice a second whether it shall stop, and ends what it has begun.
_PAUSED_S = 30.0
_LOOK_S = 0.5
# After a runner's last word Spark says some more while it ends.
_LOG_LINES = 200
# Each channel holds a driver for as long as it runs: so many on a server before a person is asked.
MOST_AT_ONCE = 5


async def at_folder(ctx: Context, server: Key, act: str, **given: Any) -> Mapping[str, Any]:
    """One act on the folders of a server's channels, in its small session."""
    return told(await run(ctx, server, code(act, ctx.server(server).results, **given)))


def seen_of(ctx: Context, channel: Key) -> Seen:
    """What is known of a channel.

    Raises:
        NotApplicable: nothing is.
    """
    found = ctx.house.flowing.seen.get(channel)
    if found is None:
        raise NotApplicable("it is not known here (any more). Find channels on its server shows it again.")
    return found


async def known(ctx: Context, channel: Key) -> Seen:
    """The same, all of it: the folder of one that was only heard of is read first.

    Raises:
        NotApplicable: nothing is known of it, or its folder is gone.
    """
    seen = seen_of(ctx, channel)
    if seen.whole:
        return seen
    ctx.said("reading its folder")
    await look(ctx, channel, seen)
    return seen_of(ctx, channel)


def runs(ctx: Context, seen: Seen) -> bool:
    """Whether its batch runs and has not said its last word, as far as the last poll knows."""
    batch = batch_of(ctx.engine, seen.server, seen.spec.id)
    return batch is not None and batch.state not in batch.kind.terminal and not _said_all(batch)


async def room_for(ctx: Context, server: Key, ident: str, title: str, spec: Spec | None = None) -> None:
    """Ask before one more channel runs at a server that runs many, or whose channels would hold much; whose they are
    does not matter.

    Args:
        spec: what it shall do; None = not known yet, so only what lies there is weighed.

    Raises:
        NotApplicable: a person said no.
    """
    others = {
        other for thing in ctx.engine.store.children(server)
        if isinstance(thing.payload, Batch) and thing.state not in thing.kind.terminal
        and (other := channel_of(thing.payload.name)) and other != ident
    }  # fmt: skip
    alias = ctx.alias(server)
    if len(others) >= MOST_AT_ONCE and not await ctx.ask(
        f"{len(others)} channels run on {alias}, each holds a driver there. Start {title} too?"
    ):
        raise NotApplicable("it was not started.", server=alias, remedy="Pause a channel that is not needed now.")
    ctx.said("weighing what its channels hold")
    told = await at_folder(ctx, server, "weigh", id=ident, spec=spec.text() if spec is not None else "")
    held = int(told.get("others") or 0) + max(int(told.get("own") or 0), int(told.get("source") or 0))
    free = ctx.house.preferences.value.channels.quota_gb
    words = f"With {title} the channels on {alias} would hold {held / 1e9:,.1f} GB; {free:,} GB go without asking."
    if held > free * 1_000_000_000 and not await ctx.ask(f"{words} Start it?"):
        raise NotApplicable(
            "it was not started.", server=alias,
            remedy="Make room there, or raise the limit: Settings, Channels may hold.",
        )  # fmt: skip


async def begin(
    ctx: Context,
    server: Key,
    spec: Spec,
    params: Mapping[str, Any],
    *,
    over_gap: bool = False,
    mend: Sequence[str] = (),
) -> Key:
    """Stage spec and runner, and start the batch whose name is the lock; the channel as it is shown.

    Args:
        mend: parts that are written anew, and nothing else; () = it runs as ever.

    Raises:
        NotApplicable: it runs already.
        AstroLabNetError: as ``create`` raises.
    """
    client, running = ctx.client(server), batch_of(ctx.engine, server, spec.id)
    # After its last word a runner's Java takes a moment to go: who starts it in that moment does not err.
    if running is not None and not await _ended(ctx, client, running, _PAUSED_S if _said_all(running) else 0.0):
        raise NotApplicable(f"{spec.title} runs already, as {running.label}.", server=ctx.alias(server))
    for ended in batches_of(ctx.engine, server, spec.id):
        # A name stands for one batch: those that ended give way, their logs were heard.
        await client.delete_batch(ended.key.id)
    await carry(ctx, server, spec)
    ctx.said("writing down what it shall do")
    text, program = spec.text(), runner()
    staged = await at_folder(ctx, server, "stage", id=spec.id, spec=text, runner=program)
    given = {
        "folder": str(staged["folder"]),
        "approved": approval(text, program),
        "over_gap": over_gap,
        "mend": list(mend),
    }
    words = base64.b64encode(json.dumps(given).encode("utf-8")).decode("ascii")
    ctx.said("starting its batch")
    known = ctx.house.flowing.seen.get(key_of(spec.id))
    made = await create(
        ctx.house.journal, ctx.house.workspace.short, ctx.run.id, server, BATCH,
        lambda name: client.create_batch(NewBatch(file=str(staged["runner"]), args=(words,), name=name)), client.batch,
        name=batch_name(spec.id), params=dict(params), clock=ctx.house.clock, said=ctx.said,
    )  # fmt: skip
    ctx.engine.claim(server.server, made)
    ctx.house.flowing.begun(ctx.engine, key_of(spec.id), known.status if known else None)
    ctx.engine.poll_now(server.server)
    return ctx.house.flowing.take(ctx.engine, server, {"spec": text, "folder": staged["folder"]})


async def said_of(ctx: Context, server: Key, spec: Spec, status: Mapping[str, Any]) -> Key:
    """Write down a channel that no program runs, and how it stands; the channel as it is shown."""
    await at_folder(ctx, server, "stage", id=spec.id, spec=spec.text(), runner="")
    told = {
        "channel": spec.id, "title": spec.title, "mode": spec.mode, "origin": spec.origin,
        "origin_url": spec.origin_url, "to": spec.to, "time": ctx.house.now().timestamp(), **status,
    }  # fmt: skip
    answer = await at_folder(ctx, server, "say", id=spec.id, status=json.dumps(told))
    return ctx.house.flowing.take(ctx.engine, server, answer)


async def draw(ctx: Context, server: Key, spec: Spec) -> Key:
    """Write down what a channel shall do; nothing runs until it is started."""
    ctx.said("writing down what it shall do")
    staged = await at_folder(ctx, server, "stage", id=spec.id, spec=spec.text(), runner=runner())
    return ctx.house.flowing.take(ctx.engine, server, {"spec": spec.text(), "folder": staged["folder"]})


async def stop(ctx: Context, channel: Key, seen: Seen) -> None:
    """Ask its runner to end, and wait until its batch has; one that does not hear is ended."""
    batch = batch_of(ctx.engine, seen.server, seen.spec.id)
    if batch is None or batch.state in batch.kind.terminal:
        return
    await at_folder(ctx, seen.server, "stop", id=seen.spec.id)
    ctx.said("waiting until it has written what it has begun")
    client = ctx.client(seen.server)
    if not await _ended(ctx, client, batch, max(_PAUSED_S, 2.0 * seen.spec.every_s)):
        ctx.said("it does not hear; its batch is ended")
        await client.delete_batch(batch.key.id)
    ctx.engine.poll_now(seen.server.server)
    await look(ctx, channel, seen)


def _said_all(batch: Thing) -> bool:
    """Whether the runner of a batch that still runs has said its last word."""
    last = newest(batch.payload.log) if isinstance(batch.payload, Batch) else None
    return last is not None and last.is_last


async def _ended(ctx: Context, client: LivyClient, batch: Thing, at_most_s: float) -> bool:
    """Whether a batch has ended; it is given so long for it."""
    if batch.state in batch.kind.terminal:
        return True
    waited = 0.0
    while waited < at_most_s:
        try:
            if (await client.batch_state(batch.key.id)) in batch.kind.terminal:
                return True
        except NotFound:  # its server has forgotten it
            return True
        await ctx.house.clock.sleep(_LOOK_S)
        waited += _LOOK_S
    return False


async def log_tells(ctx: Context, channel: Key, seen: Seen) -> bool:
    """Whether the log of its run, read further back than the list of batches shows it, has its last word; if so, it is
    shown, and nothing needs to be opened at the server.
    """
    batch = batch_of(ctx.engine, seen.server, seen.spec.id)
    if batch is None:
        return False
    try:
        said = newest((await ctx.client(seen.server).batch_log(batch.key.id, size=_LOG_LINES)).log)
    except (NotFound, Refused):  # a log is forgotten with its batch
        return False
    if said is None or not said.is_last:
        return False
    ctx.house.flowing.said(ctx.engine, channel, said)
    return True


async def spark_tells(ctx: Context, channel: Key, seen: Seen) -> bool:
    """Whether Spark's own page of its run tells which batch it works on; if so, that is shown."""
    batch = batch_of(ctx.engine, seen.server, seen.spec.id)
    if batch is None or batch.state in batch.kind.terminal or not isinstance(batch.payload, Batch):
        return False
    value, client = batch.payload, ctx.client(seen.server)
    page = Session(id=value.id, state=value.state, appId=value.appId, appInfo=value.appInfo, log=value.log)
    try:
        spark = client.spark(page, (await client.batch_log(batch.key.id, size=_LOG_LINES)).log)
        try:
            said = of_jobs(seen.spec, seen.status, await spark.jobs())
        finally:
            await spark.aclose()
    except AstroLabNetError:  # nobody says where the page is, or it does not answer
        return False
    if said is not None:
        ctx.house.flowing.said(ctx.engine, channel, said)
    return said is not None


async def look(ctx: Context, channel: Key, seen: Seen) -> Spec:
    """Read its folder again, and show what stands there.

    Raises:
        NotApplicable: its folder is gone.
    """
    answer = await at_folder(ctx, seen.server, "look", id=seen.spec.id)
    if answer.get("spec") is None:
        ctx.house.flowing.forget(ctx.engine, channel)
        raise NotApplicable("its folder is gone: someone deleted it.", server=ctx.alias(seen.server))
    ctx.house.flowing.take(ctx.engine, seen.server, answer)
    return ctx.house.flowing.seen[channel].spec


def row_of(ctx: Context, key: Key) -> dict[str, Any]:
    """One channel as plain data."""
    seen, thing = ctx.house.flowing.seen[key], ctx.thing(key)
    said = seen.status
    return {
        "id": seen.spec.id, "title": seen.spec.title, "state": thing.state, "problem": thing.problem,
        "mode": seen.spec.mode, "to": seen.spec.to, "table": seen.spec.table, "server": ctx.alias(seen.server),
        "rows": said.rows if said else None, "rows_s": said.rows_s if said else None,
        "bytes": said.bytes if said else None, "bytes_s": said.bytes_s if said else None,
        "waiting": said.waiting if said else None, "lag_s": said.lag_s if said else None,
        "fullness": fullness(said) if said else None, "full_in_s": full_in_s(said) if said else None,
        "bad": said.bad if said else 0,
        "proof": dict(seen.proof) if seen.proof else None,
    }  # fmt: skip
