"""TLS: one shared context per trust setting, pinned certificates, fingerprints for a person to compare."""

from __future__ import annotations

import asyncio
import hashlib
import ssl
from functools import lru_cache
from pathlib import Path

import truststore

from ..errors import BadInput

PIN = "pin:"


@lru_cache(maxsize=64)
def context_for(verify: str) -> ssl.SSLContext:
    """Context of a trust setting: "system", a file of authorities, or "pin:<sha256>".

    Shared, because making one costs tens of milliseconds and a megabyte. TLS 1.2 or newer.

    Raises:
        BadInput: no such file, no certificate in it, or no sha256.
    """
    if verify.startswith(PIN):
        return _pinned(fingerprint_of(verify.removeprefix(PIN)))
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


def fingerprint_of(text: str) -> str:
    """A sha256 as 64 hexadecimal digits, whatever way it was written.

    Raises:
        BadInput: it is none.
    """
    plain = text.replace(":", "").replace(" ", "").lower()
    if len(plain) != 64 or not all(c in "0123456789abcdef" for c in plain):
        raise BadInput("a fingerprint has 64 hexadecimal digits (sha256).", field="verify")
    return plain


def _pinned(pin: str) -> ssl.SSLContext:
    """Context that takes exactly one certificate, and checks it before a byte of HTTP is sent."""

    class PinnedObject(ssl.SSLObject):
        def do_handshake(self) -> None:
            super().do_handshake()
            if hashlib.sha256(self.getpeercert(True) or b"").hexdigest() != pin:
                error = ssl.SSLCertVerificationError("certificate is not the pinned one")
                error.verify_code, error.verify_message = 0, "its certificate is not the one that was trusted"
                raise error

    context = _blind()
    context.sslobject_class = PinnedObject
    return context


def _blind() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


async def fingerprint(host: str, port: int, *, deadline_s: float = 5.0) -> str:
    """sha256 of the certificate shown at an address, in pairs with colons; "" if none can be had.

    Only a handshake: nothing is sent, nothing is believed.
    """
    try:
        async with asyncio.timeout(deadline_s):
            _, writer = await asyncio.open_connection(host, port, ssl=_blind(), server_hostname=host)
            try:
                shown: ssl.SSLObject = writer.get_extra_info("ssl_object")
                digest = hashlib.sha256(shown.getpeercert(True) or b"").hexdigest().upper()
                return ":".join(digest[i : i + 2] for i in range(0, 64, 2))
            finally:
                writer.transport.abort()
    except (OSError, TimeoutError, ValueError):
        return ""
