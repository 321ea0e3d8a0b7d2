"""Files at an address: whether they are there, how large, and their beginning."""

from __future__ import annotations

from typing import NamedTuple

from ..errors import BadInput, LoginNeeded, NotFound, Refused
from .budgets import ONE
from .fetch import fetch, make_http
from .tls import context_for
from .trouble import Ask


class Found(NamedTuple):
    """What is at an address; ``size_bytes`` None = the server does not say."""

    size_bytes: int | None
    content_type: str


async def look(url: str, *, ca: str = "", name: str = "") -> Found:
    """Ask for the head of a file.

    Raises:
        NotFound, LoginNeeded, Refused, Unreachable, Untrusted: it can not be had. BadInput: no address.
    """
    if not url.startswith(("http://", "https://")):
        raise BadInput("the address must begin with https:// or http://.", field="place", server=name)
    http = make_http(context_for(ca or "system"))
    try:
        answer = await fetch(http, Ask("HEAD", url, ONE, name, speaks="HTTP"))
    finally:
        await http.aclose()
    if answer.status in (401, 403):
        raise LoginNeeded("the file wants a login.", status=answer.status, server=name)
    if answer.status == 404:
        raise NotFound(f"there is no {url}.", status=404, server=name)
    if answer.status >= 300:
        raise Refused(f"{url}: the server said {answer.status}.", status=answer.status, server=name)
    size = str(answer.headers.get("content-length", ""))
    return Found(int(size) if size.isdigit() else None, answer.content_type)
