"""Trusted: what a person of this computer has allowed: which servers are contacted, which secret goes to which address,
which certificate is its.

Kept beside the journal, never in a workspace: what comes with a shared workspace was allowed by somebody else.
"""

from __future__ import annotations

import contextlib
import json
import threading
from pathlib import Path
from typing import Any

from ..errors import Missing
from ..model.server import Server
from .files import read_capped, write_whole


class Trusted:
    """Bonds of names of secrets and addresses, and certificates seen first. From any thread.

    Args:
        file: where it is kept; None = for this run only.
    """

    def __init__(self, file: Path | None = None) -> None:
        self._file = file
        self._gate = threading.Lock()
        self._bonds: dict[str, set[str]] = {}
        self._pins: dict[str, str] = {}
        self._saved = True
        self._read()

    def _read(self) -> None:
        """As the file says now: a window and a command line share it. What could not be saved is not given up."""
        if self._file is None or not self._saved:
            return
        # Damaged or of a later version: nothing is trusted, which only asks again.
        with contextlib.suppress(OSError, ValueError, TypeError, AttributeError, RecursionError):
            self._take(json.loads(read_capped(self._file)))

    def _take(self, told: Any) -> None:
        bonds = {str(home): {str(name) for name in names} for home, names in told.get("bonds", {}).items()}
        pins = {str(home): str(pin) for home, pin in told.get("pins", {}).items()}
        self._bonds, self._pins = bonds, pins

    def met(self, server: Server) -> bool:
        """Whether a person of this computer allowed to contact this server as it stands: address, way and login."""
        return self.bound(server.home, server.contact)

    def meet(self, *servers: Server) -> None:
        """A person allowed it."""
        for server in servers:
            self.bind(server.home, server.contact)

    def bound(self, home: str, name: str) -> bool:
        """Whether the secret called ``name`` may go to ``home`` (``Server.home``)."""
        with self._gate:
            return name in self._bonds.get(home, ())

    def bind(self, home: str, *names: str) -> None:
        """A person gave these names for this address."""
        with self._gate:
            self._read()
            if names and not self._bonds.get(home, set()) >= set(names):
                self._bonds.setdefault(home, set()).update(names)
                self._save()

    def homes(self, name: str) -> tuple[str, ...]:
        """Addresses a secret may go to."""
        with self._gate:
            return tuple(home for home, names in self._bonds.items() if name in names)

    def unbind(self, name: str) -> None:
        """A secret goes nowhere any more."""
        with self._gate:
            self._read()
            for home in [h for h, names in self._bonds.items() if name in names]:
                self._bonds[home].discard(name)
                if not self._bonds[home]:
                    del self._bonds[home]
            self._save()

    def pin(self, home: str) -> str:
        """sha256 of the certificate that was seen first there; "" if none was."""
        with self._gate:
            return self._pins.get(home, "")

    def keep_pin(self, home: str, sha256: str) -> None:
        """That certificate is its; "" forgets it."""
        with self._gate:
            self._read()
            if sha256:
                self._pins[home] = sha256
            else:
                self._pins.pop(home, None)
            self._save()

    def _save(self) -> None:
        """A full disk costs a question at the next start, not the connection of today."""
        if self._file is None:
            return
        told = {"bonds": {home: sorted(names) for home, names in sorted(self._bonds.items())}, "pins": self._pins}
        self._saved = False
        with contextlib.suppress(Missing):
            write_whole(self._file, (json.dumps(told, indent=1, sort_keys=True) + "\n").encode())
            self._saved = True
