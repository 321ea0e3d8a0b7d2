"""Proxied: connections through a proxy; one that refuses a login is asked no more with the same one."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from hashlib import blake2b

import httpx

from ..errors import LoginNeeded
from . import tls
from .fetch import Lanes
from .ledger import Ledger

PairOf = Callable[[], Awaitable[tuple[str, str] | None]]
_REMEDY = "Give user and password of the proxy in the server's settings (Edit…)."


class ProxyLogin:
    """The login of one server at its proxy, shared by all its connections. For one asyncio loop.

    Args:
        pair: reads user name and password; None = there are none.
        ledger: counts refusals over all servers, for proxies lock accounts, too.
    """

    def __init__(self, url: str, alias: str, pair: PairOf, ledger: Ledger) -> None:
        self.url = url
        self._alias, self._pair, self._ledger = alias, pair, ledger
        self._first = asyncio.Lock()
        self._known: tuple[str, str] | None = None
        self._version = b""
        self._refused = self._accepted = self._insists = False

    async def proxy(self) -> httpx.Proxy:
        """The proxy with the login.

        Raises:
            LoginNeeded: a password is named and not there.
        """
        self._known = await self._pair()
        self._version = blake2b(repr((self.url, self._known)).encode(), digest_size=16).digest()
        # A proxy by https:// is one of the computer's own authorities, whatever the server behind it shows.
        context = tls.context_for("system") if self.url.startswith("https:") else None
        return httpx.Proxy(self.url, ssl_context=context, auth=self._known)

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """A place for one request: one at a time until the proxy has taken the login.

        Raises:
            LoginNeeded: it was refused, and is the same still.
        """
        if self._accepted or self._known is None:
            self._check()
            yield
            return
        async with self._first:
            self._check()
            if self._insists:
                self._insists = False
                self._ledger.forget(self._version)
            async with self._ledger.trying(self._version) as free:
                if not free:
                    raise self._no("this login was refused at other places and is not tried here, or it gets locked")
                yield

    def accepted(self) -> None:
        """It led on."""
        if not self._accepted:
            self._accepted = True
            if self._known is not None:
                self._ledger.accepted(self._version)

    def refused(self) -> LoginNeeded:
        """It did not take the login, or wants one; the error that says so."""
        if not self._refused and self._known is not None:
            self._ledger.refused(self._version)
        self._refused, self._accepted = True, False
        return self._no("it does not know this login" if self._known else "it wants a login")

    def again(self) -> None:
        """A person insists: read the password anew, and one more try."""
        self._refused = self._accepted = False
        self._insists = True

    def _check(self) -> None:
        if self._refused:
            raise self._no("this login was refused and has not changed since" if self._known else "it wants a login")

    def _no(self, what: str) -> LoginNeeded:
        return LoginNeeded(f"the proxy {self.url}: {what}.", status=407, server=self._alias, remedy=_REMEDY)


class Proxied(httpx.AsyncBaseTransport):
    """Connections of one trust through the proxy.

    Attributes:
        renew: the next request reads the login anew.
    """

    def __init__(self, login: ProxyLogin, context: ssl.SSLContext, reads: int) -> None:
        self._login, self._context, self._reads = login, context, reads
        self._lanes: Lanes | None = None
        self._gate = asyncio.Lock()
        self.renew = False

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send; what the proxy itself says about the login is no answer of the server."""
        async with self._gate:
            if self.renew:
                self.renew = False
                await self.aclose()
            if self._lanes is None:
                self._lanes = Lanes(self._context, self._reads, proxy=await self._login.proxy())
        async with self._login.turn():
            lanes = self._lanes
            try:
                response = await lanes.handle_async_request(request)
            except httpx.ProxyError as exc:
                said = str(exc)
                if not said.startswith("407") and "username/password" not in said.lower():
                    raise
                raise self._login.refused() from exc
            if response.status_code == 407:
                await response.aclose()
                raise self._login.refused()
            self._login.accepted()
            return response

    async def aclose(self) -> None:
        """Close all connections; the next request logs in anew."""
        lanes, self._lanes = self._lanes, None
        if lanes is not None:
            await lanes.aclose()
