"""Registered: the datasets of the workspace and their replicas, as its registry holds them, shown as things."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from pydantic import ValidationError

from ..catalog.registry import DiskShelf, Registry
from ..catalog.replicas import STATES, standings
from ..errors import AstroLabNetError, Missing
from ..model.dataset import Dataset, Place, Replica
from ..model.key import Key
from ..model.server import Server
from ..model.thing import Thing
from ..network.delta import Delta
from ..network.engine import Engine
from ..settings.files import read_capped, write_whole

FORMAT = 1
Beside = Callable[[Callable[[], Any]], Awaitable[Any]]


class Registered:
    """One for the House; all calls in the engine's thread. The workspace's own registry always holds everything, so
    that a shared one that is out of reach takes nothing away.

    Attributes:
        own: the workspace's registry.
        shared: folder of a registry that others use too, and the uuid of the server that sees it ("" = this computer);
            None = there is none.
        datasets: by name. facts: what is known of each place of a dataset.
        problems: sentences about files that can not be used.
    """

    def __init__(self, workspace: Path, beside: Beside) -> None:
        self._folder = workspace / "registry"
        self._setting = workspace / "registry.json"
        self.own = Registry(DiskShelf(self._folder, beside))
        self.shared: tuple[str, str] | None = None
        self.datasets: dict[str, Dataset] = {}
        self.facts: dict[tuple[str, Place], Replica] = {}
        self.problems: list[str] = []
        self._load()

    def use(self, folder: str, server: str) -> None:
        """Remember a shared registry; "" = none."""
        self.shared = (folder, server) if folder else None
        write_whole(self._setting, json.dumps({"folder": folder, "server": server}).encode())

    def take(self, document: dict[str, Any]) -> Dataset:
        """Take a dataset in, from its document; what is known here already stays where it is newer.

        Raises:
            ValueError: it is no such document.
        """
        dataset = Dataset.model_validate(document.get("dataset"))
        old = self.datasets.get(dataset.name)
        if old is not None:
            known = {(p.url, p.table) for p in dataset.places}
            more = tuple(p for p in old.places if (p.url, p.table) not in known)
            dataset = dataset.model_copy(update={"places": (*dataset.places, *more)})
        self.datasets[dataset.name] = dataset
        for told in document.get("facts") or ():
            place, replica = Place.model_validate(told["place"]), Replica.model_validate(told["replica"])
            here = self.facts.get((dataset.name, place))
            if here is None or (replica.asked and (here.asked is None or here.asked < replica.asked)):
                self.facts[dataset.name, place] = replica
        return dataset

    def document(self, name: str) -> dict[str, Any]:
        """What the registry holds of a dataset."""
        dataset = self.datasets[name]
        facts = [
            {
                "place": place.model_dump(mode="json"),
                "replica": replica.model_dump(mode="json", exclude={"equal_to", "standing"}),
            }
            for (of, place), replica in self.facts.items()
            if of == name and place in dataset.places
        ]
        return {"format": FORMAT, "dataset": dataset.model_dump(mode="json"), "facts": facts}

    def drop(self, engine: Engine, name: str) -> None:
        """Forget a dataset; its tables stay."""
        gone = [dataset_key(name), *self.replicas(engine, name)]
        self.datasets.pop(name, None)
        for known in [known for known in self.facts if known[0] == name]:
            del self.facts[known]
        engine.show((), [key for key in gone if not key.server], server="")
        for server in {key.server for key in gone if key.server}:
            engine.show((), [key for key in gone if key.server == server], server=server)

    def replicas(self, engine: Engine, name: str) -> dict[Key, Replica]:
        """Replicas on servers of the workspace, each with how it stands to the newest."""
        found: dict[Key, Replica] = {}
        for key, place in self.places(engine, name).items():
            bare = Replica(name=name, table=place.table)
            found[key] = self.facts.get((name, place), bare).model_copy(update={"name": name, "table": place.table})
        return standings(found)

    def places(self, engine: Engine, name: str) -> dict[Key, Place]:
        """Places on servers of the workspace, by the keys of their replicas."""
        servers, found = engine.servers(), dict[Key, Place]()
        for place in self.datasets[name].places:
            server = server_of(place, servers)
            if server is None:
                continue
            key = Key(server.uuid).child("datasets", name, epoch="")
            if key in found:
                key = Key(server.uuid).child("datasets", f"{name} ({'.'.join(place.table)})", epoch="")
            found[key] = place
        return found

    def show(self, engine: Engine, names: Iterable[str] = ()) -> None:
        """Show datasets (all by default) and their replicas as they stand now."""
        for name in tuple(names) or tuple(self.datasets):
            replicas = self.replicas(engine, name)
            engine.show([self._dataset_thing(name, list(replicas.values()))], server="")
            for key, replica in replicas.items():
                server = engine.store.get(key.root)
                if server is not None:
                    engine.show([_replica_thing(key, replica, server)], server=key.server)

    def _dataset_thing(self, name: str, replicas: list[Replica]) -> Thing:
        dataset = self.datasets[name]
        states = [r.standing for r in replicas]
        state = "ready" if not replicas else "not compared"
        if len(replicas) > 1 and set(states) == {"equal"}:
            state = "verified equal"
        elif "differs" in states or "behind" in states:
            state = "differs" if "differs" in states else "behind"
        count = f"{len(dataset.places)} replica{'s' * (len(dataset.places) != 1)}"
        return Thing(
            key=dataset_key(name), label=name, fact=" · ".join((count, *dataset.tags)), state=state, payload=dataset
        )

    def heard(self, engine: Engine, delta: Delta) -> None:
        """A server came, went down or came back: replicas hang on it."""
        for thing in (*delta.added, *delta.changed):
            if thing.key.kind == "servers" and self.datasets:
                below = [t for t in engine.store.children(thing.key) if t.key.kind == "datasets"]
                odd = [t for t in below if (t.stale_since is None) != (thing.state == "up")]
                if odd or thing in delta.added:
                    asyncio.get_running_loop().call_soon(partial(self.show, engine))
        for key in delta.removed:
            if key.kind == "servers":
                gone = [k for k, t in engine.store.things.items() if k.server == key.server and k.kind == "datasets"]
                if gone:
                    asyncio.get_running_loop().call_soon(partial(engine.show, (), gone, key.server))

    def _load(self) -> None:
        try:
            setting = json.loads(read_capped(self._setting))
            if setting.get("folder"):
                self.shared = (str(setting["folder"]), str(setting.get("server", "")))
        except FileNotFoundError:
            pass
        except (OSError, ValueError, AttributeError) as exc:
            self.problems.append(f"The setting of the shared registry can not be read: {exc}.")
        for file in sorted((self._folder / "datasets").glob("*.json")):
            if file.name.startswith("."):
                continue
            try:
                self.take(json.loads(read_capped(file)))
            except (OSError, ValueError, KeyError, TypeError, AttributeError, ValidationError) as exc:
                first = str(exc).splitlines()[0] if str(exc) else "it is empty"
                self.problems.append(f"The dataset {unquote(file.stem)} can not be read: {first}")

    async def keep(self, name: str, shared: Registry | None) -> str:
        """Write a dataset down; why the shared registry did not take it, "" if it did."""
        await self.own.put("datasets", name, self.document(name))
        if shared is None:
            return ""
        try:
            await shared.put("datasets", name, self.document(name))
        except (AstroLabNetError, Missing) as exc:
            return f"The shared registry did not take it: {exc}"
        return ""


def dataset_key(name: str) -> Key:
    """Key of a dataset of the workspace."""
    return Key("", "", ("datasets", name))


def server_of(place: Place, servers: Iterable[Server]) -> Server | None:
    """Server of the workspace that a place is on, by its address, else by its uuid (an island's port changes)."""
    known = tuple(servers)
    by_url = next((s for s in known if place.url and s.url == place.url), None)
    return by_url or next((s for s in known if s.uuid == place.server), None)


def _replica_thing(key: Key, replica: Replica, server: Thing) -> Thing:
    stale = None if server.state == "up" else server.since or datetime.now(UTC)
    state = STATES[replica.standing] if replica.asked else "not asked"
    return Thing(
        key=key, label=str(key.id), fact=".".join(replica.table[1:]), state=state,
        since=replica.proved or replica.asked, stale_since=stale, payload=replica,
    )  # fmt: skip
