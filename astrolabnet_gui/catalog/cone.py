"""Cone: rows around a place of the sky, and rows near to each place of a list, in plain SQL.

Distances by the haversine, which is exact for small ones. A range of declinations stands first: files know it.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence

from ..errors import BadInput
from .names import literal

WIDEST_DEG = 180.0
MATCH_DEG = 1.0
MOST = 20_000
"""Places of a list that travel in one question."""
ROW, APART = "aln_row", "aln_apart"
"""Columns of ours in an answer: number in the list, distance in arcsec."""


def separation(ra: str, dec: str, ra0: str, dec0: str) -> str:
    """SQL of the distance of two places in degrees."""
    up = f"pow(sin(radians(({dec} - {dec0}) / 2D)), 2D)"
    across = f"pow(sin(radians(({ra} - {ra0}) / 2D)), 2D)"
    return f"degrees(2D * asin(sqrt(least(1D, {up} + cos(radians({dec})) * cos(radians({dec0})) * {across}))))"


def within(ra: str, dec: str, place: tuple[float, float], radius_deg: float) -> str:
    """SQL condition: the position lies within so many degrees of a place.

    Raises:
        BadInput: no place, or no radius.
    """
    ra0, dec0 = place
    if not (math.isfinite(ra0) and -90.0 <= dec0 <= 90.0):
        raise BadInput(f"{ra0}, {dec0} is no place of the sky.", field="at")
    if not 0.0 < radius_deg <= WIDEST_DEG:
        raise BadInput("a radius is more than 0° and at most 180°.", field="radius")
    found = [f"{dec} BETWEEN {_number(dec0 - radius_deg - 1e-9)} AND {_number(dec0 + radius_deg + 1e-9)}"]
    if abs(dec0) + radius_deg < 89.9:
        wide = math.degrees(math.asin(min(1.0, math.sin(math.radians(radius_deg)) / math.cos(math.radians(dec0)))))
        found.append(f"abs(pmod({ra} - {_number(ra0)} + 180D, 360D) - 180D) <= {_number(wide + 1e-9)}")
    found.append(f"{separation(ra, dec, _number(ra0), _number(dec0))} <= {_number(radius_deg)}")
    return " AND ".join(found)


def cone_statement(source: str, ra: str, dec: str, place: tuple[float, float], radius_deg: float, most: int) -> str:
    """SELECT of the nearest rows of ``source`` (a table, or a SELECT in brackets), each with its distance in arcsec."""
    apart = f"3600D * {separation(ra, dec, _number(place[0]), _number(place[1]))}"
    inside = within(ra, dec, place, radius_deg)
    return f"SELECT {apart} AS {APART}, * FROM {source} WHERE {inside} ORDER BY 1 LIMIT {most}"


def match_statement(
    source: str, ra: str, dec: str, places: Sequence[tuple[float, float]], radius_deg: float, *,
    nearest: bool = True, most: int = MOST,
) -> str:  # fmt: skip
    """SELECT of the rows of ``source`` near to each place: its number in the list, the distance in arcsec, the row.

    Both sides are cut into zones of declination as high as the radius, so that only neighbours are compared.

    Raises:
        BadInput: no radius for a match, or too many places.
    """
    if not 0.0 < radius_deg <= MATCH_DEG:
        raise BadInput("a match has a radius of more than 0 and at most 1°.", field="radius")
    if len(places) > MOST:
        raise BadInput(
            f"the list has {len(places):,} places; {MOST:,} can be matched from here.", field="file",
            remedy="Load it as a table onto the server and join it there.",
        )  # fmt: skip
    high = max(radius_deg, 1e-4)
    told = json.dumps([[n, a, d] for n, (a, d) in enumerate(places)], separators=(",", ":"))
    near = f"transform(array(-1L, 0L, 1L), z -> z + cast(floor(p[2] / {_number(high)}) AS bigint))"
    listed = (
        f"SELECT p[0] AS aln_n, p[1] AS aln_ra, p[2] AS aln_de, explode({near}) AS aln_zone FROM "
        f"(SELECT explode(from_json({literal(told)}, 'array<array<double>>')) AS p)"
    )
    zone = f"cast(floor({dec} / {_number(high)}) AS bigint)"
    zones = f"SELECT *, {zone} AS aln_z FROM {source} WHERE {_inside(dec, places, radius_deg)}"
    apart = separation(ra, dec, "aln_ra", "aln_de")
    found = (
        f"SELECT /*+ BROADCAST(l) */ cast(aln_n AS bigint) AS `{ROW}`, 3600D * {apart} AS {APART}, t.* "
        f"FROM ({zones}) t JOIN ({listed}) l ON aln_z = aln_zone WHERE {apart} <= {_number(radius_deg)}"
    )
    if nearest:
        turn = f"row_number() OVER (PARTITION BY `{ROW}` ORDER BY {APART})"
        found = f"SELECT * FROM (SELECT *, {turn} AS aln_turn FROM ({found})) WHERE aln_turn = 1"
    return f"SELECT * FROM ({found}) ORDER BY `{ROW}`, {APART} LIMIT {most}"


def _inside(dec: str, places: Sequence[tuple[float, float]], radius_deg: float) -> str:
    ups = [d for _, d in places] or [0.0]
    return f"{dec} BETWEEN {_number(min(ups) - radius_deg - 1e-9)} AND {_number(max(ups) + radius_deg + 1e-9)}"


def _number(value: float) -> str:
    return f"({value!r}D)" if value < 0 else f"{value!r}D"
