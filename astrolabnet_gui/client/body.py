"""Body: from the bytes of an answer to JSON, with at most one layer of gzip and never more than the cap."""

from __future__ import annotations

import io
import re
import zlib
from typing import Any

from pydantic_core import from_json

GZIP_MAGIC = b"\x1f\x8b"
_PIECE = 256 * 1024


class Oversize(Exception):
    """More bytes than the cap."""


class Unpackable(Exception):
    """Bytes that are not what their label says; the message is fit for a person."""


class Unpacker:
    """Takes the raw chunks of one answer and keeps at most ``cap`` bytes of what they say.

    Livy sends a raw gzip body *without* Content-Encoding when the answer is empty; so gzip is known by its first
    two bytes, whatever the label. A second layer is never opened: that is how small bombs become large.
    """

    def __init__(self, encoding: str, cap: int) -> None:
        self._labels = [e for e in (part.strip().lower() for part in encoding.split(",")) if e not in ("", "identity")]
        if self._labels not in ([], ["gzip"], ["x-gzip"]):
            raise Unpackable(f"the answer is packed as {', '.join(self._labels)[:60]}, which was not asked for")
        self._cap = cap
        self._raw = 0
        self._first = b""
        self._gzip: zlib._Decompress | None = None
        self._kept = io.BytesIO()

    def feed(self, chunk: bytes) -> None:
        """Take one chunk.

        Raises:
            Oversize: the answer is over the cap, packed or unpacked.
            Unpackable: it is no gzip though it says so.
        """
        self._raw += len(chunk)
        if self._raw > self._cap:
            raise Oversize
        if self._gzip is None and not self._kept.tell():
            chunk = self._first + chunk
            if len(chunk) < 2:
                self._first = chunk
                return
            self._first = b""
            if chunk.startswith(GZIP_MAGIC):
                self._gzip = zlib.decompressobj(wbits=31)
            elif self._labels:
                raise Unpackable("the answer says it is gzip, but it is not")
        if self._gzip is None:
            self._keep(chunk)
            return
        if self._gzip.eof:
            raise Unpackable("bytes follow the end of the packed answer")
        try:
            while chunk:
                self._keep(self._gzip.decompress(chunk, _PIECE))
                chunk = self._gzip.unconsumed_tail
        except zlib.error as exc:
            raise Unpackable("the packed answer is damaged") from exc
        if self._gzip.unused_data:
            raise Unpackable("bytes follow the end of the packed answer")

    def end(self) -> bytes:
        """All bytes, unpacked.

        Raises:
            Unpackable: the packed answer is cut, or packed twice.
        """
        if self._gzip is not None and not self._gzip.eof:
            raise Unpackable("the packed answer ends too early")
        whole = self._kept.getvalue() or self._first
        if self._gzip is not None and whole.startswith(GZIP_MAGIC):
            raise Unpackable("the answer is packed twice")
        return whole

    def _keep(self, part: bytes) -> None:
        if self._kept.tell() + len(part) > self._cap:
            raise Oversize
        self._kept.write(part)


# A true pair of surrogate escapes, which stays, or a lone half of one.
_HALVES = re.compile(rb"\\u[dD](?:[89aAbB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|([89a-fA-F][0-9a-fA-F]{2}))")
_BACKSLASH = rb"\\"  # as JSON writes it: what follows is no escape


def json_of(body: bytes) -> Any:
    """JSON value of a body; depth ≤ 200, integers ≤ 4300 digits.

    Halves of surrogate pairs and bad UTF-8 (a Spark string may hold both) become U+FFFD rather than hide the rest.
    NaN and Infinity are read: they are results too.

    Raises:
        ValueError: not JSON, too deep, or a number too long.
    """
    body = body.removeprefix(b"\xef\xbb\xbf")
    try:
        return from_json(body)
    except ValueError:
        clean = body.decode("utf-8", "replace").encode()
        pieces = (_HALVES.sub(lambda m: rb"\ufffd" if m[1] else m[0], piece) for piece in clean.split(_BACKSLASH))
        clean = _BACKSLASH.join(pieces)
        if clean == body:
            raise
        return from_json(clean)
