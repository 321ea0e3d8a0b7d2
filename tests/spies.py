"""Spies: what this process does that others would notice: programs it starts, names it looks up, packets it sends.
And a door that counts who knocks.
"""

from __future__ import annotations

import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager

_STARTS = frozenset({"subprocess.Popen", "os.exec", "os.posix_spawn", "os.spawn", "os.system", "os.fork"})
_SOCKETS = frozenset({"socket.connect", "socket.sendto", "socket.sendmsg"})
_NAMES = frozenset({"socket.getaddrinfo", "socket.gethostbyname"})
_records: list[list[tuple[str, str]]] = []


def _hear(event: str, told: tuple[object, ...]) -> None:
    if _records and event in _STARTS | _SOCKETS | _NAMES:
        about = (event, repr(told[1:] if event in _SOCKETS else told)[:200])
        for record in tuple(_records):
            record.append(about)


class _Once:
    added = False


@contextmanager
def spied() -> Iterator[list[tuple[str, str]]]:
    """Everything of that kind, from any thread, while it lasts. An audit hook can not be taken away: there is one."""
    if not _Once.added:
        sys.addaudithook(_hear)
        _Once.added = True
    record: list[tuple[str, str]] = []
    _records.append(record)
    try:
        yield record
    finally:
        _records.remove(record)


@contextmanager
def door() -> Iterator[tuple[int, list[bytes]]]:
    """A port on loopback; each visitor's first bytes are kept, and none is answered."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        heard: list[bytes] = []

        def wait() -> None:
            while True:
                try:
                    visitor, _ = listening.accept()
                except OSError:
                    return
                with closing(visitor):
                    heard.append(b"")
                    visitor.settimeout(1.0)
                    try:
                        heard[-1] = visitor.recv(4096)
                    except OSError:
                        continue

        thread = threading.Thread(target=wait, name="door")
        thread.start()
        try:
            yield listening.getsockname()[1], heard
        finally:
            listening.shutdown(socket.SHUT_RDWR)
            thread.join(5.0)
