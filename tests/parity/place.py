"""Place: a house of its own over two small Livys that keep channels, too."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Self

from astrolabnet_gui.command.action import show_actions
from astrolabnet_gui.command.house import House
from astrolabnet_gui.command.listening import show_sources
from astrolabnet_gui.command.run import executor
from astrolabnet_gui.model.key import Key
from astrolabnet_gui.model.server import Server
from astrolabnet_gui.model.thing import Thing
from astrolabnet_gui.network.carrier import Carrier
from astrolabnet_gui.network.engine import Engine
from astrolabnet_gui.settings.paths import Paths
from tests.channels.folders import FolderLivy
from tests.tasks.livy import SteppingClock

from .looked import PATIENCE_S, Looked

SERVERS = [
    Server(uuid=n * 32, alias=alias, url=f"http://127.0.0.1:{n}", origin="island")
    for n, alias in (("1", "lal"), ("2", "cern"))
]


class Place(Looked):
    """``with Place(folder)``: everything is closed at the end."""

    def __init__(self, home: Path) -> None:
        self.clock = SteppingClock()
        (home / "made").mkdir(parents=True)
        root = home / "aln"
        house = House(Paths(root / "config", root / "data", root / "state", root / "cache"), clock=self.clock)
        self.livies = {server.uuid: FolderLivy(self.clock) for server in SERVERS}
        self._sent = dict.fromkeys(self.livies, 0)
        for server in SERVERS:
            house.workspace.save_server(server)
            house.trusted.meet(server)
        engine = Engine(
            house.workspace.servers(), execute=executor(house), connect=self._connect, owns=house.owns,
            memories=house.epochs.memories,
        )  # fmt: skip
        house.listen(engine)
        engine.hand(lambda: show_actions(engine, house))
        engine.hand(lambda: show_sources(engine, house.sources.all()))
        for server in SERVERS:
            engine.hand(lambda server=server: engine.show(_data(Key(server.uuid))))
        self._carrier = Carrier(engine).start()
        super().__init__(house, engine, home)
        self.desk.settle(PATIENCE_S)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()
        self._carrier.stop(5.0)
        self.house.close()

    def _connect(self, server: Server) -> Any:
        return self.livies.get(server.uuid) or FolderLivy(self.clock)

    def filled(self, line: str) -> str:
        """A line with the ids of this place."""
        for kind in ("channels", "tasks", "groups"):
            if f"{{{kind}}}" in line:
                if kind == "tasks":
                    self.desk.do("task.find", None, {})
                line = line.replace(f"{{{kind}}}", self._newest(kind))
        return line.replace("{made}", str(self.home / "made"))

    def _newest(self, kind: str) -> str:
        self.desk.settle(0.0)
        return max(str(t.key.id) for t in self.desk.store.children(Key("")) if t.key.kind == kind)

    def servers(self) -> list[dict[str, Any]]:
        """What lies at each server, and what was asked of it since the last look that changes something."""
        told = [self._server(livy, self._sent[uuid]) for uuid, livy in self.livies.items()]
        self._sent = {uuid: len(livy.bodies) for uuid, livy in self.livies.items()}
        return told

    def _server(self, livy: FolderLivy, sent: int) -> dict[str, Any]:
        return {
            "sessions": {n: s.model_dump(mode="json") for n, s in livy.here.items()},
            "batches": {n: b.model_dump(mode="json") for n, b in livy.batches_here.items()},
            "folders": {name: vars(one) for name, one in livy.folders.items()}, "away": sorted(livy.away),
            "bodies": [json.loads(body.model_dump_json()) for body in livy.bodies[sent:]],
            "deleted": livy.deleted, "cancelled": livy.cancelled, "ran": sorted(livy.ran.values()),
        }  # fmt: skip


def _data(server: Key) -> list[Thing]:
    """A table and a file, as if they had been looked at."""
    catalog = server.child("catalogs", "spark_catalog")
    sky = catalog.child("namespaces", "sky")
    keys = (catalog, sky, sky.child("tables", "alerts"), server.child("files", "Files"))
    return [Thing(key=key, label=str(key.id), state="ready") for key in keys]
