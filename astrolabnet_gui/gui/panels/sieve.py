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


def wanted_rows(table: Table, wanted: str) -> Test | None:
    """What is true of a row for which all that is ``wanted`` is true; None if nothing is wanted.

    ``agn`` stands in any cell; ``mag<19.5`` and ``class=null`` compare a column; ``name~agn`` stands in it. Quotes
    hold words together.
    """
    tests = [_test(table, word) for word in _words(wanted)]
    if len(tests) < 2:
        return tests[0] if tests else None
    return lambda row: all(test(row) for test in tests)


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
    # All cells of a row at once takes half the time; no word holds a null character.
    return lambda row: needle in "\0".join(map(cell_text, row)).casefold()


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
