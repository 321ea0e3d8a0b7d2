"""Past: what all things were at each moment, in a capped file beside the journal. It may be deleted at any time.

A thing is kept as a short text; who writes it knows what it says. One process writes, others may read.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import apsw

from ..errors import Missing
from .sqlite import made_private, transaction

VERSION = 1
APPLICATION_ID = 0x414C4E70  # "ALNp"
BUSY_MS = 2_000
# A step back in time reads one whole picture and the changes after it, at most so many.
WHOLE_EVERY = 200
MOST_BYTES = 64 << 20

_SCHEMA = """
CREATE TABLE moment(seq INTEGER PRIMARY KEY AUTOINCREMENT, time REAL NOT NULL, whole INTEGER NOT NULL,
  bytes INTEGER NOT NULL, body BLOB NOT NULL) STRICT;
CREATE INDEX moment_time ON moment(time);
"""

Things = dict[str, str]
"""Text of each thing by the text of its key."""


@dataclass(frozen=True, slots=True)
class Span:
    """What the file reaches over.

    Attributes:
        times: each moment at which something changed, seconds since 1970, oldest first.
    """

    times: tuple[float, ...] = ()


class Past:
    """One open file; used by one thread at a time.

    Args:
        most_bytes: size above which the oldest moments are dropped.
    """

    def __init__(self, path: Path, *, most_bytes: int = MOST_BYTES, whole_every: int = WHOLE_EVERY) -> None:
        self.path = path
        self._most, self._every = most_bytes, whole_every
        self._now: Things | None = None
        self._since_whole = 0
        self.read_last = 0
        try:
            made_private(path)
            self._db = self._opened()
        except (OSError, apsw.Error) as exc:
            raise self._closed("opened", exc) from exc

    def _opened(self) -> apsw.Connection:
        """The file; one that is damaged or of another version is begun anew, for nothing hangs on it."""
        db = apsw.Connection(str(self.path))
        try:
            self._prepare(db)
        except (apsw.NotADBError, apsw.CorruptError):
            db.close()
            for name in (self.path, self.path.with_name(self.path.name + "-journal")):
                name.unlink(missing_ok=True)
            made_private(self.path)
            db = apsw.Connection(str(self.path))
            self._prepare(db)
        return db

    def _prepare(self, db: apsw.Connection) -> None:
        db.set_busy_timeout(BUSY_MS)
        # Losing the last seconds of it to a power cut is no harm.
        for pragma in ("trusted_schema=OFF", "journal_mode=PERSIST", "synchronous=NORMAL", "auto_vacuum=INCREMENTAL"):
            db.execute(f"PRAGMA {pragma}").fetchall()
        with transaction(db):
            if not db.execute("SELECT count(*) FROM sqlite_schema").get:
                db.execute(_SCHEMA)
                db.execute(f"PRAGMA user_version={VERSION}; PRAGMA application_id={APPLICATION_ID}")
        if db.pragma("application_id") != APPLICATION_ID or db.pragma("user_version") != VERSION:
            raise apsw.NotADBError("it is not the history of this version")

    def _closed(self, what: str, exc: Exception) -> Missing:
        return Missing(
            f"the history of things can not be {what}: {exc}.",
            remedy=f"Make room; or delete {self.path}, it begins anew.",
        )

    def close(self) -> None:
        """Give the file back."""
        self._db.close()

    # --- writing

    def add(self, time: float, come: Mapping[str, str], gone: Iterable[str] = ()) -> bool:
        """Note what things are from ``time`` on; False if that is what they were already.

        The first moment of a run is a whole picture: what went on between two runs nobody has seen.

        Raises:
            Missing: it was not written.
        """
        fresh = self._now is None
        now = self._now if self._now is not None else {}
        new = {key: text for key, text in come.items() if now.get(key) != text}
        old = [key for key in gone if key in now]
        if not new and not old and not fresh:
            return False
        now = {key: text for key, text in now.items() if key not in old} | new
        whole = fresh or self._since_whole >= self._every
        body = _pack(now, []) if whole else _pack(new, old)
        try:
            with transaction(self._db):
                last = self._db.execute("SELECT max(time) FROM moment").get
                # A clock that was set back must not hide what came after.
                at = time if last is None else max(time, float(last))
                self._db.execute(
                    "INSERT INTO moment(time, whole, bytes, body) VALUES(?,?,?,?)", (at, int(whole), len(body), body)
                )
                if whole:
                    self._shed()
            if whole:
                self._db.execute("PRAGMA incremental_vacuum").fetchall()
        except apsw.Error as exc:
            raise self._closed("written", exc) from exc
        self._now, self._since_whole = now, 0 if whole else self._since_whole + 1
        return True

    def _shed(self) -> None:
        """Drop the oldest whole pictures, each with its changes, until the rest is small enough."""
        total = self._db.execute("SELECT sum(bytes) FROM moment").get or 0
        wholes = [seq for (seq,) in self._db.execute("SELECT seq FROM moment WHERE whole ORDER BY seq")]
        for seq in wholes[1:]:
            if total <= self._most:
                break
            total -= self._db.execute("SELECT sum(bytes) FROM moment WHERE seq < ?", (seq,)).get or 0
            self._db.execute("DELETE FROM moment WHERE seq < ?", (seq,))

    # --- reading

    def span(self) -> Span:
        """What there is.

        Raises:
            Missing: it can not be read.
        """
        try:
            return Span(tuple(time for (time,) in self._db.execute("SELECT time FROM moment ORDER BY seq")))
        except apsw.Error as exc:
            raise self._closed("read", exc) from exc

    def at(self, time: float) -> Things:
        """All things as they were at ``time``; none before the first moment.

        Raises:
            Missing: it can not be read.
        """
        things: Things = {}
        self.read_last = 0
        try:
            last = self._db.execute("SELECT max(seq) FROM moment WHERE time <= ?", (time,)).get
            if last is None:
                return things
            first = self._db.execute("SELECT max(seq) FROM moment WHERE whole AND seq <= ?", (last,)).get
            found = self._db.execute("SELECT whole, body FROM moment WHERE seq BETWEEN ? AND ? ORDER BY seq",
                                     (first, last))  # fmt: skip
            for whole, body in found:
                come, gone = _unpack(body)
                self.read_last += 1
                if whole:
                    things = come
                    continue
                for key in gone:
                    things.pop(key, None)
                things.update(come)
        except (apsw.Error, ValueError, zlib.error) as exc:
            raise self._closed("read", exc) from exc
        return things


def _pack(come: Mapping[str, str], gone: list[str]) -> bytes:
    return zlib.compress(json.dumps([come, gone], ensure_ascii=True, separators=(",", ":")).encode(), 1)


def _unpack(body: bytes) -> tuple[Things, list[str]]:
    come, gone = json.loads(zlib.decompress(body))
    if not isinstance(come, dict) or not isinstance(gone, list):
        raise ValueError("a moment is no pair of a table and a list")
    return come, gone


def difference(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[Things, list[str]]:
    """What must be put in, and what taken out, to come from one moment to another."""
    come = {key: text for key, text in after.items() if before.get(key) != text}
    return come, [key for key in before if key not in after]
