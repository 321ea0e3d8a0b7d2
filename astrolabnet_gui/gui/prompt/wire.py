"""Wire: messages to and from a kernel of Jupyter in the GUI thread, a few milliseconds of them at a time."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Mapping
from typing import Any

import zmq
from jupyter_client.session import Session
from PySide6.QtCore import QObject, QSocketNotifier, QTimer, Signal

_KINDS = {"shell": zmq.DEALER, "control": zmq.DEALER, "stdin": zmq.DEALER, "iopub": zmq.SUB}
# What one turn of the event loop may take; a message that would take longer to read is not read.
TURN_S = 0.008
MOST_BYTES = 2_000_000
_logger = logging.getLogger(__name__)


class Wire(QObject):
    """The four channels of one kernel.

    Args:
        info: what the kernel told: addresses and the key.

    Signals:
        heard(str, dict): channel and message; of one that was too long only its header, with ``size_bytes``.
    """

    heard = Signal(str, object)

    def __init__(self, info: Mapping[str, Any], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = Session(key=str(info["key"]).encode())
        self._context = zmq.Context()
        self._sockets: dict[str, zmq.Socket[bytes]] = {}
        self._notifiers: list[QSocketNotifier] = []
        # zmq tells only of a change: what was not taken then must be looked for again.
        self._soon = QTimer(self, interval=0, singleShot=True)
        self._soon.timeout.connect(self._drain)
        for channel, kind in _KINDS.items():
            made = self._sockets[channel] = self._context.socket(kind)
            made.setsockopt(zmq.LINGER, 0)
            made.setsockopt(zmq.SNDHWM, 0)
            if kind == zmq.SUB:
                made.setsockopt(zmq.SUBSCRIBE, b"")
            else:
                made.setsockopt(zmq.IDENTITY, self._session.bsession)
            made.connect(f"{info['transport']}://{info['ip']}:{info[f'{channel}_port']}")
            notifier = QSocketNotifier(made.getsockopt(zmq.FD), QSocketNotifier.Type.Read, self)
            notifier.activated.connect(self._soon.start)
            self._notifiers.append(notifier)

    def send(self, channel: str, kind: str, content: Mapping[str, Any]) -> str:
        """Send a message; its id."""
        message: Any = self._session.send(self._sockets[channel], kind, dict(content))
        self._soon.start()
        return str(message["header"]["msg_id"])

    def close(self) -> None:
        """Hear no more."""
        self._soon.stop()
        for notifier in self._notifiers:
            notifier.setEnabled(False)
        for made in self._sockets.values():
            made.close()
        self._sockets.clear()
        self._context.term()

    def _drain(self) -> None:
        until = time.monotonic() + TURN_S
        for channel in tuple(self._sockets):
            while (made := self._sockets.get(channel)) is not None and int(made.getsockopt(zmq.EVENTS)) & zmq.POLLIN:
                self._take(channel, made.recv_multipart(zmq.NOBLOCK))
                if time.monotonic() > until:
                    if self._sockets:
                        self._soon.start()
                    return

    def _take(self, channel: str, frames: list[Any]) -> None:
        parts: list[Any] = list(self._session.feed_identities(frames)[1])
        size = sum(map(len, parts))
        try:
            if size > MOST_BYTES:
                header = json.loads(parts[1])
                message = {"msg_type": str(header["msg_type"]), "content": {}, "parent_header": {}, "size_bytes": size}
            else:
                message = self._session.deserialize(parts)
        except (ValueError, KeyError, TypeError, IndexError) as error:
            _logger.info("a message of the kernel is left out: %s", error)
            return
        self.heard.emit(channel, message)
