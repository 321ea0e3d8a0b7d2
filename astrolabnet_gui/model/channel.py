"""Channel: data on its way from a source, a dataset or a server to a server, once or for ever."""

from __future__ import annotations

from .key import Key
from .thing import Value


class Channel(Value):
    """Payload of a Thing of kind ``channels``; its state is the thing's.

    Attributes:
        name: its name, which is its lock.
        origin: key of a source, a dataset or a server; target: of a dataset or a server.
        rate_bytes_s, rows_s: what flows now; None = not known (or not counted so).
        lag_s: how far the target is behind; waiting_rows: what waits at the origin.
        fullness: 0..1 of the room in which data waits; full_in_s: when that is full, at this rate.
        missing: first and last offset that expired before they were read.
        error: last error, one line.
    """

    name: str
    origin: Key
    target: Key
    rate_bytes_s: float | None = None
    rows_s: float | None = None
    lag_s: float | None = None
    waiting_rows: int | None = None
    fullness: float | None = None
    full_in_s: float | None = None
    missing: tuple[int, int] | None = None
    error: str = ""
