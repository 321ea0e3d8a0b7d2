"""The journal on real files and processes: order, faults, kill -9, several writers."""

from __future__ import annotations

import json
import os
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from astrolabnet_gui.errors import JournalClosed, NotApplicable
from astrolabnet_gui.journal.database import Database
from astrolabnet_gui.journal.journal import Journal
from astrolabnet_gui.journal.row import MASK, Row, State, redacted
from astrolabnet_gui.model.key import Key
from tests.journal.killing import kill_writers
from tests.small_disk import small_disk_at

SITE = "0123456789abcdef0123456789abcdef"
KEY = Key("server", "epoch", ("sessions", 3))


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    journal = Journal(tmp_path / "journal.sqlite", SITE)
    yield journal
    journal.close()


def intend(journal: Journal, act: str, **params: object) -> Row:
    return journal.intend(act, act, "session.send", KEY, params, line="net[…]").result(timeout=10)


def test_rows_come_back_newest_first_with_all_they_hold(journal: Journal) -> None:
    first = intend(journal, "A", code="1+1 'ä\ud800")
    journal.note(first, State.ACK, {"id": 7}).result(timeout=10)
    newest, oldest = journal.history().result(timeout=10)
    assert (newest.seq, oldest.seq) == (2, 1)
    assert newest.state is State.ACK
    assert newest.evidence == {"id": 7}
    assert oldest.key == KEY
    assert oldest.params["code"].startswith("1+1 'ä")
    assert oldest.line == "net[…]"
    assert journal.history(before=2).result(timeout=10) == (oldest,)
    assert journal.of_act("A").result(timeout=10) == (oldest, newest)


def test_last_gives_each_act_once(journal: Journal) -> None:
    a, b = intend(journal, "A"), intend(journal, "B")
    journal.note(a, State.DONE).result(timeout=10)
    assert [r.act for r in journal.last(frozenset({State.INTENT})).result(timeout=10)] == [b.act]


def test_the_file_is_private_and_only_grows(journal: Journal) -> None:
    intend(journal, "A")
    assert stat.S_IMODE(journal.path.stat().st_mode) == 0o600
    other = sqlite3.connect(journal.path)
    for act in ("DELETE FROM row", "UPDATE row SET state='DONE'"):
        with pytest.raises(sqlite3.IntegrityError, match="only grows"):
            other.execute(act)
    other.close()


def test_a_commit_is_on_the_disk_before_it_is_told(tmp_path: Path) -> None:
    db = Database(tmp_path / "journal.sqlite")
    # 3 is EXTRA: also the end of the rollback journal is synced, so a power cut takes no acknowledged row back.
    assert (db.setting("synchronous"), db.setting("journal_mode")) == (3, "persist")
    db.close()


@pytest.mark.parametrize("rubbish", [b"\x00\xff" * 9000, b"not a database at all, but long enough" * 300])
def test_a_file_that_is_no_journal_blocks_acts_and_is_not_touched(tmp_path: Path, rubbish: bytes) -> None:
    path = tmp_path / "journal.sqlite"
    path.write_bytes(rubbish)
    journal = Journal(path, SITE)
    assert "damaged or not a journal" in journal.problem
    with pytest.raises(JournalClosed, match="damaged"):
        intend(journal, "A")
    assert path.read_bytes() == rubbish
    aside, rows = journal.begin().result(timeout=20)
    assert rows == 0
    assert aside.read_bytes() == rubbish, "nothing of it is lost"
    assert aside.parent == tmp_path
    assert journal.problem == ""
    assert intend(journal, "B").seq == 1, "as the remedy says, a new one is begun"
    with pytest.raises(NotApplicable, match="sound"):
        journal.begin().result(timeout=20)
    assert intend(journal, "C").seq == 2
    journal.close()


def test_a_journal_that_another_process_uses_is_not_moved_aside(tmp_path: Path) -> None:
    other = Journal(tmp_path / "journal.sqlite", SITE)
    journal = Journal(tmp_path / "journal.sqlite", SITE)
    (tmp_path / "journal.sqlite").write_bytes(b"rubbish" * 2000)
    with pytest.raises(NotApplicable, match="another AstroLabNet"):
        journal.begin().result(timeout=20)
    assert (tmp_path / "journal.sqlite").read_bytes() == b"rubbish" * 2000
    other.close()
    journal.begin().result(timeout=20)
    assert intend(journal, "A").seq == 1
    journal.close()


def test_a_newer_journal_is_read_but_not_written(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    journal = Journal(path, SITE)
    intend(journal, "A")
    journal.close()
    db = sqlite3.connect(path)
    db.execute("PRAGMA user_version=99")
    db.close()
    before = path.read_bytes()
    journal = Journal(path, SITE)
    assert "newer AstroLabNet" in journal.problem
    with pytest.raises(JournalClosed, match="newer"):
        intend(journal, "B")
    assert [r.act for r in journal.history().result(timeout=10)] == ["A"]
    journal.close()
    assert path.read_bytes() == before


_DIES_IN_MID_WRITE = """
import apsw, os, signal, sys
db = apsw.Connection(sys.argv[1])
db.execute("PRAGMA cache_size=1; BEGIN IMMEDIATE")
for _ in range(50):
    db.execute("INSERT INTO row(time, act, run, owner, command, params, state, evidence, line)"
               " VALUES('', 'half', '', '', '', ?, 'INTENT', '{}', '')", ("x" * 4000,))
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_what_a_killed_writer_left_half_written_does_not_keep_a_reader_out(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    journal = Journal(path, SITE)
    intend(journal, "A")
    journal.close()
    subprocess.run([sys.executable, "-c", _DIES_IN_MID_WRITE, path], check=False)
    assert (tmp_path / "journal.sqlite-journal").read_bytes()[:4] != bytes(4), "the half is there to be taken back"
    db = Database(path, read_only=True)
    try:
        assert [row.act for row in db.newest(100)] == ["A"]
        with pytest.raises(JournalClosed):
            db.append(db.newest(1)[0])
    finally:
        db.close()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    place = tmp_path / "disk"
    place.mkdir()
    with small_disk_at(place, 1, unless=""):
        yield place


def test_a_full_disk_blocks_acts_keeps_rows_and_ends_by_itself(small_disk: Path) -> None:
    journal = Journal(small_disk / "journal.sqlite", SITE)
    written = 0
    while not journal.problem:
        refusal = journal.intend(f"A{written}", "run", "c", None, {"code": "x" * 2000}).exception(timeout=10)
        written += refusal is None
    assert isinstance(refusal, JournalClosed)
    assert 50 < written < 2000
    assert "disk is full" in journal.problem
    assert len(journal.history(limit=5000).result(timeout=10)) == written
    (small_disk / "ballast").write_bytes(b"")
    subprocess.run(["mount", "-o", "remount,size=3m", small_disk], check=True)
    assert intend(journal, "after").act == "after"
    journal.close()


def test_a_read_only_disk_blocks_acts_and_history_is_still_read(small_disk: Path) -> None:
    journal = Journal(small_disk / "journal.sqlite", SITE)
    intend(journal, "A")
    journal.close()
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    journal = Journal(small_disk / "journal.sqlite", SITE)
    assert "can not be opened: it is read-only" in journal.problem
    with pytest.raises(JournalClosed):
        intend(journal, "B")
    assert [r.act for r in journal.history().result(timeout=10)] == ["A"]
    journal.close()


_WRITER = """
import sys
from pathlib import Path
from astrolabnet_gui.journal.journal import Journal
journal = Journal(Path(sys.argv[1]), "site")
for n in range(int(sys.argv[3])):
    row = journal.intend(f"{sys.argv[2]}{n}", "run", "session.send", None, {"n": n}).result(20)
    print(row.act, flush=True)
"""


def _writer(path: Path, name: str, count: int) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", _WRITER, path, name, str(count)], stdout=subprocess.PIPE, text=True)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="writers are forked")
def test_what_was_said_to_be_written_survives_20_kills(tmp_path: Path) -> None:
    toll = kill_writers(tmp_path, 20)
    assert toll.acknowledged >= 20
    assert toll.lost == 0
    assert toll.damage == "ok"
    assert toll.claimed == toll.kept, "all processes are dead: their open acts are ours now"


def test_four_processes_write_together(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    Journal(path, "site").close()
    writers = [_writer(path, f"w{n}-", 100) for n in range(4)]
    assert [w.communicate(timeout=60)[0].count("\n") for w in writers] == [100] * 4
    journal = Journal(path, "site")
    rows = journal.history(limit=1000).result(timeout=10)
    journal.close()
    assert sorted(r.seq for r in rows) == list(range(1, 401))


def test_an_open_act_is_claimed_only_from_the_dead_of_the_same_site(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    living, elsewhere = Journal(path, SITE), Journal(path, "other-site")
    intend(living, "living")
    intend(elsewhere, "elsewhere")
    elsewhere.close()
    third = Journal(path, SITE)
    assert third.claim_open().result(timeout=10) == ()
    living.close()
    fourth = Journal(path, SITE)
    first, second = third.claim_open().result(timeout=10), fourth.claim_open().result(timeout=10)
    assert [r.act for r in (*first, *second)] == ["living"]
    third.close()
    fourth.close()


_CLAIMANT = """
import sys
from pathlib import Path
from astrolabnet_gui.journal.journal import Journal
journal = Journal(Path(sys.argv[1]), "site")
sys.stdin.readline()
print(*(row.act for row in journal.claim_open().result(20)), flush=True)
sys.stdin.readline()
"""


def test_of_claimants_that_start_together_each_open_act_goes_to_one(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    with _writer(path, "a", 60) as dead:
        dead.communicate(timeout=60)
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    claimants = [subprocess.Popen([sys.executable, "-c", _CLAIMANT, path], **pipes) for _ in range(3)]  # type: ignore[call-overload]
    for one in claimants:
        one.stdin.write("go\n")
        one.stdin.flush()
    claimed = [one.stdout.readline().split() for one in claimants]
    for one in claimants:
        one.communicate(timeout=60)
    assert sorted(act for acts in claimed for act in acts) == sorted(f"a{n}" for n in range(60))


def test_after_closing_nothing_is_written(journal: Journal) -> None:
    journal.close()
    with pytest.raises(JournalClosed, match="ending"):
        intend(journal, "A")


def test_secrets_are_masked_at_any_depth() -> None:
    params = {
        "password": "hunter2", "conf": {"spark.my.token": "t0k", "spark.x": "1"}, "deep": [{"apiKey": "k"}],
        "headers": {"X-Auth": "s3cret"}, "empty_secret": "", "name": "n",
    }  # fmt: skip
    masked = redacted(params, frozenset({"headers"}))
    text = json.dumps(masked, ensure_ascii=False)
    assert not [word for word in ("hunter2", "t0k", '"k"', "s3cret") if word in text]
    assert masked["headers"] == {"X-Auth": MASK}
    assert masked["conf"]["spark.x"] == "1"
    assert (masked["name"], masked["empty_secret"]) == ("n", "")
