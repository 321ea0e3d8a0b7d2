"""Column: what a column of a table holds: how many, from where to where, and how it is spread. No Qt."""

from __future__ import annotations

import math
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

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
    nulls = sum(1 for v in cells if v is None)
    filled = [v for v in cells if v is not None]
    head = [("Rows", count(len(cells))), ("Null", _share(nulls, len(cells)))]
    if filled and all(isinstance(v, int | float) and not isinstance(v, bool) for v in filled):
        return _numbers(head, filled)
    frequent = Counter(map(cell_text, filled))
    head.append(("Distinct", count(len(frequent))))
    if frequent:
        head += [("Min", cell_words(min(frequent), 40)), ("Max", cell_words(max(frequent), 40))]
    return Statistics(tuple(head), tuple((cell_words(word, 40), n) for word, n in frequent.most_common(TOP)))


def _numbers(head: list[tuple[str, str]], filled: Sequence[float]) -> Statistics:
    good = [v for v in filled if is_number(v) and abs(v) <= sys.float_info.max]
    if len(good) < len(filled):
        head.append(("NaN or ∞", _share(len(filled) - len(good), len(filled))))
    head.append(("Distinct", count(len(set(good)))))
    if not good:
        return Statistics(tuple(head))
    low, high = min(good), max(good)
    mean = math.fsum(good) / len(good)
    deviation = math.sqrt(math.fsum((v - mean) ** 2 for v in good) / len(good))
    ordered = sorted(good)
    middle = len(ordered) // 2
    median = ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2
    pairs = (("Min", low), ("Max", high), ("Mean", mean), ("Median", median), ("Deviation", deviation))
    head += [(name, _figure(value)) for name, value in pairs]
    bars = tuple(("", n) for n in histogram(good, low, high))
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
