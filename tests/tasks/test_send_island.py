"""At most once on real Spark: a proxy takes the reply away after the island took the code, doubles it or delays it.

Marker and guard do in Python, Scala and R what the model says; SQL, which has no guard, is found by its marker.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from astrolabnet_gui.client.livy import LivyClient
from astrolabnet_gui.journal.journal import Journal
from astrolabnet_gui.journal.row import State
from astrolabnet_gui.model.key import Key
from astrolabnet_gui.model.livy import Session
from astrolabnet_gui.model.server import Server
from astrolabnet_gui.model.task import Task
from astrolabnet_gui.tasks import send
from astrolabnet_gui.tasks.order import Order
from astrolabnet_gui.tasks.send import Sender
from tests.island_fixture import RunningIsland, island  # noqa: F401

LATE_S = 4.0
CODE = {
    "pyspark": "with open({book!r}, 'a') as book: book.write({line!r} + chr(10))",
    "spark": 'java.nio.file.Files.write(java.nio.file.Paths.get("{book}"), "{line}\\n".getBytes, '
    "java.nio.file.StandardOpenOption.CREATE, java.nio.file.StandardOpenOption.APPEND)",
    "sparkr": 'cat("{line}\\n", file = "{book}", append = TRUE)',
    "sql": "SELECT '{line}', '{book}'",
}


class Proxy:
    """Between the client and the island; ``faults`` befall the POSTs of statements, in order."""

    def __init__(self, url: str, token: str) -> None:
        where = urlsplit(url)
        self.host, self.port, self.token = str(where.hostname), int(where.port or 80), token
        self.faults: list[str] = []
        self.posts = 0
        self.late: list[asyncio.Task[bytes]] = []

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One request."""
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            sized = [int(line[15:]) for line in head.lower().split("\r\n") if line.startswith("content-length:")]
            body = await reader.readexactly(sized[0]) if sized else b""
            first, *rest = head.strip().split("\r\n")
            kept = [line for line in rest if not line.lower().startswith(("connection:", "authorization:"))]
            request = "\r\n".join([first, *kept, "Connection: close", f"Authorization: Bearer {self.token}", "", ""])
            fault = ""
            if first.startswith("POST") and "/statements " in first:
                self.posts += 1
                fault = self.faults.pop(0) if self.faults else ""
            reply = await self._carry(request.encode() + body, fault)
            if not fault:
                writer.write(reply)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        finally:
            writer.close()

    async def _carry(self, request: bytes, fault: str) -> bytes:
        for _ in range({"cut before": 0, "late": 0, "twice": 2}.get(fault, 1)):
            reply = await self._forward(request)
        if fault == "late":
            self.late.append(asyncio.create_task(self._forward(request, LATE_S)))
        return b"" if fault else reply

    async def _forward(self, request: bytes, after_s: float = 0.0) -> bytes:
        await asyncio.sleep(after_s)
        reader, writer = await asyncio.open_connection(self.host, self.port)
        writer.write(request)
        reply = await reader.read()
        writer.close()
        return reply


@asynccontextmanager
async def between(island: RunningIsland) -> AsyncIterator[tuple[Proxy, str]]:  # noqa: F811
    proxy = Proxy(island.url, island.token)
    server = await asyncio.start_server(proxy.talk, "127.0.0.1", 0)
    try:
        yield proxy, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}{urlsplit(island.url).path}"
    finally:
        await asyncio.gather(*proxy.late)
        server.close()
        await server.wait_closed()


def show(session: Key, task: Task, state: str = "", problem: str = "") -> Key:
    return session.child("statements", task.task_key if task.statement is None else task.statement.id)


@pytest.mark.island
@pytest.mark.timeout(400)
async def test_a_cut_reply_a_late_and_a_doubled_post_run_once_in_every_language(
    island: RunningIsland,  # noqa: F811
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(send, "ABSENT_S", 1.5)
    number = await asyncio.to_thread(island.open, kind="pyspark", name="aln-proxied")
    book, key = tmp_path / "book.txt", Key("u", "e", ("sessions", number))
    journal = Journal(tmp_path / "journal.sqlite", "site")
    expected, resent = [], 0
    async with between(island) as (proxy, url):
        client = LivyClient(Server(uuid="u", alias="lal", url=url))
        sender = Sender(journal, "01234567")
        identity: Session = await client.session(number)
        for kind, code in CODE.items():
            for fault in ("cut after",) if kind == "sql" else ("cut after", "late", "twice", "cut before"):
                line = f"{kind} {fault}"
                text = code.format(book=str(book), line=line)
                order = Order(run="R", session=key, identity=identity, kind=kind, code=text, sent_code=text, name=line)
                proxy.faults = [fault]
                found = await sender.send(client, order, show)
                await asyncio.gather(*proxy.late)
                end = await asyncio.to_thread(island.finished, number, found.id)
                assert end["output"]["status"] == "ok", end
                expected += [] if kind == "sql" else [line]
                resent += fault in ("late", "cut before")
        await asyncio.to_thread(island.run, number, "1")
        statements = (await client.statements(number)).statements
        await client.aclose()
    states = [row.state for row in journal.last(frozenset(State)).result(timeout=10)]
    journal.close()
    assert sorted(book.read_text().splitlines()) == sorted(expected), "each has run once"
    assert states == [State.ACK] * (len(expected) + 1)
    assert proxy.posts == len(expected) + 1 + resent
    stopped = [s for s in statements if (s.output or {}).get("status") == "error"]
    assert len(stopped) == 6, "late and doubled copies arrived in three languages, and stopped themselves"
    assert all("aln-duplicate" in str(s.output) for s in stopped)
