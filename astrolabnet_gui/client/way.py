"""Way: how the connections of one server leave this computer: its trust, client certificate, proxy, SSH route."""

from __future__ import annotations

import contextlib
import ssl
import weakref
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

import httpx

from ..errors import AstroLabNetError, BadInput, NotContacted, Unreachable
from ..model.server import Server
from ..settings.trusted import Trusted
from . import tls
from .auth import origin
from .fetch import Lanes, http_over
from .ledger import Ledger
from .proxied import PairOf, Proxied, ProxyLogin
from .route import Route, Routes
from .trouble import quoted

GET = "GET"


async def _nobody() -> None:
    """No login at the proxy."""


class Way:
    """The way to one server, and to what else answers for it (Spark UI, History Server). For one asyncio loop.

    Args:
        trusted: certificates seen first, and whether a route was chosen on this computer; None = all of this run.
        routes: shared by the servers of one loop.
        key_password: opens the key of the client certificate.
        proxy_login: user name and password at the proxy; ledger: counts what it refuses.
        context: in place of the one made from ``server.verify``.
    """

    def __init__(
        self,
        server: Server,
        *,
        trusted: Trusted | None = None,
        routes: Routes | None = None,
        key_password: Callable[[], Awaitable[str]] | None = None,
        proxy_login: PairOf = _nobody,
        ledger: Ledger | None = None,
        context: ssl.SSLContext | None = None,
    ) -> None:
        self._server = server
        self._strict, self._trusted = trusted is not None, trusted or Trusted()
        self._routes = routes or Routes()
        self._key_password = key_password
        self._context = context
        self._own: ssl.SSLContext | None = None
        self._route: Route | None = None
        self._proxy = ProxyLogin(server.proxy, server.alias, proxy_login, ledger or Ledger()) if server.proxy else None
        self._proxied: weakref.WeakSet[Proxied] = weakref.WeakSet()

    async def open(self, base: str, reads: int) -> httpx.AsyncClient:
        """Client of an address; the certificate of this user is shown only at the server's own origin.

        Raises:
            NotContacted: nobody here has allowed it.
            BadInput: trust, certificate or route can not be used.
        """
        self._check_contact()
        return http_over(self._lanes(await self._trust(base), reads))

    async def look(self, base: str, deadline_s: float) -> str:
        """sha256 of the certificate that is shown at an address; "" if none can be had.

        Only a handshake, by the same way as everything else: nothing is sent, nothing is believed.

        Raises:
            NotContacted: nobody here has allowed it.
        """
        self._check_contact()
        seen: list[str] = []
        http = http_over(self._lanes(tls.looking_context(seen.append), 1))
        try:
            with contextlib.suppress(httpx.HTTPError, AstroLabNetError, OSError):
                await http.get(base, timeout=deadline_s)
        finally:
            await http.aclose()
        return seen[0] if seen else ""

    def login_again(self) -> None:
        """At the proxy too: a person has changed the password, or insists."""
        if self._proxy is not None:
            self._proxy.again()
            for made in self._proxied:
                made.renew = True

    def forget_first(self) -> None:
        """The certificate seen first is another one now: a person said so."""
        self._trusted.keep_pin(self._server.home, "")

    async def aclose(self) -> None:
        """Leave the route."""
        if self._route is not None:
            route, self._route = self._route, None
            await self._routes.leave(route)

    async def _trust(self, base: str) -> ssl.SSLContext:
        if self._context is not None:
            return self._context
        at_home = origin(base) == origin(self._server.url)
        certificate = self._server.auth.certificate
        if certificate and at_home:
            if self._own is None:
                self._check_bond(certificate, "certificate")
                password = await self._key_password() if self._key_password else ""
                self._own = tls.own_context(self._verify(), certificate, password)
                if self._server.verify == tls.FIRST:
                    self._own.sslobject_class = self._first(base).sslobject_class
            return self._own
        return self._first(base) if self._server.verify == tls.FIRST else tls.context_for(self._server.verify)

    def _verify(self) -> str:
        return "pin:" + "0" * 64 if self._server.verify == tls.FIRST else self._server.verify

    def _first(self, base: str) -> ssl.SSLContext:
        scheme, host, port = origin(base)
        at_home = origin(base) == origin(self._server.url)
        home = self._server.home if at_home else f"{scheme}://{host}:{port} of {self._server.home}"
        return tls.first_context(
            lambda: self._trusted.pin(home), lambda sha256: self._trusted.keep_pin(home, sha256)
        )  # fmt: skip

    def _lanes(self, context: ssl.SSLContext, reads: int) -> httpx.AsyncBaseTransport:
        if self._proxy is not None:
            made = Proxied(self._proxy, context, reads)
            self._proxied.add(made)
            return made
        if not self._server.route:
            return Lanes(context, reads)
        self._check_bond(f"ssh:{self._server.route}", "route")
        if self._route is None:
            self._route = self._routes.take(self._server.route)
        return Routed(self._route, context, reads, self._server.alias)

    def _check_contact(self) -> None:
        """Before a name is looked up, a secret is read or a ticket is asked for."""
        if self._strict and not self._trusted.met(self._server):
            what = f"it came with the workspace, and nothing was sent yet to {self._server.leads_to}."
            remedy = "Trust and connect, if you know who gave it to you."
            raise NotContacted(what, server=self._server.alias, remedy=remedy)

    def _check_bond(self, name: str, field: str) -> None:
        """What came with somebody else's workspace starts no ``ssh`` and shows no certificate of mine."""
        if self._strict and not self._trusted.bound(self._server.home, name):
            what = "this came with the workspace and was not chosen on this computer."
            remedy = "Look at it in the server's settings (Edit…) and save it there."
            raise BadInput(what, field=field, server=self._server.alias, remedy=remedy)


class Routed(httpx.AsyncBaseTransport):
    """Connections through the sockets of a route."""

    def __init__(self, route: Route, context: ssl.SSLContext, reads: int, alias: str) -> None:
        self._route, self._context, self._reads, self._alias = route, context, reads, alias
        self._lanes: dict[str, Lanes] = {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send; a route that was cut is opened again first."""
        parts = urlsplit(str(request.url))
        port = parts.port or (443 if parts.scheme == "https" else 80)
        said = self._route.said
        try:
            path = str(await self._route.socket(parts.hostname or "", port))
        except AstroLabNetError as error:
            error.server = self._alias
            raise
        lanes = self._lanes.get(path)
        if lanes is None:
            lanes = self._lanes[path] = Lanes(self._context, self._reads, uds=path)
        try:
            return await lanes.handle_async_request(request)
        except (httpx.RemoteProtocolError, httpx.ReadError) as exc:
            words = self._route.said
            if request.method == GET and words != said and "open failed" in words:
                what = f"{self._route.host} does not get to {parts.netloc}: {quoted(words.rpartition(': ')[2], 80)}."
                remedy = "Check the address: it is the one that host sees."
                raise Unreachable(what, server=self._alias, remedy=remedy) from exc
            raise

    async def aclose(self) -> None:
        """Close all connections; the route stays for others."""
        for lanes in self._lanes.values():
            await lanes.aclose()
