"""Redact: secrets that this run has seen never stand in a log, a report or any other text that leaves the program."""

from __future__ import annotations

import base64
import logging
import re
import threading
from urllib.parse import quote

from ..model.inert import logged

_SHORT = 4
# What a login looks like in anybody's words, also of a secret that was never learned.
_LOOKS = re.compile(r"(?i)\b(authorization|cookie|set-cookie|x-[\w-]*(?:key|token)[\w-]*)(['\"]?\s*[:=]\s*)([^\r\n]+)")
_IN_URL = re.compile(r"(?i)(://[^/\s:@]+:)[^/\s@]+@")
HIDDEN = "•••"

_gate = threading.Lock()
_known: set[str] = set()


def learn(secret: str) -> None:
    """A secret is in use. Words of fewer than four letters would black out half of every text."""
    if len(secret) >= _SHORT:
        with _gate:
            _known.update(forms(secret))


def forms(secret: str) -> set[str]:
    """How a secret may be written: as it is, percent-encoded, as base64 at any of its three offsets, as hex."""
    raw = secret.encode("utf-8", "replace")
    found = {secret, quote(secret, safe=""), quote(secret), raw.hex(), repr(secret)[1:-1]}
    for before in range(3):
        whole = base64.b64encode(b"\0" * before + raw).decode()
        # The letters that depend on its neighbours are left out at both ends.
        inner = whole[(0, 2, 3)[before] : len(whole.rstrip("=")) - (1 if (before + len(raw)) % 3 else 0)]
        if len(inner) >= 2 * _SHORT:
            found |= {inner, inner.replace("+", "-").replace("/", "_")}
    return {form for form in found if len(form) >= _SHORT}


def redacted(text: str) -> str:
    """The text without secrets."""
    with _gate:
        known = sorted(_known, key=len, reverse=True)
    for form in known:
        text = text.replace(form, HIDDEN)
    text = _LOOKS.sub(lambda found: f"{found[1]}{found[2]}{HIDDEN}", text)
    return _IN_URL.sub(rf"\1{HIDDEN}@", text)


class Redacting(logging.Formatter):
    """A formatter whose lines hold no secrets, whoever logs them, tracebacks too, and whose text can not act."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        return logged(redacted(super().format(record)))
