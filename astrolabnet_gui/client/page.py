"""Page: one file of the web, asked for once, without any login."""

from __future__ import annotations

from ..errors import Refused
from . import budgets, tls
from .fetch import fetch, make_http
from .trouble import Ask, shown


async def page_at(url: str) -> bytes:
    """Bytes at an address, at most 1 MB.

    Raises:
        Refused: the answer is not 200; an address elsewhere is named, never followed.
        Unreachable, Untrusted, BadInput, TooLarge: see errors.py.
    """
    http = make_http(tls.context_for("system"), reads=1)
    try:
        answer = await fetch(http, Ask("GET", url, budgets.ONE, server="", speaks="a web server"))
    finally:
        await http.aclose()
    if answer.status == 200:
        return answer.body
    elsewhere = shown(str(answer.headers.get("location", ""))[:200])
    remedy = f"It sends elsewhere: {elsewhere}" if elsewhere else "Check the address in a browser."
    raise Refused(f"{shown(url)} answers with status {answer.status}.", status=answer.status, remedy=remedy)
