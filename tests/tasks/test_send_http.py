"""At most once over real sockets and through kill -9: a cut reply, a 500 after the code was taken, a dead sender."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from astrolabnet_gui.client.livy import LivyClient
from astrolabnet_gui.errors import Ambiguous, Unreachable
from astrolabnet_gui.journal.journal import Journal
from astrolabnet_gui.journal.row import State
from astrolabnet_gui.model.key import Key
from astrolabnet_gui.model.livy import Session
from astrolabnet_gui.model.server import Server
from astrolabnet_gui.model.task import Task
from astrolabnet_gui.tasks.order import Order
from astrolabnet_gui.tasks.send import Sender

from .livy import SteppingClock

SESSION = {"id": 0, "name": "s", "state": "idle", "kind": "pyspark"}
KEY = Key("server", "epoch", ("sessions", 0))


class Http:
    """One session behind HTTP/1.1. ``fault``: what happens to the reply of a POST that was taken."""

    def __init__(self) -> None:
        self.codes: list[str] = []
        self.fault = ""
        self.posts = 0
        self.taken = asyncio.Event()
        self.url = ""

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := (await reader.readuntil(b"\r\n\r\n")).decode():
                method, path, _ = head.split(" ", 2)
                length = [int(line[15:]) for line in head.lower().split("\r\n") if line.startswith("content-length:")]
                body = await reader.readexactly(length[0]) if length else b""
                if not await self.answer(method, path, body, writer):
                    return
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        finally:
            writer.close()

    async def answer(self, method: str, path: str, body: bytes, writer: asyncio.StreamWriter) -> bool:
        status, said = 200, self.look(path)
        if method == "POST":
            self.posts += 1
            if self.fault != "cut before":
                self.codes.append(json.loads(body)["code"])
                self.taken.set()
            match self.fault:
                case "cut before" | "cut after":
                    return False
                case "half":
                    writer.write(
                        b"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{"
                    )
                    return False
                case "500":
                    status, said = 500, "java.util.concurrent.TimeoutException"
                case "html":
                    writer.write(b"HTTP/1.1 201 Created\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>")
                    return True
                case "hold":
                    await asyncio.get_running_loop().create_future()
                case _:
                    status, said = 201, self.statement(len(self.codes) - 1)
        elif said is None:
            status, said = 404, "Statement not found"
        text = json.dumps(said).encode()
        head = f"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {len(text)}\r\n\r\n"
        writer.write(head.encode() + text)
        await writer.drain()
        return True

    def look(self, path: str) -> Any:
        last = path.partition("?")[0].rsplit("/", 1)[1]
        if path.startswith("/sessions/0/statements/"):
            return self.statement(int(last)) if int(last) < len(self.codes) else None
        if last == "statements":
            every = [self.statement(n) for n in range(len(self.codes))]
            return {"total_statements": len(every), "statements": every}
        return SESSION

    def statement(self, n: int) -> dict[str, Any]:
        return {"id": n, "code": self.codes[n], "state": "running", "output": None, "progress": 0.0}


@asynccontextmanager
async def served() -> AsyncIterator[Http]:
    livy = Http()
    talks: set[asyncio.Task[None]] = set()

    def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talks.add(asyncio.ensure_future(livy.talk(reader, writer)))

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    livy.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield livy
    finally:
        server.close()
        for task in talks:
            task.cancel()
        await asyncio.gather(*talks, return_exceptions=True)
        await server.wait_closed()


def show(session: Key, task: Task, state: str = "", problem: str = "") -> Key:
    return session.child("statements", task.task_key if task.statement is None else task.statement.id)


def order() -> Order:
    return Order(
        run="R", session=KEY, identity=Session.model_validate(SESSION), kind="pyspark", code="1+1", sent_code="1+1"
    )


@pytest.mark.parametrize("fault", ["", "cut after", "half", "500", "html", "cut before"])
async def test_a_reply_that_does_not_come_whole_never_makes_a_second_run(tmp_path: Path, fault: str) -> None:
    journal = Journal(tmp_path / "j.sqlite", "site")
    async with served() as livy:
        livy.fault = fault
        client = LivyClient(Server(uuid="u", alias="lal", url=livy.url))
        sender = Sender(journal, "01234567", SteppingClock())
        (result,) = await asyncio.gather(sender.send(client, order(), show), return_exceptions=True)
        if fault == "cut before":
            assert isinstance(result, Ambiguous)
            assert livy.codes == []
        else:
            assert result == KEY.child("statements", 0)
        assert livy.posts == (4 if fault == "cut before" else 1), "only what is certainly not there is posted again"
        await client.aclose()
    states = [row.state for row in journal.history().result(timeout=10)][::-1]
    journal.close()
    end = State.UNKNOWN if fault == "cut before" else State.ACK
    tries = {"": 0, "cut before": 4}.get(fault, 1)
    assert states == [State.INTENT, *[State.AMBIGUOUS] * tries, end]


async def test_a_closed_port_is_no_riddle(tmp_path: Path) -> None:
    async with served() as livy:
        url = livy.url
    journal = Journal(tmp_path / "j.sqlite", "site")
    client = LivyClient(Server(uuid="u", alias="lal", url=url))
    with pytest.raises(Unreachable):
        await Sender(journal, "01234567", SteppingClock()).send(client, order(), show)
    await client.aclose()
    assert [row.state for row in journal.history().result(timeout=10)] == [State.REFUSED, State.INTENT]
    journal.close()


_SENDER = """
import asyncio, sys
from pathlib import Path
from tests.tasks import test_send_http as here

async def main():
    journal = here.Journal(Path(sys.argv[2]), "site")
    client = here.LivyClient(here.Server(uuid="u", alias="lal", url=sys.argv[1]))
    await here.Sender(journal, "01234567").send(client, here.order(), here.show)

asyncio.run(main())
"""


@pytest.mark.parametrize("turn", range(3))
async def test_a_sender_that_is_killed_in_mid_post_leaves_all_that_the_next_one_needs(
    tmp_path: Path, turn: int
) -> None:
    path = tmp_path / "j.sqlite"
    async with served() as livy:
        livy.fault = ("hold", "cut after", "cut before")[turn]
        process = await asyncio.create_subprocess_exec(sys.executable, "-c", _SENDER, livy.url, str(path))
        async with asyncio.timeout(60):
            while not livy.posts:
                await asyncio.sleep(0.01)
        process.kill()
        await process.wait()
        journal = Journal(path, "site")
        (row,) = await asyncio.wrap_future(journal.claim_open())
        client = LivyClient(Server(uuid="u", alias="lal", url=livy.url))
        task = Task(task_key=row.act, code="1+1", language="pyspark")
        finding = await Sender(journal, "01234567", SteppingClock()).resume(client, row, task, show)
        await client.aclose()
        journal.close()
        assert livy.posts == 1
        assert (finding.statement is not None) == (livy.fault != "cut before")
