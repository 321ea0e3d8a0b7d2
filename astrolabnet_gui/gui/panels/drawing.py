"""Drawing: what of a table is drawn: chosen columns as numbers, thinned where there are too many. No Qt."""

from __future__ import annotations

import math
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .cells import cell_words, is_number

Numbers = NDArray[np.float64]
POINTS = 100_000
BARS = 40
STEPS = 50


@dataclass(frozen=True, slots=True)
class Drawn:
    """Points or bars, and a sentence about what they are.

    Attributes:
        x, y: of the points; middles and heights of the bars.
        wide: width of a bar; 0 for points.
        names: words below bars that stand for words; () for numbers.
    """

    x: Numbers
    y: Numbers
    said: str
    wide: float = 0.0
    names: tuple[str, ...] = ()


def numbers(cells: Sequence[Any]) -> Numbers:
    """Cells as floats: dates as seconds since 1970, what is no number as NaN."""
    return np.array([_number(v) for v in cells], dtype=np.float64)


def _number(value: Any) -> float:
    if is_number(value):
        return float(value) if abs(value) <= sys.float_info.max else math.nan
    if isinstance(value, str) and len(value) >= 10 and value[4:5] == "-":
        try:
            return datetime.fromisoformat(value).timestamp()
        except ValueError:
            return math.nan
    return math.nan


def dates(cells: Sequence[Any]) -> bool:
    """The column speaks of days or moments."""
    seen = [v for v in cells[:50] if v is not None]
    return bool(seen) and all(isinstance(v, str) and not math.isnan(_number(v)) for v in seen)


def points(x: Sequence[Any] | None, y: Sequence[Any], *, line: bool, log: tuple[bool, bool]) -> Drawn:
    """One point a row; ``x`` None = the row's number. A line goes from left to right."""
    across = np.arange(1, len(y) + 1, dtype=np.float64) if x is None else numbers(x)
    up = numbers(y)
    good = np.isfinite(across) & np.isfinite(up)
    for axis, on in ((across, log[0]), (up, log[1])):
        if on:
            with np.errstate(invalid="ignore"):
                good &= axis > 0
    across, up = across[good], up[good]
    if line and x is not None:
        order = np.argsort(across, kind="stable")
        across, up = across[order], up[order]
    drawn = len(across)
    if drawn > POINTS:
        chosen = np.linspace(0, drawn - 1, POINTS).astype(np.intp)
        across, up = across[chosen], up[chosen]
    return Drawn(across, up, _said(len(across), len(y), drawn))


def steps(cells: Sequence[Any]) -> Drawn:
    """How many rows in each of equal steps of a number."""
    found = numbers(cells)
    good = found[np.isfinite(found)]
    if not len(good):
        return Drawn(good, good, _said(0, len(cells), 0))
    heights, edges = np.histogram(good, bins=STEPS)
    return Drawn(
        (edges[:-1] + edges[1:]) / 2, heights.astype(np.float64), _said(len(good), len(cells), len(good)),
        wide=float(edges[1] - edges[0]),
    )  # fmt: skip


def bars(names: Sequence[Any], heights: Sequence[Any] | None) -> Drawn:
    """A bar for each word, the highest first: its rows, or the sum of a column over them."""
    tall: Counter[str] = Counter()
    taken = 0
    for n, name in enumerate(names):
        high = 1.0 if heights is None else _number(heights[n])
        if name is not None and math.isfinite(high):
            tall[cell_words(name, 24)] += high  # type: ignore[assignment]
            taken += 1
    shown = tall.most_common(BARS)
    most = f", the {BARS} highest of {len(tall)} bars" if len(tall) > BARS else ""
    return Drawn(
        np.arange(len(shown), dtype=np.float64), np.array([high for _, high in shown], dtype=np.float64),
        _said(taken, len(names), taken) + most, wide=0.8, names=tuple(name for name, _ in shown),
    )  # fmt: skip


def _said(drawn: int, rows: int, able: int) -> str:
    """How many rows are drawn, and why not all."""
    said = f"{_count(drawn)} of {_count(rows)} rows drawn" if drawn < rows else f"{_count(rows)} rows drawn"
    if drawn < able:
        said += ", thinned evenly"
    elif able < rows:
        said += f", {_count(rows - able)} have no number there"
    return said


def _count(number: int) -> str:
    return cell_words(number)
