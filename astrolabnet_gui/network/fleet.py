"""Fleet: the actors of all servers: taken in, changed, taken out, begun again after a fault, told what is looked at."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Iterable

from ..errors import BadInput, NotApplicable
from ..model.key import Key
from ..model.server import Server
from .actor import Actor
from .pace import Attention
from .world import World

_logger = logging.getLogger(__name__)
RESTARTS, RESTARTS_IN_S, PAUSE_S = 3, 60.0, 1.0


class Fleet:
    """All calls in the engine's thread."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._actors: dict[str, Actor] = {}
        self._lives: dict[str, asyncio.Task[None]] = {}
        self._looked: frozenset[Key] = frozenset()
        self._visible: frozenset[str] = frozenset()
        self._hidden = False
        self._coming = 0

    def servers(self) -> list[Server]:
        """All of them, in the order of their coming."""
        return [actor.server for actor in self._actors.values()]

    def actor(self, uuid: str) -> Actor:
        """Actor of a server.

        Raises:
            NotApplicable: there is no such server.
        """
        try:
            return self._actors[uuid]
        except KeyError:
            raise NotApplicable("this server is not in the workspace (any more)") from None

    def begin(self, servers: Iterable[Server]) -> None:
        """Take the first ones in; what is there twice is left out."""
        servers = tuple(servers)
        self._coming = len(servers)
        self._crowd()
        for server in servers:
            try:
                self.add(server)
            except BadInput as error:
                _logger.error("a server is left out: %s", error)
        self._coming = 0

    def add(self, server: Server) -> Key:
        """Take a server in and ask it from now on.

        Raises:
            BadInput: uuid or alias is taken.
        """
        if server.uuid in self._actors:
            raise BadInput("this server is here already", server=server.alias, field="uuid")
        self._alias_free(server)
        actor = self._actors[server.uuid] = Actor(server, self._world)
        actor.publish()
        self._crowd()
        self._tell(actor)
        self.live(server.uuid)
        return Key(server.uuid)

    async def change(self, server: Server) -> None:
        """It was edited; a latched state is tried again. A new tint, place or acquaintance interrupts nothing."""
        actor = self.actor(server.uuid)
        self._alias_free(server)
        looks = {name: getattr(actor.server, name) for name in ("tint", "place", "knows")}
        if server != actor.server and server.model_copy(update=looks) == actor.server:
            actor.known.move(server)
            actor.publish()
            return
        await self._end(server.uuid)
        await actor.change(server)
        self.live(server.uuid)

    async def remove(self, uuid: str) -> None:
        """Take a server out; its things go, what runs on it goes on."""
        actor = self.actor(uuid)
        del self._actors[uuid]
        self._crowd()
        await self._end(uuid)
        actor.withdraw()
        await actor.close()

    async def _end(self, uuid: str) -> None:
        """End an actor's life in the middle of a question, before its client is closed under it."""
        life = self._lives.pop(uuid, None)
        if life is not None:
            life.cancel()
            await asyncio.gather(life, return_exceptions=True)

    def live(self, uuid: str) -> None:
        """Let an actor live, if it does not."""
        life = self._lives.get(uuid)
        if life is None or life.done():
            actor = self.actor(uuid)
            self._lives[uuid] = asyncio.create_task(self._supervise(actor), name=f"actor {actor.server.alias}")

    def attend(self, looked: frozenset[Key], visible: frozenset[str], hidden: bool) -> None:
        """Take in what the person looks at; ``visible`` holds uuids."""
        self._looked, self._visible, self._hidden = looked, visible, hidden
        self._crowd()
        for actor in self._actors.values():
            self._tell(actor)

    def lives(self) -> list[asyncio.Task[None]]:
        """The tasks in which actors live."""
        return list(self._lives.values())

    async def close(self, timeout_s: float, leaving: bool = False) -> None:
        """Close all connections, of a process that ends only those whose way leaves files; some may be left."""
        actors = [actor for actor in self._actors.values() if actor.server.route or not leaving]
        closing = [asyncio.create_task(actor.close()) for actor in actors]
        if closing:
            _, late = await asyncio.wait(closing, timeout=timeout_s)
            for task in late:
                task.cancel()
            await asyncio.gather(*closing, return_exceptions=True)

    def _crowd(self) -> None:
        count = max(len(self._actors), self._coming)
        visible = 0 if self._hidden else len(self._visible & self._actors.keys())
        idle = 0 if self._hidden else count - visible
        self._world.budget.crowd(visible, idle, count - visible - idle)

    def _tell(self, actor: Actor) -> None:
        uuid = actor.server.uuid
        looked = frozenset(key for key in self._looked if key.server == uuid)
        rest = Attention.HIDDEN if self._hidden else Attention.VISIBLE if uuid in self._visible else Attention.IDLE
        actor.attend(Attention.LOOKED_AT if looked else rest, looked)

    async def _supervise(self, actor: Actor) -> None:
        """A bug in one actor ends only that one: begun again three times a minute, then shown as disabled."""
        falls: deque[float] = deque(maxlen=RESTARTS)
        while True:
            try:
                await actor.run()
            except Exception as error:
                _logger.exception("the actor of %s failed", actor.server.alias)
                now = self._world.clock()
                if len(falls) == RESTARTS and now - falls[0] < RESTARTS_IN_S:
                    actor.disable(
                        f"AstroLabNet itself failed here {RESTARTS + 1} times in a minute "
                        f"({type(error).__name__}: {error}). Please report it with the log; Test tries again."
                    )
                    return
                falls.append(now)
                await asyncio.sleep(PAUSE_S)

    def _alias_free(self, server: Server) -> None:
        if any(a.server.alias == server.alias and a.server.uuid != server.uuid for a in self._actors.values()):
            raise BadInput(f"there is a server {server.alias!r} already", field="alias")
