"""Login: the headers that say who asks, for one origin only, and never twice with a refused secret."""

from __future__ import annotations

import asyncio
import base64
import inspect
import ipaddress
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from hashlib import blake2b
from urllib.parse import urlsplit

import httpx

from ..errors import BadInput, LoginNeeded, Missing
from ..model.server import Auth, AuthKind, Server
from .brought import NOT_OURS, Brought
from .kerberos import Beside, Negotiation, inline, ticket_stamp
from .ledger import Ledger
from .redact import learn
from .secrets import resolve

Secret = str | None
#: Finds a secret by its name. A keyring may ask a person first: then hand in an async one that does not block the loop.
Lookup = Callable[[str], Secret | Awaitable[Secret]]
#: Whether a person of this computer gave this name of a secret for this server's address.
Allows = Callable[[str], bool]

_NOT_OURS = NOT_OURS | {"cookie"}


def origin(url: str) -> tuple[str, str, int]:
    """Scheme, host and port of an address: what credentials are bound to."""
    parts = urlsplit(url)
    return parts.scheme, (parts.hostname or "").lower(), parts.port or (443 if parts.scheme == "https" else 80)


def is_loopback(url: str) -> bool:
    """Whether an address stays on this computer."""
    host = (urlsplit(url).hostname or "").lower()
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class Login:
    """How one client logs in.

    A secret that was refused is not tried again until it changes: accounts get locked by clients that insist. Until
    a secret has been accepted once, only one request carries it at a time, so that a wrong one is tried once.

    Args:
        allows: ``env:`` and ``file:`` names are used only where it says yes; a keyring knows the address itself.
        ledger: of all servers of this loop, for one account that is known to many.
        beside: runs what may block (Kerberos) beside the loop.
    """

    def __init__(
        self,
        server: Server,
        lookup: Lookup,
        *,
        allows: Allows = lambda _: True,
        ledger: Ledger | None = None,
        beside: Beside = inline,
    ) -> None:
        self._server = server
        self._auth: Auth = server.auth
        self._lookup = lookup
        self._home = origin(server.url)
        self._headers: dict[str, str] | None = None
        self._stamps: tuple[object, ...] = ()
        self._refused: bytes | None = None
        self._accepted: bytes | None = None
        self._first = asyncio.Lock()
        self._allows, self._ledger, self._beside = allows, ledger or Ledger(), beside
        self._insists = False
        # A login that a plug-in brings, and how often it was made anew.
        self._brought = None if isinstance(server.auth.kind, AuthKind) else Brought(server, beside)
        self._round = 0
        # SPNEGO: the exchanges under way by their header, and the cookie that spares the next ones.
        self._open: dict[str, Negotiation] = {}
        self._pass = ""

    @asynccontextmanager
    async def turn(self, url: str) -> AsyncIterator[dict[str, str]]:
        """Headers for one request to ``url``: {} for another origin than the server's.

        Raises:
            LoginNeeded: the secret was refused before and has not changed, or there is none.
            BadInput: the secret can not be sent (as a header, or over http://).
        """
        if self._auth.kind is AuthKind.NONE or origin(url) != self._home:
            yield {}
            return
        headers = self._cached()
        if headers is None or self._version(headers) != self._accepted:
            async with self._first:
                headers = await self._current()
                version = self._version(headers)
                if version == self._refused:
                    raise self._no("this login was refused and has not changed since")
                if version != self._accepted:
                    async with self._place(version), self._negotiated(headers) as ready:
                        yield ready
                    return
        async with self._negotiated(headers) as ready:
            yield ready

    @asynccontextmanager
    async def _place(self, version: bytes) -> AsyncIterator[None]:
        """One try of a credential nobody has taken yet."""
        if self._insists:
            self._insists = False
            self._ledger.forget(version)
        async with self._ledger.trying(version) as free:
            if not free:
                raise self._no(
                    "this login was refused by other servers and is not tried here, so that it gets not locked"
                )
            yield

    @asynccontextmanager
    async def _negotiated(self, headers: dict[str, str]) -> AsyncIterator[dict[str, str]]:
        """The headers as they are sent; of SPNEGO those of a new exchange, unless a cookie spares it."""
        if self._auth.kind is not AuthKind.SPNEGO:
            yield headers
            return
        if self._pass:
            yield {"Cookie": self._pass}
            return
        exchange = Negotiation(self._server, self._beside)
        ready = await exchange.header()
        self._open[ready["Authorization"]] = exchange
        try:
            yield ready
        finally:
            self._open.pop(ready["Authorization"], None)

    def accepted(self, headers: dict[str, str], answer: httpx.Headers | None = None) -> None:
        """The server took a request with these headers.

        Raises:
            Untrusted: it did not prove who it is, where that was agreed.
        """
        if not headers:
            return
        exchange = self._open.get(headers.get("Authorization", ""))
        if exchange is not None and answer is not None:
            exchange.prove(answer)
            self._pass = _pass_of(answer)
        self._accepted, self._refused = self._version(headers), None
        self._ledger.accepted(self._accepted)

    async def refused(self, headers: dict[str, str]) -> bool:
        """The server did not take them; True if one more try is right: the secret has changed meanwhile, or only the
        cookie of an earlier exchange has run out."""
        if not headers:
            return False
        if self._pass and headers.get("Cookie") == self._pass:
            self._pass = ""
            return True
        self._refused = self._version(headers)
        if self._brought is not None and self._accepted == self._refused:
            self._round += 1  # what it made was taken, and has run out: one more is right
        self._accepted = None
        self._ledger.refused(self._refused)
        self._headers, self._pass = None, ""
        return self._version(await self._current()) != self._refused

    def forget(self) -> None:
        """Ask for the secret anew and try it, even if it is the refused one: a person said so."""
        self._headers = self._refused = self._accepted = None
        self._pass, self._insists = "", True
        if self._brought is not None:
            self._brought.forget()

    async def key_password(self) -> str:
        """What opens the key of the client certificate; "" if it is not locked."""
        return await self._secret(self._auth.key_secret) if self._auth.key_secret else ""

    async def proxy_login(self) -> tuple[str, str] | None:
        """User name and password at the proxy; None if it asks for none."""
        auth = self._auth
        return (auth.proxy_user, await self._secret(auth.proxy_secret)) if auth.proxy_user else None

    def _version(self, headers: dict[str, str]) -> bytes:
        """Digest of the credential: of the ticket, where the headers are new each time."""
        told: object = self._stamps if self._auth.kind is AuthKind.SPNEGO else sorted(headers.items())
        if self._brought is not None:  # it may be another one each time: what counts is what it is made of
            told = (self._auth.kind, self._brought.given, self._round)
        return blake2b(repr(told).encode(), digest_size=16).digest()

    def _cached(self) -> dict[str, str] | None:
        """The headers, unless they must be made anew: the file or variable a secret comes from has changed."""
        return self._headers if self._stamps == self._sources() else None

    async def _current(self) -> dict[str, str]:
        headers = self._cached()
        if headers is None:
            stamps = self._sources()
            headers = self._headers = await self._make()
            self._stamps = stamps
        return headers

    def _sources(self) -> tuple[object, ...]:
        if self._auth.kind is AuthKind.SPNEGO:
            return ticket_stamp()
        return tuple(_stamp(name) for name in (self._auth.secret, *self._auth.headers.values()))

    async def _make(self) -> dict[str, str]:
        if self._home[0] == "http" and not (is_loopback(self._server.url) or self._server.route):
            what = "a secret would travel unencrypted over http://."
            remedy = "Use https://, or an SSH route."
            raise BadInput(what, field="url", server=self._server.alias, remedy=remedy)
        match self._auth.kind:
            case AuthKind.BASIC:
                if ":" in self._auth.user or not self._auth.user:
                    raise BadInput("a user name is needed, without a colon.", field="user", server=self._server.alias)
                pair = f"{self._auth.user}:{await self._secret(self._auth.secret)}".encode()
                return {"Authorization": f"Basic {base64.b64encode(pair).decode()}"}
            case AuthKind.BEARER:
                return {"Authorization": self._checked(f"Bearer {await self._secret(self._auth.secret)}")}
            case AuthKind.HEADERS:
                for name in self._auth.headers:
                    if name.lower() in _NOT_OURS:
                        raise BadInput(f"the header {name} can not be set.", field="headers", server=self._server.alias)
                return {name: self._checked(await self._secret(ref)) for name, ref in self._auth.headers.items()}
            case AuthKind.COOKIE:
                cookie = self._checked(await self._secret(self._auth.secret))
                if "=" not in cookie:
                    what = "a cookie reads name=value."
                    raise BadInput(what, field="secret", server=self._server.alias, remedy="Copy it from the browser.")
                return {"Cookie": cookie}
            case AuthKind.SPNEGO:
                return {"Authorization": "Negotiate"}
            case _:
                assert self._brought is not None
                return await self._brought.headers(await self._secret(self._auth.secret) if self._auth.secret else "")

    async def _secret(self, name: str) -> str:
        if name.startswith(("env:", "file:")) and not self._allows(name):
            raise self._no(f"{name} was given for another address than this one")
        if not name:
            raise self._no("no password or token is given yet")
        try:
            value = resolve(name, self._lookup)
            if inspect.isawaitable(value):
                value = await value
        except Missing as lost:
            raise self._no(lost.what.rstrip("."), lost.remedy) from lost
        learn(value or "")
        if not value:
            if name.startswith(f"{self._server.uuid}/"):
                raise self._no(f"no password or token is kept here for {self._server.home_of(name)}")
            raise self._no(f"the secret {name!r} is not there")
        return value

    def _checked(self, value: str) -> str:
        if not (value.isascii() and value.isprintable()):
            what = "the secret holds characters that can not be sent in a header."
            raise BadInput(what, field="secret", server=self._server.alias, remedy="Look for a stray line end in it.")
        return value

    def _no(self, what: str, remedy: str = "") -> LoginNeeded:
        remedy = f"Give it in the server's settings (Edit…). {remedy}".rstrip()
        return LoginNeeded(f"{what}.", status=401, server=self._server.alias, remedy=remedy)


def _pass_of(answer: httpx.Headers) -> str:
    """The cookie by which Hadoop's filter knows us again, as it is sent back; "" if it gave none."""
    for line in answer.get_list("set-cookie"):
        pair = line.partition(";")[0].strip()
        name, _, value = pair.partition("=")
        if name == "hadoop.auth" and value.strip('"'):
            return pair
    return ""


def _stamp(name: str) -> object:
    """What changes when the secret's source does: file time and size, the variable's value."""
    kind, _, rest = name.partition(":")
    if kind == "file":
        try:
            about = os.stat(rest)
        except OSError:
            return None
        return about.st_mtime_ns, about.st_size, about.st_ino
    return os.environ.get(rest) if kind == "env" else name
