"""Keys: who may come in, and what for: two tokens in a private file, one-time links, cookies."""

from __future__ import annotations

import json
import secrets
from pathlib import Path
from typing import Literal

from ..gate import shows
from ..settings.files import write_whole

Scope = Literal["read", "run"]


class Keys:
    """The secrets of one run of the web service; new at each start, 256 bits each.

    ``read`` sees things, journal and events; ``run`` may also carry out commands.
    """

    def __init__(self) -> None:
        self.tokens: dict[Scope, str] = {"read": secrets.token_hex(32), "run": secrets.token_hex(32)}
        self._tickets: dict[str, Scope] = {}
        self._cookies: dict[str, Scope] = {}

    def save(self, file: Path, url: str) -> None:
        """Leave the tokens in a file that only this user reads.

        Raises:
            Missing: it can not be written.
        """
        write_whole(file, json.dumps({"url": url, **self.tokens}).encode())

    def ticket(self, scope: Scope) -> str:
        """What a link carries behind its #; it opens once."""
        made = secrets.token_urlsafe(32)
        self._tickets[made] = scope
        return made

    def enter(self, ticket: str) -> tuple[str, Scope] | None:
        """A cookie for a ticket that was not used yet, and what it is good for."""
        scope = self._tickets.pop(ticket, None)
        if scope is None:
            return None
        cookie = secrets.token_urlsafe(32)
        self._cookies[cookie] = scope
        return cookie, scope

    def scope(self, authorization: str, cookie: str) -> Scope | None:
        """What a request may do; None = it may not come in."""
        for scope in ("run", "read"):
            if shows(authorization, self.tokens[scope]):
                return scope
        return self._cookies.get(cookie) if not authorization else None
