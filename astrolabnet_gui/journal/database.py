"""Database: the journal's SQLite file: open, check, append, read. Used by one thread at a time."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import apsw

from ..errors import JournalClosed, JournalDamaged
from ..model.key import Step
from .row import Row, State
from .sqlite import made_private, transaction
from .told import NAMES, dump, row_of, sum_of, values_of

VERSION = 1
# SQLite lets waiting writers in at random: on a crowded machine the last of four waits longer than 5 s.
BUSY_MS = 20_000
APPLICATION_ID = 0x414C4E6A  # "ALNj"

_SCHEMA = """
CREATE TABLE row(
  seq INTEGER PRIMARY KEY AUTOINCREMENT, time TEXT NOT NULL, act TEXT NOT NULL, run TEXT NOT NULL, owner TEXT NOT NULL,
  command TEXT NOT NULL, key TEXT, params TEXT NOT NULL, state TEXT NOT NULL, evidence TEXT NOT NULL,
  line TEXT NOT NULL, sum TEXT
) STRICT;
CREATE INDEX row_act ON row(act, seq);
CREATE TRIGGER row_kept BEFORE DELETE ON row BEGIN SELECT RAISE(ABORT, 'the journal only grows'); END;
CREATE TRIGGER row_fixed BEFORE UPDATE ON row BEGIN SELECT RAISE(ABORT, 'the journal only grows'); END;
"""


class Database:
    """One open journal file."""

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        """Open or make the file; ``read_only`` opens what is there without looking whether it may be written.

        Raises:
            JournalClosed: it can not be opened for writing, is damaged, or a newer program made it.
        """
        self.path = path
        try:
            if read_only:
                # Not SQLITE_OPEN_READONLY: what a killed writer left half written must be taken back before it is read.
                self._db = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READWRITE)
                self._db.set_busy_timeout(BUSY_MS)
                self._db.execute("PRAGMA query_only=ON")
                return
            made_private(path)
            self._db = apsw.Connection(str(path))
            if self._db.readonly("main"):
                self._db.close()
                raise apsw.ReadOnlyError
        except (OSError, apsw.Error) as exc:
            raise JournalClosed(
                f"the journal can not be opened: {_reason(exc)}.",
                remedy=f"Look at the rights and the room of {path.parent}.",
            ) from exc
        try:
            self._prepare()
        except JournalClosed:
            self._db.close()
            raise
        except apsw.Error as exc:
            self._db.close()
            raise self._closed(exc) from exc

    def _prepare(self) -> None:
        db = self._db
        db.set_busy_timeout(BUSY_MS)
        for pragma in ("trusted_schema=OFF", "cell_size_check=ON", "journal_mode=PERSIST", "synchronous=EXTRA"):
            db.execute(f"PRAGMA {pragma}").fetchall()
        with transaction(db):
            version = db.pragma("user_version")
            if version == 0 and not db.execute("SELECT count(*) FROM sqlite_schema").get:
                db.execute(_SCHEMA)
                db.execute(f"PRAGMA user_version={VERSION}; PRAGMA application_id={APPLICATION_ID}")
        if db.pragma("user_version") > VERSION:
            raise JournalClosed(
                "the journal was written by a newer AstroLabNet and is left alone.", remedy="Update AstroLabNet."
            )
        problems = [text for (text,) in db.execute("PRAGMA quick_check(1)")]
        if problems != ["ok"] or db.pragma("application_id") != APPLICATION_ID:
            raise self._damaged("" if problems == ["ok"] else str(problems[0]))
        if not self._has_sums():
            # Of an older program, which still finds its own columns and writes rows without a sum beside ours.
            with transaction(db):
                if not self._has_sums():
                    db.execute("ALTER TABLE row ADD COLUMN sum TEXT")

    def _has_sums(self) -> bool:
        return any(name == "sum" for _, name, *_ in self._db.execute("PRAGMA table_info(row)"))

    def append(self, row: Row) -> int:
        """Commit one row; its number.

        Raises:
            JournalClosed: it was not written.
        """
        try:
            with transaction(self._db):
                seq = self._insert(row)
        except apsw.Error as exc:
            raise self._closed(exc) from exc
        return seq

    def fill(self, rows: Iterable[Row]) -> None:
        """Commit rows of another file, with their numbers: all, or none.

        Raises:
            JournalClosed: they were not written.
        """
        try:
            with transaction(self._db):
                for row in rows:
                    self._insert(row)
        except apsw.Error as exc:
            raise self._closed(exc) from exc

    def claim(self, row: Row, seen: int | None) -> int | None:
        """Commit ``row`` only if the act's newest row is still number ``seen`` (None: there is none yet); None if
        another process was first.

        Raises:
            JournalClosed: it was not written.
        """
        try:
            with transaction(self._db):
                newest = self._db.execute("SELECT max(seq) FROM row WHERE act=?", (row.act,)).get
                seq = self._insert(row) if newest == seen else None
        except apsw.Error as exc:
            raise self._closed(exc) from exc
        return seq

    def newest(self, limit: int, before: int | None = None) -> tuple[Row, ...]:
        """Rows, newest first, with numbers below ``before``.

        Raises:
            JournalClosed: the file can not be read.
        """
        top = 2**62 if before is None else before
        return self._read("WHERE seq < ? ORDER BY seq DESC LIMIT ?", (top, limit))

    def last_of_each(self, states: frozenset[State]) -> tuple[Row, ...]:
        """Newest row of every act whose newest row is in one of ``states``, oldest first.

        Raises:
            JournalClosed: the file can not be read.
        """
        marks = ",".join("?" * len(states))
        return self._read(
            f"WHERE seq IN (SELECT max(seq) FROM row GROUP BY act) AND state IN ({marks}) ORDER BY seq",
            tuple(sorted(states)),
        )

    def of_act(self, act: str) -> tuple[Row, ...]:
        """All rows of one act, oldest first.

        Raises:
            JournalClosed: the file can not be read.
        """
        return self._read("WHERE act=? ORDER BY seq", (act,))

    def acked(self, server: str, path: tuple[Step, ...], limit: int) -> tuple[Row, ...]:
        """Newest ACK rows about the thing of this server and path.

        Raises:
            JournalClosed: the file can not be read.
        """
        return self._read(
            "WHERE state='ACK' AND json_extract(key, '$[0]')=?"
            " AND json_extract(key, '$[2]')=json(?) ORDER BY seq DESC LIMIT ?",
            (server, dump(list(path)), limit),
        )

    def setting(self, pragma: str) -> Any:
        """What SQLite says of itself, as ``synchronous``."""
        return self._db.pragma(pragma)

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def _insert(self, row: Row) -> int:
        values = values_of(row)
        told = (row.seq or None, *values, sum_of(values))
        self._db.execute(f"INSERT INTO row({NAMES}, sum) VALUES(?,?,?,?,?,?,?,?,?,?,?,?)", told)
        return int(self._db.last_insert_rowid())

    def _read(self, which: str, values: tuple[Any, ...]) -> tuple[Row, ...]:
        try:
            names = f"{NAMES}, {'sum' if self._has_sums() else 'NULL'}"
            return tuple(row_of(found) for found in self._db.execute(f"SELECT {names} FROM row {which}", values))
        except (apsw.Error, ValueError, TypeError) as exc:
            raise self._closed(exc) from exc

    def _closed(self, exc: Exception) -> JournalClosed:
        if isinstance(exc, (apsw.CorruptError, apsw.NotADBError, ValueError, TypeError)):
            return self._damaged(str(exc))
        busy = isinstance(exc, (apsw.BusyError, apsw.LockedError))
        room = f"Make room, or give yourself the right to write in {self.path.parent}."
        return JournalClosed(
            f"the journal can not be written: {_reason(exc)}. Nothing is sent until it can.",
            remedy="Try again, or end the other AstroLabNet." if busy else room,
        )

    def _damaged(self, detail: str) -> JournalDamaged:
        words = f" ({detail[:200]})" if detail else ""
        return JournalDamaged(
            f"the journal {self.path.name} is damaged or not a journal{words}. Nothing is sent until you decide.",
            remedy="Choose Begin a new journal (journal.begin): this one is kept aside, and what "
            "can still be read of it is carried over.",
        )


def _reason(exc: Exception) -> str:
    known: dict[type[Exception], str] = {
        apsw.FullError: "the disk is full",
        apsw.ReadOnlyError: "it is read-only",
        apsw.CantOpenError: "it can not be opened",
        apsw.BusyError: "another process holds it",
        apsw.IOError: "the disk reports an error",
    }
    return known.get(type(exc)) or getattr(exc, "strerror", None) or str(exc)
