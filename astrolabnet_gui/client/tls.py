"""TLS: one shared context per trust setting; pinned and first-seen certificates; client certificates."""

from __future__ import annotations

import hashlib
import os
import ssl
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import truststore

from ..errors import BadInput

PIN, FIRST = "pin:", "first"


class WrongCertificate(ssl.SSLCertVerificationError):
    """Another certificate than the trusted one is shown; ``shown`` is its sha256."""

    def __init__(self, shown: str, words: str) -> None:
        super().__init__(words)
        self.shown = shown
        self.verify_code, self.verify_message = 0, words


@lru_cache(maxsize=64)
def context_for(verify: str) -> ssl.SSLContext:
    """Context of a trust setting: "system", a file of authorities, or "pin:<sha256>".

    Shared, because making one costs tens of milliseconds and a megabyte. TLS 1.2 or newer.

    Raises:
        BadInput: no such file, no certificate in it, or no sha256.
    """
    return _made(verify)


def own_context(verify: str, certificate: str, password: str) -> ssl.SSLContext:
    """Context of one server that wants to see a client certificate.

    Args:
        certificate: PEM file with certificate and key.
        password: opens the key; "" if it is not locked.

    Raises:
        BadInput: that file can not be used, others may read it, or the password is wrong; and see ``context_for``.
    """
    file = Path(certificate).expanduser()
    context = _made(verify)
    try:
        about = file.stat()
        if os.name == "posix" and about.st_mode & 0o077:
            what = f"the key in {file.name} can be read by others."
            raise BadInput(what, field="certificate", remedy=f"Run: chmod 600 {file}")
        # Without a password OpenSSL would ask at the terminal.
        context.load_cert_chain(file, password=lambda: password)
    except (OSError, ssl.SSLError, ValueError) as exc:
        what = f"the client certificate in {file.name} can not be used ({_reason(exc)})."
        remedy = "It must be a PEM file with certificate and key; a locked key needs its password."
        raise BadInput(what, field="certificate", remedy=remedy) from exc
    return context


def first_context(kept: Callable[[], str], keep: Callable[[str], None]) -> ssl.SSLContext:
    """Context of one server that takes the certificate it sees first, and from then on no other.

    Args:
        kept: sha256 of that certificate, "" before the first sight.
        keep: remembers it.
    """

    def judge(shown: str) -> str:
        if not kept():
            keep(shown)
        return "" if kept() == shown else "its certificate has changed since it was first seen"

    return _judged(judge)


def looking_context(seen: Callable[[str], None]) -> ssl.SSLContext:
    """Context that only looks: the handshake ends with ``WrongCertificate`` before a byte of HTTP is sent."""

    def judge(shown: str) -> str:
        seen(shown)
        return "it was only looked at"

    return _judged(judge)


def fingerprint_of(text: str) -> str:
    """A sha256 as 64 hexadecimal digits, whatever way it was written.

    Raises:
        BadInput: it is none.
    """
    plain = text.replace(":", "").replace(" ", "").lower()
    if len(plain) != 64 or not all(c in "0123456789abcdef" for c in plain):
        raise BadInput("a fingerprint has 64 hexadecimal digits (sha256).", field="verify")
    return plain


def in_pairs(sha256: str) -> str:
    """A fingerprint as people compare it: pairs with colons."""
    return ":".join(sha256.upper()[i : i + 2] for i in range(0, len(sha256), 2))


def _made(verify: str) -> ssl.SSLContext:
    if verify.startswith(PIN):
        pin = fingerprint_of(verify.removeprefix(PIN))
        return _judged(lambda shown: "" if shown == pin else "its certificate is not the one that was trusted")
    if verify in ("", "system"):
        context: ssl.SSLContext = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    else:
        try:
            context = ssl.create_default_context(cafile=str(Path(verify).expanduser()))
        except (OSError, ssl.SSLError) as exc:
            what = f"the file of authorities {Path(verify).name!r} can not be used."
            raise BadInput(what, field="verify", remedy="It must be a PEM file with certificates.") from exc
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _judged(judge: Callable[[str], str]) -> ssl.SSLContext:
    """Context that asks ``judge`` of the sha256 it is shown, before a byte of HTTP is sent; words mean no."""

    class JudgedObject(ssl.SSLObject):
        def do_handshake(self) -> None:
            super().do_handshake()
            shown = hashlib.sha256(self.getpeercert(True) or b"").hexdigest()
            words = judge(shown)
            if words:
                raise WrongCertificate(shown, words)

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.sslobject_class = JudgedObject
    return context


def _reason(exc: BaseException) -> str:
    if isinstance(exc, FileNotFoundError):
        return "there is no such file"
    if isinstance(exc, ssl.SSLError):
        return (exc.reason or "not readable").lower().replace("_", " ")
    return getattr(exc, "strerror", None) or type(exc).__name__
