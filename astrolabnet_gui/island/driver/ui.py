"""Spark's UI, asked once for what clients ask: its first answer loads a thousand classes, which takes seconds."""

from __future__ import annotations

import contextlib
import json
import urllib.request
from typing import Any

_PATIENCE_S = 120.0


def warm_up(root: str | None) -> bool:
    """Ask for the application, its jobs, stages and executors.

    Returns:
        Whether all was answered. It never fails: it is only a little help for who asks next.
    """
    if not root:
        return False
    with contextlib.suppress(OSError, ValueError, LookupError):
        app = f"/{_answer(root, '')[0]['id']}"
        for path in ("/jobs", "/stages?details=false", "/allexecutors"):
            _answer(root, app + path)
        return True
    return False


def _answer(root: str, path: str) -> Any:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(f"{root}/api/v1/applications{path}", timeout=_PATIENCE_S) as reply:
        return json.load(reply)
