"""Trouble: from what httpx and HTTP say to our errors, in words a person can use."""

from __future__ import annotations

import errno
import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import httpx

from ..errors import Ambiguous, AstroLabNetError, BadInput, Malformed, NotLivy, Unreachable, Untrusted
from .budgets import Budget
from .tls import WrongCertificate


@dataclass(frozen=True, slots=True)
class Ask:
    """One request, ready to go.

    Attributes:
        server: alias, for the words.
        unsafe: carried out twice it would do harm; a lost reply is Ambiguous.
        speaks: protocol expected at the other end, "Livy" or "Spark".
    """

    method: str
    url: str
    budget: Budget
    server: str
    headers: dict[str, str] = field(default_factory=dict)
    content: bytes | None = None
    unsafe: bool = False
    speaks: str = "Livy"

    @property
    def place(self) -> str:
        """Host and port, as a person writes them."""
        parts = urlsplit(self.url)
        return f"{parts.hostname}:{parts.port or (443 if parts.scheme == 'https' else 80)}"


_REMEDY_WAY = "Check the address, the VPN and the firewall; an SSH tunnel may be needed."
_REMEDY_SENT = "It may have been carried out: it is looked for before anything is sent again."

#: Exceptions which mean that we used httpx wrongly: never turned into words, they must be seen.
OUR_BUGS = (
    httpx.StreamError, httpx.CookieConflict, httpx.HTTPStatusError, httpx.TooManyRedirects,
)  # fmt: skip


def lost(ask: Ask, what: str, remedy: str = "") -> Unreachable:
    """Error for an answer that did not come whole: Ambiguous where the request may have done something."""
    if ask.unsafe:
        return Ambiguous(f"{what} after the request was sent.", server=ask.server, remedy=_REMEDY_SENT)
    return Unreachable(f"{what}.", server=ask.server, remedy=remedy or "It is asked again by and by.")


def from_httpx(exc: Exception, ask: Ask) -> AstroLabNetError:
    """Our error for an exception of httpx, of a socket or of TLS."""
    match exc:
        case httpx.ConnectTimeout():
            return _never(ask, f"no connection to {ask.place} within {ask.budget.connect_s:g} s.", _REMEDY_WAY)
        case httpx.PoolTimeout():
            return _never(ask, "too many requests to it are under way.", "Wait for them, or cancel some.")
        case httpx.ConnectError() | OSError() | UnicodeError():
            return _no_connection(exc, ask)
        case httpx.ProxyError():
            return _never(ask, f"the proxy refused: {quoted(str(exc))}.", "Check the proxy.")
        case httpx.UnsupportedProtocol() | httpx.InvalidURL():
            return BadInput(f"{ask.url} is no usable address.", field="url", server=ask.server)
        case httpx.LocalProtocolError():
            return BadInput(f"the request can not be written as HTTP: {quoted(str(exc))}.", server=ask.server)
        case httpx.ReadTimeout():
            return lost(ask, f"connected to {ask.place}, but it was silent for {ask.budget.idle_s:g} s", _SLOW)
        case httpx.WriteTimeout():
            return lost(ask, f"{ask.place} took no bytes for {ask.budget.idle_s:g} s", _SLOW)
        case httpx.RemoteProtocolError():
            return _bad_http(exc, ask)
        case httpx.ReadError() | httpx.WriteError() | httpx.CloseError():
            return lost(ask, f"the connection to {ask.place} was cut")
        case httpx.DecodingError():
            return malformed(ask, "the answer can not be unpacked")
        case _:
            return lost(ask, f"the request failed ({type(exc).__name__})")


_SLOW = "It may be overloaded; a longer time-out can be set for this server."


def given_up(ask: Ask) -> AstroLabNetError:
    """The server was taken away, or the program is ending: nothing is sent any more."""
    return _never(ask, "it is closed here, nothing was sent.", "Ask again when it is back in the tree.")


def too_late(ask: Ask) -> Unreachable:
    """The deadline of the whole call has passed."""
    return lost(ask, f"no complete answer from {ask.place} within {ask.budget.total_s:g} s", _SLOW)


def malformed(ask: Ask, what: str, *, kind: type[Malformed] = Malformed, where: str = "") -> AstroLabNetError:
    """Error for an answer that breaks the protocol; Ambiguous if the request may have done something."""
    if ask.unsafe:
        return Ambiguous(f"{what}, after the request was sent.", server=ask.server, remedy=_REMEDY_SENT)
    if kind is NotLivy:
        remedy = f"Check that {shown(ask.url)} is where {ask.speaks} answers, with the right port and path."
    else:
        remedy = f"Asked was {shown(ask.url)}; if it happens again, its version may not be one we know."
    return kind(f"{what}.", url=ask.url, field=where, server=ask.server, remedy=remedy)


def shown(url: str) -> str:
    """An address without its query: a query may hold a token."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "an unreadable address"
    place = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{place}{parts.path}" if place else parts.path


def quoted(text: str, most: int = 300) -> str:
    """Server text within our words: one line, printable, short, in quotes."""
    flat = " ".join("".join(c if c.isprintable() else " " for c in text[: 4 * most]).split())
    return f"“{flat[:most]}{'…' if len(flat) > most else ''}”"


def _never(ask: Ask, what: str, remedy: str) -> Unreachable:
    return Unreachable(what, server=ask.server, remedy=remedy)


def _causes(exc: BaseException) -> Iterator[BaseException]:
    """The exception and all below it: httpx wraps httpcore wraps anyio wraps the socket's."""
    stack: list[BaseException] = [exc]
    seen: set[int] = set()
    while stack:
        top = stack.pop()
        if id(top) in seen:
            continue
        seen.add(id(top))
        yield top
        stack += [e for e in (top.__cause__, top.__context__) if e is not None]
        if isinstance(top, BaseExceptionGroup):
            stack += top.exceptions


_CERTIFICATE = {
    9: "its certificate is not valid yet",
    10: "its certificate has expired",
    18: "its certificate is self-signed",
    19: "its certificate comes from an authority this computer does not know",
    20: "its certificate comes from an authority this computer does not know",
    62: "its certificate is for another name",
    64: "its certificate is for another address",
}
_REMEDY_TRUST = (
    "If that is expected, compare the fingerprint with the server's owner and take it with Trust certificate… of the "
    "server (pin:<sha256>), or name the file of its authority."
)


_REMEDY_CHANGED = (
    "Nothing was sent. Ask its owner for the new fingerprint; if it is this one, use Trust certificate… of the server."
)


def _no_connection(exc: Exception, ask: Ask) -> AstroLabNetError:
    found = list(_causes(exc))
    for cause in found:
        if isinstance(cause, WrongCertificate):
            return Untrusted(
                f"{cause.verify_message}. STOP: either its owner renewed it, or somebody stands between.",
                server=ask.server, remedy=_REMEDY_CHANGED, shown=cause.shown, changed=True,
            )  # fmt: skip
        if isinstance(cause, ssl.SSLCertVerificationError):
            said = _CERTIFICATE.get(cause.verify_code) or cause.verify_message or str(cause)
            return Untrusted(f"{said}.", server=ask.server, remedy=_REMEDY_TRUST)
        if isinstance(cause, ssl.SSLError) and "CERTIFICATE_REQUIRED" in (cause.reason or ""):
            return _never(ask, "it wants to see a client certificate.", "Name yours in the settings of the server.")
        if isinstance(cause, ssl.SSLError):
            words = f"{ask.place} does not speak TLS as it should ({cause.reason or type(cause).__name__})."
            return _never(ask, words, "Is it an http:// address, or an old TLS?")
        if isinstance(cause, (socket.gaierror, UnicodeError)):
            return _never(ask, f"the name {urlsplit(ask.url).hostname} is not known here.", "Check it, and the VPN.")
    codes = {c.errno for c in found if isinstance(c, OSError)}
    if errno.ECONNREFUSED in codes:
        return _never(ask, f"nobody listens at {ask.place} (connection refused).", "Is it running, is the port right?")
    if codes & {errno.ENETUNREACH, errno.EHOSTUNREACH}:
        return _never(ask, f"there is no way to {ask.place}.", _REMEDY_WAY)
    if codes & {errno.ECONNRESET, errno.EPIPE, errno.ECONNABORTED}:
        return _never(ask, f"{ask.place} cut the connection at once.", _REMEDY_WAY)
    return _never(ask, f"no connection to {ask.place}: {quoted(str(exc))}.", _REMEDY_WAY)


def _bad_http(exc: Exception, ask: Ask) -> AstroLabNetError:
    text = str(exc)
    if "disconnected without" in text:
        return lost(ask, f"{ask.place} hung up without an answer")
    if "peer closed" in text or "incomplete" in text:
        return lost(ask, f"{ask.place} sent half an answer and hung up")
    return malformed(ask, f"{ask.place} answers, but not in HTTP ({quoted(text, 80)})", kind=NotLivy)
