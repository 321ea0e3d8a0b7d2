"""faultproxy: what a link and a gateway do to a connection, between a client and any server on loopback.

    async with FaultProxy(port, ["", "lost reply", "rst"]) as proxy: ... proxy.url

Each new connection takes the next word of the list (after its end ``""``: nothing happens). The words are ``FAULTS``.
The server behind it is a real one, so what really happened can be asked there.
"""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import ssl
from collections.abc import Awaitable, Callable, Sequence

from tests.faultserver import Conversation

_PAGE = b"<html><title>502 Bad Gateway</title><body>The upstream is away.</body></html>"
_MB = 1 << 20


class Link:
    """One connection of a client, and its server."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, port: int, proxy: FaultProxy
    ) -> None:
        self.talk = Conversation(reader, writer)
        self._reader, self._writer, self._port, self._proxy = reader, writer, port, proxy

    async def asked(self) -> bytes:
        """The next request, whole; b"" if the client hung up."""
        if not await self.talk.request():
            return b""
        talk = self.talk
        lines = "".join(f"{name}: {value}\r\n" for name, value in talk.headers.items() if name != "connection")
        return f"{talk.method} {talk.path} HTTP/1.1\r\n{lines}connection: close\r\n\r\n".encode("latin-1") + talk.body

    async def served(self, request: bytes) -> bytes:
        """Answer of the server to it."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        try:
            writer.write(request)
            answer = await self._whole(reader)
        finally:
            writer.close()
        self._proxy.delivered += 1
        return answer

    async def _whole(self, reader: asyncio.StreamReader) -> bytes:
        head = await reader.readuntil(b"\r\n\r\n")
        length = [line.split(b":")[1] for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
        return head + await reader.readexactly(int(length[0]) if length else 0)

    async def say(self, data: bytes) -> None:
        """Give the client bytes."""
        await self.talk.send(data)


Fault = Callable[[Link], Awaitable[None]]


async def _through(link: Link) -> None:
    while request := await link.asked():
        await link.say(await link.served(request))


async def _slow(link: Link) -> None:
    while request := await link.asked():
        await asyncio.sleep(0.2)
        await link.say(await link.served(request))


async def _drip(link: Link) -> None:
    answer = await link.served(await link.asked())
    for n in range(len(answer)):
        await link.say(answer[n : n + 1])
        await asyncio.sleep(0.3)


async def _rst(link: Link) -> None:
    await link.asked()
    link.talk.reset()


async def _lost_reply(link: Link) -> None:
    await link.served(await link.asked())


async def _rst_after(link: Link) -> None:
    await link.served(await link.asked())
    link.talk.reset()


async def _half_open(link: Link) -> None:
    await link.asked()
    await link.talk.forever()


async def _silent_after(link: Link) -> None:
    await link.served(await link.asked())
    await link.talk.forever()


async def _truncated(link: Link) -> None:
    answer = await link.served(await link.asked())
    await link.say(answer[:-5])


async def _garbage(link: Link) -> None:
    await link.served(await link.asked())
    await link.say(bytes(range(256)) * 8)


async def _twice(link: Link) -> None:
    """A gateway that repeats what it sent, and gives the second answer."""
    request = await link.asked()
    await link.served(request)
    await link.say(await link.served(request))


async def _late(link: Link) -> None:
    """The request waits in a queue; the client is told nothing, and it is carried out when nobody waits any more."""
    request = await link.asked()
    link._proxy.queue.append(request)
    await link.talk.forever()


async def _page(link: Link) -> None:
    await link.asked()
    await link.talk.answer(_PAGE, status=502, kind="text/html")


async def _page_as_200(link: Link) -> None:
    await link.served(await link.asked())
    await link.talk.answer(_PAGE, status=200, kind="text/html")


async def _redirect(link: Link) -> None:
    while await link.asked():
        await link.talk.answer(b"", status=302, headers=f"Location: {link._proxy.url}{link.talk.path}\r\n")


async def _bomb(link: Link) -> None:
    await link.asked()
    once = gzip.compress(bytes(64 * _MB))
    for packed in (once, gzip.compress(once)):
        await link.talk.answer(packed, headers="Content-Encoding: gzip\r\n")
        if not await link.asked():
            return


async def _endless(link: Link) -> None:
    await link.asked()
    await link.say(b"HTTP/1.1 200 X\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        await link.say(b"10000\r\n" + b" " * 65536 + b"\r\n")


async def _continues(link: Link) -> None:
    await link.asked()
    while True:
        await link.say(b"HTTP/1.1 100 Continue\r\n\r\n")
        await asyncio.sleep(0.05)


FAULTS: dict[str, Fault] = {
    "": _through, "slow": _slow, "drip": _drip, "rst": _rst, "rst after": _rst_after, "lost reply": _lost_reply,
    "half-open": _half_open, "silent after": _silent_after, "truncated": _truncated, "garbage": _garbage,
    "twice": _twice, "late": _late, "page": _page, "page as 200": _page_as_200, "redirect loop": _redirect,
    "bomb": _bomb, "endless": _endless, "100 continue": _continues,
}  # fmt: skip
#: What carries a POST out although the client hears nothing good.
CARRIED_OUT = frozenset({"rst after", "lost reply", "silent after", "truncated", "garbage", "page as 200", "drip"})


class FaultProxy:
    """Listens on loopback before a server.

    Attributes:
        words: faults of the next connections, in order.
        delivered: requests the server got.
        queue: requests that are late; ``deliver`` sends them.
    """

    def __init__(self, port: int, words: Sequence[str] = (), context: ssl.SSLContext | None = None) -> None:
        self._to, self.words, self._context = port, list(words), context
        self.delivered = self.connections = 0
        self.queue: list[bytes] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self.url = ""

    async def __aenter__(self) -> FaultProxy:
        self._server = await asyncio.start_server(self._talk, "127.0.0.1", 0, ssl=self._context, limit=4 * _MB)
        port = self._server.sockets[0].getsockname()[1]
        self.url = f"{'https' if self._context else 'http'}://127.0.0.1:{port}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def deliver(self) -> None:
        """What was late arrives now."""
        waiting, self.queue = self.queue, []
        for request in waiting:
            reader, writer = await asyncio.open_connection("127.0.0.1", self._to)
            writer.write(request)
            await reader.readuntil(b"\r\n\r\n")
            self.delivered += 1
            writer.close()

    def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        word = self.words.pop(0) if self.words else ""
        self.connections += 1
        task = asyncio.ensure_future(self._befall(word, Link(reader, writer, self._to, self), writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _befall(self, word: str, link: Link, writer: asyncio.StreamWriter) -> None:
        try:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError):
                await FAULTS[word](link)
        finally:
            writer.transport.abort() if self._context else writer.close()
