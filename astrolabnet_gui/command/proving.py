"""Proving: fingerprints of tables, of two tables side by side, and of the partitions that differ."""

from __future__ import annotations

import asyncio
from typing import Any

from pydantic import Field as Parameter

from ..catalog import fingerprint, questions
from ..catalog.fingerprint import Fingerprint
from ..catalog.names import TableName
from ..catalog.schema import Field, fields
from ..errors import BadInput
from ..model.key import Key
from .context import Context
from .data import answering, columns_of, facts_of, name_of
from .looking import ask, rows
from .registry import Nothing, Params, Result, command

Side = tuple[Key, TableName]


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
    "table.fingerprint", "Take the fingerprint", on=("tables",), when=answering, scope="read", idempotent=True,
    icon="seal", example='net["lal"].table("sky.alerts").fingerprint()',
)  # fmt: skip
async def take(ctx: Context, key: Key, params: Nothing) -> Result:
    """A number that is equal for two tables with the same rows, in whatever order. It reads the whole table."""
    name = name_of(ctx, key)
    found = await fingerprint_at(ctx, (key, name), await columns_of(ctx, key, name))
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
    if written(mine) != written(theirs):
        differ = sorted(set(written(mine)) ^ set(written(theirs)))
        return Result(
            text=f"They differ in their columns: {', '.join(differ[:6]) or 'their order'}.", focus=key,
            data={"equal": False, "columns": differ},
        )  # fmt: skip
    sides = ((key, name_of(ctx, key)), (other, name_of(ctx, other)))
    here, there = await asyncio.gather(*(fingerprint_at(ctx, side, mine) for side in sides))
    data = {"equal": here == there, "here": here.model_dump(), "there": there.model_dump()}
    if here == there:
        return Result(text=f"verified equal: {here.rows:,} rows.", focus=key, data=data)
    by = params.by or next(iter((await facts_of(ctx, key)).partitioned_by), "")
    if by and by not in {c.name for c in mine}:
        raise BadInput(f"the tables have no column {by!r}.", field="by")
    parts = await parts_between(ctx, *sides, mine, by) if by else []
    words = f"they differ{in_parts(by, parts)}: {here.rows:,} rows here, {there.rows:,} there."
    return Result(text=words, focus=key, data=data | {"by": by, "partitions": parts})


async def columns_at(ctx: Context, side: Side) -> tuple[Field, ...]:
    """Columns of a table, which need not be in sight."""
    answer = await ask(ctx, side[0].root, questions.schema_statement(side[1]))
    return fields(answer.get("schema"), ctx.alias(side[0]))


async def fingerprint_at(ctx: Context, side: Side, columns: tuple[Field, ...]) -> Fingerprint:
    """Fingerprint of a whole table; one question, which reads all of it."""
    found = await rows(ctx, side[0], fingerprint.whole_statement(side[1], columns))
    return Fingerprint(rows=int(found[0][0]), sum=found[0][1])


async def parts_between(ctx: Context, here: Side, there: Side, columns: tuple[Field, ...], by: str) -> list[Any]:
    """Partitions that differ, by two questions a side however many there are."""
    sides = (here, there)
    groups = [rows(ctx, key, fingerprint.buckets_statement(name, columns, by)) for key, name in sides]
    buckets = [int(bucket or 0) for bucket in fingerprint.differing(*await asyncio.gather(*groups))]
    if not buckets:
        return []
    parts = [rows(ctx, key, fingerprint.parts_statement(name, columns, by, buckets)) for key, name in sides]
    return fingerprint.differing(*await asyncio.gather(*parts))


def in_parts(by: str, parts: list[Any]) -> str:
    """Words after "they differ"."""
    shown = ", ".join(f"{by}={part}" for part in parts[:6])
    return f" in {shown}{'…' * (len(parts) > 6)}" if parts else ""


def written(columns: tuple[Field, ...]) -> list[str]:
    """Columns as two sides compare them."""
    return [f"{c.name} {c.words}" for c in columns]
