"""/batches: programs run as a whole. The list is called ``sessions`` here too."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from astrolabnet_gui.island.batch import Batch
from astrolabnet_gui.island.core import Island
from astrolabnet_gui.island.request import Rejected
from astrolabnet_gui.island.rest import bodies
from astrolabnet_gui.island.rest.replies import Refusal, bad_number, message, not_found, reply
from astrolabnet_gui.island.rest.views import batch_view


def _island(request: Request) -> Island:
    island: Island = request.app.state.island
    return island


def _batch(request: Request) -> Batch:
    name = request.path_params["id"]
    try:
        batch = _island(request).batches.get(name)
    except OverflowError:
        raise bad_number(name) from None
    if batch is None:
        raise not_found(name)
    return batch


async def _list(request: Request) -> Response:
    start = bodies.number(request, "from", 0) or 0
    size = bodies.number(request, "size", 100)
    held = _island(request).batches
    page = held.page(start, 100 if size is None else size)
    return reply({"from": start, "total": len(held), "sessions": [batch_view(one) for one in page]})


async def _create(request: Request) -> Response:
    asked = await bodies.new_batch(request)
    try:
        batch = await _island(request).create_batch(asked)
    except Rejected as error:
        raise Refusal(400, f"Rejected, Reason: {error}") from None
    return reply(batch_view(batch), 201, location=f"/batches/{batch.id}")


async def _get(request: Request) -> Response:
    return reply(batch_view(_batch(request)))


async def _state(request: Request) -> Response:
    batch = _batch(request)
    return reply({"id": batch.id, "state": batch.state})


async def _log(request: Request) -> Response:
    batch = _batch(request)
    start, total, lines = batch.lines.page(bodies.number(request, "from"), bodies.number(request, "size"))
    return reply({"id": batch.id, "from": start, "total": total, "log": lines})


async def _delete(request: Request) -> Response:
    await _island(request).delete_batch(_batch(request))
    return message("deleted")


ROUTES = [
    Route("/batches", _list, methods=["GET"]),
    Route("/batches", _create, methods=["POST"]),
    Route("/batches/{id}", _get, methods=["GET"]),
    Route("/batches/{id}", _delete, methods=["DELETE"]),
    Route("/batches/{id}/state", _state, methods=["GET"]),
    Route("/batches/{id}/log", _log, methods=["GET"]),
]
