"""Cells: a value of a table as words, and as something to sort and search by. No Qt."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from typing import Any

from ...model.output import Table
from ..safe import plain
from ..words import THIN

CELL_CHARS = 300
PROBED_ROWS = 60
NULL = "–"
_NUMBERS = ("int", "bigint", "long", "short", "byte", "double", "float", "decimal", "smallint", "tinyint", "number")


def cell_words(value: Any, limit: int = CELL_CHARS) -> str:
    """A cell as words: null is a dash, whole numbers have thin spaces, the inside of structs is JSON."""
    match value:
        case None:
            return NULL
        case bool():
            return "true" if value else "false"
        case int():
            return f"{value:,}".replace(",", THIN) if abs(value) >= 10_000 else str(value)
        case float():
            if math.isnan(value):
                return "NaN"
            return f"{value:.6g}" if math.isfinite(value) else ("∞" if value > 0 else "-∞")
        case str():
            return plain(value[: 2 * limit].replace("\n", "⏎"), limit)
    return plain(json.dumps(value, ensure_ascii=False, default=str)[: 2 * limit], limit)


def cell_text(value: Any) -> str:
    """A cell as it is copied and searched: the value itself, null as nothing."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    # As JSON has it, but a fifth of the time: a filter looks at every cell.
    if isinstance(value, float) and math.isfinite(value):
        return repr(value)
    return json.dumps(value, ensure_ascii=False, default=str)


def at(row: Sequence[Any], column: int) -> Any:
    """Cell of a row; None where the row is too short."""
    return row[column] if column < len(row) else None


def is_number(value: Any) -> bool:
    """A number one can compare; NaN is none, and neither is true."""
    return isinstance(value, int | float) and not isinstance(value, bool) and value == value


def sort_key(value: Any) -> tuple[int, Any]:
    """Numbers by size, then all else by its text."""
    return (0, value) if is_number(value) else (1, cell_text(value))


def numeric(table: Table, column: int) -> bool:
    """A column of numbers, by its type or by its first rows."""
    if table.columns[column].type.lower().startswith(_NUMBERS):
        return True
    found = [v for row in table.rows[:PROBED_ROWS] if (v := at(row, column)) is not None]
    return bool(found) and all(isinstance(v, int | float) and not isinstance(v, bool) for v in found)


def large(table: Table, column: int) -> bool:
    """A column with whole numbers of five digits or more: all of its thousands get a thin space, or none."""
    found = [at(row, column) for row in table.rows[:PROBED_ROWS]]
    return any(isinstance(v, int) and abs(v) >= 10_000 for v in found) and not any(isinstance(v, bool) for v in found)


def places(table: Table, column: int) -> int | None:
    """Decimal places for a column of numbers, so that their points stand below each other; None = as they are."""
    cells = [at(row, column) for row in table.rows[:PROBED_ROWS]]
    found = [v for v in cells if isinstance(v, float) and math.isfinite(v)]
    if not found or any(v and not 1e-4 <= abs(v) < 1e7 for v in found):
        return None
    return max(len(f"{v:.6g}".partition(".")[2]) for v in found)
