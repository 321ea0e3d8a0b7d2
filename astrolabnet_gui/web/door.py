"""What is looked at before any request is: Host, Origin, token, scope and size of the body."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http.cookies import CookieError, SimpleCookie
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..gate import host_name, is_foreign
from .keys import Keys

BODY_BYTES = 16 * 2**20
OPEN_TO_ALL = ("/", "/docs", "/api/enter")
_SAFE = frozenset({"GET", "HEAD"})
_ALWAYS = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}


class Door:
    """ASGI middleware.

    Args:
        names: the Host names that are answered.
        cookie: name of the cookie that the page has.
    """

    def __init__(self, app: ASGIApp, keys: Keys, names: frozenset[str], cookie: str) -> None:
        self._app, self._keys, self._names, self._cookie = app, keys, names, cookie

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request pass, or answer it here; every answer has the strict headers."""
        if scope["type"] != "http":
            return

        async def strict(out: Message) -> None:
            if out["type"] == "http.response.start":
                MutableHeaders(scope=out).update(_ALWAYS)
            await send(out)

        headers = Headers(scope=scope)
        refused = self._refusal(scope, headers)
        if refused is not None:
            await refused(scope, receive, strict)
            return
        body = b""
        if scope["method"] not in _SAFE:
            got = await _body(receive)
            if got is None:
                await problem(413, f"A body has at most {BODY_BYTES} bytes.")(scope, receive, strict)
                return
            body = got
        await self._app(scope, _again(body, receive), strict)

    def _refusal(self, scope: Scope, headers: Headers) -> Response | None:
        host, method, path = headers.get("host", ""), scope["method"], scope["path"]
        if host_name(host) not in self._names:
            return problem(421, "This service does not answer to that name.")
        if is_foreign(headers.get("origin"), host) or headers.get("sec-fetch-site") in ("cross-site", "same-site"):
            return problem(403, "Requests from other web pages are refused.")
        if path not in OPEN_TO_ALL and not path.startswith("/page/"):
            may = self._keys.scope(headers.get("authorization", ""), self._cookie_of(headers))
            if may is None:
                refusal = problem(401, "A token is needed: send the header Authorization: Bearer <token>.")
                refusal.headers["WWW-Authenticate"] = 'Bearer realm="astrolabnet"'
                return refusal
            if may == "read" and method not in _SAFE:
                return problem(403, "This token may look, but not act.")
        return None

    def _cookie_of(self, headers: Headers) -> str:
        try:
            morsel = SimpleCookie(headers.get("cookie", "")).get(self._cookie)
        except CookieError:
            return ""
        return "" if morsel is None else morsel.value


def problem(status: int, what: str, **more: Any) -> Response:
    """An error as all errors of this service are told: {"problem": {"what": …}}."""
    return told({"problem": {"what": what, **more}}, status)


def told(value: Mapping[str, Any] | list[Any], status: int = 200) -> Response:
    """Any value as JSON; what JSON does not know is told as text."""
    body = json.dumps(value, ensure_ascii=True, default=str)
    return Response(body, status, media_type="application/json")


async def _body(receive: Receive) -> bytes | None:
    """The whole body; None if it is too large."""
    parts, size = [], 0
    while True:
        got = await receive()
        parts.append(got.get("body", b""))
        size += len(parts[-1])
        if size > BODY_BYTES:
            return None
        if not got.get("more_body", False):
            return b"".join(parts)


def _again(body: bytes, receive: Receive) -> Receive:
    """A body that was read is given once more; then what really comes (that the caller has left)."""
    given = False

    async def again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again
