"""Row: one line of the journal, and what may be written into it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from ..model.key import Key

MASK = "•••"
_SECRET_NAME = re.compile(r"secret|token|passw|credential|api_?key", re.IGNORECASE)


class State(StrEnum):
    """Where an act stands. An act's state is that of its newest row."""

    INTENT = "INTENT"
    ACK = "ACK"
    REFUSED = "REFUSED"
    AMBIGUOUS = "AMBIGUOUS"
    UNKNOWN = "UNKNOWN"
    DONE = "DONE"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"


OPEN = frozenset({State.INTENT, State.AMBIGUOUS})
"""States that say: it may have been carried out, and nobody knows yet."""


class Row(BaseModel):
    """One line. Lines are only added.

    Attributes:
        seq: number given by the journal; grows, never used twice.
        time: aware UTC.
        act: ULID of what was meant; all lines about it carry the same.
        run: ULID of the command's run it belongs to (equals ``act`` for the command itself).
        owner: "site/process"; only the owner, or one claimant after it ended, reconciles an open act.
        params: parameters, secrets masked.
        evidence: what is known about the outcome (ids, reason, time spent); plain data.
        line: the Python that does the same.
    """

    model_config = ConfigDict(frozen=True)

    seq: int = 0
    time: datetime
    act: str
    run: str
    owner: str
    command: str
    key: Key | None = None
    params: dict[str, Any] = Field(default_factory=dict)
    state: State
    evidence: dict[str, Any] = Field(default_factory=dict)
    line: str = ""


def redacted(params: Mapping[str, Any], secret_fields: frozenset[str] = frozenset()) -> dict[str, Any]:
    """Copy of ``params`` without the values of secret fields, at any depth."""
    return {name: _mask(name, value, secret_fields) for name, value in params.items()}


def _mask(name: str, value: Any, secret_fields: frozenset[str]) -> Any:
    if name in secret_fields or _SECRET_NAME.search(name):
        if isinstance(value, Mapping):
            return {inner: MASK if v else v for inner, v in value.items()}
        return MASK if value else value
    if isinstance(value, Mapping):
        return redacted({str(k): v for k, v in value.items()}, secret_fields)
    if isinstance(value, (list, tuple)):
        return [_mask(name, v, secret_fields) for v in value]
    return value
