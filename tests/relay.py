"""Proxies on loopback: HTTP (CONNECT and plain) and SOCKS5, which say where they led to."""

from __future__ import annotations

import asyncio
import base64


class Proxy:
    """An HTTP proxy (CONNECT and plain) or a SOCKS5 one, on loopback; ``asked`` are the places it led to.

    Attributes:
        login: "user:password" it wants; "" = none. refused: how often it said no.
    """

    def __init__(self, kind: str, login: str = "") -> None:
        self.kind, self.login, self.refused = kind, login, 0
        self.asked: list[str] = []
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Proxy:
        self._server = await asyncio.start_server(self._talk, "127.0.0.1", 0)
        self.url = f"{self.kind}://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._tasks.add(asyncio.ensure_future(self._lead(reader, writer)))

    async def _lead(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            first = b""
            if self.kind == "socks5":
                _, methods = await reader.readexactly(2)
                await reader.readexactly(methods)
                writer.write(b"\x05\x02" if self.login else b"\x05\x00")
                if self.login and not await self._socks_login(reader, writer):
                    return
                _, _, _, form = await reader.readexactly(4)
                host = (
                    ".".join(map(str, await reader.readexactly(4)))
                    if form == 1
                    else (await reader.readexactly((await reader.readexactly(1))[0])).decode()
                )
                port = int.from_bytes(await reader.readexactly(2), "big")
                writer.write(b"\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00")
            else:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                given = f"Proxy-Authorization: Basic {base64.b64encode(self.login.encode()).decode()}\r\n"
                if self.login and given.lower() not in head.lower():
                    self.refused += 1
                    writer.write(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
                    return
                method, target, _ = head.split(" ", 2)
                place = target.removeprefix("http://").partition("/")[0]
                host, _, number = place.partition(":")
                port = int(number)
                if method == "CONNECT":
                    writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
                else:
                    first = head.replace(given, "").encode()  # as proxies do
            self.asked.append(f"{host}:{port}")
            far_reader, far_writer = await asyncio.open_connection(host, port)
            try:
                far_writer.write(first)
                await asyncio.gather(_pump(reader, far_writer), _pump(far_reader, writer))
            finally:
                far_writer.close()
        except (OSError, asyncio.IncompleteReadError):
            return
        finally:
            writer.close()

    async def _socks_login(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        pair = []
        await reader.readexactly(1)
        for _ in range(2):
            pair.append((await reader.readexactly((await reader.readexactly(1))[0])).decode())
        good = ":".join(pair) == self.login
        self.refused += not good
        writer.write(b"\x01\x00" if good else b"\x01\x01")
        await writer.drain()
        return good


async def _pump(source: asyncio.StreamReader, to: asyncio.StreamWriter) -> None:
    while data := await source.read(65536):
        to.write(data)
        await to.drain()
    to.close()
