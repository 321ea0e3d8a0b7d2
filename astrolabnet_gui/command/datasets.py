"""What can be done with datasets: name them, declare their replicas, ask where the newest is, prove equality."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from pydantic import Field as Parameter

from ..catalog.replicas import ranked
from ..errors import AstroLabNetError, BadInput, NotApplicable
from ..model.dataset import Dataset, Place, Replica
from ..model.key import Key
from ..model.thing import Thing
from .asking import ask_place, look_for, prove_place, table_at
from .context import Context
from .data import answering, name_of
from .newest import ranking
from .proving import columns_at, in_parts, parts_between
from .registered import dataset_key
from .registry import Nothing, Params, Result, command
from .shared import shared_registry

_WORKSPACE = "choose the dataset itself: this is one of its replicas."


class DatasetParams(Params):
    """What it is called and what one should know of it."""

    name: str = Parameter(title="Name", min_length=1, max_length=120)
    description: str = Parameter(default="", title="Description", max_length=4000)
    tags: tuple[str, ...] = Parameter(default=(), title="Tags")
    dated: str = Parameter(
        default="", title="Dated by", description="Column whose largest value says how new the data are, as mjd."
    )
    tables: tuple[str, ...] = Parameter(
        default=(), title="Replicas", description="Addresses of tables. Empty: tables of that name are looked for."
    )


class EditParams(Params):
    """What is changed; what is not given stays."""

    description: str | None = Parameter(default=None, title="Description", max_length=4000)
    tags: tuple[str, ...] | None = Parameter(default=None, title="Tags")
    dated: str | None = Parameter(default=None, title="Dated by")


class DeclareParams(Params):
    """Of which dataset."""

    dataset: str = Parameter(title="Dataset", min_length=1, max_length=120, description="A new name makes a new one.")


def of_workspace(thing: Thing) -> str:
    """Why a verb of a dataset does not fit one of its replicas."""
    return _WORKSPACE if thing.key.server else ""


@command(
    "dataset.new", "New dataset…", params=DatasetParams, icon="dataset", inverse="dataset.drop",
    example='net.dataset.new(name="ztf", tags=("alerts",), dated="mjd")',
)  # fmt: skip
async def new(ctx: Context, _key: Key | None, params: DatasetParams) -> Result:
    """Give data a name that holds wherever they lie. Its replicas are the tables you name, or those of its name that
    were seen on servers; more can be declared later. Nothing is read or copied.
    """
    registered = ctx.house.registered
    if params.name in registered.datasets:
        raise BadInput(f"there is already a dataset {params.name!r}.", field="name")
    places = tuple(_place(ctx, ctx.engine.store.find(address).key) for address in params.tables)
    made = Dataset(name=params.name, description=params.description, tags=params.tags, dated=params.dated)
    registered.datasets[params.name] = made.model_copy(update={"places": places or _seen(ctx, params.name)})
    return await _kept(ctx, params.name)


@command(
    "dataset.edit", "Describe…", on=("datasets",), params=EditParams, when=of_workspace, idempotent=True,
    icon="settings", group="change", example='net.datasets["ztf"].edit(tags=("alerts", "public"))',
)  # fmt: skip
async def edit(ctx: Context, key: Key, params: EditParams) -> Result:
    """Change what a dataset says of itself: description, tags, the column that dates it."""
    name = name_at(ctx, key)
    given = params.model_dump(exclude_none=True)
    ctx.house.registered.datasets[name] = ctx.house.registered.datasets[name].model_copy(update=given)
    return await _kept(ctx, name)


@command(
    "dataset.drop", "Forget", on=("datasets",), when=of_workspace, idempotent=True, icon="close", group="remove",
    dangerous=lambda thing, _: f"Forget the dataset {thing.label}? Its tables stay where they are.",
    example='net.datasets["ztf"].drop()',
)  # fmt: skip
async def drop(ctx: Context, key: Key, params: Nothing) -> Result:
    """Forget the name and what was proved about its replicas. No table is touched."""
    name = name_at(ctx, key)
    await ctx.house.registered.own.drop("datasets", name)
    shared = shared_registry(ctx)
    if shared is not None:
        await shared.drop("datasets", name)
    ctx.house.registered.drop(ctx.engine, name)
    return Result(text=f"{name} is forgotten; its tables stay.")


@command(
    "dataset.declare", "Declare as replica of…", on=("tables",), params=DeclareParams, idempotent=True, icon="dataset",
    example='net["lal"].table("sky.alerts").declare_dataset(dataset="ztf")',
)  # fmt: skip
async def declare(ctx: Context, key: Key, params: DeclareParams) -> Result:
    """Say that this table is a replica of a dataset. Whether it holds the same rows is another question: prove it."""
    registered, place = ctx.house.registered, _place(ctx, key)
    old = registered.datasets.get(params.dataset) or Dataset(name=params.dataset)
    if place not in old.places:
        old = old.model_copy(update={"places": (*old.places, place)})
    registered.datasets[params.dataset] = old
    return await _kept(ctx, params.dataset)


@command(
    "dataset.newest", "Where is the newest?", on=("datasets",), scope="read", idempotent=True, icon="search",
    group="open", example='net.datasets["ztf"].newest()',
)  # fmt: skip
async def newest(ctx: Context, key: Key, params: Nothing) -> Result:
    """Replicas ranked by their newest datum, then by their last commit, as far as they were asked. Servers that were
    not asked are named with what asking them costs. No server is asked.
    """
    name = name_at(ctx, key)
    return Result(focus=dataset_key(name), **ranking(ctx, name))


class AskParams(Params):
    """Whom."""

    servers: tuple[str, ...] = Parameter(default=(), title="Servers", description="Empty: those not asked yet.")


@command(
    "dataset.ask", "Ask them", on=("datasets",), params=AskParams, idempotent=True, scope="read", icon="send",
    group="open", example='net.datasets["ztf"].ask()',
)  # fmt: skip
async def ask(ctx: Context, key: Key, params: AskParams) -> Result:
    """Ask servers for size, last commit and newest datum of their replica. Each lists the files and reads one column;
    servers where no replica is known are asked whether they have one. Named servers are asked again.
    """
    name = name_at(ctx, key)
    registered, dataset = ctx.house.registered, ctx.house.registered.datasets[name]
    places = registered.places(ctx.engine, name)
    wanted = {s.uuid for s in ctx.engine.servers() if s.alias in params.servers}
    chosen = {
        k: p for k, p in places.items()
        if (k.server in wanted if params.servers else registered.facts.get((name, p), _NEVER).asked is None)
    }  # fmt: skip
    others = [
        s for s in ctx.engine.servers()
        if s.uuid not in {k.server for k in places} and (s.uuid in wanted or not params.servers)
        and _up(ctx, Key(s.uuid))
    ]  # fmt: skip
    found = await asyncio.gather(*(look_for(ctx, Key(s.uuid), dataset) for s in others), return_exceptions=True)
    more = {Key(s.uuid).child("datasets", name, epoch=""): p for s, p in zip(others, found, strict=True)
            if isinstance(p, Place)}  # fmt: skip
    if more:
        new_places = (*dataset.places, *more.values())
        dataset = registered.datasets[name] = dataset.model_copy(update={"places": new_places})
    chosen |= more
    answers = await asyncio.gather(*(ask_place(ctx, k, p, dataset) for k, p in chosen.items()), return_exceptions=True)
    problems = [str(p) for p in found if isinstance(p, AstroLabNetError)]
    for place, told in zip(chosen.values(), answers, strict=True):
        if isinstance(told, Replica):
            old = registered.facts.get((name, place), _NEVER)
            kept = {"sum", "fingerprint_rows", "proved", "proved_commit"}
            registered.facts[name, place] = told.model_copy(update={w: getattr(old, w) for w in kept})
        elif isinstance(told, AstroLabNetError):
            problems.append(str(told))
        else:
            raise told
    await _kept(ctx, name)
    answer = ranking(ctx, name)
    answer["data"]["problems"] = problems
    return Result(focus=dataset_key(name), **answer)


@command(
    "dataset.prove", "Prove equality", on=("datasets",), idempotent=True, scope="read", icon="seal",
    example='net.datasets["ztf"].prove()',
)  # fmt: skip
async def prove(ctx: Context, key: Key, params: Nothing) -> Result:
    """Take the fingerprints of all replicas that answer and compare them with the newest; of those that differ, the
    partitions are named. Each replica is read whole, at its server; nothing travels but the numbers.
    """
    name = name_at(ctx, key)
    registered, dataset = ctx.house.registered, ctx.house.registered.datasets[name]
    places = {k: p for k, p in registered.places(ctx.engine, name).items() if _up(ctx, k.root)}
    if len(places) < 2:
        raise NotApplicable(f"{name} has fewer than two replicas that can be asked.", remedy="Declare another one.")
    told = await asyncio.gather(*(prove_place(ctx, k, p, dataset) for k, p in places.items()), return_exceptions=True)
    problems: list[str] = []
    for place, one in zip(places.values(), told, strict=True):
        if isinstance(one, Replica):
            registered.facts[name, place] = one
        elif isinstance(one, AstroLabNetError):
            problems.append(str(one))
        else:
            raise one
    replicas = {k: r for k, r in registered.replicas(ctx.engine, name).items() if k in places and r.sum is not None}
    parts = await _differing(ctx, replicas)
    note = await _kept(ctx, name)
    equal = sum(1 for one in replicas.values() if one.standing == "equal")
    words = [f"{equal} of {len(replicas)} replicas of {name} are equal."]
    words += [f"{ctx.alias(k)} differs{in_parts(by, which)}." for k, (by, which) in parts.items()]
    data = ranking(ctx, name)["data"] | {
        "problems": problems, "differing": {ctx.alias(k): {"by": by, "partitions": w} for k, (by, w) in parts.items()},
    }  # fmt: skip
    return Result(text=" ".join([*words, *problems, *([note.text] if "did not" in note.text else [])]),
                  focus=dataset_key(name), data=data)  # fmt: skip


async def _differing(ctx: Context, replicas: Mapping[Key, Replica]) -> dict[Key, tuple[str, list[Any]]]:
    """Partitions of each replica that are not as those of the newest, where both have the same columns."""
    order = ranked(replicas)
    if not order:
        return {}
    first, found = order[0], {}
    for key in order[1:]:
        one, ref = replicas[key], replicas[first]
        if (one.sum, one.fingerprint_rows) == (ref.sum, ref.fingerprint_rows):
            continue
        by, which = "", list[Any]()
        if one.columns == ref.columns and one.partitioned_by:
            by = one.partitioned_by
            sides = [(k, table_at(Place(table=replicas[k].table))) for k in (first, key)]
            which = await parts_between(ctx, sides[0], sides[1], await columns_at(ctx, sides[0]), by)
        found[key] = (by, which)
    return found


_NEVER = Replica(name="-")


def _up(ctx: Context, server: Key) -> bool:
    thing = ctx.engine.store.get(server.root)
    return thing is not None and not answering(thing)


def name_at(ctx: Context, key: Key) -> str:
    """Name of the dataset that a key is, or is a replica of.

    Raises:
        NotApplicable: it is not known any more.
    """
    payload = ctx.thing(key).payload
    name = payload.name if isinstance(payload, Dataset | Replica) else ""
    if name not in ctx.house.registered.datasets:
        raise NotApplicable("this dataset is not known any more.")
    return name


def _place(ctx: Context, key: Key) -> Place:
    if key.kind != "tables":
        raise BadInput("a replica is a table.", field="tables")
    name, server = name_of(ctx, key), ctx.server(key)
    return Place(server=server.uuid, url=server.url, table=(name.catalog, *name.namespace, name.name))


def _seen(ctx: Context, name: str) -> tuple[Place, ...]:
    """Tables of that name as they were seen on servers."""
    things = ctx.engine.store.things.values()
    tables = [t.key for t in things if t.key.kind == "tables" and t.label.casefold() == name.casefold()]
    return tuple(_place(ctx, key) for key in tables)


async def _kept(ctx: Context, name: str) -> Result:
    registered = ctx.house.registered
    problem = await registered.keep(name, shared_registry(ctx))
    registered.show(ctx.engine, (name,))
    count = len(registered.datasets[name].places)
    text = f"{name}: {count} replica{'s' * (count != 1)}. {problem}".rstrip()
    return Result(text=text, focus=dataset_key(name))
