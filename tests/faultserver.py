"""A server on a real socket that misbehaves on purpose. ``async with FaultServer(script) as server: server.url``."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import struct
from collections.abc import Awaitable, Callable


class Conversation:
    """One connection, as a script sees it: requests come in, raw bytes go out."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self.method = ""
        self.path = ""
        self.headers: dict[str, str] = {}
        self.body = b""

    async def request(self) -> bool:
        """Read the next request; False if the other side hung up."""
        try:
            head = await self._reader.readuntil(b"\r\n\r\n")
        except (asyncio.IncompleteReadError, ConnectionError):
            return False
        first, *lines = head.decode("latin-1").rstrip("\r\n").split("\r\n")
        self.method, self.path, _ = first.split(" ", 2)
        pairs = (line.partition(":") for line in lines)
        self.headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
        self.body = await self._reader.readexactly(int(self.headers.get("content-length", "0")))
        return True

    async def send(self, data: bytes) -> None:
        """Send raw bytes, waiting until the other side takes them."""
        self._writer.write(data)
        await self._writer.drain()

    async def answer(
        self, body: bytes = b"{}", *, status: int = 200, kind: str = "application/json", headers: str = ""
    ) -> None:
        """Send a proper answer."""
        mime = f"Content-Type: {kind}\r\n" if kind else ""
        head = f"HTTP/1.1 {status} X\r\n{mime}Content-Length: {len(body)}\r\n{headers}\r\n"
        await self.send(head.encode("latin-1") + body)

    def reset(self) -> None:
        """Cut the connection with a RST in place of a FIN."""
        sock: socket.socket = self._writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._writer.transport.abort()

    async def forever(self) -> None:
        """Say nothing more until the other side hangs up."""
        while await self._reader.read(65536):
            pass


Script = Callable[[Conversation], Awaitable[None]]


class FaultServer:
    """Runs ``script`` for each connection; counts connections and requests.

    Args:
        context: TLS of the server; None for plain HTTP.
    """

    def __init__(self, script: Script, context: ssl.SSLContext | None = None) -> None:
        self._script, self._context = script, context
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self.connections = 0
        self.url = ""
        self.port = 0

    async def __aenter__(self) -> FaultServer:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self._context)
        self.port = self._server.sockets[0].getsockname()[1]
        self.url = f"{'https' if self._context else 'http'}://127.0.0.1:{self.port}"
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        task = asyncio.ensure_future(self._run(Conversation(reader, writer), writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _run(self, talk: Conversation, writer: asyncio.StreamWriter) -> None:
        try:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError):
                await self._script(talk)
        finally:
            writer.transport.abort() if self._context else writer.close()


def always(body: bytes = b"{}", *, status: int = 200, kind: str = "application/json", headers: str = "") -> Script:
    """Script that gives one and the same answer to every request."""

    async def script(talk: Conversation) -> None:
        while await talk.request():
            await talk.answer(body, status=status, kind=kind, headers=headers)

    return script


def closed_port() -> int:
    """A port nobody listens at."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
        return port
