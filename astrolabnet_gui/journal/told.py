"""Told: a row as the values of its file."""

from __future__ import annotations

import json
import zlib
from datetime import UTC, datetime
from typing import Any

from ..model.key import Key
from .row import Row, State

NAMES = "seq, time, act, run, owner, command, key, params, state, evidence, line"
COLUMNS = NAMES.count(",") + 1
"""Of a row; after them comes its sum, which rows of an older program have not."""


def values_of(row: Row) -> tuple[str | None, ...]:
    """Values of all columns but the number."""
    values = (
        row.time.astimezone(UTC).isoformat(),
        row.act,
        row.run,
        row.owner,
        row.command,
        None if row.key is None else dump([row.key.server, row.key.epoch, list(row.key.path)]),
        dump(row.params),
        row.state.value,
        dump(row.evidence),
        row.line,
    )
    return tuple(_clean(value) if isinstance(value, str) else value for value in values)


def sum_of(values: tuple[str | None, ...]) -> str:
    """Sum of the values of all columns but the number: one byte that is another gives another sum."""
    return f"{zlib.crc32(dump(values).encode()):08x}"


def row_of(found: tuple[Any, ...]) -> Row:
    """The row of the values of all columns and their sum.

    Raises:
        ValueError, TypeError: they are those of no row, or not what was written.
    """
    seq, *values, told = found
    if told is not None and told != sum_of(tuple(values)):
        raise ValueError(f"entry {seq} is not what was written")
    time, act, run, owner, command, key, params, state, evidence, line = values
    parts = None if key is None else json.loads(key)
    return Row(
        seq=seq,
        time=datetime.fromisoformat(time),
        act=act,
        run=run,
        owner=owner,
        command=command,
        key=None if parts is None else Key(parts[0], parts[1], tuple(parts[2])),
        params=json.loads(params),
        state=State(state),
        evidence=json.loads(evidence),
        line=line,
    )


def dump(value: Any) -> str:
    """Plain data as its one line."""
    return json.dumps(value, ensure_ascii=True, default=str)


def _clean(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")
