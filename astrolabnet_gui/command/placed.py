"""Placed: a job carried out where it was decided, what it took, and what the journal keeps of it."""

from __future__ import annotations

import asyncio
import hashlib
import json
from dataclasses import dataclass

from ..catalog.lineage import State, run_event
from ..catalog.names import TableName, quoted
from ..errors import AstroLabNetError, BadInput, NotApplicable
from ..model.dataset import Place, Replica
from ..model.key import Key
from ..model.task import Task
from ..placement.estimate import Offer
from ..placement.measures import Measures, Truth, truths
from ..placement.requirements import Job
from .asking import ask_place, table_at
from .context import Context
from .opening import session_for
from .registry import Result
from .sending import SendParams, ready, send
from .shared import shared_registry

BROUGHT = "brought"
"""Namespace into which data are brought."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A job, where it goes and how."""

    params: SendParams
    job: Job
    offer: Offer
    how: str
    kind: str


def label_of(params: SendParams) -> str:
    """Runs of the same action, or of the same code, are measured together."""
    return params.action or hashlib.sha256(params.code.encode()).hexdigest()[:12]


async def measures(ctx: Context) -> Measures:
    """What the journal of the registry tells of earlier runs; read once."""
    if ctx.house.measures is None:
        found = await ctx.house.registered.own.all("journal")
        ctx.house.measures = Measures(truths(found.documents))
    return ctx.house.measures


async def carry_out(ctx: Context, sent: Sent) -> Result:
    """Send it there, wait for its end, and write down what it took beside what was said.

    Raises:
        AstroLabNetError: data could not be brought, or the job could not be sent.
    """
    loop, server = asyncio.get_running_loop(), Key(sent.offer.server)
    began, coming = loop.time(), sent.offer.parts[0].seconds > 0
    session = await session_for(ctx, server, sent.kind)
    await ready(ctx, session)
    opened = loop.time()
    moved = 0.0
    if sent.how == "bring":
        for name, origin in sent.offer.moved.items():
            moved += await _bring(ctx, session, name, origin)
    move_s = loop.time() - opened
    for name in sent.job.datasets:
        await _view(ctx, session, name, _source(ctx, sent, name))
    seen = loop.time()
    fields = {name: getattr(sent.params, name) for name in SendParams.model_fields}
    result = await send(ctx, session, SendParams.model_validate({**fields, "kind": sent.kind, "wait": True}))
    ended = loop.time()
    run_s = _ran(ctx, result, ended - seen)
    total_s = ended - began
    out_s = max(0.01, ended - seen - run_s)
    read = sent.offer.held_bytes + sent.offer.moved_bytes
    url = ctx.server(server).url
    when = ctx.house.now()
    one_origin = next(iter(sent.offer.moved.values()), "")
    link = (ctx.server(Key(one_origin)).url, url) if one_origin and sent.how == "bring" else None
    truth = Truth(
        server=url, label=sent.job.label, when=when, start_s=opened - began if coming else None, run_s=run_s,
        read_bytes=read, moved_bytes=moved,
        move_s=move_s if moved else None, link=link, estimate_s=sent.offer.total_s, total_s=total_s,
    )  # fmt: skip
    out = Truth(server=url, when=when, moved_bytes=sent.job.out_bytes, move_s=out_s, link=(url, ""))
    for one in (truth, out):
        (await measures(ctx)).learn(one)
    note = await _journal(ctx, sent, result, (truth, out))
    took = {"took_s": round(total_s, 2), "said_s": round(sent.offer.total_s, 2), "run": result.data}
    text = f"{result.text} It took {total_s:.1f} s; {sent.offer.total_s:.0f} s were said. {note}".rstrip()
    return Result(text=text, focus=result.focus, data=took)


async def _bring(ctx: Context, session: Key, name: str, origin: str) -> float:
    """Copy a dataset to the server of a session, by its own Spark, and declare the replica; bytes."""
    registered, server = ctx.house.registered, ctx.server(session)
    replica = _replica(ctx, name, origin)
    table = TableName(namespace=(BROUGHT,), name=name)
    ctx.said(f"bringing {name}")
    await _sql(ctx, session, f"CREATE NAMESPACE IF NOT EXISTS {quoted('spark_catalog', BROUGHT)}", f"room for {name}")
    by = f" PARTITIONED BY ({quoted(replica.partitioned_by)})" if replica.partitioned_by else ""
    made = f"CREATE TABLE {table.sql} USING parquet{by} AS SELECT * FROM {_files_of(replica)}"
    await _sql(ctx, session, made, f"bring {name}")
    place = Place(server=server.uuid, url=server.url, table=("spark_catalog", BROUGHT, name))
    dataset = registered.datasets[name]
    registered.datasets[name] = dataset = dataset.model_copy(update={"places": (*dataset.places, place)})
    registered.facts[name, place] = await ask_place(ctx, session.root, place, dataset)
    await registered.keep(name, shared_registry(ctx))
    registered.show(ctx.engine, (name,))
    return float(replica.size_bytes or 0)


async def _view(ctx: Context, session: Key, name: str, sql: str) -> None:
    """The job finds its data under the dataset's name, wherever it runs."""
    await _sql(ctx, session, f"CREATE OR REPLACE TEMPORARY VIEW {quoted(name)} AS SELECT * FROM {sql}", f"data {name}")


def _source(ctx: Context, sent: Sent, name: str) -> str:
    """SQL of where the data are read from."""
    if name in sent.offer.moved and sent.how == "read":
        return _files_of(_replica(ctx, name, sent.offer.moved[name]))
    if name in sent.offer.moved:
        return TableName(namespace=(BROUGHT,), name=name).sql
    return table_at(_place(ctx, name, sent.offer.server)).sql


def _files_of(replica: Replica) -> str:
    """A replica's files, read in place from another server."""
    fmt = replica.format if replica.format in ("parquet", "orc", "avro", "csv", "json") else "parquet"
    return f"{fmt}.{quoted(replica.location)}"


def _place(ctx: Context, name: str, server: str) -> Place:
    for key, place in ctx.house.registered.places(ctx.engine, name).items():
        if key.server == server:
            return place
    raise NotApplicable(f"there is no replica of {name} any more.", server=ctx.alias(Key(server)))


def _replica(ctx: Context, name: str, server: str) -> Replica:
    for key, replica in ctx.house.registered.replicas(ctx.engine, name).items():
        if key.server == server and replica.location:
            return replica
    raise NotApplicable(f"it is not known where the files of {name} lie.", server=ctx.alias(Key(server)))


async def _sql(ctx: Context, session: Key, code: str, name: str) -> None:
    if "${" in code:  # the user's session would replace it
        raise BadInput(f"a name of {name} holds ${{…}}, which a session replaces.", server=ctx.alias(session))
    told = await send(ctx, session, SendParams(kind="sql", code=code, name=name, wait=True))
    if told.data is None or told.data["state"] != "done":
        why = (told.data or {}).get("problem") or told.text
        raise AstroLabNetError(f"{name}: {why}", server=ctx.alias(session))


def _ran(ctx: Context, result: Result, total_s: float) -> float:
    """Seconds it ran by the server's clock; all of them where the server says nothing."""
    thing = ctx.engine.store.get(result.focus) if result.focus is not None else None
    statement = thing.payload.statement if thing is not None and isinstance(thing.payload, Task) else None
    if statement is None or not 0 < statement.started <= statement.completed:
        return total_s
    return max(0.001, min(total_s, (statement.completed - statement.started) / 1000))


async def _journal(ctx: Context, sent: Sent, result: Result, told: tuple[Truth, Truth]) -> str:
    """Events of the run for the registries; why the shared one did not take them."""
    state: State = "COMPLETE" if result.data and result.data.get("state") == "done" else "FAIL"
    url = ctx.server(Key(sent.offer.server)).url
    known = ctx.house.registered.datasets
    inputs = [(p.url or url, ".".join(p.table)) for n in sent.job.datasets for p in known[n].places[:1]]
    shared = shared_registry(ctx)
    problem = ""
    for number, truth in enumerate(told):
        estimate = {p.name: p.seconds for p in sent.offer.parts}
        event = run_event(
            state, f"{ctx.run.id}/{number}", (url, sent.job.label or "code"), truth.when, inputs=inputs,
            facets={"truth": json.loads(truth.model_dump_json()), "estimate": estimate},
        )  # fmt: skip
        await ctx.house.registered.own.tell(event)
        if shared is not None:
            try:
                await shared.tell(event)
            except AstroLabNetError as exc:
                problem = f"The shared registry did not take it: {exc}"
    return problem
