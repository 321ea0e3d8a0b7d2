"""The ASGI application of an island."""

from __future__ import annotations

import re

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from astrolabnet_gui.island.core import Island, NotYou
from astrolabnet_gui.island.rest import batches, pages, sessions
from astrolabnet_gui.island.rest.door import Door
from astrolabnet_gui.island.rest.replies import Refusal, empty, message
from astrolabnet_gui.island.session import DriverSaid, Inactive

_API_VERSION = re.compile(r"application/vnd\.livy\.v([0-9.]+)\+json")
_OURS = ("/sessions", "/batches")


class _ApiVersion:
    """Refuses a version of the protocol that does not exist, where Livy looks at it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith(_OURS):
            asked = _API_VERSION.search(Request(scope).headers.get("accept", ""))
            if asked and asked[1] != "0.1":
                await message(f"No value found for '{asked[1]}'", 406)(scope, receive, send)
                return
        await self._app(scope, receive, send)


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refusal)
    return error.reply()


async def _unable(request: Request, error: Exception) -> Response:
    assert isinstance(error, (Inactive, DriverSaid))
    return sessions.refusal_of(error).reply()


async def _not_you(request: Request, error: Exception) -> Response:
    return message(f"The island runs everything as you; proxyUser and doAs are not possible (asked for: {error}).", 403)


async def _no_route(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if request.url.path.startswith(_OURS):
        return empty(error.status_code)
    return Response(b"", error.status_code, media_type="text/html;charset=utf-8")


def make_app(island: Island, token: str) -> Starlette:
    """The application; ``token`` "" asks for none."""
    app = Starlette(
        routes=[*sessions.ROUTES, *batches.ROUTES, *pages.ROUTES],
        middleware=[Middleware(Door, token=token), Middleware(_ApiVersion)],
        exception_handlers={
            Refusal: _refused,
            NotYou: _not_you,
            Inactive: _unable,
            DriverSaid: _unable,
            HTTPException: _no_route,
        },
    )
    app.router.redirect_slashes = False
    app.state.island = island
    return app
