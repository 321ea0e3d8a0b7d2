"""Gate: what both of our servers, island and web service, ask of a request before it is heard.

Either runs code as its user, so a web page in that user's browser must not reach it by a rebound name, from a foreign
page, or without the secret that lies in a private file.
"""

from __future__ import annotations

import hmac
from urllib.parse import urlsplit

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


def host_name(host: str) -> str:
    """The name in a Host header, without port and brackets; "" if there is none to be read."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def is_foreign(origin: str | None, host: str) -> bool:
    """Whether an Origin header names another page's server; a program sends none."""
    if origin is None:
        return False
    try:
        return urlsplit(origin).netloc != host
    except ValueError:
        return True


def shows(authorization: str, token: str) -> bool:
    """Whether an Authorization header bears the token; takes as long for a near miss as for a far one."""
    return hmac.compare_digest(authorization.encode(), f"Bearer {token}".encode())
