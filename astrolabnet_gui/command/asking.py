"""Asking: what a server says of one replica, and what it costs to ask."""

from __future__ import annotations

from datetime import UTC, datetime

from ..catalog import questions
from ..catalog.names import TableName
from ..catalog.replicas import data_time_statement, dated_column
from ..errors import AstroLabNetError
from ..model.dataset import Dataset, Place, Replica
from ..model.key import Key
from .context import Context
from .looking import on_disk, rows
from .proving import columns_at, fingerprint_at, written


def table_at(place: Place) -> TableName:
    """Its table, as SQL names it."""
    catalog, *namespace, name = place.table
    return TableName(catalog=catalog, namespace=tuple(namespace), name=name)


async def ask_place(ctx: Context, key: Key, place: Place, dataset: Dataset) -> Replica:
    """Columns, size, rows, last commit and newest datum of a replica.

    Raises:
        AstroLabNetError: the table is gone, or its server does not answer.
    """
    table, side = table_at(place), (key, table_at(place))
    columns = await columns_at(ctx, side)
    facts = questions.facts(await rows(ctx, key, questions.describe_statement(table)))
    _, listed, changed = await on_disk(ctx, key, facts.location)
    size = facts.size_bytes if listed is None else listed
    count = int((await rows(ctx, key, questions.count_statement(table)))[0][0])
    dated = dated_column(columns, dataset.dated)
    newest = (await rows(ctx, key, data_time_statement(table, columns, dated)))[0][0] if dated else None
    return Replica(
        name=dataset.name, table=place.table, size_bytes=size, rows=count, columns=tuple(written(columns)), dated=dated,
        data_time=None if newest is None else str(newest), committed=changed, asked=datetime.now(UTC),
        partitioned_by=next(iter(facts.partitioned_by), ""), location=facts.location, format=facts.provider,
    )  # fmt: skip


async def prove_place(ctx: Context, key: Key, place: Place, dataset: Dataset) -> Replica:
    """The same with its fingerprint, which belongs to the files as they were before it was taken."""
    told = await ask_place(ctx, key, place, dataset)
    side = (key, table_at(place))
    found = await fingerprint_at(ctx, side, await columns_at(ctx, side))
    proof = {"sum": found.sum or "", "fingerprint_rows": found.rows, "proved": datetime.now(UTC),
             "proved_commit": told.committed}  # fmt: skip
    return told.model_copy(update=proof)


async def look_for(ctx: Context, server: Key, dataset: Dataset) -> Place | None:
    """A table of a server that is called as a known replica, or as the dataset; None if there is none.

    Raises:
        AstroLabNetError: the server does not answer.
    """
    names = dict.fromkeys((p.table[0], tuple(p.table[1:-1]), p.table[-1]) for p in dataset.places)
    names[("spark_catalog", ("default",), dataset.name)] = None
    for catalog, namespace, name in names:
        try:
            shown = await rows(ctx, server, questions.tables_statement(catalog, namespace, name))
        except AstroLabNetError:  # it has no such namespace
            await rows(ctx, server, "SELECT 1")
            continue
        for table in questions.tables(shown, catalog, namespace):
            if table.namespace and table.name.casefold() == name.casefold():
                there = ctx.server(server)
                return Place(server=there.uuid, url=there.url, table=(catalog, *namespace, table.name))
    return None


def cost_of(ctx: Context, key: Key, replica: Replica | None) -> str:
    """What asking costs, in words."""
    utility = ctx.house.browsing.of(key.server)
    opens = "" if utility is not None and utility.session is not None else "opens a small session there; "
    if replica is None:
        return f"{opens}looks whether it has one"
    size = f" of {replica.size_bytes / 1e9:.1f} GB" if replica.size_bytes else ""
    return f"{opens}lists its files{size} and reads one column"
