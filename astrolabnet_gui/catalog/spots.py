"""Spots: where in a table a value stands: a column, or a field within its structs, found by the name one types."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..errors import BadInput
from ..model.thing import Value
from .names import path_parts, quoted
from .schema import Field

WHOLE = ("byte", "short", "integer", "long")
REAL = ("float", "double")
TIMES = ("date", "timestamp", "timestamp_ntz")
_DEEP = 4
_PLAIN = re.compile(r"[A-Za-z_]\w*", re.ASCII)


class Spot(Value):
    """A value of each row.

    Attributes:
        path: names from the column inwards.
        field: its type, unit and UCD.
    """

    path: tuple[str, ...]
    field: Field

    @property
    def sql(self) -> str:
        """As it stands in SQL."""
        return quoted(*self.path)

    @property
    def words(self) -> str:
        """As a person types it: ``candidate.ra``; parts with anything odd stand in back-ticks."""
        return ".".join(part if _PLAIN.fullmatch(part) else quoted(part) for part in self.path)

    @property
    def is_number(self) -> bool:
        """It can be added and drawn."""
        return self.field.type in WHOLE + REAL or self.field.type.startswith("decimal")

    @property
    def is_time(self) -> bool:
        """A day or moment of Spark's own."""
        return self.field.type in TIMES

    @property
    def number(self) -> str:
        """SQL of it as a double; days and moments as seconds since 1970.

        Raises:
            BadInput: it is neither number nor time.
        """
        if self.is_number:
            return f"cast({self.sql} AS double)"
        if self.is_time:
            return f"cast(cast({self.sql} AS timestamp) AS double)"
        raise BadInput(f"{self.words} is {self.field.words}, not a number.", field="column")


def spots(columns: tuple[Field, ...]) -> Iterator[Spot]:
    """All values outside arrays and maps, columns first within each; structs are entered, not given."""

    def below(path: tuple[str, ...], field: Field) -> Iterator[Spot]:
        if field.type != "struct":
            yield Spot(path=path, field=field)
        elif len(path) < _DEEP:
            for part in field.parts:
                yield from below((*path, part.name), part)

    for column in columns:
        if column.name:
            yield from below((column.name,), column)


def find(columns: tuple[Field, ...], text: str, field: str = "column") -> Spot:
    """The spot a person named: a column of exactly this name, or a path with dots.

    Raises:
        BadInput: there is none; ``field`` says where it was typed.
    """
    for column in columns:
        if column.name == text:
            return Spot(path=(text,), field=column)
    here, parts = columns, path_parts(text, field)
    for n, part in enumerate(parts):
        found = next((column for column in here if column.name == part), None)
        if found is None:
            raise BadInput(f"the table has no column {text[:80]!r}.", field=field)
        if n == len(parts) - 1:
            return Spot(path=tuple(parts), field=found)
        here = found.parts if found.type == "struct" else ()
    raise BadInput(f"the table has no column {text[:80]!r}.", field=field)
