"""HTML of things and results. All that a server says is escaped text in it; no script, no link, nothing to fetch."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

from ..model.kind import Health
from ..model.output import Failure, Image, Json, Part, Table, Text
from ..net.world import Net, Node

MOST_ROWS = 100
MOST_TEXT = 20_000
COLOURS = {
    Health.OK: "#2e9e5b", Health.BUSY: "#2f7fd6", Health.PENDING: "#7d8fa3", Health.WARN: "#d9932b",
    Health.FAILED: "#cf3f3f", Health.GONE: "#b5bcc4", Health.UNKNOWN: "#8a6fc4", Health.FLOW: "#1fa3a3",
}  # fmt: skip
# Not by colour alone.
MARKS = {
    Health.OK: "●", Health.BUSY: "◐", Health.PENDING: "○", Health.WARN: "▲", Health.FAILED: "✖", Health.GONE: "◌",
    Health.UNKNOWN: "?", Health.FLOW: "➤",
}  # fmt: skip
_PICTURES = frozenset({"image/png", "image/jpeg", "image/gif"})
_BASE64 = re.compile(r"[A-Za-z0-9+/=\s]*\Z")


def text(words: object, most: int = MOST_TEXT) -> str:
    """Words as HTML that shows them and does nothing else."""
    said = str(words)
    said = said if len(said) <= most else f"{said[:most]} …"
    return escape("".join(c for c in said if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cf", "Co", "Cs")))


def light(health: Health, state: str) -> str:
    """State light and its word."""
    return f'<span style="color:{COLOURS[health]}">{MARKS[health]}</span>&nbsp;{text(state, 60)}'


def bar(part: float | None) -> str:
    """Progress; nothing where there is none."""
    return "" if part is None else f'<progress value="{part:.3f}" max="1"></progress> {part:.0%}'


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; the cells are HTML already."""
    top = "".join(f'<th style="text-align:left">{text(name, 200)}</th>' for name in head)
    lines = ("".join(f'<td style="text-align:left">{cell}</td>' for cell in row) for row in rows)
    body = "".join(f"<tr>{line}</tr>" for line in lines)
    return f"<table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"


def _row(one: Node) -> tuple[str, ...]:
    thing = one.thing
    moving = None if thing.state in thing.kind.terminal else thing.progress
    what = " ".join(p for p in (thing.label, thing.fact) if p)
    return (
        f"<code>{text(one.address, 300)}</code>", light(thing.health, thing.state), text(what, 300), bar(moving),
        text(thing.problem, 500),
    )  # fmt: skip


_HEAD = ("address", "state", "what", "progress", "")


def nodes(several: Iterable[Node]) -> str:
    """Things, one a row; the first hundred."""
    found = list(several)
    more = f"<p>… {len(found) - MOST_ROWS} more</p>" if len(found) > MOST_ROWS else ""
    return (table(_HEAD, map(_row, found[:MOST_ROWS])) + more) if found else "<p>none</p>"


def node(one: Node) -> str:
    """One thing with what is below it, or with its result."""
    parts = "".join(part(piece) for piece in one.output)
    below = one.below
    return table(_HEAD, [_row(one), *map(_row, below[: MOST_ROWS - 1])]) + parts


def net(world: Net) -> str:
    """All servers."""
    world.desk.settle(0.0)
    found = [Node(world.desk, thing, lambda _: None) for thing in world.desk.store.servers()]
    return nodes(found) if found else "<p>no servers yet: <code>net.island.start()</code></p>"


def part(piece: Part) -> str:
    """A piece of a result."""
    match piece:
        case Table():
            head = [f"{column.name} [{column.unit}]" if column.unit else column.name for column in piece.columns]
            rows = [[_cell(cell) for cell in row] for row in piece.rows[:MOST_ROWS]]
            more = f"<p>{MOST_ROWS} of {len(piece.rows)} rows</p>" if len(piece.rows) > MOST_ROWS else ""
            return table(head, rows) + more
        case Text():
            return f"<pre>{text(piece.text)}</pre>"
        case Json():
            return f"<pre>{text(json.dumps(piece.value, indent=2, ensure_ascii=False))}</pre>"
        case Image():
            if piece.mime in _PICTURES and _BASE64.match(piece.base64):
                return f'<img alt="result" src="data:{piece.mime};base64,{"".join(piece.base64.split())}">'
            return f"<p>a picture that is not shown here: {text(piece.mime, 60)}</p>"
        case Failure():
            lines = "".join(piece.traceback) or f"{piece.name}: {piece.message}"
            return f'<pre style="color:{COLOURS[Health.FAILED]}">{text(lines)}</pre>'
    raise AssertionError("there is no other part")


def _cell(cell: Any) -> str:
    if cell is None:
        return "<i>null</i>"
    return text(json.dumps(cell, ensure_ascii=False) if isinstance(cell, list | dict) else cell, 500)
