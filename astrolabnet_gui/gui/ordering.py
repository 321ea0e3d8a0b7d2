"""Ordering: sorting in steps of a few milliseconds; one call of ``sort`` cannot be interrupted. No Qt."""

from __future__ import annotations

import random
from bisect import bisect_left
from collections.abc import Callable, Generator, Sequence
from typing import Any, TypeVar, cast

AT_ONCE = 4000
"""So many are sorted in one step."""
_BUCKET = 1000
T = TypeVar("T")


def in_order(things: Sequence[T], key: Callable[[T], Any], *, falling: bool = False) -> Generator[float, None, list[T]]:
    """The things by their keys; equal ones stay in the order they have, as with ``sorted``.

    Yields:
        how far it is, 0..1.
    """
    if len(things) <= AT_ONCE:
        return sorted(things, key=key, reverse=falling)
    keys: list[Any] = []
    for start in range(0, len(things), AT_ONCE):
        keys += map(key, things[start : start + AT_ONCE])
        yield 0.5 * start / len(things)
    # Borders by lot, so that no order the things have can make one bucket as large as all; what equals a border needs
    # no sorting, so that a column of four words has no large bucket either.
    lot = random.Random(len(things)).sample(keys, len(things) // _BUCKET)
    borders = sorted(set(lot))
    buckets: list[list[int]] = [[] for _ in range(2 * len(borders) + 1)]
    for start in range(0, len(things), AT_ONCE):
        for n in range(start, min(start + AT_ONCE, len(things))):
            at = bisect_left(borders, keys[n])
            buckets[2 * at + (at < len(borders) and borders[at] == keys[n])].append(n)
        yield 0.5 + 0.3 * start / len(things)
    found: list[T] = []
    ways = range(len(buckets) - 1, -1, -1) if falling else range(len(buckets))
    for done, at in enumerate(ways):
        if at % 2 == 0:
            buckets[at].sort(key=keys.__getitem__, reverse=falling)
        found += [things[n] for n in buckets[at]]
        if buckets[at]:
            yield 0.8 + 0.2 * done / len(buckets)
    return found


def ended(steps: Generator[Any, None, T]) -> T:
    """What the steps give, at once."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return cast(T, end.value)
