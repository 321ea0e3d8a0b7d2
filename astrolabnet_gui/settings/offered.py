"""Offered: servers that a plain JSON list names; a list only offers, nothing in it is asked or kept by itself."""

from __future__ import annotations

import json
from typing import Any

from pydantic import ValidationError

from ..errors import BadInput
from ..model.server import AuthKind, Server
from ..model.thing import Value

MOST = 1000
_NOTE = 400
SHAPE = '[{"alias": "lal", "url": "https://livy.example.org:8998"}]'


class Offer(Value):
    """A server somebody names.

    Attributes:
        login: how one logs in there; the list holds no secrets, and what else stands in it is not read.
        note: words of whoever made the list.
    """

    alias: str
    url: str
    login: AuthKind = AuthKind.NONE
    note: str = ""


def offers_of(data: bytes) -> tuple[Offer, ...]:
    """Servers of a list, ``[{"alias", "url", "login"?, "note"?}]`` or ``{"servers": [...]}``; each address once.

    Raises:
        BadInput: it is no such list; the words say which entry is wrong, and how.
    """
    try:
        document = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as exc:
        raise _bad("it is no JSON") from exc
    entries = document.get("servers") if isinstance(document, dict) else document
    if not isinstance(entries, list):
        raise _bad("it holds no list of servers")
    if len(entries) > MOST:
        raise _bad(f"it names {len(entries)} servers, more than {MOST}")
    found: dict[str, Offer] = {}
    for number, entry in enumerate(entries, 1):
        offer = _offer(number, entry)
        found.setdefault(offer.url, offer)
    return tuple(found.values())


def _offer(number: int, entry: Any) -> Offer:
    if not isinstance(entry, dict):
        raise _bad(f"its entry {number} is no object")
    try:
        offer = Offer.model_validate(entry)
        # The rules for names and addresses are those of the workspace's own servers.
        server = Server(uuid="offered", alias=offer.alias, url=offer.url)
    except ValidationError as exc:
        first = exc.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise _bad(f"its entry {number} has no good {where}: {first['msg'].removeprefix('Value error, ')}") from exc
    return offer.model_copy(update={"url": server.url, "note": offer.note[:_NOTE]})


def _bad(what: str) -> BadInput:
    return BadInput(f"this can not be used as a list of servers: {what}.", field="source", remedy=f"As in {SHAPE}.")
