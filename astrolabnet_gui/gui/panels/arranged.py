"""Arranged: which rows of a table are shown in which order, found in steps of a few milliseconds. No Qt."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import Any

from ..ordering import AT_ONCE, in_order
from .cells import at, sort_key
from .sieve import Test

CELLS = 2000
"""So many cells are looked at in one step."""
Rows = Sequence[Sequence[Any]]
Found = Generator[float, None, Sequence[int]]


def sifted(rows: Rows, test: Test, columns: int) -> Found:
    """Numbers of the rows for which the test is true; yields how far it is, 0..1."""
    found: list[int] = []
    step = max(1, CELLS // max(1, columns))
    for start in range(0, len(rows), step):
        found += [n for n, row in enumerate(rows[start : start + step], start) if test(row)]
        yield start / len(rows)
    return found


def by_column(rows: Rows, numbers: Sequence[int], column: int, falling: bool) -> Found:
    """These rows by the cells of one column, nulls last; yields how far it is, 0..1."""
    filled: list[int] = []
    empty: list[int] = []
    for start in range(0, len(numbers), AT_ONCE):
        for n in numbers[start : start + AT_ONCE]:
            (empty if at(rows[n], column) is None else filled).append(n)
        yield 0.0
    ordered = yield from in_order(filled, lambda n: sort_key(rows[n][column]), falling=falling)
    return ordered + empty
