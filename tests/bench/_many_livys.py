"""Many Livy servers in one process: one port each, hand-written HTTP, so that the bench measures the client.

    python -m tests.bench._many_livys COUNT SESSIONS CHANGED

prints the ports as one JSON line, answers until its stdin closes, then prints how often each was asked, and when.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
import time

STATES = ("idle", "busy", "dead", "starting")


def page(server: int, sessions: int, version: int) -> bytes:
    """``GET /sessions`` of one server; the first two sessions change with ``version``."""
    listed = [
        {
            "id": i, "name": f"job-{server}-{i}", "appId": f"application_16000000{server:04d}_{i:04d}",
            "owner": "alice", "proxyUser": "bob", "state": STATES[(server + i + (version if i < 2 else 0)) % 2],
            "kind": "pyspark", "appInfo": {"driverLogUrl": f"http://node{server}:8042/node/containerlogs/c_{i}/user",
                                           "sparkUiUrl": f"http://rm:8088/proxy/application_{server}_{i}/"},
            "log": ["stdout: ", "one line of the log of this session", "\nstderr: "],
        }
        for i in range(sessions)
    ]  # fmt: skip
    return json.dumps({"from": 0, "total": sessions, "sessions": listed}).encode()


def reply(body: bytes) -> bytes:
    """One HTTP answer."""
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


NO_BATCHES = reply(b'{"from": 0, "total": 0, "sessions": []}')
VERSION = reply(b'{"version": "0.9.0-incubating", "revision": "", "branch": "", "date": "", "user": "", "url": ""}')


class Livy(asyncio.Protocol):
    """One connection to one server."""

    asked: dict[int, list[float]]
    pages: dict[int, tuple[int, bytes]]
    sessions: int
    changed: float

    def __init__(self, server: int) -> None:
        self.server, self.buffer = server, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        while b"\r\n\r\n" in self.buffer:
            head, self.buffer = self.buffer.split(b"\r\n\r\n", 1)
            self.asked.setdefault(self.server, []).append(time.monotonic())
            path = head.split(b" ", 2)[1]
            body = NO_BATCHES if b"/batches" in path else VERSION if b"/version" in path else self.list()
            assert isinstance(self.transport, asyncio.WriteTransport)
            self.transport.write(body)

    def list(self) -> bytes:
        """The list, now and then a new one."""
        version, body = self.pages.get(self.server, (-1, b""))
        if not body or random.random() < self.changed:
            version, body = version + 1, reply(page(self.server, self.sessions, version + 1))
            self.pages[self.server] = (version, body)
        return body


async def main(count: int, sessions: int, changed: float) -> None:
    """Answer until stdin closes."""
    Livy.asked, Livy.pages, Livy.sessions, Livy.changed = {}, {}, sessions, changed
    loop = asyncio.get_running_loop()
    servers = [await loop.create_server(lambda i=i: Livy(i), "127.0.0.1", 0) for i in range(count)]  # type: ignore[misc]
    print(json.dumps([server.sockets[0].getsockname()[1] for server in servers]), flush=True)
    await asyncio.to_thread(sys.stdin.read)
    print(json.dumps(list(Livy.asked.values())), flush=True)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])))
