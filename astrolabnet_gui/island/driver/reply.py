"""Livy's output object, as an interpreter gives it: execution_count is added by the session."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from typing import Any

TEXT = "text/plain"
JSON = "application/json"
TABLE = "application/vnd.livy.table.v1+json"
PNG = "image/png"

Reply = dict[str, Any]


class Interpreter(ABC):
    """One language of a session. ``run`` is called in the main thread, one statement at a time."""

    @abstractmethod
    def run(self, code: str) -> Reply:
        """The reply to one statement; user errors are replies, not exceptions."""

    def complete(self, code: str, cursor: int) -> list[str]:
        """Bare names that could stand at ``cursor``; from any thread, also while a statement runs."""
        return []

    def add_jar(self, path: str) -> None:  # noqa: B027 - most languages need not know
        """Code that comes shall find the classes of a jar."""

    def interrupt(self, *, hard: bool) -> bool:
        """Stop the statement that runs, from another thread; False if there is no way of its own to do it."""
        return False

    def close(self) -> None:  # noqa: B027 - most have nothing of their own
        """End what hangs on this interpreter but not on the session's own two processes."""


def ok(data: Mapping[str, Any]) -> Reply:
    """A reply with data by MIME type."""
    return {"status": "ok", "data": dict(data)}


def error(ename: str, evalue: str, traceback: Iterable[str] = (), *, printed: str = "") -> Reply:
    """A failed statement. What it printed before is kept in ``data``, which Livy does not have (there it is lost)."""
    reply: Reply = {"status": "error", "ename": ename, "evalue": evalue, "traceback": list(traceback)}
    return reply | {"data": {TEXT: printed}} if printed else reply


def finite(value: Any) -> Any:
    """The JSON value with null in place of NaN and infinities; tuples become lists.

    Raises:
        TypeError: something in it is no JSON.
        RecursionError: it holds itself.
    """
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, (list, tuple)):
        return [finite(v) for v in value]
    if isinstance(value, dict):
        return {_key(k): finite(v) for k, v in value.items()}
    raise TypeError(f"Object of type {type(value).__name__} is not JSON serializable")


def _key(key: Any) -> str:
    if isinstance(key, bool):
        return str(key).lower()
    if key is None:
        return "null"
    if isinstance(key, (str, int, float)):
        return str(key)
    raise TypeError(f"keys must be str, int, float, bool or None, not {type(key).__name__}")
