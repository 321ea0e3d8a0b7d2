"""Sieve: which rows of a table a person wants to see: words, or conditions on columns. No Qt."""

from __future__ import annotations

import operator
import re
import shlex
from collections.abc import Callable, Sequence
from typing import Any

from ...model.output import Table
from .cells import at, cell_text, is_number

Row = Sequence[Any]
Test = Callable[[Row], bool]
HINT = "Filter: words, mag<19.5, name~agn, z=null"
_CONDITION = re.compile(r"(?P<column>[^<>=!~]+?)(?P<sign><=|>=|!=|<|>|=|~)(?P<value>.*)")
_ORDER: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "=": operator.eq, "!=": operator.ne,
}  # fmt: skip


def rows_of(table: Table, wanted: str) -> list[int] | None:
    """Numbers of the rows for which all that is ``wanted`` is true; None if nothing is.

    ``agn`` stands in any cell; ``mag<19.5`` and ``class=null`` compare a column; ``name~agn`` stands in it. Quotes
    hold words together.
    """
    tests = [_test(table, word) for word in _words(wanted)]
    if not tests:
        return None
    first, others = tests[0], tests[1:]
    return [n for n, row in enumerate(table.rows) if first(row) and all(test(row) for test in others)]


def _words(wanted: str) -> list[str]:
    try:
        return shlex.split(wanted)
    except ValueError:  # a quote that is not yet closed
        return wanted.split()


def _test(table: Table, word: str) -> Test:
    found = _CONDITION.fullmatch(word)
    if found is not None:
        names = [c.name.casefold() for c in table.columns]
        name = found["column"].strip().casefold()
        if name in names:
            return _compare(names.index(name), found["sign"], found["value"].strip())
    needle = word.casefold()
    return lambda row: any(needle in cell_text(cell).casefold() for cell in row)


def _compare(column: int, sign: str, value: str) -> Test:
    if value.casefold() == "null" and sign in ("=", "!="):
        return lambda row: (at(row, column) is None) is (sign == "=")
    if sign == "~":
        needle = value.casefold()
        return lambda row: needle in cell_text(at(row, column)).casefold()
    compare, number = _ORDER[sign], _number(value)

    def test(row: Row) -> bool:
        cell = at(row, column)
        if cell is None:
            return False
        if number is not None and is_number(cell):
            return compare(cell, number)
        return compare(cell_text(cell).casefold(), value.casefold())

    return test


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
