"""Engine of a house: where the rooms below the faces are put together, for the window and the command line alike."""

from __future__ import annotations

from ..client.livy import LivyClient
from ..client.spark import SparkClient
from ..model.livy import Session
from ..model.server import Server
from ..network.engine import Engine
from .action import show_actions
from .house import House
from .listening import show_sources
from .run import executor


def make_engine(house: House) -> Engine:
    """An engine over the servers of the workspace; not yet running."""
    clients: dict[str, LivyClient] = {}

    def connect(server: Server) -> LivyClient:
        clients[server.uuid] = house.connect(server)
        return clients[server.uuid]

    def spark(server: Server, session: Session) -> SparkClient:
        return clients[server.uuid].spark(session, session.log)

    engine = Engine(
        house.workspace.servers(), execute=executor(house), connect=connect, spark=spark, owns=house.owns,
        memories=house.epochs.memories, spool=house.spool.put,
    )  # fmt: skip
    # Before the servers come in: what was seen of their data, and their replicas, are shown with them.
    house.listen(engine)
    engine.hand(lambda: show_actions(engine, house))
    engine.hand(lambda: show_sources(engine, house.sources.all()))
    return engine
