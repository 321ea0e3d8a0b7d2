"""Columns: what Spark calls the fields of packets without a schema, from packets that were seen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..errors import Malformed

_DEEPEST = 32


def of_records(records: Iterable[Mapping[str, Any]]) -> str:
    """Columns of packets without a schema, from those that were seen; a field of many types is a string.

    Raises:
        Malformed: none was seen.
    """
    merged: Any = None
    for record in records:
        merged = _wider(merged, _seen(record, 0))
    if not isinstance(merged, dict) or not merged:
        raise Malformed("no packet with a field was seen, so its columns are not known.", field="schema")
    return ", ".join(f"{_quoted(name)} {_ddl(kind)}" for name, kind in merged.items())


def _quoted(name: Any) -> str:
    return "`" + str(name).replace("`", "``") + "`"


def _seen(value: Any, deep: int) -> Any:
    """Type of a value: a name, ("array", of what), or a dict of fields."""
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int():
            return "bigint"
        case float():
            return "double"
        case bytes() | bytearray():
            return "binary"
        case Mapping() if deep < _DEEPEST and value:
            return {str(name): _seen(one, deep + 1) for name, one in value.items()}
        case list() if deep < _DEEPEST:
            inside: Any = None
            for one in value:
                inside = _wider(inside, _seen(one, deep + 1))
            return ("array", inside if inside is not None else "null")
    return "string"


def _wider(one: Any, other: Any) -> Any:
    if one is None or one == "null":
        return other
    if other is None or other == "null" or one == other:
        return one
    if isinstance(one, dict) and isinstance(other, dict):
        return {name: _wider(one.get(name), other.get(name)) for name in {**one, **other}}
    if isinstance(one, tuple) and isinstance(other, tuple):
        return ("array", _wider(one[1], other[1]))
    if {one, other} == {"bigint", "double"} if isinstance(one, str) and isinstance(other, str) else False:
        return "double"
    return "string"


def _ddl(kind: Any) -> str:
    if isinstance(kind, dict):
        return f"struct<{','.join(f'{_quoted(name)}:{_ddl(one)}' for name, one in kind.items())}>"
    if isinstance(kind, tuple):
        return f"array<{_ddl(kind[1])}>"
    return "string" if kind in ("null", None) else str(kind)
