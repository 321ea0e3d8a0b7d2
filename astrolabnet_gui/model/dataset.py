"""Dataset: a table or folder of files as it lies on one server."""

from __future__ import annotations

from datetime import datetime

from .key import Key
from .thing import Value


class Dataset(Value):
    """Payload of a Thing of kind ``datasets``: one replica.

    Attributes:
        name: its name in the server's catalog.
        size_bytes, rows: None where not known.
        equal_to: replicas elsewhere that were proved to hold the same rows.
        proved: when that was, UTC.
    """

    name: str
    size_bytes: int | None = None
    rows: int | None = None
    equal_to: tuple[Key, ...] = ()
    proved: datetime | None = None
