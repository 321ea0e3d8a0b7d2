"""Column: what a column of a table holds: how many, from where to where, and how it is spread. No Qt."""

from __future__ import annotations

import math
import sys
from collections import Counter
from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ..ordering import AT_ONCE, ended, in_order
from ..words import count, percent
from .cells import cell_text, cell_words, is_number

BINS = 24
TOP = 6


@dataclass(frozen=True, slots=True)
class Statistics:
    """One column.

    Attributes:
        facts: name and value, as shown.
        bars: label and height (a count): equal steps of a number, or the most frequent words.
        first, last: ends of the axis of numbers; "" for words.
    """

    facts: tuple[tuple[str, str], ...]
    bars: tuple[tuple[str, int], ...] = ()
    first: str = ""
    last: str = ""


def statistics(cells: Sequence[Any]) -> Statistics:
    """Of all cells; numbers get a mean, a deviation and steps, other things their most frequent words."""
    return ended(counted(cells))


def counted(cells: Sequence[Any]) -> Generator[float, None, Statistics]:
    """The same in steps of a few milliseconds; what they yield says nothing."""
    filled: list[Any] = []
    number = True
    for some in _pieces(cells):
        here = [v for v in some if v is not None]
        number = number and all(isinstance(v, int | float) and not isinstance(v, bool) for v in here)
        filled += here
        yield 0
    head = [("Rows", count(len(cells))), ("Null", _share(len(cells) - len(filled), len(cells)))]
    if filled and number:
        return (yield from _numbers(head, filled))
    frequent: Counter[str] = Counter()
    for some in _pieces(filled):
        frequent.update(map(cell_text, some))
        yield 0
    head.append(("Distinct", count(len(frequent))))
    if frequent:
        head += [("Min", cell_words(min(frequent), 40)), ("Max", cell_words(max(frequent), 40))]
    yield 0
    return Statistics(tuple(head), tuple((cell_words(word, 40), n) for word, n in frequent.most_common(TOP)))


def _pieces(cells: Sequence[Any]) -> Iterator[Sequence[Any]]:
    return (cells[start : start + AT_ONCE] for start in range(0, len(cells), AT_ONCE))


def _numbers(head: list[tuple[str, str]], filled: Sequence[float]) -> Generator[float, None, Statistics]:
    good: list[float] = []
    for some in _pieces(filled):
        good += [v for v in some if is_number(v) and abs(v) <= sys.float_info.max]
        yield 0
    if len(good) < len(filled):
        head.append(("NaN or ∞", _share(len(filled) - len(good), len(filled))))
    head.append(("Distinct", count(len(set(good)))))
    yield 0
    if not good:
        return Statistics(tuple(head))
    ordered = yield from in_order(good, float)
    low, high = ordered[0], ordered[-1]
    mean = math.fsum(good) / len(good)
    yield 0
    squares: list[float] = []
    for some in _pieces(good):
        squares.append(math.fsum((v - mean) ** 2 for v in some))
        yield 0
    deviation = math.sqrt(math.fsum(squares) / len(good))
    middle = len(ordered) // 2
    median = ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2
    pairs = (("Min", low), ("Max", high), ("Mean", mean), ("Median", median), ("Deviation", deviation))
    head += [(name, _figure(value)) for name, value in pairs]
    found = [0] * BINS
    for some in _pieces(good):
        found = [a + b for a, b in zip(found, histogram(some, low, high), strict=False)]
        yield 0
    bars = tuple(("", n) for n in found)
    return Statistics(tuple(head), bars, _figure(low), _figure(high))


def histogram(numbers: Iterable[float], low: float, high: float, bins: int = BINS) -> list[int]:
    """Counts in equal steps from ``low`` to ``high``, both included; one step if they are the same."""
    if low == high:
        return [sum(1 for _ in numbers)]
    found = [0] * bins
    # In two halves, for the difference of two large numbers may be more than a float holds.
    half, last = high / 2 - low / 2, bins - 1
    for value in numbers:
        found[min(last, int((value / 2 - low / 2) / half * bins))] += 1
    return found


def _figure(value: float) -> str:
    return cell_words(value if isinstance(value, int) else float(f"{value:.6g}"))


def _share(part: int, whole: int) -> str:
    return f"{count(part)} ({percent(part / whole)})" if part else "none"
