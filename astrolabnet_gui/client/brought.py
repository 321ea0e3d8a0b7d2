"""Brought: a way to log in that a plug-in brings; whatever its code does, only this login fails."""

from __future__ import annotations

import re
from hashlib import blake2b

from ..errors import LoginNeeded
from ..model.inert import plain
from ..model.server import Server
from ..plugins.contract import Login
from ..plugins.loaded import ANY, said
from ..plugins.logins import LOGINS
from .kerberos import Beside
from .redact import learn, redacted

NOT_OURS = frozenset({"host", "content-length", "transfer-encoding", "connection", "accept-encoding"})
_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")


class Brought:
    """The headers that the login of a plug-in makes for one server.

    After a failure it is not asked again for the same user and secret, until it is another plug-in or ``forget`` was
    called: code of others may be slow, and may lock an account by itself.

    Attributes:
        given: digest of user and secret it was last asked with.
    """

    def __init__(self, server: Server, beside: Beside) -> None:
        self._server, self._beside = server, beside
        self._name, self._user = str(server.auth.kind), server.auth.user
        self._plugin = self._name.partition("/")[0]
        self.given = b""
        self._failed: tuple[bytes, Login, str] | None = None

    def forget(self) -> None:
        """Ask it anew even if it failed: a person said so."""
        self._failed = None

    async def headers(self, secret: str) -> dict[str, str]:
        """What each request carries.

        Raises:
            LoginNeeded: the plug-in takes no part, fails or has failed so, or gives what are no headers; it is named.
        """
        login = LOGINS.get(self._name)
        if login is None:
            raise LoginNeeded(
                f"the login {self._name} comes from the plug-in {self._plugin}, which takes no part here.", status=401,
                server=self._server.alias,
                remedy=f"Install and trust it: astrolabnet plugins trust --name {self._plugin}.",
            )  # fmt: skip
        self.given = blake2b(f"{self._user}\0{secret}".encode(), digest_size=16).digest()
        if self._failed is None or self._failed[:2] != (self.given, login):
            try:
                return await self._asked(login, secret)
            except (*ANY, TimeoutError) as exc:
                self._failed = (self.given, login, plain(redacted(said(exc))))
        raise LoginNeeded(
            f"the plug-in {self._plugin} fails at its login: {self._failed[2]}.", status=401, server=self._server.alias,
            remedy="Look at what you gave in the server's settings and refresh it, or tell its author.",
        )  # fmt: skip

    async def _asked(self, login: Login, secret: str) -> dict[str, str]:
        url = self._server.url
        made: dict[str, str] = await self._beside(lambda: dict(login.headers(self._user, secret, url)))
        if not made:
            raise ValueError("it gave no headers")
        if not all(isinstance(word, str) for pair in made.items() for word in pair):
            raise TypeError("it gave headers that are no texts")
        for name, value in made.items():
            learn(value)
            if not _HEADER.fullmatch(name):
                raise ValueError("it gave a header without a usable name")
            if name.lower() in NOT_OURS:
                raise ValueError(f"the header {name} can not be set")
            if not (value.isascii() and value.isprintable()):
                raise ValueError(f"what it gave for {name} can not be sent in a header")
        return made
