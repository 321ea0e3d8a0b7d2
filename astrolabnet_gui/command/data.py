"""What can be done with data: look into catalogs, look at tables, count, take fingerprints, compare two copies."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from pydantic import Field as Parameter

from ..catalog import fingerprint, preview, questions
from ..catalog.names import TableName
from ..catalog.schema import Field, fields
from ..errors import AstroLabNetError, BadInput, NotApplicable
from ..model.key import Key
from ..model.output import Column, Table
from ..model.thing import Thing
from .context import Context
from .looking import ask, catalog_thing, namespace_thing, replace_children, table_thing
from .looking import rows as _rows
from .registry import Nothing, Params, Result, command

OWN = "spark_catalog"


def answering(thing: Thing) -> str:
    """Why its server can not be asked now; "" if it can."""
    if thing.stale_since is not None:
        return "its server does not answer; this is what was seen last."
    if thing.key.kind == "servers" and thing.state != "up":
        return f"{thing.label} is {thing.state}."
    return ""


class LookParams(Params):
    """Which names."""

    like: str = Parameter(
        default="", title="Names like", max_length=200,
        description="With more than 1 000 tables: the beginning of their names, as ztf*.",
    )  # fmt: skip


class RowsParams(Params):
    """How much of a table."""

    rows: int = Parameter(default=50, ge=1, le=preview.MAX_ROWS, title="Rows")


class CompareParams(Params):
    """With which other table."""

    other: str = Parameter(
        title="The other table", description="Its address, as lal/catalogs/spark_catalog/namespaces/sky/tables/alerts.",
        min_length=1,
    )  # fmt: skip
    by: str = Parameter(
        default="", title="Partitions by", description="Column whose values name what differs. Empty: the table's own."
    )


@command(
    "data.look", "Look at the data", on=("servers", "catalogs", "namespaces"), params=LookParams, when=answering,
    scope="read", idempotent=True, icon="dataset", group="open", example='net["lal"].data.look()',
)  # fmt: skip
async def look(ctx: Context, key: Key, params: LookParams) -> Result:
    """See which catalogs, namespaces and tables are there.

    The first look opens a small session of its own on the server; it is closed when it was not used for ten minutes.
    """
    if key.kind == "servers":
        await _catalogs(ctx, key)
        names = len([t for t in ctx.engine.store.children(key) if t.key.kind == "catalogs"])
        own = key.child("catalogs", OWN, epoch="")
        if ctx.engine.store.get(own) is not None:
            await _namespaces(ctx, own, ())
        return Result(text=f"{ctx.alias(key)} has {names} catalog{'s' * (names != 1)}.", focus=own)
    if key.kind == "catalogs":
        found = await _namespaces(ctx, key, ())
        return Result(text=f"{key.id} has {len(found)} namespace{'s' * (len(found) != 1)}.", focus=key)
    return await _tables(ctx, key, params.like)


@command(
    "table.look", "Look at the first rows", on=("tables",), params=RowsParams, when=answering, scope="read",
    idempotent=True, icon="table", group="open", example='net["lal"].table("sky.alerts").look()',
)  # fmt: skip
async def look_at_table(ctx: Context, key: Key, params: RowsParams) -> Result:
    """Columns with their exact types, the first rows, and what the catalog says of the table for nothing."""
    name = name_of(ctx, key)
    columns = await columns_of(ctx, key, name)
    facts = await facts_of(ctx, key)
    texts = await _rows(ctx, key, preview.rows_statement(name, columns, params.rows))
    rows = preview.rows([row[0] for row in texts], columns, ctx.alias(key))
    table = Table(
        columns=tuple(Column(name=c.name, type=c.words, unit=c.unit) for c in columns),
        rows=tuple(tuple(map(preview.plain, row)) for row in rows),
    )
    data = {"table": table.model_dump(mode="json"), "facts": facts.model_dump(mode="json")}
    return Result(text=f"{name}: {len(columns)} columns, the first {len(rows)} rows.", focus=key, data=data)


@command(
    "table.count", "Count rows", on=("tables",), when=answering, scope="read", idempotent=True, icon="table",
    example='net["lal"].table("sky.alerts").count()',
)  # fmt: skip
async def count(ctx: Context, key: Key, params: Nothing) -> Result:
    """Count the rows. Columnar files are counted by their feet, others are read whole."""
    name = name_of(ctx, key)
    rows = int((await _rows(ctx, key, questions.count_statement(name)))[0][0])
    return Result(text=f"{name}: {rows:,} rows.", focus=key, data={"rows": rows})


@command(
    "table.fingerprint", "Take the fingerprint", on=("tables",), when=answering, scope="read", idempotent=True,
    icon="seal", example='net["lal"].table("sky.alerts").fingerprint()',
)  # fmt: skip
async def take(ctx: Context, key: Key, params: Nothing) -> Result:
    """A number that is equal for two tables with the same rows, in whatever order. It reads the whole table."""
    name = name_of(ctx, key)
    found = await _fingerprint(ctx, key, await columns_of(ctx, key, name))
    return Result(text=f"{name}: {found.rows:,} rows, {found.sum}.", focus=key, data=found.model_dump())


@command(
    "table.compare", "Compare with…", on=("tables",), params=CompareParams, when=answering, scope="read",
    idempotent=True, icon="seal", example='net["lal"].table("sky.alerts").compare(other="fink/…/tables/alerts")',
)  # fmt: skip
async def compare(ctx: Context, key: Key, params: CompareParams) -> Result:
    """Prove that two tables hold the same rows, or that they do not. It reads both whole, at their servers."""
    other = ctx.engine.store.find(params.other).key
    if other.kind != "tables":
        raise BadInput("it must be the address of a table.", field="other")
    mine, theirs = await asyncio.gather(
        columns_of(ctx, key, name_of(ctx, key)), columns_of(ctx, other, name_of(ctx, other))
    )
    if [(c.name, c.words) for c in mine] != [(c.name, c.words) for c in theirs]:
        differ = sorted({f"{c.name} {c.words}" for c in mine} ^ {f"{c.name} {c.words}" for c in theirs})
        return Result(
            text=f"They differ in their columns: {', '.join(differ[:6]) or 'their order'}.", focus=key,
            data={"equal": False, "columns": differ},
        )  # fmt: skip
    here, there = await asyncio.gather(_fingerprint(ctx, key, mine), _fingerprint(ctx, other, theirs))
    data = {"equal": here == there, "here": here.model_dump(), "there": there.model_dump()}
    if here == there:
        return Result(text=f"verified equal: {here.rows:,} rows.", focus=key, data=data)
    by = params.by or next(iter((await facts_of(ctx, key)).partitioned_by), "")
    if by and by not in {c.name for c in mine}:
        raise BadInput(f"the tables have no column {by!r}.", field="by")
    parts = await _parts(ctx, key, other, mine, by) if by else []
    where = f" in {', '.join(f'{by}={part}' for part in parts[:6])}{'…' * (len(parts) > 6)}" if parts else ""
    words = f"they differ{where}: {here.rows:,} rows here, {there.rows:,} there."
    return Result(text=words, focus=key, data=data | {"by": by, "partitions": parts})


async def _parts(ctx: Context, here: Key, there: Key, columns: tuple[Field, ...], by: str) -> list[Any]:
    """Partitions that differ, by two questions a side however many there are."""
    sides = [(key, name_of(ctx, key)) for key in (here, there)]
    groups = [_rows(ctx, key, fingerprint.buckets_statement(name, columns, by)) for key, name in sides]
    buckets = [int(bucket or 0) for bucket in fingerprint.differing(*await asyncio.gather(*groups))]
    parts = [_rows(ctx, key, fingerprint.parts_statement(name, columns, by, buckets)) for key, name in sides]
    return fingerprint.differing(*await asyncio.gather(*parts))


async def _catalogs(ctx: Context, server: Key) -> None:
    settings = await _rows(ctx, server, questions.SETTINGS)
    try:
        shown = await _rows(ctx, server, questions.CATALOGS)
    except AstroLabNetError:  # Spark before 3.3 has only its own and what is set up
        shown = [[OWN]]
    names = dict.fromkeys((OWN, *questions.catalogs(shown, settings)))
    replace_children(ctx, server, "catalogs", [catalog_thing(server, name) for name in names])


async def _namespaces(ctx: Context, catalog: Key, parent: Sequence[str]) -> list[Thing]:
    shown = await _rows(ctx, catalog, questions.namespaces_statement(str(catalog.id), parent))
    found = [namespace_thing(catalog, parts) for parts in questions.namespaces(shown)]
    if not parent:
        replace_children(ctx, catalog, "namespaces", found)
    else:
        ctx.engine.show(found, server=catalog.server)
    return found


async def _tables(ctx: Context, key: Key, like: str) -> Result:
    parts, catalog = ctx.thing(key).payload, key.parent
    if catalog is None or not isinstance(parts, tuple):
        raise NotApplicable("this namespace is not known any more.", server=ctx.alias(key))
    shown = await _rows(ctx, key, questions.tables_statement(str(catalog.id), parts, like))
    try:
        views = {str(row[1]) for row in await _rows(ctx, key, questions.views_statement(str(catalog.id), parts))}
    except AstroLabNetError:  # a catalog without views refuses the question
        views = set()
    names = [name for name in questions.tables(shown, str(catalog.id), parts) if name.namespace]
    replace_children(ctx, key, "tables", [table_thing(key, name, name.name in views) for name in names])
    if catalog.id != OWN:
        await _namespaces(ctx, catalog, parts)
    more = " There may be more: give the beginning of a name." if questions.is_cut(shown) else ""
    return Result(text=f"{'.'.join(parts)} has {len(names)} table{'s' * (len(names) != 1)}.{more}", focus=key)


async def columns_of(ctx: Context, key: Key, name: TableName) -> tuple[Field, ...]:
    """Columns of a table with their exact types; no row is read."""
    answer = await ask(ctx, key.root, questions.schema_statement(name))
    found = fields(answer.get("schema"), ctx.alias(key))
    ctx.house.browsing.columns[key] = found
    return found


async def facts_of(ctx: Context, key: Key) -> questions.TableFacts:
    """What the catalog says of a table for nothing."""
    return questions.facts(await _rows(ctx, key, questions.describe_statement(name_of(ctx, key))))


async def _fingerprint(ctx: Context, key: Key, columns: tuple[Field, ...]) -> fingerprint.Fingerprint:
    rows = await _rows(ctx, key, fingerprint.whole_statement(name_of(ctx, key), columns))
    return fingerprint.Fingerprint(rows=int(rows[0][0]), sum=rows[0][1])


def name_of(ctx: Context, key: Key) -> TableName:
    """Name of a table in SQL.

    Raises:
        NotApplicable: it is not known any more.
    """
    name = ctx.thing(key).payload
    if not isinstance(name, TableName):
        raise NotApplicable("this table is not known any more.", server=ctx.alias(key))
    return name
