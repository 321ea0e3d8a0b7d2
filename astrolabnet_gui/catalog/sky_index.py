"""Sky index: the column that orders a table by place on the sky, and which of its values can lie near to places.

A HATS catalog has ``_healpix_29``: the number of the cell of order 29 (NESTED). What lies in one cell is one range of
it, and Parquet knows the range of each of its parts, so that a search reads only those near by. Source: HATS (IVOA
note, 2025) and Górski et al. 2005 (ApJ 622, 759) for the reach of a cell.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from .healpix import Cell
from .names import quoted

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

HATS = "_healpix_29"
_ELDER = "_hipscat_index"
"""Of another make: it is shown, not searched by."""
_ORDER = 29
DEEPEST = 20
"""Cells of 0.2″: below any radius that is asked for, floating point is no measure."""
MOST = 32
"""Ranges of a condition: more cost the server more than they spare."""


def sky_index(columns: Iterable[str]) -> str:
    """Column that orders a table by place on the sky; "" if it has none."""
    names = set(columns)
    return next((name for name in (HATS, _ELDER) if name in names), "")


def ranges(places: Sequence[tuple[float, float]], radius_deg: float, most: int = MOST) -> list[tuple[int, int]]:
    """First and last numbers of order 29 that cover all within a radius of places (degrees), in order, apart.

    Cells are divided while no more than ``most`` are left: the fewer the places and the smaller the radius, the nearer
    the ranges come to what is asked. They hold more than that, never less.
    """
    there = _unit(places)
    cells = _near([Cell(order=0, number=n) for n in range(12)], there, radius_deg)
    while cells and cells[0].order < DEEPEST:
        deeper = [Cell(order=c.order + 1, number=4 * c.number + n) for c in cells for n in range(4)]
        deeper = _near(deeper, there, radius_deg)
        if len(deeper) > most:
            break
        cells = deeper
    found: list[tuple[int, int]] = []
    for cell in sorted(cells, key=lambda c: c.number):
        shift = 2 * (_ORDER - cell.order)
        first, last = cell.number << shift, ((cell.number + 1) << shift) - 1
        if found and found[-1][1] + 1 == first:
            first = found.pop()[0]
        found.append((first, last))
    return found


def condition(columns: Iterable[str], places: Sequence[tuple[float, float]], radius_deg: float) -> str:
    """SQL that is true for all rows near to places, and false for most others; "" where there is no such index."""
    if sky_index(columns) != HATS or not places:
        return ""
    found = ranges(places, radius_deg)
    if found == [(0, (12 << 2 * _ORDER) - 1)]:
        return ""
    return "(" + " OR ".join(f"{quoted(HATS)} BETWEEN {first}L AND {last}L" for first, last in found) + ")"


def reach_deg(order: int) -> float:
    """The farthest a point of a cell can be from its middle, degrees."""
    n = 1 << order
    z, turn = 2.0 / 3.0, math.pi / (4 * n)
    shorter = (1.0 - 1.0 / n) ** 2
    up = 1.0 - shorter / 3.0
    a = (math.sqrt(1 - z * z) * math.cos(turn), math.sqrt(1 - z * z) * math.sin(turn), z)
    b = (math.sqrt(max(0.0, 1 - up * up)), 0.0, up)
    return math.degrees(2 * math.asin(min(1.0, math.dist(a, b) / 2)))


def _near(cells: list[Cell], there: NDArray[np.float64], radius_deg: float) -> list[Cell]:
    if not cells:
        return []
    reach = radius_deg + reach_deg(cells[0].order) + 1e-7
    if reach >= 180.0:
        return cells
    centres = _unit([cell.centre for cell in cells])
    # Chords, not cosines: these tell small distances apart.
    most = (2 * math.sin(math.radians(reach) / 2)) ** 2
    kept = [bool((((there - centre) ** 2).sum(axis=1) <= most).any()) for centre in centres]
    return [cell for cell, near in zip(cells, kept, strict=True) if near]


def _unit(places: Sequence[tuple[float, float]]) -> NDArray[np.float64]:
    import numpy as np

    ra, dec = np.radians(np.asarray(places, dtype=np.float64)).T
    return np.stack([np.cos(dec) * np.cos(ra), np.cos(dec) * np.sin(ra), np.sin(dec)], axis=1)
