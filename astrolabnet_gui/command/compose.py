"""Compose: an engine over a house: the one place where commands, clients and servers are put together."""

from __future__ import annotations

from ..client.livy import LivyClient
from ..client.spark import SparkClient
from ..model.livy import Session
from ..model.server import Server
from ..network.engine import Engine
from .house import House
from .run import executor


def engine_of(house: House) -> Engine:
    """Engine over the workspace's servers, ready to be carried; a face needs no more than this and the house."""
    clients: dict[str, LivyClient] = {}

    def connect(server: Server) -> LivyClient:
        clients[server.uuid] = house.connect(server)
        return clients[server.uuid]

    def spark(server: Server, session: Session) -> SparkClient:
        return clients[server.uuid].spark(session, session.log)

    return Engine(house.workspace.servers(), execute=executor(house), connect=connect, spark=spark, owns=house.owns)
