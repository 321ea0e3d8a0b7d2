"""Binning: histogram, density and time series of a table, counted by the server: what comes back fits the screen.

First the ranges, then the groups: two questions, each over the whole table. Values that are null, NaN or infinite are
counted and left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..errors import BadInput
from ..model.thing import Value
from .names import TableName
from .packed import packed, real
from .spots import Spot

POINTS = 50_000
"""Points at most that are drawn one by one."""


class Span(Value):
    """Range of an axis, in its own unit; ``log``: steps of equal ratio."""

    low: float
    high: float
    log: bool = False


class Ranges(Value):
    """Rows, rows with a number on every axis, and the range of each axis (() if there are none)."""

    rows: int
    good: int
    spans: tuple[Span, ...] = ()


def source(table: TableName, axes: Mapping[str, Spot], where: Sequence[str] = ()) -> str:
    """SELECT that gives each axis as a double under our own name; no name of the table leaves it."""
    chosen = ", ".join(f"{spot.number} AS {name}" for name, spot in axes.items())
    condition = f" WHERE {' AND '.join(where)}" if where else ""
    return f"SELECT {chosen} FROM {table.sql}{condition}"


def ranges_statement(inner: str, axes: Sequence[str], log: Sequence[bool]) -> str:
    """SQL of the ranges: one row of JSON."""
    good = _good(axes, log)
    spans = "".join(
        f", 'low{n}', min(IF({good}, {axis}, NULL)), 'high{n}', max(IF({good}, {axis}, NULL))"
        for n, axis in enumerate(axes)
    )
    return f"SELECT to_json(named_struct('rows', count(*), 'good', count_if({good}){spans})) FROM ({inner})"


def ranges(found: Mapping[str, Any], log: Sequence[bool], given: Sequence[tuple[float | None, float | None]]) -> Ranges:
    """Read that row; ``given`` ends of a range win over those of the data.

    Raises:
        BadInput: a given range is empty.
    """
    spans = []
    for n, ((low, high), is_log) in enumerate(zip(given, log, strict=True)):
        first = real(found.get(f"low{n}")) if low is None else low
        last = real(found.get(f"high{n}")) if high is None else high
        if first is None or last is None:
            return Ranges(rows=int(found["rows"]), good=0)
        if first > last or (is_log and first <= 0):
            raise BadInput(f"there is nothing between {first:g} and {last:g}.", field="least")
        if first == last:
            first, last = (first / 1.5, last * 1.5) if is_log else (first - 0.5, last + 0.5)
        spans.append(Span(low=first, high=last, log=is_log))
    return Ranges(rows=int(found["rows"]), good=int(found["good"]), spans=tuple(spans))


def histogram_statement(inner: str, span: Span, bins: int) -> str:
    """Rows in each of equal steps of ``x``: number of the step ``b``, rows ``n``; b −1 and ``bins`` lie outside."""
    step = f"CASE WHEN x < {span.low!r}D THEN -1 WHEN x > {span.high!r}D THEN {bins} ELSE {_step('x', span, bins)} END"
    groups = f"SELECT {step} AS b, count(*) AS n FROM ({inner}) WHERE {_good('x', [span.log])} GROUP BY 1"
    return packed(groups, ("b", "n"))


def counts(found: Sequence[Mapping[str, Any]], bins: int) -> tuple[int, ...]:
    """Rows of each step."""
    heights = [0] * bins
    for row in found:
        if 0 <= int(row["b"]) < bins:
            heights[int(row["b"])] += int(row["n"])
    return tuple(heights)


def density_statement(inner: str, spans: Sequence[Span], bins: int) -> str:
    """Rows in each field of ``bins`` × ``bins`` over x and y: ``i``, ``j``, ``n``."""
    i, j = (_step(axis, span, bins) for axis, span in zip("xy", spans, strict=True))
    groups = f"SELECT {i} AS i, {j} AS j, count(*) AS n FROM ({inner}) WHERE {_inside('xy', spans)} GROUP BY 1, 2"
    return packed(groups, ("i", "j", "n"))


def points_statement(inner: str, spans: Sequence[Span]) -> str:
    """Every point, at most ``POINTS``."""
    return packed(f"SELECT x, y FROM ({inner}) WHERE {_inside('xy', spans)} LIMIT {POINTS}", ("x", "y"))


def series_statement(inner: str, span: Span, bins: int) -> str:
    """Rows, mean, least and most of y in each step of x: ``b``, ``n``, ``m``, ``lo``, ``hi``."""
    groups = (
        f"SELECT {_step('x', span, bins)} AS b, count(*) AS n, avg(y) AS m, min(y) AS lo, max(y) AS hi FROM ({inner}) "
        f"WHERE {_inside('x', [span])} AND {_good('y', [False])} GROUP BY 1"
    )
    return packed(groups, ("b", "n", "m", "lo", "hi"))


def edge(span: Span, bins: int, n: float) -> float:
    """Value at the beginning of step ``n``."""
    part = n / bins
    if span.log:
        return float(span.low * (span.high / span.low) ** part)
    return span.low + (span.high - span.low) * part


def _good(axes: Sequence[str], log: Sequence[bool]) -> str:
    """NaN is larger than all numbers to Spark, so that one comparison leaves it out too."""
    tests = [
        f"abs({a}) < double('Infinity')" + (f" AND {a} > 0" if on else "") for a, on in zip(axes, log, strict=True)
    ]
    return f"coalesce({' AND '.join(tests)}, false)"


def _inside(axes: Sequence[str], spans: Sequence[Span]) -> str:
    return " AND ".join(f"{a} BETWEEN {s.low!r}D AND {s.high!r}D" for a, s in zip(axes, spans, strict=True))


def _step(axis: str, span: Span, bins: int) -> str:
    value, low, high = axis, f"{span.low!r}D", f"{span.high!r}D"
    if span.log:
        value, low, high = f"ln({axis})", f"ln({low})", f"ln({high})"
    return f"least({bins - 1}, cast(floor(({value} - {low}) / ({high} - {low}) * {bins}) AS int))"
