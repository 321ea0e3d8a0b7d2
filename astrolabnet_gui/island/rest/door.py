"""What is looked at before any request is: where it comes from, who sends it, how large it is.

An island runs code as its user, so a web page in that user's browser must not reach it: the Host must be a loopback
name (a rebound DNS name is not), a foreign Origin is refused, what changes something needs ``X-Requested-By`` (a page
can not send it across origins without asking first), and everything needs the token, which is in a private file.
"""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from astrolabnet_gui.gate import LOOPBACK, host_name, is_foreign, shows
from astrolabnet_gui.island.rest.replies import message, reply

_SAFE = frozenset({"GET", "HEAD"})
JSON_BYTES = 64 * 2**20
UPLOAD_BYTES = 100 * 2**20
_TOO_LARGE = (
    "org.eclipse.jetty.server.HttpChannel$SizeConstraintExceededException: Too large request or file, "
    "at most {limit} bytes"
)


class Door:
    """ASGI middleware. ``token`` "" lets everybody in (conformance runs)."""

    def __init__(self, app: ASGIApp, token: str) -> None:
        self._app = app
        self._token = token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request pass, or answer it here."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        refused = self._refusal(scope["method"], headers)
        if refused is not None:
            await refused(scope, receive, send)
            return
        limit = UPLOAD_BYTES if "/upload-" in scope["path"] else JSON_BYTES
        length = headers.get("content-length", "0")
        if not length.isdigit() or int(length) > limit:
            await _too_large(limit)(scope, receive, send)
            return
        await self._limited(scope, receive, send, limit)

    async def _limited(self, scope: Scope, receive: Receive, send: Send, limit: int) -> None:
        """Count a body that does not say its length."""
        seen, answered = 0, False

        async def counted() -> Message:
            nonlocal seen
            got = await receive()
            seen += len(got.get("body", b""))
            if seen > limit:
                raise _Flood
            return got

        async def watched(out: Message) -> None:
            nonlocal answered
            answered = True
            await send(out)

        try:
            await self._app(scope, counted, watched)
        except _Flood:
            if not answered:
                await _too_large(limit)(scope, receive, send)

    def _refusal(self, method: str, headers: Headers) -> Response | None:
        if host_name(headers.get("host", "")) not in LOOPBACK:
            return message("This island answers only to localhost.", 421)
        if is_foreign(headers.get("origin"), headers["host"]):
            return message("Requests from other web pages are refused.", 403)
        if self._token and not shows(headers.get("authorization", ""), self._token):
            refusal = message("A token is needed: send the header Authorization: Bearer <token>.", 401)
            refusal.headers["WWW-Authenticate"] = 'Bearer realm="island"'
            return refusal
        if method not in _SAFE and "x-requested-by" not in headers:
            return message("Missing Required Header for CSRF protection.", 400)
        return None


class _Flood(Exception):
    """The body is larger than it may be."""


def _too_large(limit: int) -> Response:
    return reply(_TOO_LARGE.format(limit=limit), 500)
