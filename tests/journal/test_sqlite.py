"""Several connections to one journal, in one process and in two: whoever waits for the file holds up nobody else."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from contextlib import closing
from pathlib import Path

import apsw
import pytest

from astrolabnet_gui.errors import JournalClosed
from astrolabnet_gui.journal import database
from astrolabnet_gui.journal.database import BUSY_MS, Database
from astrolabnet_gui.journal.journal import Journal
from astrolabnet_gui.journal.sqlite import transaction

HOLDER = """
import apsw, sys
db = apsw.Connection(sys.argv[1])
db.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.readline()
"""


def test_two_journals_of_one_process_do_not_wait_for_each_other_for_ever(tmp_path: Path) -> None:
    first, second = (Journal(tmp_path / "journal.sqlite", "site") for _ in range(2))
    slowest = 0.0
    for n in range(50):
        began = time.monotonic()
        for written in [j.intend(f"{k}.{n}", "r", "c", None, {}) for k, j in enumerate((first, second))]:
            written.result(timeout=30)
        slowest = max(slowest, time.monotonic() - began)
    assert len(first.history(1000).result(timeout=10)) == 100
    first.close()
    second.close()
    # They stood until the time-out of SQLite; a busy disk is far from it.
    assert slowest < BUSY_MS / 1000 / 2


def test_while_another_process_holds_the_file_the_rest_of_the_program_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "x.sqlite"
    with closing(apsw.Connection(str(path))) as db:
        db.execute("CREATE TABLE t(a)")
        db.set_busy_timeout(10_000)
        with subprocess.Popen(
            [sys.executable, "-c", HOLDER, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as holder:
            assert holder.stdout is not None
            assert holder.stdout.readline() == "held\n"

            def write() -> None:
                with transaction(db):
                    db.execute("INSERT INTO t VALUES(1)")

            writer = threading.Thread(target=write)
            writer.start()
            # Only if this thread runs while the other one waits can the file be let go.
            holder.communicate("go\n")
            writer.join(30)
        assert db.execute("SELECT count(*) FROM t").get == 1


def test_opening_the_journal_once_more_gives_back_no_lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "journal.sqlite"
    with closing(Database(path)) as first, transaction(first._db):
        monkeypatch.setattr(database, "BUSY_MS", 10)
        with pytest.raises(JournalClosed, match="another process holds it"):
            Database(path)
        holder = subprocess.run([sys.executable, "-c", HOLDER, str(path)], input="", capture_output=True, text=True)
        assert "BusyError" in holder.stderr


def test_what_raises_inside_is_undone(tmp_path: Path) -> None:
    with closing(apsw.Connection(str(tmp_path / "x.sqlite"))) as db:
        db.execute("CREATE TABLE t(a)")

        def fail() -> None:
            with transaction(db):
                db.execute("INSERT INTO t VALUES(1)")
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            fail()
        with transaction(db):
            pass
        assert not db.in_transaction
        assert db.execute("SELECT count(*) FROM t").get == 0
