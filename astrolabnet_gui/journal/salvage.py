"""Salvage: the rows of a damaged journal that can still be read, page by page.

SQLite itself gives up at the first page that is not sound. Here every page is looked at by itself for what a page of
the table holds (https://www.sqlite.org/fileformat.html, 1.6 and 2.1); whatever has no number, time, state or JSON of a
row, or another sum than it says itself, is left out. SQLite's own recovery (``.recover``, sqlite3_recover) needs its
virtual table of pages, with which neither apsw (3.54) nor Python's sqlite3 is built.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .row import Row
from .told import COLUMNS, row_of

_LEAF, _HEAD, _WIDTHS = 0x0D, 100, (0, 1, 2, 3, 4, 6, 8, 8, 0, 0)
_SIZES = frozenset(1 << n for n in range(9, 17))
_USUAL = 4096
_MOST_ROWS = 2**40  # numbers go on after the greatest: rubbish must not use them up
_MOST_BYTES = 64_000_000  # of one row: more is a length that rubbish told


def salvaged(path: Path) -> dict[int, Row]:
    """Rows by their numbers, in order; {} if there is none. The file is only read.

    Raises:
        OSError: it can not be read.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD)
        told = int.from_bytes(head[16:18], "big")
        size = 65536 if told == 1 else told if told in _SIZES and head.startswith(b"SQLite format 3\0") else _USUAL
        pages = _Pages(file, size, path.stat().st_size // size)
        found: dict[int, Row] = {}
        for number in range(1, pages.count + 1):
            for seq, values in _cells(pages, number):
                try:
                    row = row_of((seq, *values[1:], *[None] * (COLUMNS + 1 - len(values))))
                except (ValueError, TypeError, KeyError, IndexError, AttributeError):
                    continue
                found.setdefault(seq, row)
    return dict(sorted(found.items()))


class _Pages:
    """Pages of a file, from 1."""

    def __init__(self, file: Any, size: int, count: int) -> None:
        self._file, self.size, self.count = file, size, count

    def __getitem__(self, number: int) -> bytes:
        if not 1 <= number <= self.count:
            raise IndexError(number)
        self._file.seek((number - 1) * self.size)
        return bytes(self._file.read(self.size))


def _cells(pages: _Pages, number: int) -> Iterator[tuple[int, list[Any]]]:
    """Number and values of each row on a page that has a row's many columns."""
    page, begin = pages[number], _HEAD if number == 1 else 0
    if page[begin] != _LEAF:
        return
    count = int.from_bytes(page[begin + 3 : begin + 5], "big")
    for at in range(begin + 8, min(begin + 8 + 2 * count, pages.size - 1), 2):
        try:
            start = int.from_bytes(page[at : at + 2], "big")
            length, start = _varint(page, start)
            seq, start = _varint(page, start)
            values = _values(_payload(pages, page, start, length))
        except (IndexError, ValueError):
            continue
        if COLUMNS <= len(values) <= COLUMNS + 1 and 0 < seq < _MOST_ROWS:
            yield seq, values


def _payload(pages: _Pages, page: bytes, start: int, length: int) -> bytes:
    """The bytes of a row; what does not fit on its page goes on in a chain of others."""
    most, least = pages.size - 35, (pages.size - 12) * 32 // 255 - 23
    if length > _MOST_BYTES:
        raise ValueError("too long")
    if length <= most:
        return page[start : start + length]
    fits = least + (length - least) % (pages.size - 4)
    here = fits if fits <= most else least
    parts, after = [page[start : start + here]], int.from_bytes(page[start + here : start + here + 4], "big")
    missing = length - here
    while missing > 0:
        further = pages[after]
        parts.append(further[4 : 4 + missing])
        missing -= pages.size - 4
        after = int.from_bytes(further[:4], "big")
    return b"".join(parts)


def _values(payload: bytes) -> list[Any]:
    end, at = _varint(payload, 0)
    kinds: list[int] = []
    while at < end:
        kind, at = _varint(payload, at)
        kinds.append(kind)
    values: list[Any] = []
    at = end
    for kind in kinds:
        width = _WIDTHS[kind] if kind < len(_WIDTHS) else (kind - 12) // 2
        if at + width > len(payload):
            raise IndexError(at)
        piece = payload[at : at + width]
        values.append(piece.decode() if kind >= 13 and kind % 2 else None)
        at += width
    return values


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = 0
    for n in range(8):
        byte = data[at + n]
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, at + n + 1
    return value << 8 | data[at + 8], at + 9
