"""Spilled: a warning where settings or code seem to carry a secret, for Livy shows both to whoever may list them."""

from __future__ import annotations

import re

from .registry import Params

_NAME = re.compile(r"(?i)secret|token|passw|credential|api.?key|access.?key|private.?key")
_IN_CODE = re.compile(
    r"""(?ix)\b\w*(?:secret|token|passwo?r?d|passwd|api_?key|access_?key)\w*["']?\s*[=:]\s*["'][^"'\s]{6,}["']"""
    r"""|\bAKIA[0-9A-Z]{16}\b|-----BEGIN\ [A-Z ]*PRIVATE\ KEY"""
)
_LOOKED_AT = 200_000
_WHO = (
    "Livy shows it to everyone who may list its sessions. "
    "Let the cluster's own store hold it (a Hadoop credential file)."
)


def warning(params: Params) -> str:
    """What seems to be a secret, by its name and never by its value; "" if nothing does."""
    conf = getattr(params, "conf", None)
    names = [name for name, value in (conf or {}).items() if value and _NAME.search(name)]
    if names:
        return f"Careful: the setting {', '.join(names[:3])} seems to hold a secret. {_WHO}"
    code = getattr(params, "code", "")
    if isinstance(code, str) and _IN_CODE.search(code[:_LOOKED_AT]):
        return f"Careful: the code seems to hold a secret. {_WHO}"
    return ""
