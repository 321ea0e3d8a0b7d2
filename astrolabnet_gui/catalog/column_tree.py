"""Column tree: the columns of a table as things below it, what is nested below its column."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from ..model.key import Key
from ..model.thing import Thing, Value
from .schema import Field

SHORT = 60
"""Longest type that is shown whole; of a longer one only its outermost words."""


class Column(Value):
    """What such a thing knows: its place among its siblings, and the column."""

    place: int
    field: Field


def column_things(above: Key, fields: Sequence[Field], seen: datetime | None = None) -> Iterator[Thing]:
    """Columns below a table (or parts below a column), parents first."""
    seen, names = seen or datetime.now(UTC), dict[str, int]()
    for place, field in enumerate(fields):
        names[field.name] = number = names.get(field.name, 0) + 1
        name = field.name if number == 1 else f"{field.name} ({number})"  # a view may have two of one name
        key = above.child("columns", name)
        yield Thing(
            key=key, label=name, fact=brief(field), state="ready", since=seen, payload=Column(place=place, field=field)
        )
        yield from column_things(key, _within(field), seen)


def brief(field: Field) -> str:
    """Its type in few words: what a long struct holds stands below it."""
    if len(field.words) <= SHORT:
        return field.words
    match field.type:
        case "array":
            return f"array<{brief(field.parts[0])}>"
        case "map":
            return f"map<{brief(field.parts[0])}, {brief(field.parts[1])}>"
    return field.type


def _within(field: Field) -> Sequence[Field]:
    """What a column unfolds to: of lists what their items hold, of maps key and value where these hold more."""
    while field.type == "array":
        field = field.parts[0]
    if field.type == "map" and not any(part.parts for part in field.parts):
        return ()
    return field.parts
