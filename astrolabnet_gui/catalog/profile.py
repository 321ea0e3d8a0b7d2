"""Profile: how the values of each column are spread, from one query over the table whatever the number of columns.

A number that is not finite is counted and left out of mean, quantiles and histogram, which it would make worthless.
Distinct values, quantiles and histogram are Spark's approximations.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ..errors import Malformed
from ..model.thing import Value
from .names import TableName, literal, quoted
from .schema import Field

MOST = 50
BARS = 20
_CENTRES = 64
_TEXT = 200
_QUANTILES = "array(0.05, 0.25, 0.5, 0.75, 0.95)"
_WHOLE = ("byte", "short", "integer", "long")
_REAL = ("float", "double")
_TIMES = ("date", "timestamp", "timestamp_ntz")


class ColumnProfile(Value):
    """One column.

    Attributes:
        name: of the column; type: as a person reads it.
        rows: of the table; nulls: of them without a value; odd: NaN and infinities, which count nowhere else.
        distinct: different values, about.
        least, most: as text, in the column's own form; lengths for what has no order.
        mean, spread: of numbers; spread is the standard deviation.
        quantiles: at 5, 25, 50, 75 and 95 %; () for what is no number.
        bars: rows in equal steps from least to most, about; () for what is no number or time.
        measured: "" for the value itself, "length" where length or number of items was taken in its place.
    """

    name: str
    type: str
    rows: int
    nulls: int
    odd: int = 0
    distinct: int | None = None
    least: str = ""
    most: str = ""
    mean: float | None = None
    spread: float | None = None
    quantiles: tuple[float, ...] = ()
    bars: tuple[int, ...] = ()
    measured: str = ""


def statement(table: TableName, columns: tuple[Field, ...]) -> str:
    """SQL of the profile of at most ``MOST`` columns: one row with one JSON text."""
    asked = ", ".join(f"{literal(str(n))}, {_figures(quoted(c.name), c)}" for n, c in enumerate(columns[:MOST]))
    rest = f", {asked}" if asked else ""
    return f"SELECT to_json(named_struct('rows', count(*){rest})) AS profile FROM {table.sql}"


def profiles(text: Any, columns: tuple[Field, ...], server: str = "") -> tuple[ColumnProfile, ...]:
    """Read the answer.

    Raises:
        Malformed: it is not what was asked for.
    """
    try:
        answer = json.loads(text)
        rows = int(answer["rows"])
        return tuple(_read(answer[str(n)], column, rows) for n, column in enumerate(columns[:MOST]))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as exc:
        raise Malformed(f"a profile is not what was asked for: {str(text)[:80]!r}", server=server) from exc


def measured(column: Field) -> str:
    """ "length" where values have no order that a person could read."""
    return "length" if column.type in ("binary", "array", "map") else ""


def _figures(name: str, column: Field) -> str:
    kind = "decimal" if column.type.startswith("decimal") else column.type
    parts = [f"'n', count({name})"]
    if kind == "struct":
        return _struct(parts)
    if measured(column):
        length = f"octet_length({name})" if kind == "binary" else f"size({name})"
        length = f"if({name} IS NULL, NULL, {length})"
        return _struct([*parts, *_ends(length), *_spread(f"cast({length} as double)")])
    if kind not in (*_WHOLE, *_REAL, *_TIMES, "decimal", "string", "boolean"):
        return _struct(parts)
    value = name
    if kind in _REAL:
        # Infinity stands in SQL as a text only.
        value = f"if(isnan({name}) OR abs({name}) = double('Infinity'), NULL, {name})"
        parts.append(f"'odd', count({name}) - count({value})")
    parts.append(f"'distinct', approx_count_distinct({value})")
    parts += _ends(f"substring({value}, 1, {_TEXT})" if kind == "string" else value)
    if kind in _TIMES:
        moment = f"cast(cast({value} as timestamp) as double)"
        parts += _histogram(moment)
    elif kind not in ("string", "boolean"):
        parts += _spread(f"cast({value} as double)")
    elif kind == "boolean":
        parts.append(f"'mean', avg(cast({value} as int))")
    return _struct(parts)


def _struct(parts: list[str]) -> str:
    return f"named_struct({', '.join(parts)})"


def _ends(value: str) -> list[str]:
    return [f"'least', cast(min({value}) as string)", f"'most', cast(max({value}) as string)"]


def _spread(number: str) -> list[str]:
    return [
        f"'mean', avg({number})", f"'spread', stddev({number})",
        f"'quantiles', percentile_approx({number}, {_QUANTILES})", *_histogram(number),
    ]  # fmt: skip


def _histogram(number: str) -> list[str]:
    return [f"'low', min({number})", f"'high', max({number})", f"'bars', histogram_numeric({number}, {_CENTRES})"]


def _read(found: Mapping[str, Any], column: Field, rows: int) -> ColumnProfile:
    there, odd, distinct = int(found["n"]), int(found.get("odd") or 0), found.get("distinct")
    return ColumnProfile(
        name=column.name,
        type=column.words,
        rows=rows,
        nulls=rows - there,
        odd=odd,
        # Spark's estimate may exceed what there is.
        distinct=None if distinct is None else min(int(distinct), there - odd),
        least=str(found.get("least") or ""),
        most=str(found.get("most") or ""),
        mean=found.get("mean"),
        spread=_number(found.get("spread")),
        quantiles=tuple(found.get("quantiles") or ()),
        bars=_bars(found),
        measured=measured(column),
    )


def _number(value: Any) -> float | None:
    # The deviation of a single value is "NaN".
    return float(value) if isinstance(value, int | float) else None


def _bars(found: Mapping[str, Any]) -> tuple[int, ...]:
    """Spark's centres of unequal width, gathered into equal steps."""
    centres, low, high = found.get("bars"), found.get("low"), found.get("high")
    if not centres or low is None or high is None:
        return ()
    if high <= low:
        return (round(sum(centre["y"] for centre in centres)),)
    bars = [0.0] * BARS
    for centre in centres:
        step = (centre["x"] - low) / (high - low) * BARS
        bars[max(0, min(BARS - 1, int(step)))] += centre["y"]
    return tuple(round(bar) for bar in bars)
