"""Owner: who writes in the journal; a locked file says that the process lives."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import IO

from ulid import ULID

from ..system import lock


class Owner:
    """This process as a writer. The operating system frees the lock however the process ends.

    Attributes:
        name: "site/process", as it stands in rows; the site is the workspace's uuid.
    """

    def __init__(self, folder: Path, site: str) -> None:
        """Lock a new file in ``folder``.

        Raises:
            OSError: the folder can not be written.
        """
        self.site = site
        self.name = f"{site}/{ULID()}"
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._path = self._file(self.name)
        self._held: IO[bytes] = self._path.open("xb")
        lock(self._held)

    def is_ours_to_claim(self, other: str) -> bool:
        """Whether ``other`` wrote at this site and its process has ended."""
        if other == self.name or other.partition("/")[0] != self.site:
            return False
        try:
            with self._file(other).open("r+b") as file:
                lock(file)
        except FileNotFoundError:
            return True
        except OSError:
            return False
        return True

    def alone(self) -> bool:
        """Whether no other process has this journal open."""
        self.sweep()
        return not any(path != self._path for path in self._folder.glob("*.lock"))

    def sweep(self) -> None:
        """Delete the files of processes that have ended."""
        for path in self._folder.glob("*.lock"):
            if path == self._path:
                continue
            with contextlib.suppress(OSError):
                with path.open("r+b") as file:
                    lock(file)
                # Closed before it is deleted: Windows deletes no open file. Nobody takes its name, it holds a ULID.
                path.unlink()

    def close(self) -> None:
        """Give the lock back."""
        self._held.close()
        with contextlib.suppress(OSError):
            self._path.unlink()

    def _file(self, name: str) -> Path:
        return self._folder / f"{os.path.basename(name.replace(':', '_'))}.lock"


class Only:
    """The one process that may write a file that many may read; the system frees it however the process ends."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._held: IO[bytes] | None = None

    def take(self) -> bool:
        """Whether this process is the one, now and until ``close``.

        Raises:
            OSError: the folder can not be written.
        """
        if self._held is None:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            file = self._path.open("ab")
            try:
                lock(file)
            except OSError:
                file.close()
                return False
            self._held = file
        return True

    def close(self) -> None:
        """Give it back; the file stays, for another may just be locking it."""
        if self._held is not None:
            self._held.close()
            self._held = None
