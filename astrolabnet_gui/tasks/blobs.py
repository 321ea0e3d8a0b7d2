"""Blobs: bytes under the name of their sha-256, so that the same code or output is kept once, and damage is noticed."""

from __future__ import annotations

import hashlib
from pathlib import Path

from ..errors import Missing
from ..settings.files import write_whole

# The largest answer a server can give (Livy's one message of 50 MB), with room for its JSON.
MAX_BYTES = 200_000_000


class Blobs:
    """A folder of them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, data: bytes) -> str:
        """Keep bytes; their name.

        Raises:
            Missing: the place can not be written.
        """
        name = hashlib.sha256(data).hexdigest()
        if not self.place(name).exists():
            write_whole(self.place(name), data)
        return name

    def get(self, name: str) -> bytes:
        """The bytes of that name.

        Raises:
            Missing: they are gone, can not be read, or are not what was kept.
        """
        try:
            with self.place(name).open("rb") as source:
                data = source.read(MAX_BYTES + 1)
        except OSError as exc:
            why = "is gone" if isinstance(exc, FileNotFoundError) else f"can not be read: {exc.strerror or exc}"
            raise Missing(f"this part of the archive {why}.", remedy="The rest of the archive is as it was.") from exc
        if hashlib.sha256(data).hexdigest() != name:
            raise Missing(
                "this part of the archive is damaged: its bytes are not those that were kept.",
                remedy="Look at the disk; the rest of the archive is as it was.",
            )
        return data

    def drop(self, name: str) -> None:
        """Forget bytes; those that are not there are forgotten already."""
        self.place(name).unlink(missing_ok=True)

    def place(self, name: str) -> Path:
        """File of the bytes of that name."""
        return self._folder / name[:2] / name
