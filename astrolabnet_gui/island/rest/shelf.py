"""What /sessions and /batches share: the list, one of it by id or name, its state, its log, its end."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from astrolabnet_gui.island.core import Island
from astrolabnet_gui.island.lines import Lines
from astrolabnet_gui.island.register import Entry, Register
from astrolabnet_gui.island.rest import bodies
from astrolabnet_gui.island.rest.replies import bad_number, message, not_found, reply


class Shown(Entry, Protocol):
    """A session or a batch."""

    lines: Lines

    @property
    def state(self) -> str:
        """As Livy says it."""


S = TypeVar("S", bound=Shown)


def island_of(request: Request) -> Island:
    """The island that is asked."""
    island: Island = request.app.state.island
    return island


@dataclass(frozen=True, slots=True)
class Shelf(Generic[S]):
    """The things of one kind, as their clients see them.

    Attributes:
        path: where they are: "/sessions" or "/batches".
        held: the island's own record of them.
        view: one as it travels.
        remove: ends one and forgets it.
        asked: hears of every question about one.
    """

    path: str
    held: Callable[[Island], Register[S]]
    view: Callable[[S], dict[str, Any]]
    remove: Callable[[Island, S], Awaitable[None]]
    asked: Callable[[S], None] = lambda _thing: None

    def one(self, request: Request) -> S:
        """The one that the path names.

        Raises:
            Refusal: there is none, or its number is too large for one.
        """
        name = request.path_params["id"]
        try:
            found = self.held(island_of(request)).get(name)
        except OverflowError:
            raise bad_number(name) from None
        if found is None:
            raise not_found(name)
        self.asked(found)
        return found

    @property
    def routes(self) -> list[Route]:
        """The calls that both kinds answer."""
        one = f"{self.path}/{{id}}"
        return [
            Route(self.path, self._list, methods=["GET"]),
            Route(one, self._get, methods=["GET"]),
            Route(one, self._delete, methods=["DELETE"]),
            Route(f"{one}/state", self._state, methods=["GET"]),
            Route(f"{one}/log", self._log, methods=["GET"]),
        ]

    async def _list(self, request: Request) -> Response:
        start = bodies.number(request, "from", 0) or 0
        size = bodies.number(request, "size", 100)
        held = self.held(island_of(request))
        page = held.page(start, 100 if size is None else size)
        # Livy calls the list of batches "sessions" too.
        return reply({"from": start, "total": len(held), "sessions": [self.view(one) for one in page]})

    async def _get(self, request: Request) -> Response:
        return reply(self.view(self.one(request)))

    async def _delete(self, request: Request) -> Response:
        await self.remove(island_of(request), self.one(request))
        return message("deleted")

    async def _state(self, request: Request) -> Response:
        thing = self.one(request)
        return reply({"id": thing.id, "state": thing.state})

    async def _log(self, request: Request) -> Response:
        thing = self.one(request)
        start, total, lines = thing.lines.page(bodies.number(request, "from"), bodies.number(request, "size"))
        return reply({"id": thing.id, "from": start, "total": total, "log": lines})
