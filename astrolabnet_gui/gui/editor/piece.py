"""Piece: which part of an editor's text is meant by Ctrl+Enter. No Qt."""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass

_CELL = re.compile(r"^[ \t]*(?:#|--|//) ?%%.*$", re.MULTILINE)
_WORD = re.compile(r"[^\W\d]\w*\Z")


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a text.

    Attributes:
        start, end: characters, ``end`` not included.
        code: what is sent: without common indent, without blank lines around it.
        name: first words of a cell's head; "" if it has none.
    """

    start: int
    end: int
    code: str
    name: str = ""


def cells(text: str) -> list[tuple[int, int]]:
    """Start and end of each cell, its head included; the whole text if it has no heads."""
    heads = [found.start() for found in _CELL.finditer(text)]
    starts = heads if heads[:1] == [0] else [0, *heads]
    return list(zip(starts, [*starts[1:], len(text)], strict=True))


def piece_at(text: str, start: int, end: int) -> Piece:
    """What is meant: the selection, else the cell of the cursor, else everything.

    Args:
        start, end: of the selection; the same without one.
    """
    if start != end:
        return _piece(text, start, end)
    first, last = next(cell for cell in reversed(cells(text)) if cell[0] <= start)
    return _piece(text, first, last)


def next_cell(text: str, at: int) -> int:
    """Where the cell after that of ``at`` begins; ``at`` if it is the last."""
    return next((start for start, _ in cells(text) if start > at), at)


def line_at(text: str, at: int) -> Piece:
    """The line of a place."""
    start = text.rfind("\n", 0, at) + 1
    end = text.find("\n", at)
    return _piece(text, start, len(text) if end < 0 else end)


def _piece(text: str, start: int, end: int) -> Piece:
    part = text[start:end]
    head = _CELL.match(part)
    name = "" if head is None else head[0].strip().lstrip("#-/ ").lstrip("%").strip()
    if start > 0 and text[start - 1] != "\n":
        # A selection that begins inside a line keeps that line's indent out of the count.
        return Piece(start, end, part.strip("\n"), name)
    return Piece(start, end, textwrap.dedent(part).strip("\n").rstrip(), name)


def prefix_at(text: str, at: int) -> str:
    """The beginning of a word that stands before a place."""
    found = _WORD.search(text[max(0, at - 200) : at])
    return "" if found is None else found[0]


def words_like(text: str, prefix: str, most: int = 50) -> list[str]:
    """Words of a text that begin so, the nearest spelling first; not the prefix itself."""
    if not prefix:
        return []
    found = dict.fromkeys(re.findall(rf"(?<!\w){re.escape(prefix)}\w+", text[-200_000:]))
    return sorted(found)[:most]
