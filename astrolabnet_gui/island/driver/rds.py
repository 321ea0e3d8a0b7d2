"""R's own file format (RDS, XDR, version 2), as far as data frames need it: exact types, exact missing values."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Any

NA_INTEGER = -(2**31)
NA_REAL_BITS = 0x7FF00000000007A2

_SYM, _PAIRLIST, _CHAR, _LOGICAL, _INTEGER, _REAL, _STRING, _LIST = 1, 2, 9, 10, 13, 14, 16, 19
_NIL, _REFERENCE = 254, 255
_OBJECT, _ATTRIBUTES, _TAG = 1 << 8, 1 << 9, 1 << 10
_UTF8 = 8 << 12


class Vector:
    """An R vector: values (None = NA; a list holds Vectors) and attributes by name.

    Attributes:
        kind: logical, integer, double, character or list.
    """

    def __init__(self, kind: str, values: Sequence[Any], attributes: dict[str, Vector] | None = None) -> None:
        self.kind = kind
        self.values = list(values)
        self.attributes = attributes or {}

    def words(self, name: str) -> list[str]:
        """The strings of an attribute; [] if it has none of that name."""
        found = self.attributes.get(name)
        return [str(v) for v in found.values] if found is not None else []


_CODES = {"logical": _LOGICAL, "integer": _INTEGER, "double": _REAL, "character": _STRING, "list": _LIST}
_KINDS = {code: kind for kind, code in _CODES.items()}


def dump(vector: Vector) -> bytes:
    """The bytes readRDS() takes."""
    out = bytearray(b"X\n" + struct.pack(">iii", 2, 0x00040200, 0x00020300))
    _write(out, vector)
    return bytes(out)


def load(data: bytes) -> Vector:
    """The vector in an uncompressed file of saveRDS(version = 2).

    Raises:
        ValueError: it holds something a data frame of plain columns does not.
    """
    if data[:2] != b"X\n":
        raise ValueError("not an uncompressed RDS file")
    return _Reader(data[14:]).item()


def _write(out: bytearray, vector: Vector) -> None:
    flags = _CODES[vector.kind] | (_ATTRIBUTES if vector.attributes else 0)
    flags |= _OBJECT if "class" in vector.attributes else 0
    out += struct.pack(">ii", flags, len(vector.values))
    if vector.kind == "double":
        out += b"".join(struct.pack(">Q", NA_REAL_BITS) if v is None else struct.pack(">d", v) for v in vector.values)
    elif vector.kind == "character":
        for v in vector.values:
            _write_chars(out, v)
    elif vector.kind == "list":
        for v in vector.values:
            _write(out, v)
    else:
        numbers = [NA_INTEGER if v is None else int(v) for v in vector.values]
        out += struct.pack(f">{len(numbers)}i", *numbers)
    if vector.attributes:
        for name, value in vector.attributes.items():
            out += struct.pack(">ii", _PAIRLIST | _TAG, _SYM)
            _write_chars(out, name)
            _write(out, value)
        out += struct.pack(">i", _NIL)


def _write_chars(out: bytearray, text: str | None) -> None:
    if text is None:
        out += struct.pack(">ii", _CHAR, -1)
        return
    # R has no NUL in strings.
    data = text.replace("\0", "").encode("utf-8", "replace")
    out += struct.pack(">ii", _CHAR | _UTF8, len(data)) + data


def _is_na(bits: int) -> bool:
    """NA is a NaN with 1954 in its low word; arithmetic may have set the quiet bit."""
    return bits & 0xFFFFFFFF == NA_REAL_BITS & 0xFFFFFFFF and bits >> 52 & 0x7FF == 0x7FF


class _Reader:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0
        self._symbols: list[str] = []

    def item(self) -> Vector:
        flags = self._int()
        code = flags & 0xFF
        if code not in _KINDS:
            raise ValueError("only columns of logicals, numbers, text, factors, dates and times can go to Spark")
        count = self._int()
        kind = _KINDS[code]
        values: list[Any]
        if kind == "double":
            bits = struct.unpack(f">{count}Q", self._take(8 * count))
            values = [None if _is_na(b) else struct.unpack(">d", struct.pack(">Q", b))[0] for b in bits]
        elif kind == "character":
            values = [self._chars() for _ in range(count)]
        elif kind == "list":
            values = [self.item() for _ in range(count)]
        else:
            numbers = struct.unpack(f">{count}i", self._take(4 * count))
            values = [None if n == NA_INTEGER else bool(n) if kind == "logical" else n for n in numbers]
        attributes = self._attributes() if flags & _ATTRIBUTES else {}
        return Vector(kind, values, attributes)

    def _attributes(self) -> dict[str, Vector]:
        found = {}
        while (flags := self._int()) & 0xFF == _PAIRLIST and flags & _TAG:
            name = self._symbol()
            found[name] = self.item()
        return found

    def _symbol(self) -> str:
        flags = self._int()
        if flags & 0xFF == _REFERENCE:
            return self._symbols[(flags >> 8) - 1]
        name = self._chars() or ""
        self._symbols.append(name)
        return name

    def _chars(self) -> str | None:
        self._int()
        size = self._int()
        return None if size < 0 else self._take(size).decode("utf-8", "replace")

    def _int(self) -> int:
        number: int = struct.unpack(">i", self._take(4))[0]
        return number

    def _take(self, size: int) -> bytes:
        piece = self._data[self._at : self._at + size]
        if len(piece) < size:
            raise ValueError("the RDS file ends too early")
        self._at += size
        return piece
