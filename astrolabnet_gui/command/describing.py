"""What can be asked about a table: its facts by what they cost, and the profile of its columns."""

from __future__ import annotations

import contextlib
from typing import Any

from pydantic import Field as Parameter

from ..catalog import profile, questions
from ..catalog.schema import Field
from ..catalog.sky_index import sky_index
from ..errors import AstroLabNetError, BadInput
from ..model.key import Key
from .context import Context
from .data import answering, columns_and_facts, columns_of, facts_of, name_of
from .looking import on_disk, rows, show_columns
from .registry import Nothing, Params, Result, command


class ProfileParams(Params):
    """Which columns."""

    columns: tuple[str, ...] = Parameter(
        default=(), title="Columns", description=f"Empty: the first {profile.MOST}.", max_length=profile.MOST
    )


@command(
    "table.facts", "Show the facts", on=("tables",), when=answering, scope="read", idempotent=True, icon="table",
    group="open", example='net["lal"].table("sky.alerts").facts()',
)  # fmt: skip
async def tell(ctx: Context, key: Key, params: Nothing) -> Result:
    """Columns with their exact types and what the catalog knows for nothing: format, place, owner, size as last
    analysed, partitions, and the SQL that makes the table anew. No row is read.
    """
    name = name_of(ctx, key)
    columns, facts = await columns_and_facts(ctx, key, name)
    try:
        ddl = "\n".join(str(row[0]) for row in await rows(ctx, key, questions.ddl_statement(name)))
    except AstroLabNetError:  # temporary views and some catalogs have none
        ddl = ""
    data: dict[str, Any] = facts.model_dump(mode="json")
    data |= {"sky_index": sky_index(column.name for column in columns)}
    data |= {"ddl": ddl, "columns": [column.model_dump(mode="json") for column in columns]}
    kind = facts.type.lower() or "table"
    return Result(text=f"{name}: {kind}, {len(columns)} columns, {facts.provider}".rstrip(" ,") + ".", data=data)


@command(
    "table.schema", "Show its columns", on=("tables",), when=answering, scope="read", idempotent=True, icon="column",
    example='net["lal"].table("sky.alerts").schema()',
)  # fmt: skip
async def schema(ctx: Context, key: Key, params: Nothing) -> Result:
    """Columns with their exact types, below the table in the tree; what is nested unfolds further. No row is read."""
    name = name_of(ctx, key)
    columns = await columns_of(ctx, key, name)
    show_columns(ctx, key, columns)
    data = {"columns": [column.model_dump(mode="json") for column in columns]}
    return Result(text=f"{name}: {len(columns)} columns.", focus=key, data=data)


@command(
    "table.measure", "Measure files and rows", on=("tables",), when=answering, scope="read", idempotent=True,
    icon="table", example='net["lal"].table("sky.alerts").measure()',
)  # fmt: skip
async def measure(ctx: Context, key: Key, params: Nothing) -> Result:
    """Count files, bytes, rows and partitions and find the last change. Every file of the table is opened; of one whose
    format says nothing of its files (Iceberg, Hive's own) all that lies in its folder is counted, of a view the rows
    alone.
    """
    name = name_of(ctx, key)
    facts = await facts_of(ctx, key)
    parts = None
    if facts.partitioned_by:
        asked = questions.partitions_statement(name, facts.partitioned_by)
        with contextlib.suppress(AstroLabNetError):  # some formats name a function of a column there
            parts = int((await rows(ctx, key, asked))[0][0])
    try:
        [(files, size, count, changed)] = await rows(ctx, key, questions.files_statement(name))
    except AstroLabNetError:  # only what Spark itself reads has _metadata; a table that vanished says so at the count
        [(count,)] = await rows(ctx, key, questions.count_statement(name))
        files, size, changed = await on_disk(ctx, key, facts.location)
    data = {
        "files": None if files is None else int(files), "size_bytes": None if files is None else int(size or 0),
        "rows": int(count or 0), "changed": str(changed or ""), "partitions": parts,
    }  # fmt: skip
    where = "" if data["files"] is None else f" in {data['files']:,} files"
    where += "" if parts is None else f", {parts:,} partitions"
    return Result(text=f"{name}: {data['rows']:,} rows{where}.", data=data)


@command(
    "table.profile", "Profile the columns", on=("tables",), params=ProfileParams, when=answering, scope="read",
    idempotent=True, icon="table", example='net["lal"].table("sky.alerts").profile(columns=("mag",))',
)  # fmt: skip
async def spread(ctx: Context, key: Key, params: ProfileParams) -> Result:
    """Least, most, mean, distinct values, nulls, quantiles and a histogram of each column, in one query that reads
    the whole table.
    """
    name = name_of(ctx, key)
    columns = await columns_of(ctx, key, name)
    chosen = _chosen(columns, params.columns)
    if not chosen:
        raise BadInput(f"{name} has no columns.", server=ctx.alias(key))
    [(text,)] = await rows(ctx, key, profile.statement(name, chosen))
    found = profile.profiles(text, chosen, ctx.alias(key))
    data = {"rows": found[0].rows, "of": len(columns), "columns": [column.model_dump(mode="json") for column in found]}
    return Result(text=f"{name}: {len(found)} of {len(columns)} columns, {found[0].rows:,} rows.", data=data)


def _chosen(columns: tuple[Field, ...], names: tuple[str, ...]) -> tuple[Field, ...]:
    known = {column.name: column for column in columns}
    missing = [name for name in names if name not in known]
    if missing:
        raise BadInput(f"the table has no column {missing[0]!r}.", field="columns")
    return tuple(known[name] for name in names) or columns[: profile.MOST]
