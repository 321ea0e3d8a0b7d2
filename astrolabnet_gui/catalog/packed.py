"""Packed: many small groups as one row of JSON, for Livy gives at most 1 000 rows and does not say that it cut."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from typing import Any

from ..errors import Malformed


def packed(inner: str, names: Iterable[str]) -> str:
    """SQL that gives all rows of ``inner`` as one JSON text."""
    fields = ", ".join(f"'{name}', {name}" for name in names)
    return f"SELECT to_json(named_struct('all', collect_list(named_struct({fields})))) AS packed FROM ({inner})"


def packed_rows(inner: str, row: str) -> str:
    """SQL that gives all rows of ``inner`` as one text: a list of JSON texts, each made by ``row``."""
    return f"SELECT to_json(named_struct('all', collect_list(row))) AS packed FROM (SELECT {row} AS row FROM ({inner}))"


def unpacked_rows(answer: Any, server: str = "") -> list[str]:
    """JSON texts of such an answer.

    Raises:
        Malformed: it is not what was asked for.
    """
    try:
        [(text,)] = answer
        return [str(row) for row in json.loads(text)["all"]]
    except (ValueError, TypeError, KeyError, RecursionError) as exc:
        raise Malformed(f"rows are not what was asked for: {str(answer)[:80]!r}", server=server) from exc


def unpacked(answer: Any, server: str = "") -> list[Mapping[str, Any]]:
    """Rows of such an answer; a null is absent, a number that is none stands as its word.

    Raises:
        Malformed: it is not what was asked for.
    """
    try:
        [(text,)] = answer
        found = json.loads(text)["all"]
        if not all(isinstance(row, dict) for row in found):
            raise TypeError
    except (ValueError, TypeError, KeyError, RecursionError) as exc:
        raise Malformed(f"groups are not what was asked for: {str(answer)[:80]!r}", server=server) from exc
    return list(found)


def one(answer: Any, server: str = "") -> Mapping[str, Any]:
    """The one row of JSON of an answer.

    Raises:
        Malformed: it is not what was asked for.
    """
    try:
        [(text,)] = answer
        found = json.loads(text)
        if not isinstance(found, dict):
            raise TypeError
    except (ValueError, TypeError, RecursionError) as exc:
        raise Malformed(f"figures are not what was asked for: {str(answer)[:80]!r}", server=server) from exc
    return found


def real(value: Any) -> float | None:
    """A number of JSON; None for null and for what is no number."""
    return float(value) if isinstance(value, int | float) and math.isfinite(value) else None
