"""Secrets: from the name of a secret to the secret. Names are stored, secrets only in the keyring."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Protocol, TypeVar

import keyring
from keyring.backends import fail, null
from keyring.errors import KeyringError

from ..errors import BadInput, Missing
from ..system import is_private
from .redact import learn

T = TypeVar("T")
SERVICE = "AstroLabNet"
_TOO_LONG = 64 * 1024


def resolve(name: str, keyring: Callable[[str], T]) -> T | str | None:
    """The secret called ``name``: ``env:NAME``, ``file:PATH`` (0600), else what ``keyring`` says.

    Raises:
        BadInput: the file is readable by others, or too long.
        Missing: the keyring can not be used.
    """
    kind, _, rest = name.partition(":")
    if kind == "env":
        return os.environ.get(rest)
    if kind == "file":
        return read_file(Path(rest))
    return keyring(name)


def read_file(path: Path) -> str | None:
    """First line of a secret file; None if there is no such file.

    Raises:
        BadInput: others than its owner may read it, or it is no small file.
    """
    try:
        with path.open("rb") as file:
            about = os.fstat(file.fileno())
            if not is_private(about):
                what = f"the secret file {path.name} can be read by others."
                raise BadInput(what, field="secret", remedy=f"Run: chmod 600 {path}")
            if not stat.S_ISREG(about.st_mode) or about.st_size > _TOO_LONG:
                raise BadInput(f"the secret file {path.name} is not a small plain file.", field="secret")
            lines = file.read(_TOO_LONG).decode("utf-8", "replace").splitlines()
            return lines[0].strip() if lines else None
    except FileNotFoundError:
        return None
    except OSError as exc:
        what = f"the secret file {path.name} can not be read ({exc.strerror})."
        raise BadInput(what, field="secret") from exc


_NO_KEYRING = "Install one (GNOME Keyring, KWallet), or name the secret as env:NAME or file:PATH (mode 600)."


class Backend(Protocol):
    """What is used of a keyring backend."""

    def get_password(self, service: str, username: str) -> str | None:
        """Secret of a name; None if there is none."""

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keep a secret."""

    def delete_password(self, service: str, username: str) -> None:
        """Remove a secret."""


class Secrets:
    """The keyring, and a memory for this run where there is none.

    ``read`` may block (a keyring asks over the desktop bus): call it where that is allowed. A backend that writes
    plain text is refused: a secret in an open file is none.
    """

    def __init__(self, backend: Backend | None = None) -> None:
        self._backend = backend
        self._memory: dict[str, str] = {}

    def read(self, name: str, home: str = "") -> str | None:
        """The secret called ``name`` for ``home`` (``Server.home``); None if there is none for that address."""
        bound = _bound(name, home)
        if bound in self._memory:
            return self._memory[bound]
        found = resolve(name, lambda _: self._from_keyring(bound))
        learn(found or "")
        return found

    def write(self, name: str, value: str, home: str = "") -> bool:
        """Keep a secret of one address; False if only until this program ends, for want of a usable keyring."""
        name = _bound(name, home)
        learn(value)
        try:
            self._usable().set_password(SERVICE, name, value)
        except (Missing, KeyringError):
            self._memory[name] = value
            return False
        self._memory.pop(name, None)
        return True

    def forget(self, name: str, home: str = "") -> None:
        """Remove a secret wherever it is kept."""
        name = _bound(name, home)
        self._memory.pop(name, None)
        try:
            self._usable().delete_password(SERVICE, name)
        except (Missing, KeyringError):
            return

    def _from_keyring(self, name: str) -> str | None:
        try:
            return self._usable().get_password(SERVICE, name)
        except KeyringError as exc:
            raise Missing(f"the keyring does not open ({type(exc).__name__}).", remedy=_NO_KEYRING) from exc

    def _usable(self) -> Backend:
        backend = self._backend if self._backend is not None else keyring.get_keyring()
        # A chain holds the backends that would be tried in turn.
        tried = getattr(backend, "backends", None)
        chain = (backend,) if tried is None else tuple(tried)
        if not chain or any(_is_unsafe(one) for one in chain):
            raise Missing("this computer has no keyring that keeps secrets.", remedy=_NO_KEYRING)
        return backend


def _bound(name: str, home: str) -> str:
    """Name in the keyring: the address is part of it, so that an edited address finds nothing and asks."""
    return f"{name} @ {home}" if home else name


def _is_unsafe(backend: object) -> bool:
    return isinstance(backend, (fail.Keyring, null.Keyring)) or type(backend).__module__.startswith("keyrings.alt")
