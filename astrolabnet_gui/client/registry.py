"""Registry: schemas of a Confluent schema registry, by their numbers."""

from __future__ import annotations

import base64

import httpx
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ..errors import BadInput, LoginNeeded, Malformed, NotFound, Refused
from .auth import is_loopback
from .budgets import ONE
from .fetch import fetch, make_http
from .tls import context_for
from .trouble import Ask


class _Schema(BaseModel):
    model_config = ConfigDict(extra="ignore")
    text: str = Field(alias="schema")
    kind: str = Field(default="AVRO", alias="schemaType")
    references: list[object] = []


class Registry:
    """One registry; ``async with Registry(…) as registry``.

    Args:
        url: its address; user, password: "" = none.
        name: of the source, for the words of errors.
    """

    def __init__(self, url: str, *, user: str = "", password: str = "", ca: str = "", name: str = "") -> None:
        if not url.startswith(("http://", "https://")):
            raise BadInput("the registry's address must begin with https:// or http://.", field="registry", server=name)
        if user and url.startswith("http://") and not is_loopback(url):
            what = "a password would travel unencrypted over http://."
            raise BadInput(what, field="registry", server=name, remedy="Use https://.")
        self._url, self._name = url.rstrip("/"), name
        pair = base64.b64encode(f"{user}:{password}".encode()).decode()
        self._headers = {"Accept": "application/vnd.schemaregistry.v1+json, application/json"}
        self._headers |= {"Authorization": f"Basic {pair}"} if user else {}
        self._http: httpx.AsyncClient = make_http(context_for(ca or "system"))
        self._known: dict[int, str] = {}

    async def __aenter__(self) -> Registry:
        return self

    async def __aexit__(self, *_exc: object) -> None:
        await self._http.aclose()

    async def schema(self, number: int) -> str:
        """Avro schema of that number, as JSON.

        Raises:
            NotFound: it has none of that number. LoginNeeded, Refused, Unreachable: it does not tell.
            Malformed: no Avro, or a schema in several pieces.
        """
        if number not in self._known:
            self._known[number] = await self._ask(number)
        return self._known[number]

    async def _ask(self, number: int) -> str:
        url = f"{self._url}/schemas/ids/{number}"
        ask = Ask("GET", url, ONE, self._name, headers=self._headers, speaks="a schema registry's language")
        answer = await fetch(self._http, ask)
        if answer.status in (401, 403):
            raise LoginNeeded("the schema registry refused the login.", status=answer.status, server=self._name)
        if answer.status == 404:
            raise NotFound(f"the schema registry has no schema {number}.", status=404, server=self._name)
        if answer.status != 200:
            raise Refused(f"the schema registry said {answer.status}.", status=answer.status, server=self._name)
        try:
            told = _Schema.model_validate_json(answer.body)
        except ValidationError as exc:
            raise Malformed("this is no schema registry.", url=url, server=self._name) from exc
        if told.kind != "AVRO" or told.references:
            raise Malformed(f"schema {number} is no Avro schema in one piece.", url=url, server=self._name)
        return told.text
