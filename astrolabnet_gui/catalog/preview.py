"""Preview: rows of a table, exact in type. They travel as JSON text, for Livy's own rows break what is nested.

What is long is cut on the server: a text to ``TEXT`` characters, binary values to their length, lists to ``LIST``
items, a map to as many entries; the cell says so. An answer of Livy has a limit (50 MB end its session), so a row that
is long even so gives only its length: it is asked for again, cut shorter.
"""

from __future__ import annotations

import base64
import json
import math
from decimal import Decimal
from itertools import islice
from typing import Any

from ..errors import Malformed
from ..model.thing import Value
from .names import TableName, literal, quoted
from .schema import Field

TEXT = 4_000
LIST = 200
SHORT_TEXT, SHORT_LIST = 40, 3
ANSWER = 12_000_000
"""Characters of all rows of an answer together, at most; each may have its share."""
MAX_ROWS = 1_000  # Livy gives no more, and does not say that it cut

_OPTIONS = (
    "map('ignoreNullFields','false','timestampFormat','yyyy-MM-dd\\'T\\'HH:mm:ss.SSSSSSXXX',"
    "'timestampNTZFormat','yyyy-MM-dd\\'T\\'HH:mm:ss.SSSSSS')"
)


class Cut(Value):
    """A value that was cut on the server: what came of it, and how long it is there (bytes, characters or items)."""

    shown: Any = None
    length: int | None = None
    what: str = "characters"


class Cuts(Value):
    """So many characters of a text, items of a list and bytes of a binary value are shown; no bytes: its length."""

    text: int = TEXT
    items: int = LIST
    data: int = 0


SHORT = Cuts(text=SHORT_TEXT, items=SHORT_LIST)


def rows_statement(
    table: TableName, columns: tuple[Field, ...], limit: int = 50, where: str = "", cuts: Cuts | None = None
) -> str:
    """SQL of the first rows, one JSON text each, or the number of its characters where it has too many.

    Args:
        table: whose rows.
        columns: those to show.
        limit: rows, at most ``MAX_ROWS``.
        where: a condition in SQL, made by us.
        cuts: how much is shown of what is long.
    """
    condition = f" WHERE {where}" if where else ""
    count = max(1, min(limit, MAX_ROWS))
    inner = f"SELECT {row_sql(columns, cuts=cuts or Cuts())} AS row FROM {table.sql}{condition} LIMIT {count}"
    most = ANSWER // count
    return f"SELECT IF(length(row) > {most}, cast(length(row) AS string), row) AS row FROM ({inner})"


def too_long(texts: list[Any]) -> int:
    """Characters of the longest row that was left out of an answer; 0 if none was."""
    return max((int(text) for text in texts if isinstance(text, str) and text.isdecimal()), default=0)


def row_sql(columns: tuple[Field, ...], whole: bool = False, cuts: Cuts | None = None) -> str:
    """SQL of a row as JSON text, its columns by their positions; ``whole``: nothing is cut, binary is base64."""

    def sql(column: Field) -> str:
        name = quoted(column.name)
        return name if whole else _shortened(name, column, 0, cuts or Cuts())

    chosen = ", ".join(f"{literal(str(i))}, {sql(c)}" for i, c in enumerate(columns))
    return f"to_json(named_struct({chosen}), {_OPTIONS})"


def rows(
    texts: list[Any], columns: tuple[Field, ...], server: str = "", cuts: Cuts | None = None
) -> tuple[tuple[Any, ...], ...]:
    """Cells by column; ``cuts`` as they were asked for.

    ``None`` is null. Numbers of type decimal are ``Decimal``, NaN and the infinities are floats, times stay text of
    ISO form with their microseconds.

    Raises:
        Malformed: a row is not what was asked for.
    """
    found = []
    for text in texts:
        try:
            # Names are positions, for a table may have two columns of one name.
            row = json.loads(text, parse_float=Decimal)
            found.append(tuple(_cell(row[str(i)], column, cuts or Cuts()) for i, column in enumerate(columns)))
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as exc:
            raise Malformed(f"a row is not what was asked for: {str(text)[:80]!r}", server=server) from exc
    return tuple(found)


def plain(cell: Any) -> Any:
    """A cell as JSON can say it: decimals and what is no number as their words, a cut with the word that it is one."""
    match cell:
        case Cut(what="bytes"):
            return f"{cell.length} bytes"
        case Cut():
            return f"{plain(cell.shown)}… (cut)"
        case Decimal():
            return str(cell)
        case float() if not math.isfinite(cell):
            return {math.inf: "Infinity", -math.inf: "-Infinity"}.get(cell, "NaN")
        case dict():
            return {name: plain(item) for name, item in cell.items()}
        case list():
            return [plain(item) for item in cell]
    return cell


def _shortened(sql: str, field: Field, depth: int, cuts: Cuts) -> str:
    """SQL of a value with all that may be long cut to one more than is shown, so that a cut is seen."""
    name = f"x{depth}"
    match field.type:
        case "binary":
            return f"base64(substring({sql}, 1, {cuts.data + 1}))" if cuts.data else f"octet_length({sql})"
        case "string":
            return f"substring({sql}, 1, {cuts.text + 1})"
        case "array":
            items = f"slice({sql}, 1, {cuts.items + 1})"
            if not _needs(field.parts[0]):
                return items
            return f"transform({items}, {name} -> {_shortened(name, field.parts[0], depth + 1, cuts)})"
        case "map":
            entries = f"IF(size({sql}) > {cuts.items}, {_first_entries(sql, cuts)}, {sql})"
            if not _needs(field.parts[1]):
                return entries
            inner = _shortened(name, field.parts[1], depth + 1, cuts)
            return f"transform_values({entries}, (k{depth}, {name}) -> {inner})"
        case "struct" if any(map(_needs, field.parts)):
            inner = ", ".join(
                f"{literal(part.name)}, {_shortened(f'{sql}.{quoted(part.name)}', part, depth, cuts)}"
                for part in field.parts
            )
            return f"IF({sql} IS NULL, NULL, named_struct({inner}))"
    return sql


def _first_entries(sql: str, cuts: Cuts) -> str:
    return f"map_from_entries(slice(map_entries({sql}), 1, {cuts.items + 1}))"


def _needs(field: Field) -> bool:
    return any(part.type in ("binary", "string", "array", "map") for part in field.walk())


def _cell(value: Any, field: Field, cuts: Cuts) -> Any:
    if value is None:
        return None
    match field.type:
        case "struct":
            return {part.name: _cell(value.get(part.name), part, cuts) for part in field.parts}
        case "array":
            items = [_cell(item, field.parts[0], cuts) for item in value[: cuts.items]]
            return Cut(shown=items, what="items") if len(value) > cuts.items else items
        case "map":
            chosen = islice(value.items(), cuts.items)
            entries = {name: _cell(item, field.parts[1], cuts) for name, item in chosen}
            return Cut(shown=entries, what="entries") if len(value) > cuts.items else entries
        case "binary" if cuts.data:
            return _bytes(value, cuts.data)
        case "binary":
            return Cut(length=int(value), what="bytes")
        case "string":
            return Cut(shown=value[: cuts.text]) if len(value) > cuts.text else value
        case "double" | "float":
            return _real(value)
    if field.type.startswith("decimal"):
        return Decimal(value)
    return value


def _bytes(text: str, most: int) -> Any:
    """Base64 in one line: Spark's has lines."""
    found = base64.b64decode(text)
    shown = base64.b64encode(found[:most]).decode()
    return Cut(shown=shown) if len(found) > most else shown


def _real(value: Any) -> float:
    if isinstance(value, str):
        named = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}
        return named[value]
    return float(value)
