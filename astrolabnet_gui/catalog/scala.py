"""Scala: one-line statements for what SQL can not say. Every Livy session has Scala, whatever languages it lacks.

Values travel in as base64 JSON, never pasted; the answer comes out as one line, ``ALN {json}``, for the shell echoes
other things around it.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any

from ..errors import AstroLabNetError, Malformed

MARK = "ALN "
_FRAME = (
    "{ val m = new com.fasterxml.jackson.databind.ObjectMapper; "
    'val a = m.readTree(java.util.Base64.getDecoder.decode("%s")); '
    "val out = new java.util.LinkedHashMap[String, Object]; "
    "try { %s } catch { case e: Throwable => out.clear(); "
    'out.put("error", e.getClass.getSimpleName); out.put("why", String.valueOf(e.getMessage)) }; '
    'println("\\nALN " + m.writeValueAsString(out)) }'
)


def statement(body: str, values: Mapping[str, Any]) -> str:
    """One line of Scala: ``body`` reads ``a`` (a JsonNode of ``values``) and puts its answer into the map ``out``."""
    told = base64.b64encode(json.dumps(dict(values)).encode()).decode("ascii")
    return _FRAME % (told, " ".join(line.strip() for line in body.splitlines() if line.strip()))


def answer(text: str, server: str = "") -> dict[str, Any]:
    """What it put there.

    Raises:
        AstroLabNetError: the body failed on the server; its words.
        Malformed: there is no such line.
    """
    lines = [line for line in text.splitlines() if line.startswith(MARK)]
    try:
        found = json.loads(lines[-1][len(MARK) :])
        if not isinstance(found, dict):
            raise ValueError
    except (IndexError, ValueError, RecursionError) as exc:
        raise Malformed(f"the answer of the server is not as asked for: {text[-120:]!r}", server=server) from exc
    if "error" in found:
        raise AstroLabNetError(_plain(str(found["error"]), str(found.get("why") or "")), server=server)
    return found


def _plain(kind: str, why: str) -> str:
    first = why.strip().splitlines()[0][:300] if why.strip() else kind
    words = {
        "FileNotFoundException": "there is no such file or folder",
        "AccessControlException": "you may not do this there",
        "UnsupportedFileSystemException": "the server knows no such file system",
    }.get(kind)
    return f"{words}: {first}" if words else f"{first} ({kind})" if kind not in first else first
