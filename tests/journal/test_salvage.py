"""A damaged journal: what can be read of it is carried over; rubbish is not."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import apsw
import hypothesis
import pytest
from hypothesis import given
from hypothesis import strategies as st

from astrolabnet_gui.errors import JournalClosed
from astrolabnet_gui.journal.database import Database
from astrolabnet_gui.journal.journal import Journal
from astrolabnet_gui.journal.row import Row, State
from astrolabnet_gui.journal.salvage import salvaged
from astrolabnet_gui.journal.told import COLUMNS, NAMES, values_of

from .test_journal import KEY, SITE, intend


def filled(path: Path, entries: int) -> tuple[Row, ...]:
    """Every row of a journal of so many entries; each fiftieth is longer than a page."""
    journal = Journal(path, SITE)
    journal.close()
    db = Database(path)
    db.fill(
        Row(
            time=datetime(2026, 11, 23, tzinfo=UTC), act=f"A{n}", run=f"A{n}", owner=f"{SITE}/x",
            command="session.send", key=KEY if n % 7 else None, state=State.DONE if n + 9 < entries else State.INTENT,
            params={"code": f"# {n} ä🔭\n" + "x" * (30_000 if n % 50 == 0 else 300)},
        )
        for n in range(entries)
    )  # fmt: skip
    rows = db.newest(-1)
    db.close()
    return rows


def spoilt(path: Path, first_page: int, pages: int, rubbish: bytes) -> None:
    with path.open("r+b") as file:
        file.seek((first_page - 1) * 4096)
        file.write((rubbish * (pages * 4096 // len(rubbish) + 1))[: pages * 4096])


@pytest.mark.parametrize(
    ("first", "pages", "least"),
    [(1, 1, 2000), (2, 1, 1900), (150, 4, 1900), (300, 20, 1700)],
    ids=["head", "root", "a little in the middle", "much in the middle"],
)
def test_what_can_still_be_read_of_a_damaged_journal_is_carried_over(
    tmp_path: Path, first: int, pages: int, least: int
) -> None:
    path = tmp_path / "journal.sqlite"
    written = {row.seq: row for row in filled(path, 2000)}
    spoilt(path, first, pages, random.Random(5).randbytes(4096))
    journal = Journal(path, SITE)
    assert "damaged" in journal.problem
    with pytest.raises(JournalClosed):
        intend(journal, "B")
    before = path.read_bytes()
    aside, saved = journal.begin().result(timeout=60)
    assert aside.read_bytes() == before, "nothing of it is lost"
    read = journal.history(-1).result(timeout=20)
    assert len(read) == saved >= least
    assert all(row == written[row.seq] for row in read), "nothing is invented or changed"
    assert sorted(p.name for p in tmp_path.glob("journal.sqlite*") if "damaged" not in p.name) in (
        ["journal.sqlite"], ["journal.sqlite", "journal.sqlite-journal"],
    )  # fmt: skip
    newest = intend(journal, "B")
    assert newest.seq > max(row.seq for row in read)
    assert len(journal.claim_open().result(timeout=60)) == 9, "what was open is looked for as before"
    journal.close()


@given(st.binary(max_size=9000), st.integers(1, 12), st.randoms(use_true_random=False))
@hypothesis.settings(max_examples=60, deadline=None)
def test_rubbish_gives_no_row_and_no_error(rubbish: bytes, page: int, chance: random.Random) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "journal.sqlite"
        filled(path, 40)
        whole = bytearray(path.read_bytes())
        for _ in range(30):
            whole[chance.randrange((page - 1) * 4096, page * 4096)] = chance.randrange(256)
        path.write_bytes(whole)
        assert len(salvaged(path)) <= 40
        path.write_bytes(rubbish)
        assert salvaged(path) == {}


@pytest.mark.parametrize("word", [b"session.send", b"xxxxxxxxxx", b'"code"', b"DONE", b"/x"])
def test_a_byte_that_is_another_is_noticed_though_sqlite_finds_nothing(tmp_path: Path, word: bytes) -> None:
    path = tmp_path / "journal.sqlite"
    written = {row.seq: row for row in filled(path, 120)}
    whole = bytearray(path.read_bytes())
    at = whole.index(word, len(whole) // 2) + 1
    whole[at] ^= 1
    path.write_bytes(whole)
    journal = Journal(path, SITE)
    assert journal.problem == "", "for SQLite the file is sound"
    with pytest.raises(JournalClosed, match="damaged"):
        journal.history(-1).result(timeout=20)
    _, saved = journal.begin().result(timeout=60)
    read = journal.history(-1).result(timeout=20)
    assert len(read) == saved == len(written) - 1
    assert all(row == written[row.seq] for row in read)
    journal.close()


# As the first program made it; it names its columns, too.
_FIRST = """
CREATE TABLE row(
  seq INTEGER PRIMARY KEY AUTOINCREMENT, time TEXT NOT NULL, act TEXT NOT NULL, run TEXT NOT NULL, owner TEXT NOT NULL,
  command TEXT NOT NULL, key TEXT, params TEXT NOT NULL, state TEXT NOT NULL, evidence TEXT NOT NULL, line TEXT NOT NULL
) STRICT;
CREATE INDEX row_act ON row(act, seq);
PRAGMA user_version=1; PRAGMA application_id=0x414C4E6A;
"""


def test_a_file_without_sums_opens_unchanged_and_its_program_can_still_write_it(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    old = apsw.Connection(str(path))
    old.execute(_FIRST)
    rows = [
        Row(time=datetime(2026, 11, 23, tzinfo=UTC), act=f"A{n}", run="A", owner="s/x", command="server.test",
            state=State.DONE) for n in range(4)
    ]  # fmt: skip
    insert = f"INSERT INTO row({NAMES}) VALUES({','.join('?' * COLUMNS)})"
    for row in rows[:2]:
        old.execute(insert, (None, *values_of(row)))
    seen = Database(path, read_only=True)
    assert [row.act for row in seen.newest(-1)] == ["A1", "A0"], "also where it is only read"
    journal = Journal(path, SITE)
    old.execute(insert, (None, *values_of(rows[2])))
    intend(journal, "B")
    assert [row.act for row in seen.newest(-1)] == ["B", "A2", "A1", "A0"]
    assert [told is None for (told,) in old.execute("SELECT sum FROM row ORDER BY seq")] == [True, True, True, False]
    journal.close()
    seen.close()
    old.close()
    assert [row.act for row in salvaged(path).values()] == ["A0", "A1", "A2", "B"]
