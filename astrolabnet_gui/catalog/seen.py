"""Seen: what was seen of a server's data, kept on this computer, so that a later start shows it with its age before
anything is asked. It may be deleted at any time.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from ..errors import Missing
from ..model.key import Key
from ..model.thing import Thing
from ..settings.files import read_capped, write_whole
from .column_tree import column_things
from .files import FileFacts
from .names import TableName
from .schema import Field

KINDS = ("catalogs", "namespaces", "tables", "columns", "files")
MOST = 30_000
_FIELDS = TypeAdapter(tuple[Field, ...])
Columns = Mapping[Key, tuple[Field, ...]]


def save(file: Path, things: Iterable[Thing], columns: Columns) -> None:
    """Keep what was seen of one server; no more than ``MOST`` things, the first ones. A full disk keeps nothing."""
    rows, unfolded = list[dict[str, Any]](), set[Key | None]()
    things = tuple(things)
    for thing in things:
        if thing.key.kind == "columns":
            unfolded.add(thing.key.parent)
    for thing in things:
        if thing.key.kind == "columns":  # they come of what is kept with their table
            continue
        row: dict[str, Any] = {
            "path": list(thing.key.path), "label": thing.label, "fact": thing.fact, "state": thing.state,
            "seen": thing.since.isoformat() if thing.since else "",
        }  # fmt: skip
        match thing.payload:
            case TableName() as name:
                row["table"] = name.model_dump()
            case FileFacts() as facts:
                row["file"] = facts.model_dump(mode="json")
            case tuple() as parts:
                row["parts"] = list(parts)
        if thing.key in columns:
            row["columns"] = _FIELDS.dump_python(columns[thing.key], mode="json", exclude_defaults=True)
            row["unfolded"] = thing.key in unfolded
        rows.append(row)
        if len(rows) >= MOST:
            break
    try:
        write_whole(file, json.dumps(rows, separators=(",", ":")).encode())
    except Missing:
        return


def load(file: Path, server: str) -> tuple[list[Thing], dict[Key, tuple[Field, ...]]]:
    """What was kept, parents first; nothing if it can not be used."""
    things, columns = list[Thing](), dict[Key, tuple[Field, ...]]()
    try:
        rows = json.loads(read_capped(file))
        for row in rows:
            key = Key(server, "", tuple(row["path"]))
            payload: Any = tuple(row["parts"]) if "parts" in row else None
            if "table" in row:
                payload = TableName.model_validate(row["table"])
            elif "file" in row:
                payload = FileFacts.model_validate(row["file"])
            seen = datetime.fromisoformat(row["seen"]) if row["seen"] else None
            things.append(
                Thing(key=key, label=row["label"], fact=row["fact"], state=row["state"], since=seen, payload=payload)
            )
            if "columns" in row:
                columns[key] = _FIELDS.validate_python(row["columns"])
                if row.get("unfolded"):
                    things += column_things(key, columns[key], seen)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError, ValidationError):
        return [], {}
    return things, columns
