"""Sqlite: how a file of SQLite is made private and written, so that other connections and threads are not harmed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import apsw


def made_private(path: Path) -> None:
    """Make the file, for this user only, if it is not there.

    One that is there is not even opened: closing it would give back the locks that this process holds in it by another
    connection (POSIX), and a second writer would come in.

    Raises:
        OSError: the folder can not be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))


@contextmanager
def transaction(db: apsw.Connection) -> Iterator[None]:
    """Commit what is done inside; if it raises, undo it.

    The write lock is taken before the first read: a lock raised later fails at once when others write. Not apsw's
    ``with db``: apsw 3.54 waits there for the lock, and for the disk, with Python's own lock in hand, so that the
    window stands still, and a second connection of this process can not give back what is waited for.

    Raises:
        apsw.Error: nothing was written.
    """
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.execute("COMMIT")
    finally:
        # A full disk may have ended it already.
        if db.in_transaction:
            db.execute("ROLLBACK")
