"""Dataset: data by their name, wherever they lie; Replica: one copy of them on one server."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from .key import Key
from .thing import Value

Standing = Literal["equal", "behind", "differs", "unknown"]


class Place(Value):
    """Where a replica was declared or found to be.

    Attributes:
        server: uuid in the workspace that wrote it; url: its address, which is what others know it by.
        table: catalog, namespaces, name.
    """

    server: str = ""
    url: str = ""
    table: tuple[str, ...]


class Dataset(Value):
    """Payload of a Thing of kind ``datasets`` of the workspace: a logical name.

    Attributes:
        dated: column whose largest value says how new a replica is (an MJD, a date); "" = found by its name.
        places: its replicas, as declared or found.
    """

    name: str = Field(min_length=1, max_length=120)
    description: str = Field(default="", max_length=4000)
    tags: tuple[str, ...] = ()
    dated: str = ""
    places: tuple[Place, ...] = ()


class Replica(Value):
    """Payload of a Thing of kind ``datasets`` of a server: one replica.

    Attributes:
        name: of its dataset.
        table: catalog, namespaces, name on the server.
        size_bytes, rows: None where not known. columns: ``name type``, in order.
        data_time: largest value of the dated column, as text; dated: that column.
        committed: when its files changed last, by the server.
        sum: fingerprint over its rows; None where none was taken.
        proved: when the fingerprint was taken, UTC; proved_commit: the commit it belongs to.
        equal_to: replicas elsewhere that were proved to hold the same rows.
        asked: when facts were asked for; None = never.
        partitioned_by: first column by which its files are ordered; location: of its files; format: of them.
    """

    name: str
    table: tuple[str, ...] = ()
    size_bytes: int | None = None
    rows: int | None = None
    columns: tuple[str, ...] = ()
    dated: str = ""
    data_time: str | None = None
    committed: datetime | None = None
    sum: str | None = None
    fingerprint_rows: int | None = None
    proved: datetime | None = None
    proved_commit: datetime | None = None
    equal_to: tuple[Key, ...] = ()
    standing: Standing = "unknown"
    asked: datetime | None = None
    partitioned_by: str = ""
    location: str = ""
    format: str = ""
