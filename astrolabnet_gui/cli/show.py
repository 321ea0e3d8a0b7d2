"""Show: things, results and errors as lines for a person, or as JSON for a program."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, TextIO

from ..model.inert import plain
from ..model.output import Failure, Image, Json, Table, Text, parse
from ..model.server import Server
from ..model.task import Task
from ..model.thing import Thing
from ..network.store import Store
from ..tasks.cause import Cause, cause_of
from ..tasks.spool import output_of

MOST_ROWS = 1000
MOST_CELL = 48


def say(text: str, stream: TextIO | None = None) -> None:
    """One piece of text and a line end."""
    stream = stream or sys.stdout
    encoding = stream.encoding or "utf-8"
    stream.write(plain(text).encode(encoding, "replace").decode(encoding) + "\n")
    stream.flush()


def address(store: Store, thing: Thing) -> str:
    """Printed address of a thing, as other words take it."""
    root = store.get(thing.key.root)
    alias = root.payload.alias if root is not None and isinstance(root.payload, Server) else thing.key.server
    return thing.key.address(alias)


def words(store: Store, thing: Thing) -> tuple[str, ...]:
    """Address, state, since when, name and problem of a thing."""
    state = thing.state
    if thing.progress is not None and thing.state not in thing.kind.terminal:
        state = f"{state} {thing.progress:.0%}"
    if thing.stale_since is not None:
        state = f"({state}, last seen {ago(thing.stale_since)})"
    what = " ".join(p for p in (thing.label, thing.fact) if p)
    cause = why(store, thing)
    return address(store, thing), state, ago(thing.since) if thing.since else "", what, _told(thing, cause)


def _told(thing: Thing, cause: Cause | None) -> str:
    """The cause in place of the last words of a log or a traceback, where there is one."""
    return thing.problem if cause is None or thing.state == "lost" else cause.words


def plain_data(store: Store, thing: Thing) -> dict[str, Any]:
    """A thing as plain data."""
    return {
        "address": address(store, thing),
        "kind": thing.kind.label,
        **thing.model_dump(mode="json", exclude={"key", "payload"}),
        "health": thing.health.value,
        "cause": None if (cause := why(store, thing)) is None else cause.model_dump(mode="json"),
    }


def ago(moment: datetime) -> str:
    """How long ago, in one unit."""
    seconds = max(0.0, (datetime.now(UTC) - moment).total_seconds())
    for unit, length in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= length:
            return f"{seconds / length:.0f} {unit} ago"
    return f"{seconds:.0f} s ago"


def columns(head: Sequence[str], table: Sequence[Sequence[str]]) -> None:
    """Print a table with aligned columns."""
    flat = [[" ".join(plain(cell).split()) for cell in row] for row in table]
    widths = [max(len(row[i]) for row in (list(head), *flat)) for i in range(len(head))]
    for row in (list(head), *flat):
        say("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def told(value: Any, said: str = "") -> None:
    """What a command gave back, for a person: rows as a table with its long cells cut, plain values one a line, what
    is deeper as JSON; what is empty, or stands in the sentence that was said, is not told.
    """
    rest = dict(value) if isinstance(value, dict) else {"": value}
    rows = [
        name for name, one in rest.items() if one and isinstance(one, list) and all(isinstance(r, dict) for r in one)
    ]
    table = rest.pop(rows[0]) if len(rows) == 1 else []
    for name, one in rest.items():
        if isinstance(one, str) and one in said:
            continue
        if isinstance(one, str | int | float) and name:
            say(f"{name}: {one}")
        elif one or isinstance(one, int | float):
            print_json({name: one} if name else one)
    names = list(dict.fromkeys(name for row in table for name in row))
    cells = [[_cell(row.get(name)) for name in names] for row in table]
    kept = [n for n in range(len(names)) if any(row[n] for row in cells)]
    if kept:
        columns([names[n].upper() for n in kept], [[row[n] for n in kept] for row in cells])


def _cell(value: Any) -> str:
    match value:
        case None | "" | False:
            return ""
        case True:
            return "yes"
        case dict():
            return _cut(
                "; ".join(
                    f"{name}: {_cell(one)}" if one not in ("", None) else str(name) for name, one in value.items()
                )
            )
        case list():
            return _cut(", ".join(map(_cell, value)))
    return _cut(str(value))


def _cut(text: str) -> str:
    return text if len(text) <= MOST_CELL else f"{text[: MOST_CELL - 1]}…"


def print_json(value: Any) -> None:
    """One JSON value on one line."""
    sys.stdout.write(json.dumps(value, ensure_ascii=True, default=str) + "\n")
    sys.stdout.flush()


def why(store: Store, thing: Thing) -> Cause | None:
    """Why a thing failed; of a task its session is asked too."""
    return cause_of(thing, None if thing.key.parent is None else store.get(thing.key.parent))


def result(task: Task, state: str, *, as_json: bool, cause: Cause | None = None) -> bool:
    """Print what a task gave, and why it failed; True if it ended well."""
    output = output_of(task)
    good = state in ("done", "available")
    if as_json:
        told = {} if cause is None else {"cause": cause.model_dump(mode="json")}
        print_json({"state": state, "name": task.name, "output": output} | told)
        return good
    for part in parse(output):
        match part:
            case Text():
                say(part.text)
            case Table():
                cells = [["" if cell is None else str(cell) for cell in row] for row in part.rows[:MOST_ROWS]]
                columns([column.name for column in part.columns], cells)
                if len(part.rows) > MOST_ROWS:
                    say(f"… {len(part.rows) - MOST_ROWS} more rows (--json prints all)", sys.stderr)
            case Json():
                say(json.dumps(part.value, indent=2, ensure_ascii=False))
            case Image():
                say(f"[a picture, {part.mime}: look at it in the window, or take it from --json]")
            case Failure():
                lines = [line.rstrip("\n") for line in part.traceback] or [f"{part.name}: {part.message}"]
                say("\n".join(lines), sys.stderr)
                if part.traceback and part.message not in "".join(part.traceback):
                    say(f"{part.name}: {part.message}", sys.stderr)
    if not good:
        say(f"The task ended as: {state}.", sys.stderr)
    if cause is not None:
        end = "" if cause.words.endswith((".", "!", "?")) else "."
        say(f"Why: {cause.words}{end} {cause.remedy}".rstrip(), sys.stderr)
    return good
