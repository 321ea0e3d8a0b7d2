"""Spark's UI, asked once for what clients ask: its first answer loads a thousand classes, which takes seconds."""

from __future__ import annotations

import contextlib
import json
import urllib.request
from typing import Any

_PATIENCE_S = 120.0


def warm_up(root: str | None) -> None:
    """Ask for the application, its jobs, stages and executors; nothing if there is no UI. It never fails: it is only
    a little help for who asks next."""
    with contextlib.suppress(OSError, ValueError, LookupError):
        app = f"/{_answer(root, '')[0]['id']}" if root else ""
        for path in ("/jobs", "/stages?details=false", "/allexecutors") if app else ():
            _answer(root, app + path)


def _answer(root: str | None, path: str) -> Any:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(f"{root}/api/v1/applications{path}", timeout=_PATIENCE_S) as reply:
        return json.load(reply)
