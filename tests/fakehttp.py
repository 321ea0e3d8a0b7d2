"""The fake Livy behind a real socket: what happens to a reply there is a cut connection, half an answer, or silence."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from tests.fakelivy import Cut, FakeLivy

_NAMES = (
    ("POST", r".*/statements", "run_statement"),
    ("POST", r"/sessions", "create_session"),
    ("POST", r"/batches", "create_batch"),
    ("GET", r".*/statements", "statements"),
    ("GET", r".*/statements/\d+", "statement"),
    ("GET", r"/sessions", "sessions"),
)
_HEAD = "HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n\r\n"


class FakeHttp:
    """HTTP/1.1 in front of a ``FakeLivy``; one word of ``livy.faults`` befalls each call.

    Beside the words of ``FakeLivy.post``: ``half`` and ``html`` carry the call out and spoil its reply, ``hang`` gives
    none.
    """

    def __init__(self, livy: FakeLivy) -> None:
        self.livy = livy
        self.url = ""
        self.taken = asyncio.Event()

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        try:
            while head := (await reader.readuntil(b"\r\n\r\n")).decode():
                method, path, _ = head.split(" ", 2)
                length = [int(line[15:]) for line in head.lower().split("\r\n") if line.startswith("content-length:")]
                body = json.loads(await reader.readexactly(length[0])) if length and length[0] else None
                writer.write(await self._answer(method, path, body))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError, Cut):
            return
        finally:
            writer.close()

    async def carried_out(self, method: str, path: str, body: Any) -> tuple[int, Any]:
        """What becomes of one request, and what the client is told of it.

        Raises:
            Cut: nothing.
        """
        plain = path.partition("?")[0]
        name = next((n for verb, route, n in _NAMES if verb == method and re.fullmatch(route, plain)), plain)
        self.livy.calls.append((self.livy.now(), name))
        planned = self.livy.faults.get(name)
        fault = str(planned.pop(0)) if planned else ""
        ours = fault in ("hang", "half", "html")
        status, value = self.livy.answer(method, path, body, "" if ours else fault)
        if method == "POST":
            self.taken.set()
        if fault == "hang":
            await asyncio.get_running_loop().create_future()
        if fault == "half":
            raise Cut
        return (status, "<html>") if fault == "html" else (status, value)

    async def _answer(self, method: str, path: str, body: Any) -> bytes:
        status, value = await self.carried_out(method, path, body)
        html = value == "<html>"
        text = b"<html>" if html else json.dumps(value).encode()
        kind = "text/html" if html else "application/json"
        return _HEAD.format(status=status, kind=kind, length=len(text)).encode() + text


@asynccontextmanager
async def served(livy: FakeLivy) -> AsyncIterator[FakeHttp]:
    """It listens, until the end of the block."""
    http = FakeHttp(livy)
    talks: set[asyncio.Task[None]] = set()

    def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talks.add(asyncio.ensure_future(http.talk(reader, writer)))

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    http.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield http
    finally:
        server.close()
        for task in talks:
            task.cancel()
        await asyncio.gather(*talks, return_exceptions=True)
        await server.wait_closed()
