"""Many Livy servers of which a share goes away and comes back, in one process, as ``_many_livys``.

    python -m tests.bench._flapping COUNT SESSIONS SHARE LEAST_S MOST_S

prints the ports as one JSON line; takes ``down`` and ``up`` (all of them, and nothing flaps any more) as lines on its
input, until that ends; then prints the times at which each server was asked, the flapping ones first.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys

from tests.bench._many_livys import Livy


class Flapping(Livy):
    """A connection that is cut when its server goes away."""

    open: dict[int, set[asyncio.BaseTransport]]

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self.open.setdefault(self.server, set()).add(transport)

    def connection_lost(self, _error: Exception | None) -> None:
        self.open[self.server].discard(self.transport)


class Port:
    """One server, there or not."""

    def __init__(self, number: int) -> None:
        self.number, self.port = number, 0
        self._server: asyncio.Server | None = None

    async def up(self) -> None:
        """Listen, on the same port as before."""
        if self._server is None:
            loop = asyncio.get_running_loop()
            self._server = await loop.create_server(
                lambda: Flapping(self.number), "127.0.0.1", self.port, reuse_address=True, backlog=64
            )
            self.port = self._server.sockets[0].getsockname()[1]

    async def down(self) -> None:
        """Refuse, and cut what there is."""
        if self._server is not None:
            self._server.close()
            self._server = None
            for transport in tuple(Flapping.open.get(self.number, ())):
                transport.close()

    async def flap(self, least_s: float, most_s: float) -> None:
        """Come and go for ever."""
        while True:
            await asyncio.sleep(random.uniform(least_s, most_s))
            await self.down()
            await asyncio.sleep(random.uniform(least_s, most_s))
            await self.up()


async def main(count: int, sessions: int, share: float, least_s: float, most_s: float) -> None:
    """Answer until stdin ends."""
    Livy.asked, Livy.pages, Livy.sessions, Livy.changed = {n: [] for n in range(count)}, {}, sessions, 0.1
    Flapping.open = {}
    ports = [Port(number) for number in range(count)]
    for port in ports:
        await port.up()
    print(json.dumps([port.port for port in ports]), flush=True)
    flaps = [asyncio.create_task(port.flap(least_s, most_s)) for port in ports[: int(share * count)]]
    while word := (await asyncio.to_thread(sys.stdin.readline)).strip():
        for flap in flaps:
            flap.cancel()
        await asyncio.gather(*flaps, return_exceptions=True)
        for port in ports:
            await (port.down() if word == "down" else port.up())
        print(word, flush=True)
    print(json.dumps([Livy.asked[n] for n in range(count)]), flush=True)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2]), *map(float, sys.argv[3:6])))
