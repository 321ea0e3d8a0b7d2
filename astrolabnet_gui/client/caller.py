"""Caller: one server's way out: address, login, patience, and the verdict on every answer."""

from __future__ import annotations

import asyncio
import re
import secrets
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TypeVar
from urllib.parse import quote

import httpx
from pydantic import BaseModel
from pydantic_core import PydanticSerializationError, to_json

from ..errors import BadInput, NotFound, Untrusted
from ..model.server import Server
from . import budgets
from .auth import Login
from .budgets import Budget
from .fetch import Answer, fetch
from .tls import in_pairs
from .trouble import Ask
from .verdict import is_livys_own_no, model_of, nothing_of, refuse

M = TypeVar("M", bound=BaseModel)
_JSON = {"Content-Type": "application/json"}


def step(ident: object) -> str:
    """An id as one step of a path: whatever it holds, it stays one step."""
    text = quote(str(ident), safe="")
    if text in ("", ".", ".."):
        raise BadInput(f"{ident!r} is no id.", field="id")
    return text


class Caller:
    """Sends requests of one server. Paths are joined to its address; ``Location`` headers are never believed.

    Args:
        open_http: makes the httpx client, at the first request: a server with an unusable trust setting can still be
            shown, and a thousand servers cost nothing until they are asked.
        look: sha256 of the certificate shown at an address, within a deadline in seconds.
        base: in place of the server's address.

    Attributes:
        requests: how many were sent so far.
    """

    def __init__(
        self,
        server: Server,
        open_http: Callable[[], Awaitable[httpx.AsyncClient]],
        login: Login,
        *,
        look: Callable[[str, float], Awaitable[str]] | None = None,
        base: str = "",
        speaks: str = "Livy",
    ) -> None:
        self.server = server
        self._open_http = open_http
        self._http: httpx.AsyncClient | None = None
        self._opening = asyncio.Lock()
        self._login, self._look = login, look
        self._base = base or server.url
        self._speaks = speaks
        # The user's patience stretches all budgets; 8 s is what they were written for.
        self._patience = server.timeout_s / 8.0
        self._print: tuple[float, str] = (0.0, "")
        self.requests = 0

    async def aclose(self) -> None:
        """Close all connections; calls under way are cut."""
        if self._http is not None:
            await self._http.aclose()

    async def get(self, path: str, model: type[M], budget: Budget) -> M:
        """Answer of a GET as a model value."""
        ask = self._ask("GET", path, budget)
        return model_of(ask, await self.send(ask), model)

    async def get_all(self, path: str, model: type[M], budget: Budget) -> tuple[M, ...]:
        """Answer of a GET which is a list."""
        ask = self._ask("GET", path, budget)
        return model_of(ask, await self.send(ask), tuple[model, ...])  # type: ignore[valid-type]

    async def text(self, path: str, budget: Budget) -> Answer:
        """Good answer to a GET that is no JSON."""
        return await self.send(self._ask("GET", path, budget, headers={"Accept": "text/plain, text/html, */*"}))

    async def get_changed(self, path: str, model: type[M], last: bytes | None) -> tuple[bytes, M | None]:
        """Bytes of a list, and its value unless they equal ``last``: most polls bring nothing new."""
        ask = self._ask("GET", path, budgets.LIST)
        answer = await self.send(ask)
        return answer.body, None if answer.body == last else model_of(ask, answer, model)

    async def post(self, path: str, body: object, model: type[M], budget: Budget, *, unsafe: bool = True) -> M:
        """Answer of a POST as a model value; Ambiguous if ``unsafe`` and the answer is not whole."""
        ask = self._ask("POST", path, budget, self._json(body), unsafe=unsafe)
        return model_of(ask, await self.send(ask), model)

    async def act(self, path: str, budget: Budget, body: object = None, *, unsafe: bool = False) -> None:
        """POST whose answer says nothing."""
        ask = self._ask("POST", path, budget, self._json(body), unsafe=unsafe)
        nothing_of(ask, await self.send(ask))

    async def delete(self, path: str) -> bool:
        """DELETE; False if there was no such thing any more."""
        ask = self._ask("DELETE", path, budgets.DELETE)
        try:
            nothing_of(ask, await self.send(ask))
        except NotFound:
            return False
        return True

    async def upload(self, path: str, part: str, name: str, data: bytes) -> None:
        """Multipart POST of one file, under a name that is safe on every server."""
        line = f'Content-Disposition: form-data; name="{part}"; filename="{upload_name(name)}"'
        mark = secrets.token_hex(16)
        content = (
            f"--{mark}\r\n{line}\r\nContent-Type: application/octet-stream\r\n\r\n".encode()
            + data
            + f"\r\n--{mark}--\r\n".encode()
        )
        headers = {"Content-Type": f"multipart/form-data; boundary={mark}"}
        ask = self._ask("POST", path, budgets.upload(len(data)), content, headers, unsafe=True)
        nothing_of(ask, await self.send(ask))

    async def probe(self, path: str, body: object) -> tuple[Ask, Answer]:
        """POST that should be refused; its answer of any status."""
        ask = self._ask("POST", path, budgets.POST, self._json(body), unsafe=True)
        http = await self._client()
        async with self._login.turn(ask.url) as headers:
            return ask, await fetch(http, _with(ask, headers, http))

    async def send(self, ask: Ask) -> Answer:
        """Good answer to ``ask``, logged in; asked a second time only if the login was renewed meanwhile."""
        try:
            http = await self._client()
            async with self._login.turn(ask.url) as headers:
                self.requests += 1
                answer = await fetch(http, _with(ask, headers, http))
                again = await self._judge_login(answer, headers)
            if again:
                async with self._login.turn(ask.url) as headers:
                    self.requests += 1
                    answer = await fetch(http, _with(ask, headers, http))
                    await self._judge_login(answer, headers)
        except Untrusted as exc:
            raise await self._with_fingerprint(exc) from exc
        refuse(ask, answer)
        return answer

    async def _client(self) -> httpx.AsyncClient:
        async with self._opening:
            if self._http is None:
                try:
                    self._http = await self._open_http()
                except BadInput as exc:
                    exc.server = exc.server or self.server.alias
                    raise
        return self._http

    async def _judge_login(self, answer: Answer, headers: dict[str, str]) -> bool:
        if answer.status == 401 or (answer.status == 403 and not is_livys_own_no(answer)):
            return await self._login.refused(headers)
        if answer.status < 300 or 400 <= answer.status < 500:
            self._login.accepted(headers, answer.headers if answer.status < 300 else None)
        return False

    def _ask(
        self,
        method: str,
        path: str,
        budget: Budget,
        content: bytes | None = None,
        headers: dict[str, str] | None = None,
        *,
        unsafe: bool = False,
    ) -> Ask:
        return Ask(
            method=method,
            url=self._base + path,
            budget=budget.scaled(self._patience),
            server=self.server.alias,
            headers=(_JSON if content is not None else {}) if headers is None else headers,
            content=content,
            unsafe=unsafe,
            speaks=self._speaks,
        )

    def _json(self, body: object) -> bytes:
        try:
            return b"{}" if body is None else to_json(body)
        except (PydanticSerializationError, UnicodeError) as exc:
            what = "the text holds half of a surrogate pair, which can not be sent."
            raise BadInput(what, field="code", server=self.server.alias) from exc

    async def _with_fingerprint(self, error: Untrusted) -> Untrusted:
        """The same error with the fingerprint of what is shown there; looked up once a minute at most."""
        at, shown = self._print
        if error.shown:
            shown = error.shown
        elif self._look is not None and (time.monotonic() - at > 60 or not shown):
            shown = await self._look(self._base, min(5.0, self._patience * 5))
            self._print = time.monotonic(), shown
        what = f"{error.what} Its sha256 is {in_pairs(shown)}." if shown else error.what
        return Untrusted(what, server=error.server, remedy=error.remedy, shown=shown, changed=error.changed)


def upload_name(name: str) -> str:
    """Base name of letters, digits, ``._-``: what the server stores the file under."""
    base = re.split(r"[\\/]", name)[-1]
    clean = re.sub(r"[^A-Za-z0-9._-]", "_", base).lstrip(".")
    return clean[-128:] or "file"


def _with(ask: Ask, headers: dict[str, str], http: httpx.AsyncClient) -> Ask:
    """Logged in; what a gateway set since counts for more than the cookie a person gave."""
    if not headers:
        return ask
    if "Cookie" in headers and len(http.cookies.jar):
        pairs = (part.strip().partition("=")[::2] for part in headers["Cookie"].split(";"))
        all_ = dict(pairs) | {c.name: c.value or "" for c in http.cookies.jar}
        headers = {**headers, "Cookie": "; ".join(f"{name}={value}" for name, value in all_.items())}
    return replace(ask, headers={**ask.headers, **headers})
