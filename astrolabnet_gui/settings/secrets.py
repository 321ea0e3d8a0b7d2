"""Secrets by reference: the keyring keeps them, files name them, memory is the last resort.

``<name>``       in the keyring of the operating system, else in memory until the program ends
``file:<path>``  first line of a file only its owner can read (token of the local island)
``env:<NAME>``   a variable of the environment
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

import keyring
import keyring.errors
from keyring.backend import KeyringBackend

from ..errors import Missing

SERVICE = "astrolabnet"
# Backends that keep text in the open or keep nothing: worse than saying "memory only".
_NOT_SAFE = ("keyring.backends.null", "keyrings.alt", "keyring.backends.fail")


class Secrets:
    """Where secrets are put and found. Calls may block (a keyring may ask the person): not for an event loop."""

    def __init__(self, backend: KeyringBackend | None = None) -> None:
        self._backend = keyring.get_keyring() if backend is None else backend
        self._memory: dict[str, str] = {}

    @property
    def durable(self) -> bool:
        """False when this computer has no safe keyring and secrets last only until the program ends."""
        return _safe(self._backend)

    def get(self, reference: str) -> str | None:
        """The secret, or None if there is none.

        Raises:
            Missing: a token file is not there, or others could read it.
        """
        if reference.startswith("file:"):
            return _from_file(Path(reference.removeprefix("file:")))
        if reference.startswith("env:"):
            return os.environ.get(reference.removeprefix("env:"))
        if reference in self._memory:
            return self._memory[reference]
        if not self.durable:
            return None
        try:
            return self._backend.get_password(SERVICE, reference)
        except keyring.errors.KeyringError as exc:
            raise Missing(f"the keyring does not open: {exc}.", remedy="Unlock it and try again.") from exc

    def put(self, reference: str, secret: str) -> bool:
        """Keep a secret; False if it lasts only until the program ends."""
        if self.durable:
            try:
                self._backend.set_password(SERVICE, reference, secret)
            except keyring.errors.KeyringError:
                self._memory[reference] = secret
                return False
            self._memory.pop(reference, None)
            return True
        self._memory[reference] = secret
        return False

    def forget(self, reference: str) -> None:
        """Delete a secret of ours; files and variables are left alone."""
        self._memory.pop(reference, None)
        if self.durable and not reference.startswith(("file:", "env:")):
            try:
                self._backend.delete_password(SERVICE, reference)
            except keyring.errors.KeyringError:
                return


def _safe(backend: KeyringBackend) -> bool:
    chained = getattr(backend, "backends", None)
    if chained is not None:
        return bool(chained) and all(_safe(inner) for inner in chained)
    return not type(backend).__module__.startswith(_NOT_SAFE)


def _from_file(path: Path) -> str | None:
    try:
        with path.open("rb") as src:
            if os.name == "posix" and stat.S_IMODE(os.fstat(src.fileno()).st_mode) & 0o077:
                raise Missing(f"others can read {path.name}.", remedy=f"chmod 600 {path}")
            return src.read(4096).decode("utf-8", "replace").strip() or None
    except FileNotFoundError:
        return None
    except OSError as exc:
        raise Missing(f"{path.name} can not be read: {exc.strerror or exc}.") from exc
