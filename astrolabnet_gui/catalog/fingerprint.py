"""Fingerprint: a number that two copies of a table share whatever the order of their rows and files.

The sum of a 64-bit hash over all rows, and their count. A tree of sums by groups of partitions names those that differ
in few questions. Rows are hashed column by column where that is exact; maps have no order, so they are hashed as text.
Source: reference data, sections 0.4 and 1.2.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..model.thing import Value
from .names import TableName, literal, quoted
from .schema import Field


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
    return f"SELECT count(*), cast(sum({_hash(columns)}) as string) FROM {table.sql}"


def group_statement(table: TableName, columns: Sequence[Field], by: str, first: str | None, last: str | None) -> str:
    """Fingerprint of the partitions ``first`` to ``last`` (both included, as text) of the column ``by``."""
    key = f"cast({quoted(by)} as string)"
    low = "" if first is None else f" AND {key} >= {literal(first)}"
    high = "" if last is None else f" AND {key} <= {literal(last)}"
    return f"SELECT count(*), cast(sum({_hash(columns)}) as string) FROM {table.sql} WHERE true{low}{high}"


def parts_statement(table: TableName, by: str) -> str:
    """Values of the partition column, as text, sorted."""
    key = f"cast({quoted(by)} as string)"
    return f"SELECT DISTINCT {key} AS part FROM {table.sql} ORDER BY part"
