"""fetch(): the one way out. A deadline for the whole call, a cap on bytes, one gzip layer, our errors."""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import AsyncIterator
from typing import NamedTuple

import httpx

from .. import __version__
from ..errors import TooLarge
from .body import Oversize, Unpackable, Unpacker
from .trouble import OUR_BUGS, Ask, from_httpx, given_up, malformed, too_late

# Their debug lines hold headers and addresses: a login must not reach a log because somebody wanted to see more.
for _name in ("httpx", "httpcore"):
    logging.getLogger(_name).setLevel(logging.WARNING)

PIECE_BYTES = 64 * 1024
# On a busy machine anyio 4.16 may find neither a connection nor an error of one, and can not word that.
_NOBODY = "must be a non-empty sequence"
USER_AGENT = f"AstroLabNet/{__version__} (desktop client of Livy; python-httpx)"


class Answer(NamedTuple):
    """What came back, of any status; the body unpacked."""

    status: int
    headers: httpx.Headers
    body: bytes

    @property
    def content_type(self) -> str:
        """MIME type in lower case, without parameters; "" if none was sent."""
        return str(self.headers.get("content-type", "")).partition(";")[0].strip().lower()


class Lanes(httpx.AsyncBaseTransport):
    """Two pools: reads share kept-alive connections, everything else gets a fresh one.

    A kept-alive connection may be closed by the server just when a POST leaves on it; then nobody knows whether it
    arrived. Reads are asked again instead.
    """

    def __init__(
        self, context: ssl.SSLContext, reads: int, *, proxy: httpx.Proxy | None = None, uds: str | None = None
    ) -> None:
        def lane(most: int, kept: int) -> httpx.AsyncHTTPTransport:
            limits = httpx.Limits(max_connections=most, max_keepalive_connections=kept, keepalive_expiry=25)
            return httpx.AsyncHTTPTransport(verify=context, trust_env=False, limits=limits, uds=uds, proxy=proxy)

        self._reads, self._fresh = lane(reads, reads), lane(8, 0)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send by the lane of the method."""
        lane = self._reads if request.method == "GET" else self._fresh
        try:
            return await lane.handle_async_request(request)
        except ValueError as exc:
            if _NOBODY not in str(exc):
                raise
            raise httpx.ConnectError("no address answered", request=request) from exc

    async def aclose(self) -> None:
        """Close both pools."""
        await self._reads.aclose()
        await self._fresh.aclose()


def make_http(context: ssl.SSLContext, *, reads: int = 2) -> httpx.AsyncClient:
    """Client of one server, straight to it."""
    return http_over(Lanes(context, reads))


def http_over(transport: httpx.AsyncBaseTransport) -> httpx.AsyncClient:
    """Client of one server: no redirects, no proxies or logins from the environment, its own cookies."""
    return httpx.AsyncClient(
        transport=transport,
        follow_redirects=False,
        trust_env=False,
        headers={"User-Agent": USER_AGENT, "X-Requested-By": "AstroLabNet", "Accept": "application/json"},
    )


_CONNECTS = ("connect_tcp.started", "connect_unix_socket.started")


class _Story:
    """What happened to one request so far, as httpcore tells it."""

    __slots__ = ("began", "connected")

    def __init__(self) -> None:
        self.connected = False
        self.began = False

    async def hear(self, event: str, _info: object) -> None:
        self.connected = self.connected or event.endswith(_CONNECTS)


async def fetch(http: httpx.AsyncClient, ask: Ask) -> Answer:
    """Answer to ``ask``, whatever its status.

    A GET is asked a second time if a kept-alive connection broke before the answer began.

    Raises:
        Unreachable, Ambiguous, Untrusted, BadInput, Malformed, TooLarge: see errors.py.
    """
    if http.is_closed:
        raise given_up(ask)
    story = _Story()
    try:
        async with asyncio.timeout(ask.budget.total_s):
            try:
                return await _once(http, ask, story)
            except (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError):
                if ask.method != "GET" or story.connected or story.began or http.is_closed:
                    raise
                return await _once(http, ask, story)
    except TimeoutError as exc:
        raise too_late(ask) from exc
    except OUR_BUGS:
        raise
    except (httpx.HTTPError, httpx.InvalidURL, OSError, UnicodeError) as exc:
        raise from_httpx(exc, ask) from exc


class _Pieces:
    """A large body in pieces; no generator, for a login that is answered by 401 sends it a second time."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    async def __aiter__(self) -> AsyncIterator[bytes]:
        view = memoryview(self._content)
        for at in range(0, len(view), PIECE_BYTES):
            yield bytes(view[at : at + PIECE_BYTES])


async def _once(http: httpx.AsyncClient, ask: Ask, story: _Story) -> Answer:
    budget, length = ask.budget, {}
    content: bytes | _Pieces | None = ask.content
    if ask.content is not None and len(ask.content) > PIECE_BYTES:
        # In one piece asyncio copies it all at once: 20 MB held the loop, and an end of the program, for 0.18 s.
        content, length = _Pieces(ask.content), {"Content-Length": str(len(ask.content))}
    request = http.build_request(
        ask.method,
        ask.url,
        content=content,
        headers={"Accept-Encoding": "gzip" if ask.method == "GET" else "identity", **ask.headers, **length},
        timeout=httpx.Timeout(connect=budget.connect_s, read=budget.idle_s, write=budget.idle_s, pool=budget.total_s),
        extensions={"trace": story.hear},
    )
    response = await http.send(request, stream=True)
    story.began = True
    try:
        unpacker = Unpacker(response.headers.get("content-encoding", ""), budget.cap_bytes)
        async for chunk in response.aiter_raw():
            unpacker.feed(chunk)
        return Answer(response.status_code, response.headers, unpacker.end())
    except Oversize as exc:
        words = f"the answer is larger than {budget.cap_bytes // 1024} KB, it was dropped"
        raise malformed(ask, words, kind=TooLarge) from exc
    except Unpackable as exc:
        raise malformed(ask, str(exc)) from exc
    finally:
        await response.aclose()
