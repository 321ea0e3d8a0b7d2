"""Whole: rows of a table with nothing cut, as columns of Arrow of the server's very types, to be written to a file."""

from __future__ import annotations

import base64
import json
import math
import re
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from ..errors import Malformed, Missing
from .names import TableName, quoted
from .packed import packed_rows
from .preview import row_sql
from .schema import Field

_REMEDY = "pip install 'astrolabnet-gui[astro]' brings it."
_DECIMAL = re.compile(r"decimal\((\d+),(\d+)\)")
_NAMED = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}


def statement(table: TableName, columns: tuple[Field, ...], most: int, where: str = "") -> str:
    """SQL of the first rows, all in one text; what JSON has no form for comes as the text Spark writes."""
    chosen = ", ".join(
        quoted(c.name) if _known(c) else f"cast({quoted(c.name)} AS string) AS {quoted(c.name)}" for c in columns
    )
    condition = f" WHERE {where}" if where else ""
    return packed_rows(f"SELECT {chosen} FROM {table.sql}{condition} LIMIT {most}", row_sql(columns, whole=True))


def arrow(texts: Sequence[str], columns: tuple[Field, ...], server: str = "") -> Any:
    """A ``pyarrow.Table`` of such rows; unit, UCD and comment stand in the metadata of its fields.

    Raises:
        Malformed: they are not what was asked for.
        Missing: pyarrow is not installed.
    """
    try:
        import pyarrow
    except ImportError as exc:
        raise Missing("writing a table needs the library pyarrow.", remedy=_REMEDY) from exc
    fields, arrays = [], []
    try:
        rows = [json.loads(text, parse_float=Decimal) for text in texts]
        for n, column in enumerate(columns):
            kind = _type(column)
            arrays.append(pyarrow.array([_value(row.get(str(n)), column) for row in rows], type=kind))
            told = {word: value for word in ("unit", "ucd", "comment") if (value := getattr(column, word))}
            fields.append(pyarrow.field(column.name, kind, metadata=told))
    except (ValueError, TypeError, KeyError, AttributeError, ArithmeticError, pyarrow.ArrowException) as exc:
        raise Malformed(f"the rows can not be written: {str(exc)[:160]}", server=server) from exc
    return pyarrow.Table.from_arrays(arrays, schema=pyarrow.schema(fields))


def _known(field: Field) -> bool:
    """Its JSON can be read back."""
    return all(part.type in _SIMPLE or part.type in _NESTED or _DECIMAL.fullmatch(part.type) for part in field.walk())


_SIMPLE = {
    "byte": "int8", "short": "int16", "integer": "int32", "long": "int64", "float": "float32", "double": "float64",
    "boolean": "bool_", "string": "string", "binary": "binary", "date": "date32",
}  # fmt: skip
_NESTED = ("struct", "array", "map", "timestamp", "timestamp_ntz")


def _type(field: Field) -> Any:
    import pyarrow

    if not _known(field):
        return pyarrow.string()
    match field.type:
        case "struct":
            return pyarrow.struct([pyarrow.field(part.name, _type(part)) for part in field.parts])
        case "array":
            return pyarrow.list_(_type(field.parts[0]))
        case "map":
            return pyarrow.map_(_type(field.parts[0]), _type(field.parts[1]))
        case "timestamp":
            return pyarrow.timestamp("us", "UTC")
        case "timestamp_ntz":
            return pyarrow.timestamp("us")
    exact = _DECIMAL.fullmatch(field.type)
    if exact:
        return pyarrow.decimal128(int(exact[1]), int(exact[2]))
    return getattr(pyarrow, _SIMPLE[field.type])()


def _value(value: Any, field: Field) -> Any:
    if value is None or not _known(field):
        return value
    match field.type:
        case "struct":
            return {part.name: _value(value.get(part.name), part) for part in field.parts}
        case "array":
            return [_value(item, field.parts[0]) for item in value]
        case "map":
            return [(_name(key, field.parts[0]), _value(item, field.parts[1])) for key, item in value.items()]
        case "binary":
            return base64.b64decode(value)
        case "float" | "double":
            return _NAMED[value] if isinstance(value, str) else float(value)
        case "date":
            return date.fromisoformat(value)
        case "timestamp" | "timestamp_ntz":
            return datetime.fromisoformat(value)
    return Decimal(value) if field.type.startswith("decimal") else value


def _name(key: str, field: Field) -> Any:
    """Keys of maps are texts in JSON, whatever they are."""
    if field.type in ("byte", "short", "integer", "long"):
        return int(key)
    if field.type == "boolean":
        return key == "true"
    return Decimal(key) if field.type.startswith("decimal") else _value(key, field)
