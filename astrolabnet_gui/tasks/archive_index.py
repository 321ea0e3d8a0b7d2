"""Index of the archive: an SQLite file that finds records; it can be made anew from the records beside it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import apsw

from ..journal.sqlite import transaction
from ..model.record import Record

VERSION = 1
BUSY_MS = 20_000
_SCHEMA = """
CREATE TABLE record(
  task_key TEXT PRIMARY KEY, sent TEXT NOT NULL, state TEXT NOT NULL, server TEXT NOT NULL, alias TEXT NOT NULL,
  language TEXT NOT NULL, words TEXT NOT NULL, pinned INTEGER NOT NULL, code TEXT NOT NULL, output TEXT NOT NULL,
  size INTEGER NOT NULL, document TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX record_output ON record(output);
CREATE INDEX record_code ON record(code);
"""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for; all of it must hold, "" and None ask for nothing.

    Attributes:
        text: words that must all stand in name, code, output, problem or server name.
        state, server, language: state word; alias or uuid; Livy's kind.
        since, until: when it was sent.
        before: only those sent before this task key; a page begins there.
    """

    text: str = ""
    state: str = ""
    server: str = ""
    language: str = ""
    since: datetime | None = None
    until: datetime | None = None
    before: str = ""
    limit: int = 50


class Index:
    """One open index. All calls in one thread at a time.

    Raises:
        apsw.Error: any call, if the file can not be read or written.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._db = apsw.Connection(str(path))
        try:
            self._prepare()
        except apsw.Error:
            self._db.close()
            raise

    def _prepare(self) -> None:
        db = self._db
        db.set_busy_timeout(BUSY_MS)
        for pragma in ("trusted_schema=OFF", "cell_size_check=ON", "journal_mode=PERSIST", "synchronous=EXTRA"):
            db.execute(f"PRAGMA {pragma}").fetchall()
        with transaction(db):
            self.fresh = not db.execute("SELECT count(*) FROM sqlite_schema").get
            if self.fresh:
                db.execute(_SCHEMA)
                db.execute(f"PRAGMA user_version={VERSION}")
        if db.pragma("user_version") != VERSION or db.execute("PRAGMA quick_check(1)").get != "ok":
            raise apsw.CorruptError("the index is not one of ours")

    def put(self, found: Iterable[tuple[Record, str]]) -> None:
        """Enter records with the words they are found by; one that is there is replaced."""
        with transaction(self._db):
            for record, words in found:
                self._db.execute(
                    "INSERT OR REPLACE INTO record VALUES(?,?,?,?,?,?,?,?,?,?,?,?)",
                    (
                        record.task_key, "" if record.sent is None else record.sent.isoformat(), record.state,
                        record.server, record.alias, record.language, _clean(words.casefold()), int(record.pinned),
                        record.code, record.output, record.size_bytes, record.text(),
                    ),
                )  # fmt: skip

    def words(self, task_key: str) -> str:
        """Words a record is found by."""
        found = self._db.execute("SELECT words FROM record WHERE task_key=?", (task_key,)).get
        return str(found or "")

    def get(self, task_key: str) -> Record | None:
        """One record."""
        found = self._db.execute("SELECT document FROM record WHERE task_key=?", (task_key,)).get
        return None if found is None else Record.read(str(found))

    def find(self, wanted: Wanted) -> tuple[Record, ...]:
        """Records, newest first."""
        where, values = _where(wanted)
        sql = f"SELECT document FROM record WHERE {' AND '.join(where)} ORDER BY task_key DESC LIMIT ?"
        return tuple(Record.read(text) for (text,) in self._db.execute(sql, (*values, wanted.limit)))

    def count(self, wanted: Wanted) -> int:
        """How many there are, ``before`` and ``limit`` left aside."""
        where, values = _where(wanted, paged=False)
        return int(self._db.execute(f"SELECT count(*) FROM record WHERE {' AND '.join(where)}", values).get)

    def with_output(self) -> frozenset[str]:
        """Keys of tasks whose output is kept."""
        return frozenset(str(key) for (key,) in self._db.execute("SELECT task_key FROM record WHERE output<>''"))

    def size(self) -> int:
        """Bytes of all outputs; the same bytes count once."""
        return int(
            self._db.execute("SELECT coalesce(sum(s),0) FROM (SELECT max(size) s FROM record GROUP BY output)").get
        )

    def oldest_droppable(self) -> Record | None:
        """The oldest record that has an output and is not pinned."""
        sql = "SELECT document FROM record WHERE output<>'' AND pinned=0 ORDER BY task_key LIMIT 1"
        found = self._db.execute(sql).get
        return None if found is None else Record.read(str(found))

    def used(self, blob: str) -> bool:
        """Some record still needs these bytes."""
        return bool(self._db.execute("SELECT count(*) FROM record WHERE code=?1 OR output=?1", (blob,)).get)

    def drop(self, task_key: str) -> None:
        """Forget a record."""
        with transaction(self._db):
            self._db.execute("DELETE FROM record WHERE task_key=?", (task_key,))

    def close(self) -> None:
        """Close the file."""
        self._db.close()


def _where(wanted: Wanted, *, paged: bool = True) -> tuple[list[str], tuple[Any, ...]]:
    where, values = ["1"], []
    for word in wanted.text.casefold().split():
        where.append("instr(words, ?)")
        values.append(_clean(word))
    for column, value in (("state", wanted.state), ("language", wanted.language)):
        if value:
            where.append(f"{column}=?")
            values.append(_clean(value))
    if wanted.server:
        where.append("(alias=? OR server=?)")
        values += [_clean(wanted.server)] * 2
    for sign, limit in ((">=", wanted.since), ("<", wanted.until)):
        if limit is not None:
            where.append(f"sent{sign}?")
            values.append(limit.isoformat())
    if paged and wanted.before:
        where.append("task_key<?")
        values.append(_clean(wanted.before))
    return where, tuple(values)


def _clean(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")
