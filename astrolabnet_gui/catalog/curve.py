"""Curve: the light curve of one object: its rows and the earlier points they carry, each once, limits among them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..errors import BadInput
from ..model.thing import Value
from .names import TableName, literal, quoted
from .packed import packed, real
from .roles import BANDS, Roles, member
from .schema import Field
from .spots import Spot, find

MOST = 5_000
OBJECTS = 100


class Point(Value):
    """One measurement.

    Attributes:
        t: time in the column's unit.
        y: brightness; of a limit the limiting one.
        e: its error; None if not known.
        band: name of the filter; "" if not known.
        limit: nothing was seen brighter than this.
    """

    t: float
    y: float
    e: float | None = None
    band: str = ""
    limit: bool = False


def equals(spot: Spot, value: str) -> str:
    """SQL condition that a spot has a value, given as text.

    Raises:
        BadInput: the column holds numbers and this is none.
    """
    if spot.field.type == "string":
        return f"{spot.sql} = {literal(value)}"
    if not spot.is_number:
        raise BadInput(f"{spot.words} is {spot.field.words}: it names no object.", field="object")
    if len(value) > 40 or not value.lstrip("-").replace(".", "", 1).isdecimal() or not value.isascii():
        raise BadInput(f"{spot.words} holds numbers, {value[:40]!r} is none.", field="object")
    return f"{spot.sql} = cast({literal(value)} AS decimal(38,6))" if "." in value else f"{spot.sql} = {value}"


def objects_statement(table: TableName, object_: Spot, where: Iterable[str] = ()) -> str:
    """The objects with the most rows: name, rows."""
    tests = [f"{object_.sql} IS NOT NULL", *where]
    return (
        f"SELECT cast({object_.sql} AS string), count(*) FROM {table.sql} WHERE {' AND '.join(tests)} "
        f"GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT {OBJECTS}"
    )


def points_statement(table: TableName, columns: tuple[Field, ...], who: Roles, test: str) -> str:
    """Points of the rows that pass ``test``, and of their histories."""
    time, bright = find(columns, who.time, "time"), find(columns, who.brightness, "brightness")
    own = {"t": time.number, "y": bright.number}
    for short, name in (("e", who.error), ("l", who.limit)):
        own[short] = find(columns, name, short).number if name else "cast(NULL AS double)"
    own["b"] = f"cast({find(columns, who.band, 'band').sql} AS string)" if who.band else "''"
    parts = [f"SELECT {', '.join(f'{sql} AS {name}' for name, sql in own.items())} FROM {table.sql} WHERE {test}"]
    if who.history:
        history = find(columns, who.history, "history")
        element = history.field.parts[0].parts
        past = _past(element, time)
        chosen = ", ".join(f"{sql} AS {name}" for name, sql in past.items())
        parts.append(f"SELECT {chosen} FROM (SELECT explode({history.sql}) AS e FROM {table.sql} WHERE {test})")
    every = " UNION ".join(parts)
    return packed(f"SELECT * FROM ({every}) WHERE t IS NOT NULL ORDER BY t LIMIT {MOST}", ("t", "y", "e", "l", "b"))


def _past(parts: tuple[Field, ...], time: Spot) -> dict[str, str]:
    """SQL of an earlier point: the same time column as that of the rows if it has one."""
    named = {part.name: part for part in parts}
    same = time.path[-1]
    found = {"t": same if same in named else member(parts, "time")}
    found |= {"y": member(parts, "brightness"), "e": member(parts, "error"), "l": member(parts, "limit")}
    sql = {
        short: Spot(path=("e", name), field=named[name]).number if name else "cast(NULL AS double)"
        for short, name in found.items()
    }
    band = member(parts, "band")
    return sql | {"b": f"cast(e.{quoted(band)} AS string)" if band else "''"}


def points(found: Iterable[Mapping[str, Any]]) -> tuple[Point, ...]:
    """Each once, by time. A row without a brightness is a limit if it has one, else nothing."""
    seen: dict[tuple[Any, ...], Point] = {}
    for row in found:
        t, y, error, limit = (real(row.get(name)) for name in ("t", "y", "e", "l"))
        shown = limit if y is None else y
        if t is None or shown is None:
            continue
        band = str(row.get("b") or "")
        point = Point(t=t, y=shown, e=None if y is None else error, band=BANDS.get(band, band), limit=y is None)
        seen.setdefault((round(t, 6), round(shown, 4), point.band, point.limit), point)
    return tuple(sorted(seen.values(), key=lambda p: p.t))
