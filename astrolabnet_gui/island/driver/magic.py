"""Livy's magic lines in Python: ``%json name``, ``%table name``, ``%matplot plt``."""

from __future__ import annotations

import base64
import datetime
import decimal
import io
import traceback
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from astrolabnet_gui.island.driver.reply import JSON, PNG, TABLE, TEXT, finite

Data = dict[str, Any]


class UnknownMagic(Exception):
    """There is no such magic; the name is what clients see as ``ename``."""

    __module__ = "__main__"  # so that a traceback says only "UnknownMagic: …"


def run(line: str, names: Mapping[str, Any]) -> Data:
    """Data by MIME type of one line that starts with ``%``; ``names`` are the user's variables.

    An unknown variable gives Livy's error disguised as data: clients know it, so it stays.

    Raises:
        UnknownMagic: no such magic.
        TypeError: a value that is no JSON, or no table.
    """
    magic, _, rest = line[1:].partition(" ")
    if not magic:
        raise UnknownMagic("magic command not specified")
    if magic not in _MAGICS:
        raise UnknownMagic(f"unknown magic command '{magic}'")
    try:
        value = names[rest.strip()]
    except KeyError as e:
        return {"msg_type": "execute_reply", "content": _disguised(e)}
    return _MAGICS[magic](value)


def _disguised(e: Exception) -> Data:
    trace = traceback.format_exception(type(e), e, None, chain=False)
    return {"ename": type(e).__name__, "evalue": str(e), "traceback": trace, "status": "error"}


def _json(value: Any) -> Data:
    try:
        return {JSON: finite(value)}
    except RecursionError as e:
        raise TypeError("the value holds itself, or is nested too deep for JSON") from e


def _matplot(value: Any) -> Data:
    try:
        picture = io.BytesIO()
        value.gcf().savefig(picture, format="png")
    except Exception as e:  # noqa: BLE001 - user objects; Livy answers any failure so
        return {"msg_type": "execute_reply", "content": _disguised(e)}
    return {PNG: base64.b64encode(picture.getvalue()).decode("ascii"), TEXT: ""}


def _table(value: Any) -> Data:
    headers: dict[Any, dict[str, str]] = {}
    data = []
    for row in value if isinstance(value, (list, tuple)) else [value]:
        cells = []
        for name, cell in _cells(row):
            kind, shown = _cell(cell)
            cells.append(shown)
            header = headers.setdefault(name, {"name": str(name), "type": kind})
            if header["type"] == "NULL_TYPE":
                header["type"] = kind
            elif kind not in ("NULL_TYPE", header["type"]):
                raise TypeError("table rows have different types")
        data.append(cells)
    return {TABLE: {"headers": [headers[name] for name in sorted(headers)], "data": data}}


def _cells(row: Any) -> Iterable[tuple[Any, Any]]:
    if type(row).__name__ == "Row":
        row = row.asDict()
    if isinstance(row, dict):
        return sorted(row.items())
    return enumerate(row if isinstance(row, (list, tuple)) else [row])


def _cell(value: Any) -> tuple[str, Any]:
    """Type by Livy's name, and the value as JSON. Types are told exactly: a subclass is shown as text."""
    if type(value) is float:
        return "DOUBLE_TYPE", finite(value)
    if type(value) in (list, tuple):
        return "ARRAY_TYPE", _alike([_cell(v) for v in value])
    if type(value) is dict:
        return "MAP_TYPE", dict(zip(map(str, value), _alike([_cell(v) for v in value.values()]), strict=True))
    if value is None or type(value) in (bool, int):
        return _PLAIN[type(value)], value
    return _PLAIN.get(type(value), "STRING_TYPE"), str(value)


def _alike(cells: list[tuple[str, Any]]) -> list[Any]:
    if len({kind for kind, _ in cells}) > 1:
        raise TypeError("value has inconsistent types")
    return [value for _, value in cells]


_PLAIN: Mapping[type, str] = {
    type(None): "NULL_TYPE",
    bool: "BOOLEAN_TYPE",
    int: "INT_TYPE",
    datetime.date: "DATE_TYPE",
    datetime.datetime: "TIMESTAMP_TYPE",
    decimal.Decimal: "DECIMAL_TYPE",
}
_MAGICS: Mapping[str, Callable[[Any], Data]] = {"json": _json, "table": _table, "matplot": _matplot}
