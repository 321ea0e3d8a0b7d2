"""/batches: programs run as a whole."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from astrolabnet_gui.island.core import Island
from astrolabnet_gui.island.request import Rejected
from astrolabnet_gui.island.rest import bodies
from astrolabnet_gui.island.rest.replies import Refusal, reply
from astrolabnet_gui.island.rest.shelf import Shelf, island_of
from astrolabnet_gui.island.rest.views import batch_view

_BATCHES = Shelf("/batches", lambda island: island.batches, batch_view, Island.delete_batch)


async def _create(request: Request) -> Response:
    asked = await bodies.new_batch(request)
    try:
        batch = await island_of(request).create_batch(asked)
    except Rejected as error:
        raise Refusal(400, f"Rejected, Reason: {error}") from None
    return reply(batch_view(batch), 201, location=f"/batches/{batch.id}")


ROUTES = [*_BATCHES.routes, Route("/batches", _create, methods=["POST"])]
