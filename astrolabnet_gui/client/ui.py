"""Where the Spark UI of a session is: from Livy's word, the log, the settings; never on a host nobody chose."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple
from urllib.parse import SplitResult, urlsplit

from ..errors import NotApplicable
from ..model.livy import Session
from ..model.server import Server
from .auth import origin

_STARTED = re.compile(r"Successfully started service '?SparkUI'? on port (\d{1,5})")
_JETTY = re.compile(r"Start Jetty \S{1,255}:(\d{1,5}) for SparkUI")
_APP = re.compile(r"\b(application_\d{1,20}_\d{1,10}|app-\d{14}-\d{1,10}|local-\d{10,16}|spark-[0-9a-f]{32})\b")
_HISTORY = re.compile(r"^(.*)/history/[^/]+(?:/[^/]+)?(?:/jobs)?$")


class SparkUi(NamedTuple):
    """Root of a Spark UI (``api/v1`` lies below it) and the application's id, "" if not known."""

    root: str
    app_id: str


def find_ui(server: Server, session: Session, log: Iterable[str] = ()) -> SparkUi:
    """Spark UI of a session.

    Tried in this order: what Livy says (``sparkUiUrl``), the port in the log, the port in the session's conf, the
    History Server. An address on another host than Livy's is asked only if the user's rewriting rules lead there:
    the text comes from the server, and a request to any host it names would be a gift.

    Args:
        log: lines of the session's log; the early ones name the port (they roll away after 200 lines).

    Raises:
        NotApplicable: nobody says where it is, or it is on a host that was not allowed.
    """
    lines = (*session.log, *log)
    app_id = session.appId or _last(_APP, (line for line in lines if "app ID" in line)) or ""
    said = session.appInfo.sparkUiUrl
    if said:
        return SparkUi(_allowed(server, said), app_id)
    port = _last(_STARTED, lines) or _last(_JETTY, lines) or (session.conf or {}).get("spark.ui.port", "")
    if port.isdecimal() and 0 < int(port) < 65536:
        host = urlsplit(server.url).hostname or ""
        here = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
        return SparkUi(_rewritten(server, here) or here, app_id)
    if server.history_url and app_id:
        return SparkUi(server.history_url.rstrip("/"), app_id)
    raise NotApplicable(
        "neither Livy nor the session's log says where its Spark UI is.",
        server=server.alias,
        remedy="Open sessions with spark.ui.port set, or give the History Server in the server's settings.",
    )


class LogAddress(NamedTuple):
    """Where a log of an executor is: root of the worker's pages, and path with query below it."""

    root: str
    path: str


def log_address(server: Server, said: str) -> LogAddress:
    """Address of a log as Spark says it, by the same rules as that of a Spark UI.

    A standalone worker gives the bare text beside its page; that is what is asked for.

    Raises:
        NotApplicable: it is on a host that was not allowed.
    """
    parts = _split(server, said, "Spark's address of the executor's log")
    root = _reachable(server, f"{parts.scheme}://{parts.netloc}", parts, "the executor's log")
    path = re.sub(r"/logPage(?=/?$)", "/log", parts.path)
    return LogAddress(root, f"{path}?{parts.query}" if parts.query else path)


def _allowed(server: Server, said: str) -> str:
    parts = _split(server, said, "Livy's address of its Spark UI")
    root = f"{parts.scheme}://{parts.netloc}{parts.path}".rstrip("/")
    history = _HISTORY.match(root)
    root = history[1] if history else root.removesuffix("/jobs")
    return _reachable(server, root, parts, "its Spark UI")


def _split(server: Server, said: str, what: str) -> SplitResult:
    try:
        parts = urlsplit(said)
        _ = parts.port
    except ValueError as exc:
        raise NotApplicable(f"{what} is not readable.", server=server.alias, remedy="Tell its administrator.") from exc
    return parts


def _reachable(server: Server, root: str, parts: SplitResult, what: str) -> str:
    """Root as the rules rewrite it, or as it is if that is the host the user chose."""
    ruled = _rewritten(server, root)
    if ruled is not None:
        return ruled
    if parts.scheme in ("http", "https") and parts.username is None:
        if (parts.hostname or "").lower() == (urlsplit(server.url).hostname or "").lower():
            return root
        if server.history_url and origin(root) == origin(server.history_url):
            return root
    place = f"{parts.hostname}" if parts.hostname else "no host"
    raise NotApplicable(
        f"{what} is on {place[:80]}, another host than Livy's, which is not asked unasked.",
        server=server.alias,
        remedy=f"Allow it in the server's settings: {parts.scheme}://{parts.netloc[:120]} → an address you can reach.",
    )


def _rewritten(server: Server, root: str) -> str | None:
    """Address by the longest rule that fits at a boundary; None if no rule does."""
    for prefix in sorted(server.spark_ui, key=len, reverse=True):
        rest = root.removeprefix(prefix.rstrip("/"))
        if rest != root and (not rest or rest[0] == "/"):
            return server.spark_ui[prefix].rstrip("/") + rest
    return None


def _last(pattern: re.Pattern[str], lines: Iterable[str]) -> str:
    found = ""
    for line in lines:
        match = pattern.search(line[:2000])
        if match:
            found = match[1]
    return found
