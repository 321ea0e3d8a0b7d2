"""Borrowed: the engine of another process, as one that was let in sees it (see ``lending``)."""

from __future__ import annotations

import hmac
import pickle
import secrets
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from ..errors import Unreachable
from ..model.thing import Thing
from .lending import GREETING_S, HOST, NONCE, framed, proof
from .link import Reset
from .way import Way

REST_S = 0.05


class Borrowed(Way):
    """Subscribe, then let a thread ``carry`` it.

    Args:
        port, secret: as in ``Lent``.

    Raises:
        Unreachable: no engine is there, or what is there does not know the secret.
    """

    def __init__(self, port: int, secret: str) -> None:
        super().__init__()
        self._gate = threading.Lock()
        try:
            self._socket = socket.create_connection((HOST, port), GREETING_S)
        except OSError as error:
            raise Unreachable(f"the window's engine can not be reached: {error}") from error
        self._from = self._socket.makefile("rb")
        try:
            known = self._greeted(bytes.fromhex(secret))
        except OSError as error:
            known, why = False, str(error)
        else:
            why = "it does not know the secret"
        if not known:
            self.close()
            raise Unreachable(f"what is at port {port} is not the window's engine: {why}")
        self._socket.settimeout(None)

    def _greeted(self, secret: bytes) -> bool:
        theirs, ours = self._from.read(NONCE), secrets.token_bytes(NONCE)
        self._socket.sendall(ours + proof(secret, b"guest", theirs, ours))
        return hmac.compare_digest(self._from.read(32), proof(secret, b"host", ours, theirs))

    def carry(self, full: Callable[[], bool] = lambda: False) -> None:
        """Hand on what comes, in the calling thread, until the engine has gone.

        Args:
            full: nothing more can be taken now; the engine then keeps it, and at last sends all things anew.
        """
        gathered: list[Thing] = []
        with suppress(OSError, EOFError, ValueError):
            while True:
                what, told = self._message()
                if what == "some":
                    gathered += told
                    continue
                if isinstance(told, Reset):
                    told = told.model_copy(update={"things": tuple(gathered)})
                    gathered = []
                while full():
                    time.sleep(REST_S)
                self._tell(told)

    def _message(self) -> Any:
        head = self._from.read(4)
        if len(head) < 4:
            raise EOFError
        return pickle.loads(self._from.read(int.from_bytes(head, "big")))

    def _send(self, *message: object) -> None:
        with self._gate, suppress(OSError):
            self._socket.sendall(framed(message))

    def close(self) -> None:
        """Go; what was begun is no longer waited for."""
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._from.close()
        self._socket.close()
