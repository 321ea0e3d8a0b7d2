"""``%table`` in Scala: rows as JSON become Livy's table, types told from the JSON."""

from __future__ import annotations

from typing import Any


class TypesDoNotMatch(Exception):
    """A column, an array or a map holds values of different types."""


def table(value: Any) -> dict[str, Any]:
    """Headers by name and rows.

    Raises:
        TypesDoNotMatch: rows do not fit together.
    """
    headers: dict[str, str] = {}
    data = []
    for row in value if isinstance(value, list) else [value]:
        cells = _cells(row)
        for name, cell in cells:
            if headers.setdefault(name, _type(cell)) != _type(cell):
                raise TypesDoNotMatch
        data.append([cell for _, cell in cells])
    return {"headers": [{"name": n, "type": headers[n]} for n in sorted(headers)], "data": data}


def _cells(row: Any) -> list[tuple[str, Any]]:
    if isinstance(row, list):
        return [(str(i), v) for i, v in enumerate(row)]
    return sorted(row.items()) if isinstance(row, dict) else [("0", row)]


def _type(value: Any) -> str:
    for kind, name in _TYPES:
        if isinstance(value, kind):
            return name
    inner = value.values() if isinstance(value, dict) else value
    if len({_type(v) for v in inner}) > 1:
        raise TypesDoNotMatch
    return "MAP_TYPE" if isinstance(value, dict) else "ARRAY_TYPE"


_TYPES: tuple[tuple[type, str], ...] = (
    (type(None), "NULL_TYPE"),
    (bool, "BOOLEAN_TYPE"),
    (str, "STRING_TYPE"),
    (int, "BIGINT_TYPE"),
    (float, "DOUBLE_TYPE"),
)
