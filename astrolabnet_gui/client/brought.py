"""Brought: a way to log in that a plug-in brings; whatever its code does, only this login fails."""

from __future__ import annotations

import re

from ..errors import LoginNeeded
from ..model.inert import plain
from ..model.server import Server
from ..plugins.loaded import ANY, said
from ..plugins.logins import LOGINS
from .kerberos import Beside
from .redact import redacted

_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")


async def brought(server: Server, secret: str, beside: Beside) -> dict[str, str]:
    """The headers that the login of a plug-in makes for a server.

    Raises:
        LoginNeeded: the plug-in takes no part, fails, or gives what are no headers; it is named.
    """
    name, user, url = str(server.auth.kind), server.auth.user, server.url
    login, plugin = LOGINS.get(name), name.partition("/")[0]
    if login is None:
        raise LoginNeeded(
            f"the login {name} comes from the plug-in {plugin}, which takes no part here.", status=401,
            server=server.alias, remedy=f"Install and trust it: astrolabnet plugins trust --name {plugin}.",
        )  # fmt: skip
    try:
        made: dict[str, str] = await beside(lambda: dict(login.headers(user, secret, url)))
        if not made:
            raise ValueError("it gave no headers")
        if not all(isinstance(word, str) for pair in made.items() for word in pair):
            raise TypeError("it gave headers that are no texts")
        if not all(_HEADER.fullmatch(header) for header in made):
            raise ValueError("it gave a header without a usable name")
    except (*ANY, TimeoutError) as exc:
        raise LoginNeeded(
            f"the plug-in {plugin} fails at its login: {plain(redacted(said(exc)))}.", status=401, server=server.alias,
            remedy="Look at what you gave in the server's settings, or tell its author.",
        ) from exc  # fmt: skip
    return made
