"""Opened: the house of this user with its engine in a thread, as long as a word of the command line needs it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from ..client.livy import LivyClient
from ..client.spark import SparkClient
from ..command.house import House
from ..command.run import executor
from ..model.livy import Session
from ..model.server import Server
from ..network.carrier import Carrier
from ..network.engine import Engine
from ..network.link import Question, RunEvent
from .desk import Desk
from .show import say


@dataclass(frozen=True)
class Opened:
    """What a word of the command line works with."""

    house: House
    desk: Desk


@contextmanager
def opened(answer: Callable[[Question], str], tell: Callable[[RunEvent], None]) -> Iterator[Opened]:
    """This user's house with a desk at its engine; everything is closed at the end."""
    house = House()
    try:
        for problem in house.problems:
            say(f"astrolabnet: {problem}", sys.stderr)
        with Carrier(_engine(house)) as carrier:
            desk = Desk(carrier.engine, answer, tell)
            try:
                yield Opened(house, desk)
            finally:
                desk.close()
    finally:
        house.close()


def _engine(house: House) -> Engine:
    clients: dict[str, LivyClient] = {}

    def connect(server: Server) -> LivyClient:
        clients[server.uuid] = house.connect(server)
        return clients[server.uuid]

    def spark(server: Server, session: Session) -> SparkClient:
        return clients[server.uuid].spark(session, session.log)

    return Engine(house.workspace.servers(), execute=executor(house), connect=connect, spark=spark, owns=house.owns)
