"""Output: what a finished statement says, as Text, Table, Json, Image or Failure."""

from __future__ import annotations

import json
import marshal
from collections.abc import Mapping
from typing import Any

from .thing import Value

TABLE_MIME = "application/vnd.livy.table.v1+json"
# Larger outputs lie in a file, not in the memory of every process that knows the task.
LARGE_BYTES = 1_000_000
_LINES, _LINE = 200, 2_000


class Text(Value):
    """Plain text, ANSI colours not yet removed."""

    text: str


class Column(Value):
    """Name, type and unit of one column, as the server calls them; "" where it says nothing."""

    name: str
    type: str = ""
    unit: str = ""


class Table(Value):
    """Rows of cells; a cell is any JSON value, None = null; ``left_out`` columns stand behind these."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Any, ...], ...]
    left_out: int = 0


class Json(Value):
    """Any JSON value that is not a table."""

    value: Any


class Image(Value):
    """A picture, still encoded: base64 text and its MIME type. Decode only after looking at its header."""

    mime: str
    base64: str


class Failure(Value):
    """The statement ended in an error of the user's code or of Spark."""

    name: str
    message: str
    traceback: tuple[str, ...] = ()


Part = Text | Table | Json | Image | Failure


def parse(output: Mapping[str, Any] | None, most_columns: int | None = None) -> tuple[Part, ...]:
    """Parts of a statement's output, best first; () if it gave none.

    Args:
        most_columns: of a table no more are taken; None = all.

    Never raises: what does not fit is shown as Json, for a result must not be lost to a surprise in its shape.
    """
    if output is None:
        return ()
    if output.get("status") == "error":
        return (_failure(output),)
    data = output.get("data")
    if not isinstance(data, Mapping):
        return (Json(value=dict(output)),)
    content = data.get("content")
    if data.get("msg_type") == "execute_reply" and isinstance(content, Mapping):
        # Python's %json, %table and %matplot of an unknown name: an error that Livy calls "ok".
        return (_failure(content),) if content.get("status") == "error" else parse(content, most_columns)
    parts = [_part(str(mime), value, most_columns) for mime, value in data.items()]
    return tuple(sorted((p for p in parts if p != Text(text="")), key=lambda p: isinstance(p, Text)))


def is_large(value: Any, most: int = LARGE_BYTES) -> bool:
    """Whether plain data take more than so many bytes, nearly as JSON does."""
    try:
        return len(marshal.dumps(value)) > most  # the fastest way to count: 20 MB in 0.02 s
    except ValueError:
        return False  # no plain data


def shortened(output: Mapping[str, Any]) -> dict[str, Any] | None:
    """What stays in memory of a large output: of an error its name, the first of its message and the last of its
    lines; of a result nothing."""
    data = output.get("data")
    if output.get("status") != "error" and not (isinstance(data, Mapping) and "msg_type" in data):
        return None
    found = next((part for part in parse(output) if isinstance(part, Failure)), None)
    if found is None:
        return None
    lines = [line[:_LINE] for line in found.traceback[-_LINES:]]
    return {"status": "error", "ename": found.name[:_LINE], "evalue": found.message[: 20 * _LINE], "traceback": lines}


def _failure(error: Mapping[str, Any]) -> Failure:
    trace = error.get("traceback")
    lines = tuple(map(str, trace)) if isinstance(trace, list) else ()
    return Failure(name=str(error.get("ename", "")), message=str(error.get("evalue", "")), traceback=lines)


def _part(mime: str, value: Any, most: int | None) -> Part:
    if mime == TABLE_MIME:
        return _livy_table(value, most)
    if mime == "application/json":
        return _sql_table(value, most)
    if mime.startswith("image/") and isinstance(value, str):
        return Image(mime=mime, base64=value)
    if isinstance(value, str):
        return Text(text=value)
    return Json(value=value)


def _livy_table(value: Any, most: int | None) -> Part:
    """``%table``: {"headers": [{name, type}], "data": [[…]]}."""
    try:
        heads = value["headers"]
        columns = tuple(Column(name=str(h["name"]), type=str(h.get("type", ""))) for h in heads[:most])
        return Table(columns=columns, rows=_rows(value["data"], most), left_out=len(heads) - len(columns))
    except (KeyError, TypeError, AttributeError, ValueError):
        return Json(value=value)


def _sql_table(value: Any, most: int | None) -> Part:
    """SQL: {"schema": {"fields": [{name, type}]}, "data": [[…]]}."""
    try:
        whole = value["schema"]["fields"]
        fields = whole[:most]
        columns = tuple(Column(name=str(f["name"]), type=_type(f["type"]), unit=_unit(f)) for f in fields)
        rows = _rows(value["data"], most)
        if not all(isinstance(f["type"], str) for f in fields):  # only nested types hold structs
            rows = tuple(tuple(map(_cell, row)) for row in rows)
        return Table(columns=columns, rows=rows, left_out=len(whole) - len(fields))
    except (KeyError, TypeError, AttributeError, ValueError):
        return Json(value=value)


def _rows(data: Any, most: int | None) -> tuple[tuple[Any, ...], ...]:
    """Rows as tuples.

    Raises:
        ValueError: the data are no list of lists.
    """
    if not isinstance(data, list) or not all(isinstance(row, list) for row in data):
        raise ValueError("no rows")
    return tuple(tuple(row[:most]) for row in data)


def _cell(cell: Any) -> Any:
    """A cell with its structs as objects: Livy sends {"schema": [{name}], "values": […]}."""
    if isinstance(cell, list):
        return [_cell(item) for item in cell]
    if not isinstance(cell, dict):
        return cell
    schema, values = cell.get("schema"), cell.get("values")
    if (
        set(cell) == {"schema", "values"}
        and isinstance(schema, list)
        and isinstance(values, list)
        and len(schema) == len(values)
        and all(isinstance(field, dict) and "name" in field for field in schema)
    ):
        return {str(field["name"]): _cell(item) for field, item in zip(schema, values, strict=True)}
    return {name: _cell(item) for name, item in cell.items()}


def _unit(field: Mapping[str, Any]) -> str:
    """Unit of a field, where its table was written with one in Spark's column metadata."""
    metadata = field.get("metadata")
    unit = metadata.get("unit") if isinstance(metadata, Mapping) else None
    return unit if isinstance(unit, str) else ""


def _type(spark_type: Any) -> str:
    return spark_type if isinstance(spark_type, str) else json.dumps(spark_type)
