"""Kerberos: tokens of SPNEGO for one server, made from the ticket of this user (extra ``kerberos``)."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

import httpx

from ..errors import LoginNeeded, Missing, Untrusted
from ..model.server import Server

# Its lines at DEBUG hold whole tokens, and its errors come to us as exceptions anyway.
logging.getLogger("httpx_gssapi.gssapi_").setLevel(logging.CRITICAL)

#: Runs a call that may block (the KDC is asked over the network) beside the loop.
Beside = Callable[[Callable[[], Any]], Awaitable[Any]]


async def inline(call: Callable[[], Any]) -> Any:
    """For programs of one server that have nothing beside their loop."""
    await asyncio.sleep(0)
    return call()


def ticket_stamp() -> tuple[object, ...]:
    """What changes when the user gets another ticket: whose it is, and when it ends. () without one.

    Not the time of the file: each service that is asked adds its own ticket there.
    """
    try:
        import gssapi
        from gssapi.raw.misc import GSSError
    except (ImportError, OSError):
        return ()
    try:
        for _ in range(3):
            second = int(time.time())
            ticket = gssapi.Credentials(usage="initiate")
            whose, left = str(ticket.name), int(ticket.lifetime or 0)
            if int(time.time()) == second:
                return whose, second + left
    except GSSError:
        return ()
    return ()


class Negotiation:
    """One exchange of tokens with the service ``HTTP@host`` of the server's own address, and with no other.

    The ticket is never delegated, and the server must prove who it is too.
    """

    def __init__(self, server: Server, beside: Beside) -> None:
        self._server = server
        self._host = urlsplit(server.url).hostname or ""
        self._beside = beside
        self._auth: Any = None
        self._context: Any = None

    async def header(self) -> dict[str, str]:
        """The header of a request.

        Raises:
            Missing: the extra is not installed.
            LoginNeeded: there is no valid ticket, or the KDC does not know the server.
        """
        return {"Authorization": str(await self._beside(self._begin))}

    def _begin(self) -> str:
        try:
            import httpx_gssapi
            import httpx_gssapi.exceptions
        except ImportError as exc:
            what = "Kerberos needs a package that is not installed here."
            remedy = "Run: pip install 'astrolabnet-gui[kerberos]' (it needs libkrb5-dev)."
            raise Missing(what, server=self._server.alias, remedy=remedy) from exc
        self._auth = httpx_gssapi.HTTPSPNEGOAuth(mutual_authentication=httpx_gssapi.REQUIRED, delegate=False)
        request = httpx.Request("GET", self._server.url)
        try:
            self._context = self._auth.set_auth_header(request)
        except httpx_gssapi.exceptions.SPNEGOExchangeError as exc:
            raise self._no(str(exc)) from exc
        return request.headers["Authorization"]

    def _no(self, said: str) -> LoginNeeded:
        low = said.lower()
        remedy = "Run kinit in a terminal, then Test connection."
        if "expired" in low:
            what = "the Kerberos ticket has expired."
        elif "not found in kerberos database" in low or "server not found" in low:
            what, remedy = f"Kerberos does not know the service HTTP/{self._host}.", "Check the name in the address."
        elif "no credentials" in low or "no kerberos credentials" in low or "cache" in low:
            what = "there is no Kerberos ticket."
        else:
            what = f"Kerberos says: {' '.join(said.split())[:200]}."
        return LoginNeeded(what, status=401, server=self._server.alias, remedy=remedy)

    def prove(self, headers: httpx.Headers) -> None:
        """Check the server's own token.

        Raises:
            Untrusted: it has none, or not the right one.
        """
        answer = httpx.Response(200, headers=headers)
        proof = headers.get("www-authenticate", "")
        if not proof.lower().startswith("negotiate ") or not self._auth.authenticate_server(answer, self._context):
            what = "it could not prove by Kerberos that it is the server it says."
            raise Untrusted(what, server=self._server.alias, remedy="Tell its administrator; nothing of it was used.")
