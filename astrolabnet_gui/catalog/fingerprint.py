"""Fingerprint: a number that two copies of a table share whatever the order of their rows and files.

The sum of a 64-bit hash over all rows, and their count. Sums by groups of partitions, then by the partitions of the
groups that differ, name those that differ in two questions a side. Rows are hashed column by column where that is
exact; maps have no order, so their entries are sorted and hashed as text.
Source: reference data, sections 0.4 and 1.2.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..model.thing import Value
from .names import TableName, quoted
from .schema import Field

BUCKETS = 512  # an answer has at most 1 000 rows
Groups = Sequence[Sequence[Any]]


class Fingerprint(Value):
    """Rows and the sum of their hashes, as text of a whole number; None for a sum over no rows."""

    rows: int
    sum: str | None = None


def _hash(columns: Sequence[Field]) -> str:
    """Hash of one row. Null and absent are told apart by its being hashed beside the value."""
    parts = []
    for column in columns:
        name = quoted(column.name)
        if any(part.type == "map" for part in column.walk()):
            name = f"to_json(named_struct('v', {_ordered(name, column)}), map('ignoreNullFields', 'false'))"
        parts.append(f"{name}, isnull({name})")
    return f"cast(xxhash64({', '.join(parts)}) as decimal(38,0))"


def _ordered(sql: str, column: Field) -> str:
    """A map as the sorted list of its entries; a map within something else stays as it is written."""
    return f"array_sort(map_entries({sql}))" if column.type == "map" and _sortable(column) else sql


def _sortable(column: Field) -> bool:
    return not any(part.type == "map" for part in column.parts[1].walk())


def whole_statement(table: TableName, columns: Sequence[Field]) -> str:
    """SQL of a table's fingerprint: one row, count and sum."""
    return f"SELECT {_sums(columns)} FROM {table.sql}"


def buckets_statement(table: TableName, columns: Sequence[Field], by: str) -> str:
    """Fingerprints of ``BUCKETS`` groups of partitions of the column ``by``: bucket, count, sum."""
    return f"SELECT {_bucket(by)} AS bucket, {_sums(columns)} FROM {table.sql} GROUP BY 1"


def parts_statement(table: TableName, columns: Sequence[Field], by: str, buckets: Sequence[int]) -> str:
    """Fingerprints of the partitions in some buckets: value of ``by`` as text, count, sum."""
    chosen = ", ".join(map(str, buckets))
    return (
        f"SELECT cast({quoted(by)} as string) AS part, {_sums(columns)} FROM {table.sql} "
        f"WHERE {_bucket(by)} IN ({chosen}) GROUP BY 1"
    )


def differing(here: Groups, there: Groups) -> list[str | int | None]:
    """Groups (first of each row) that are not equal, or are only on one side."""
    ours, theirs = ({row[0]: (row[1], row[2]) for row in rows} for rows in (here, there))
    return sorted((g for g in ours.keys() | theirs.keys() if ours.get(g) != theirs.get(g)), key=lambda g: str(g or ""))


def _sums(columns: Sequence[Field]) -> str:
    return f"count(*), cast(sum({_hash(columns)}) as string)"


def _bucket(by: str) -> str:
    return f"pmod(xxhash64(cast({quoted(by)} as string)), {BUCKETS})"
