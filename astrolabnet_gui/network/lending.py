"""Lending: an engine that other processes of the same user may use too, as the kernel of the window's console does.

They come by the loopback. Before the first word both sides prove that they know the secret; from then on messages are
pickled, as on the pipes of ``apart``, each after its length. Who reads too slowly gets all things anew.
"""

from __future__ import annotations

import asyncio
import hmac
import logging
import pickle
import secrets
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, Protocol

from ..model.key import Key
from ..model.thing import Thing
from .link import DeltaEvent, Event, Lent, Listener, Reset, RunEvent, RunState

HOST = "127.0.0.1"
NONCE = 32
GREETING_S = 5.0
# Events one may be behind; and things pickled in one go, for a long pickling holds up the window.
MOST_WAITING = 2_000
SLICE = 200
_ENDED = (RunState.DONE, RunState.FAILED, RunState.CANCELLED)
_logger = logging.getLogger(__name__)


class Lender(Protocol):
    """What of the engine is lent."""

    def submit(self, command: str, key: Key | None, params: Mapping[str, Any], ident: str = "") -> str: ...  # noqa: D102
    def answer(self, run: str, question: str, choice: str) -> None: ...  # noqa: D102
    def cancel(self, run: str) -> None: ...  # noqa: D102
    def attend(  # noqa: D102
        self, looked_at: Key | None, visible: frozenset[Key], hidden: bool = False, who: str = ""
    ) -> None: ...
    def subscribe(self, listener: Listener, from_seq: int = 0) -> Callable[[], None]: ...  # noqa: D102


def proof(secret: bytes, side: bytes, first: bytes, second: bytes) -> bytes:
    """What shows that a side knows the secret, without telling it; 32 bytes."""
    return hmac.digest(secret, side + first + second, "sha256")


def framed(message: object) -> bytes:
    """A message as it travels."""
    data = pickle.dumps(message)
    return len(data).to_bytes(4, "big") + data


class Lending:
    """The door. All calls in the engine's thread; it listens once somebody wants it to."""

    def __init__(self, engine: Lender, tell: Callable[[Event], None]) -> None:
        self._engine, self._tell = engine, tell
        self._secret = secrets.token_bytes(32)
        self._opening: asyncio.Task[None] | None = None
        self._server: asyncio.Server | None = None
        self._inside: set[asyncio.Task[Any]] = set()

    def open(self) -> None:
        """Listen, and tell where."""
        if self._opening is None or self._opening.done():
            self._opening = asyncio.create_task(self._open(), name="lending")

    async def _open(self) -> None:
        try:
            if self._server is None:
                self._server = await asyncio.start_server(self._come, HOST, 0)
        except OSError as error:
            self._tell(Lent(problem=f"no other process can reach the engine: {error}"))
            return
        port = self._server.sockets[0].getsockname()[1]
        self._tell(Lent(port=port, secret=self._secret.hex()))

    def close(self) -> None:
        """Let nobody in any more, and send all away."""
        if self._opening is not None:
            self._opening.cancel()
        if self._server is not None:
            self._server.close()
        for task in self._inside:
            task.cancel()

    async def _come(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._inside.add(task)
        try:
            if await self._greet(reader, writer):
                await _Guest(self._engine, reader, writer).live()
        except (OSError, EOFError, asyncio.CancelledError):
            pass  # gone, or sent away; Python 3.11 reports a cancelled talk as a fault
        except (pickle.UnpicklingError, TypeError, ValueError, AttributeError, ImportError) as error:
            _logger.warning("a process that uses the engine said what is no message: %s", error)
        finally:
            self._inside.discard(task)
            writer.close()

    async def _greet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        ours = secrets.token_bytes(NONCE)
        writer.write(ours)
        with suppress(TimeoutError):
            async with asyncio.timeout(GREETING_S):
                theirs, given = await reader.readexactly(NONCE), await reader.readexactly(32)
                if hmac.compare_digest(given, proof(self._secret, b"guest", ours, theirs)):
                    writer.write(proof(self._secret, b"host", theirs, ours))
                    return True
        _logger.warning("a process that does not know the secret wanted to use the engine")
        return False


class _Guest:
    """One process that uses the engine; what it began is no longer waited for when it has gone."""

    def __init__(self, engine: Lender, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._engine, self._reader, self._writer = engine, reader, writer
        self._name = secrets.token_hex(4)
        self._runs: set[str] = set()
        self._waiting: deque[Event] = deque()
        self._some = asyncio.Event()
        self._seq = 0
        self._lags = False
        self._leave: Callable[[], None] = lambda: None

    async def live(self) -> None:
        """Until it has gone."""
        self._leave = self._engine.subscribe(self._hear)
        telling = asyncio.create_task(self._talk(), name="telling a guest")
        try:
            while True:
                size = int.from_bytes(await self._reader.readexactly(4), "big")
                self._do(*pickle.loads(await self._reader.readexactly(size)))
        finally:
            telling.cancel()
            self._leave()
            for run in self._runs:
                self._engine.cancel(run)
            self._engine.attend(None, frozenset(), False, self._name)

    def _do(self, what: str, *told: Any) -> None:
        match what:
            case "submit":
                command, key, params, run = told
                self._runs.add(run)
                self._engine.submit(command, key, params, run)
            case "answer":
                self._engine.answer(*told)
            case "cancel":
                self._engine.cancel(*told)
            case "attend":
                looked_at, visible, hidden = told
                self._engine.attend(looked_at, visible, hidden, self._name)
            case _:
                raise pickle.UnpicklingError(f"{what!r} is nothing a guest may ask")

    def _hear(self, event: Event) -> None:
        if not isinstance(event, RunEvent | DeltaEvent | Reset):
            return  # what was asked by the window, for the window
        if isinstance(event, RunEvent) and event.state in _ENDED:
            self._runs.discard(event.run)
        if not self._lags:
            self._waiting.append(event)
            if len(self._waiting) > MOST_WAITING:
                # Enough; when this is told, it goes on from there.
                self._lags = True
                self._leave()
            self._some.set()

    async def _talk(self) -> None:
        with suppress(OSError):
            while True:
                await self._some.wait()
                self._some.clear()
                while self._waiting:
                    await self._say(self._waiting.popleft())
                if self._lags:
                    self._lags = False
                    self._leave = self._engine.subscribe(self._hear, self._seq)

    async def _say(self, event: Event) -> None:
        if isinstance(event, Reset):
            things: tuple[Thing, ...] = event.things
            for at in range(0, len(things), SLICE):
                await self._write("some", things[at : at + SLICE])
            event = event.model_copy(update={"things": ()})
        try:
            await self._write("event", event)
        except (pickle.PicklingError, TypeError, AttributeError):
            if not isinstance(event, RunEvent):
                raise
            await self._write("event", event.model_copy(update={"result": None}))
        self._seq = event.seq or self._seq

    async def _write(self, what: str, told: object) -> None:
        self._writer.write(framed((what, told)))
        await self._writer.drain()
        await asyncio.sleep(0)
