"""What can be done with copies of tables: make one without moving a byte, mend one by moving only what differs."""

from __future__ import annotations

import re
from typing import Any

from pydantic import Field as Parameter

from ..catalog import questions
from ..catalog.names import TableName, literal, quoted
from ..catalog.questions import TableFacts
from ..catalog.schema import Field
from ..errors import AstroLabNetError, BadInput, NotApplicable
from ..model.key import Key
from ..model.thing import Thing, Value
from .context import Context
from .data import answering, columns_of, facts_of, name_of
from .looking import ask, rows
from .proving import Side, fingerprint_at, in_parts, parts_between, written
from .registry import Params, Result, command
from .session import server_up
from .undo import way_back

# Each costs a statement; more than so many are a copy that is made anew faster.
MOST_PARTS = 200
_TYPE = re.compile(r"[a-z_]+(\(\d+(, ?\d+)?\))?")


class ReferParams(Params):
    """Where, and under which name."""

    target: str = Parameter(default="", title="At server", max_length=80, description="Its name; empty: this one.")
    name: str = Parameter(title="As", min_length=3, max_length=200, description="As night.alerts.")


@command(
    "table.refer", "Register at a server…", on=("tables",), params=ReferParams, when=answering,
    inverse="table.unrefer", icon="table",
    example='net["lal"].table("sky.alerts").refer(target="cern", name="sky.alerts")',
)  # fmt: skip
async def refer(ctx: Context, key: Key, params: ReferParams) -> Result:
    """Register a table in another server's catalog by the place of its files: nothing is copied.

    Both servers must see the same storage. That they do is proved: the fingerprint of what the other one reads must be
    the table's, or nothing stays registered. What changes in the files is seen by both.
    """
    server, name = _server(ctx, key, params.target), _table(params.name)
    here = name_of(ctx, key)
    found = await registered(ctx, key, here, server, name)
    back = way_back(f"register {name}", "table.unrefer", server, name=str(name))
    return Result(
        text=f"{ctx.alias(server)} reads {here} as {name}: {found.rows:,} rows, nothing was copied.",
        data={"rows": found.rows, "location": found.location, **back},
    )  # fmt: skip


class Registered(Value):
    """How many rows both servers read, and where they lie."""

    rows: int
    location: str


async def registered(ctx: Context, key: Key, here: TableName, server: Key, name: TableName) -> Registered:
    """Register a table of one server at another by the place of its files, and prove that both read the same.

    Raises:
        NotApplicable: it has no files of its own, or the other one does not see them; nothing stays registered.
    """
    facts = questions.facts(await rows(ctx, key, questions.describe_statement(here)))
    columns = await columns_of(ctx, key, here)
    if not facts.location or not facts.provider or facts.type == "VIEW":
        raise NotApplicable(f"{here} has no files of its own.", server=ctx.alias(key), remedy="Take a snapshot of it.")
    told = literal(f"{here} of {ctx.alias(key)}, by reference")
    parts = (
        f" PARTITIONED BY ({', '.join(quoted(one) for one in facts.partitioned_by)})" if facts.partitioned_by else ""
    )
    shape = _shape(columns)
    ctx.said(f"registering it at {ctx.alias(server)}")
    await ask(ctx, server, f"CREATE DATABASE IF NOT EXISTS {quoted(*name.namespace)}")
    await ask(
        ctx, server,
        f"CREATE TABLE {name.sql} ({shape}) USING {quoted(facts.provider)}{parts} LOCATION {literal(facts.location)} "
        f"COMMENT {told}",
    )  # fmt: skip
    try:
        if parts:
            await ask(ctx, server, f"ALTER TABLE {name.sql} RECOVER PARTITIONS")
        ctx.said("proving that it reads the same rows")
        mine = await fingerprint_at(ctx, (key, here), columns)
        theirs = await fingerprint_at(ctx, (server, name), columns)
        if mine != theirs:
            raise NotApplicable(
                f"it does not see the same files at {facts.location}: {theirs.rows:,} rows there, {mine.rows:,} here.",
                server=ctx.alias(server), remedy="Let a channel copy it, or carry its files there.",
            )  # fmt: skip
    except BaseException:
        await ask(ctx, server, f"DROP TABLE IF EXISTS {name.sql}")
        raise
    return Registered(rows=mine.rows, location=facts.location)


async def unregistered(ctx: Context, server: Key, name: TableName) -> None:
    """Take a table that was registered so out of a catalog, if it is there.

    Raises:
        NotApplicable: it owns its files.
    """
    try:
        facts = questions.facts(await rows(ctx, server, questions.describe_statement(name)))
    except AstroLabNetError as problem:
        if "TABLE_OR_VIEW_NOT_FOUND" in str(problem) or "not found" in str(problem).lower():
            return
        raise
    if facts.type != "EXTERNAL":
        raise NotApplicable(f"{name} owns its files: to take it out would delete them.", server=ctx.alias(server))
    await ask(ctx, server, f"DROP TABLE {name.sql}")


class UnreferParams(Params):
    """Which."""

    name: str = Parameter(title="Table", min_length=3, max_length=200, description="As night.alerts.")


@command(
    "table.unrefer", "Unregister a table…", on=("servers",), params=UnreferParams, when=server_up, icon="close",
    group="remove", example='net["lal"].unrefer_table(name="sky.alerts")',
)  # fmt: skip
async def unrefer(ctx: Context, server: Key, params: UnreferParams) -> Result:
    """Take a table that was registered by the place of its files out of the catalog; the files stay as they are."""
    name = _table(params.name)
    await unregistered(ctx, server, name)
    return Result(text=f"{name} is not registered any more; its files stay.")


class MendParams(Params):
    """By what."""

    like: str = Parameter(
        title="Like", min_length=1,
        description="Address of the table that is right, as lal/catalogs/spark_catalog/namespaces/sky/tables/alerts.",
    )  # fmt: skip


def _before(thing: Thing, params: Any) -> str:
    return f"Overwrite what differs in {thing.label} by what stands in {params.like}?"


@command(
    "table.mend", "Mend by another…", on=("tables",), params=MendParams, when=answering, dangerous=_before,
    idempotent=True, icon="seal", example='net["lal"].table("sky.alerts").mend(like="lal/…/tables/alerts")',
)  # fmt: skip
async def mend(ctx: Context, key: Key, params: MendParams) -> Result:
    """Make a copy equal to its original again: the partitions that differ are found by fingerprints, only they move.

    The copy's server reads the files of the original itself; each partition is replaced whole, and at the end both
    tables are proved equal.
    """
    like = ctx.engine.store.find(params.like).key
    if like.kind != "tables" or like == key:
        raise BadInput("it must be the address of another table.", field="like")
    copy, right = (key, name_of(ctx, key)), (like, name_of(ctx, like))
    columns, theirs = await columns_of(ctx, *copy), await columns_of(ctx, *right)
    if written(columns) != written(theirs):
        raise NotApplicable("their columns are not the same.", remedy="Make the copy anew.")
    ctx.said("looking what differs")
    if await fingerprint_at(ctx, copy, columns) == await fingerprint_at(ctx, right, columns):
        return Result(text="verified equal: nothing was moved.", focus=key, data={"partitions": [], "rows": 0})
    by = next(iter((await facts_of(ctx, key)).partitioned_by), "")
    if not by:
        raise NotApplicable(f"{copy[1]} has no partitions, so it can only be made anew.", server=ctx.alias(key))
    parts = await parts_between(ctx, copy, right, columns, by)
    if len(parts) > MOST_PARTS:
        raise NotApplicable(f"{len(parts)} partitions differ.", server=ctx.alias(key), remedy="Make the copy anew.")
    moved = await _moved(ctx, copy, await facts_of(ctx, like), columns, by, parts)
    if await fingerprint_at(ctx, copy, columns) != await fingerprint_at(ctx, right, columns):
        raise AstroLabNetError(
            "it is still not equal: the original changed meanwhile, or its files are not those that its server reads.",
            server=ctx.alias(key), remedy="Mend it again; else make the copy anew.",
        )  # fmt: skip
    return Result(
        text=f"{copy[1]} is equal again; {moved:,} rows were moved{in_parts(by, parts)}.", focus=key,
        data={"by": by, "partitions": parts, "rows": moved},
    )  # fmt: skip


async def _moved(
    ctx: Context, copy: Side, facts: TableFacts, columns: tuple[Field, ...], by: str, parts: list[Any]
) -> int:
    """Replace these partitions by those of the original's files; how many rows those have."""
    server, table, view = copy[0].root, copy[1], quoted("aln_original")
    shape = _shape(columns)
    # With its columns said, a partition 01 is not taken for the number 1.
    await ask(
        ctx, server,
        f"CREATE OR REPLACE TEMPORARY VIEW {view} ({shape}) USING {quoted(facts.provider)} "
        f"OPTIONS (path {literal(facts.location)})",
    )  # fmt: skip
    rest = ", ".join(quoted(column.name) for column in columns if column.name != by)
    moved = 0
    try:
        for done, part in enumerate(parts):
            value = "null" if part is None else literal(str(part))
            fits = f"{quoted(by)} IS NULL" if part is None else f"cast({quoted(by)} AS string) = {value}"
            [[count]] = await rows(ctx, server, f"SELECT count(*) FROM {view} WHERE {fits}")
            await ask(
                ctx, server,
                f"INSERT OVERWRITE TABLE {table.sql} PARTITION ({quoted(by)} = {value}) "
                f"SELECT {rest} FROM {view} WHERE {fits}",
            )  # fmt: skip
            moved += int(count)
            ctx.progress((done + 1) / len(parts), f"{by}={part}")
    finally:
        await ask(ctx, server, f"DROP VIEW IF EXISTS {view}")
    return moved


def _shape(columns: tuple[Field, ...]) -> str:
    """Columns as a statement declares them; names stay names at any depth."""
    return ", ".join(f"{quoted(column.name)} {_ddl(column)}" for column in columns)


def _ddl(field: Field) -> str:
    match field.type:
        case "struct":
            return f"struct<{', '.join(f'{quoted(part.name)}: {_ddl(part)}' for part in field.parts)}>"
        case "array" | "map":
            return f"{field.type}<{', '.join(map(_ddl, field.parts))}>"
        case kind if _TYPE.fullmatch(kind):
            return kind
    raise NotApplicable(f"a column of type {field.type[:40]!r} can not be declared.")


def _server(ctx: Context, key: Key, alias: str) -> Key:
    for one in ctx.engine.servers():
        if one.alias == (alias or ctx.alias(key)):
            return Key(one.uuid)
    raise BadInput(f"there is no server {alias}.", field="target")


def _table(name: str) -> TableName:
    parts = name.split(".")
    if len(parts) != 2 or not all(parts):
        raise BadInput("give a name as night.alerts.", field="name")
    return TableName(namespace=(parts[0],), name=parts[1])
