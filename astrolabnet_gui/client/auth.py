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

from ..errors import BadInput, LoginNeeded, NotApplicable
from ..model.server import Auth, AuthKind, Server
from .secrets import resolve

Secret = str | None
#: Finds a secret by its name. A keyring may ask a person first: then hand in an async one that does not block the loop.
Lookup = Callable[[str], Secret | Awaitable[Secret]]

_NOT_OURS = frozenset({"host", "content-length", "transfer-encoding", "connection", "accept-encoding", "cookie"})


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
    """

    def __init__(self, server: Server, lookup: Lookup) -> None:
        self._server = server
        self._auth: Auth = server.auth
        self._lookup = lookup
        self._home = origin(server.url)
        self._headers: dict[str, str] | None = None
        self._stamps: tuple[object, ...] = ()
        self._refused: bytes | None = None
        self._accepted: bytes | None = None
        self._first = asyncio.Lock()

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
        if headers is None or _version(headers) != self._accepted:
            async with self._first:
                headers = await self._current()
                if _version(headers) == self._refused:
                    raise self._no("this login was refused and has not changed since")
                if _version(headers) != self._accepted:
                    yield headers
                    return
        yield headers

    def accepted(self, headers: dict[str, str]) -> None:
        """The server took a request with these headers."""
        if headers:
            self._accepted, self._refused = _version(headers), None

    async def refused(self, headers: dict[str, str]) -> bool:
        """The server did not take them; True if the secret has changed meanwhile, so one more try is right."""
        if not headers:
            return False
        self._refused, self._accepted = _version(headers), None
        self._headers = None
        return _version(await self._current()) != self._refused

    def forget(self) -> None:
        """Ask for the secret anew and try it, even if it is the refused one: a person said so."""
        self._headers = self._refused = self._accepted = None

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
        return tuple(_stamp(name) for name in (self._auth.secret, *self._auth.headers.values()))

    async def _make(self) -> dict[str, str]:
        if self._home[0] == "http" and not is_loopback(self._server.url):
            what = "a secret would travel unencrypted over http://."
            remedy = "Use https://, or an SSH tunnel to 127.0.0.1."
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
            case _:
                what = f"this version can not log in by {self._auth.kind}."
                raise NotApplicable(what, server=self._server.alias, remedy="Choose another login.")

    async def _secret(self, name: str) -> str:
        value = resolve(name, self._lookup)
        if inspect.isawaitable(value):
            value = await value
        if not value:
            raise self._no(f"the secret {name!r} is not there" if name else "no secret is named")
        return value

    def _checked(self, value: str) -> str:
        if not (value.isascii() and value.isprintable()):
            what = "the secret holds characters that can not be sent in a header."
            raise BadInput(what, field="secret", server=self._server.alias, remedy="Look for a stray line end in it.")
        return value

    def _no(self, what: str) -> LoginNeeded:
        remedy = "Give it anew in the server's settings."
        return LoginNeeded(f"{what}.", status=401, server=self._server.alias, remedy=remedy)


def _version(headers: dict[str, str]) -> bytes:
    return blake2b(repr(sorted(headers.items())).encode(), digest_size=16).digest()


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
