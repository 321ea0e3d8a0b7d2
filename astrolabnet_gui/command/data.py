"""What can be done with data: look into catalogs, look at tables, count, take fingerprints, compare two copies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import Field as Parameter

from ..catalog import preview, questions, tables
from ..catalog.names import TableName
from ..catalog.schema import Field, fields
from ..errors import AstroLabNetError, NotApplicable
from ..model.key import Key
from ..model.output import Column, Table
from ..model.thing import Thing
from .context import Context
from .folders import look_into, show_root
from .looking import ask, ask_all, catalog_thing, namespace_thing, replace_children, show_columns, table_thing, tell
from .looking import rows as _rows
from .registry import Nothing, Params, Result, command

OWN = "spark_catalog"
WARM = (
    "SELECT IF(length(row) > 99, cast(length(row) AS string), row) AS row FROM (SELECT to_json(named_struct('0', id, "
    "'1', substring(cast(id AS string), 1, 9), '2', slice(array(id), 1, 9), '3', cast(id AS double)), "
    "map('ignoreNullFields', 'false')) AS row FROM range(2) LIMIT 1)"
)
"""A preview without a table."""


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


@command(
    "data.look", "Look at the data", on=("servers", "catalogs", "namespaces", "files"), params=LookParams,
    when=answering, scope="read", idempotent=True, icon="dataset", group="open", example='net["lal"].look_data()',
)  # fmt: skip
async def look(ctx: Context, key: Key, params: LookParams) -> Result:
    """See which catalogs, namespaces, tables, folders and files are there.

    The first look opens a small session of its own on the server; it is closed when it was not used for ten minutes.
    """
    if key.kind == "files":
        return await look_into(ctx, key)
    if key.kind == "servers":
        await _catalogs(ctx, key)
        show_root(ctx, key)
        # Spark's first query of a kind takes seconds more than the next: not on a person's first click on a table.
        await _rows(ctx, key, WARM)
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
    columns, facts = await columns_and_facts(ctx, key, name)
    rows = await first_rows(ctx, key, name, columns, params.rows)
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
    here = str(catalog.id)
    shown = await _rows(ctx, key, questions.tables_statement(here, parts, like))
    try:
        views = {str(row[1]) for row in await _rows(ctx, key, questions.views_statement(here, parts))}
    except AstroLabNetError:  # a catalog without views refuses the question
        views = set()
    names = [name for name in questions.tables(shown, here, parts) if name.namespace]
    replace_children(ctx, key, "tables", [table_thing(key, name, name.name in views) for name in names])
    more, total = "", len(names)
    ctx.house.browsing.pages.pop(key, None)
    if questions.is_cut(shown):
        answer = await tell(ctx, key, tables.page_statement(here, parts, like, 0))
        total = tables.page(answer, here, parts)[1]
        ctx.house.browsing.pages[key] = (like, tables.PAGE, total)
        more = f" {len(names):,} are shown: look for more, or give the beginning of a name."
    _say_shown(ctx, key, len(names), total)
    if catalog.id != OWN:
        await _namespaces(ctx, catalog, parts)
    return Result(text=f"{'.'.join(parts)} has {total:,} table{'s' * (total != 1)}.{more}", focus=key)


def _say_shown(ctx: Context, key: Key, shown: int, total: int) -> None:
    thing = ctx.thing(key)
    fact = f"{shown:,} of {total:,}" if shown < total else ""
    ctx.engine.show([thing.model_copy(update={"fact": fact})], server=key.server)


def _has_more(thing: Thing) -> str:
    return answering(thing) or ("" if " of " in thing.fact else f"all tables of {thing.label} are shown.")


@command(
    "data.more", "Show more tables", on=("namespaces",), when=_has_more, scope="read", idempotent=True, icon="table",
    group="open", example='net["lal"].catalogs["spark_catalog"].namespaces["sky"].more()',
)  # fmt: skip
async def more(ctx: Context, key: Key, params: Nothing) -> Result:
    """Show the next thousand tables of a namespace that has more than are shown. The window asks by itself when
    somebody has scrolled to the last one.
    """
    parts, catalog = ctx.thing(key).payload, key.parent
    page = ctx.house.browsing.pages.get(key)
    if catalog is None or page is None or not isinstance(parts, tuple):
        raise NotApplicable(f"all tables of {ctx.thing(key).label} that are known are shown.", server=ctx.alias(key))
    like, first, _ = page
    answer = await tell(ctx, key, tables.page_statement(str(catalog.id), parts, like, first))
    names, total = tables.page(answer, str(catalog.id), parts)
    ctx.engine.show([table_thing(key, name) for name in names], server=key.server)
    shown = sum(1 for child in ctx.engine.store.children(key) if child.key.kind == "tables")
    ctx.house.browsing.pages[key] = (like, first + tables.PAGE, total)
    _say_shown(ctx, key, shown if first + tables.PAGE < total else total, total)
    return Result(text=f"{shown:,} of {total:,} tables are shown.", focus=key, data={"shown": shown, "total": total})


async def first_rows(
    ctx: Context, key: Key, name: TableName, columns: tuple[Field, ...], count: int, where: str = "", data: int = 0
) -> tuple[tuple[Any, ...], ...]:
    """The first rows, what is long in them cut; cut shorter, where they would be too much for an answer. Of binary
    values the first ``data`` bytes, or their length.

    Raises:
        NotApplicable: they are too much even so.
    """
    longest = 0
    for cuts in (preview.Cuts(data=data), preview.SHORT):
        asked = preview.rows_statement(name, columns, count, where, cuts)
        texts = [row[0] for row in await _rows(ctx, key, asked)]
        longest = preview.too_long(texts)
        if not longest:
            return preview.rows(texts, columns, ctx.alias(key), cuts)
    raise NotApplicable(
        f"a row of {name} has {longest:,} characters, however much is cut from its values.", server=ctx.alias(key),
        remedy="Look at fewer rows, or make a view of the columns you want.",
    )  # fmt: skip


async def columns_of(ctx: Context, key: Key, name: TableName) -> tuple[Field, ...]:
    """Columns of a table with their exact types; no row is read."""
    return _learnt(ctx, key, await ask(ctx, key.root, questions.schema_statement(name)))


async def columns_and_facts(ctx: Context, key: Key, name: TableName) -> tuple[tuple[Field, ...], questions.TableFacts]:
    """Both, asked together."""
    schema, described = await ask_all(
        ctx, key.root, questions.schema_statement(name), questions.describe_statement(name)
    )
    return _learnt(ctx, key, schema), questions.facts(described["data"])


def _learnt(ctx: Context, key: Key, answer: Mapping[str, Any]) -> tuple[Field, ...]:
    found = fields(answer.get("schema"), ctx.alias(key))
    ctx.house.browsing.columns[key] = found
    if ctx.engine.store.children(key):  # they are in sight
        show_columns(ctx, key, found)
    return found


async def facts_of(ctx: Context, key: Key) -> questions.TableFacts:
    """What the catalog says of a table for nothing."""
    return questions.facts(await _rows(ctx, key, questions.describe_statement(name_of(ctx, key))))


def name_of(ctx: Context, key: Key) -> TableName:
    """Name of a table in SQL.

    Raises:
        NotApplicable: it is not known any more.
    """
    name = ctx.thing(key).payload
    if not isinstance(name, TableName):
        raise NotApplicable("this table is not known any more.", server=ctx.alias(key))
    return name
