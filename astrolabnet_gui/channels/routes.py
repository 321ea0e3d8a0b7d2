"""Routes: how data get from one server to another, as probes found it; which files and pieces a relay carries."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Literal

from ..errors import BadInput, Malformed
from ..model.thing import Value

Road = Literal["same storage", "destination pulls", "through this computer"]
WORDS: Mapping[Road, str] = {
    "same storage": "same storage",
    "destination pulls": "reads its files itself",
    "through this computer": "only through this computer",
}
MIB = 1 << 20
LARGEST_MIB = 8
"""More in one statement's answer, and Livy refuses it or its session breaks down."""
ASSUMED_BYTES_S = 1e6
_ODD = re.compile(r"[\x00-\x1f\x7f\\]")


class Probe(Value):
    """What one server said when it was asked to read a file of another.

    Attributes:
        holder, reader: uuids of the server that has the file, and of the one that was to read it.
        road: the best way from the holder to the reader; why: what kept the reader from reading.
        asked: when.
    """

    holder: str
    reader: str
    road: Road
    asked: datetime
    why: str = ""

    @property
    def route(self) -> Literal["pull", "relay"]:
        """How a channel takes that road: its reader reads by itself, or this computer carries."""
        return "relay" if self.road == "through this computer" else "pull"


class Rate(Value):
    """How fast a relay between two servers was, and when."""

    holder: str
    reader: str
    bytes_s: float
    when: datetime


class Piece(Value):
    """Part of a file: from where, how much."""

    name: str
    at: int
    size: int


class File(Value):
    """A file to be carried; ``stamp`` is its length and the time of its last change."""

    name: str
    stamp: tuple[int, int]

    @property
    def size_bytes(self) -> int:
        """Its length."""
        return self.stamp[0]

    def pieces(self, chunk: int) -> list[Piece]:
        """Its parts, none longer than ``chunk``."""
        size = self.size_bytes
        return [Piece(name=self.name, at=at, size=min(chunk, size - at)) for at in range(0, size, chunk)]


def age_words(seconds: float) -> str:
    """An age in one number."""
    for size, word in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds // size:.0f} {word}"
    return f"{max(0.0, seconds):.0f} s"


def road_of(told: Mapping[str, Any]) -> Road:
    """The best way, by what the reader said."""
    if told.get("reads") is not True:
        return "through this computer"
    return "same storage" if told.get("own") is True else "destination pulls"


def files_of(told: Iterable[Any]) -> list[File]:
    """Files as the holder lists them; their names become part of paths at another server.

    Raises:
        Malformed: a name that leads out of the folder.
    """
    found: list[File] = []
    for row in told:
        try:
            name, size, changed = row
            file = File(name=name, stamp=(size, changed))
        except (TypeError, ValueError) as exc:
            raise Malformed("the server did not list its files as asked.", remedy="Try again.") from exc
        if _ODD.search(name) or any(step in ("", ".", "..") for step in name.split("/")) or size < 0:
            raise Malformed(f"a file of the folder has a name that is not carried elsewhere: {name!r}.")
        found.append(file)
    return found


def missing(file: File, parts: Mapping[str, int], chunk: int) -> list[Piece]:
    """Pieces that did not arrive yet; ``parts`` are lengths by the names the destination keeps them under."""
    return [piece for piece in file.pieces(chunk) if parts.get(f"{piece.at:015d}") != piece.size]


def within(size_bytes: int, cap_mb: int) -> None:
    """Nothing, if so much may be carried.

    Raises:
        BadInput: it is more.
    """
    if size_bytes > cap_mb * 1_000_000:
        raise BadInput(
            f"{size_bytes / 1e6:,.0f} MB are more than the {cap_mb:,} MB that may be carried.", field="cap_mb",
            remedy="Carry less, give a larger cap, or let the destination read the files itself.",
        )  # fmt: skip
