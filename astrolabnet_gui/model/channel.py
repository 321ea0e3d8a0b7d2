"""Channel: data on its way from a source, a dataset or a server to a server, once or for ever."""

from __future__ import annotations

from datetime import datetime

from .key import Key
from .thing import Value

STATUS_LINE = "ALN-STATUS "
"""What the lines begin with in which a channel's runner says, in its batch's log, how it stands."""


class Channel(Value):
    """Payload of a Thing of kind ``channels``; its state is the thing's.

    Attributes:
        name: its name, which is its lock.
        origin: key of a source, a dataset or a server; target: of a dataset or a server.
        rate_bytes_s, rows_s: what flows now; None = not known (or not counted so); written_bytes: so far.
        lag_s: how far the target is behind; waiting_rows: what waits at the origin.
        fullness: 0..1 of the room in which data waits; full_in_s: when that is full, at this rate.
        missing: first and last offset that expired before they were read.
        error: last error, one line.
        mode, to: how it moves data, and into which folder; rows: written so far.
        batch: key of the batch that runs it now or ran it last, None = its server lists none.
        where, table: its cut, and the name its rows are shown by; at_once: rows a look takes, 0 = all.
        bad: packets that were kept aside for they could not be read; proved: what is known of the copy, in words.
        times: when it starts by itself, in words; "" = never.
        route: pull or relay, "" = there is but one way; road: how its data can get to the target, as it was
            found, in words, and ``road_asked`` when.
        speed: how many times faster than it was a night is played through it now, without writing; 0 = none is.
        rehearsed: rows (of a mirror: files) and bytes that a rehearsal counted since it last began.
        catch_up_s: when nothing waits any more, at these rates.
    """

    name: str
    origin: Key
    target: Key
    rate_bytes_s: float | None = None
    rows_s: float | None = None
    written_bytes: int = 0
    lag_s: float | None = None
    waiting_rows: int | None = None
    fullness: float | None = None
    full_in_s: float | None = None
    missing: tuple[int, int] | None = None
    error: str = ""
    mode: str = ""
    to: str = ""
    rows: int | None = None
    batch: Key | None = None
    catch_up_s: float | None = None
    where: str = ""
    table: str = ""
    at_once: int = 0
    bad: int = 0
    bad_why: str = ""
    proved: str = ""
    times: str = ""
    route: str = ""
    road: str = ""
    road_asked: datetime | None = None
    speed: float = 0.0
    rehearsed: tuple[int, int] | None = None
