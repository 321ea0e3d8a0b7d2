"""Wire and SourceMark: the channels and sources a chart shows, as plain values handed in by the window."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

from ...model.key import Key
from ...model.kind import Health

End = Key | str


@dataclass(frozen=True, slots=True)
class SourceMark:
    """A broker's topic or a drop folder: a triangle on the chart.

    Attributes:
        name: its identity; a wire's ``origin`` names it.
        fact: second line ("Kafka · ztf-stream").
    """

    name: str
    fact: str = ""
    health: Health = Health.FLOW


@dataclass(frozen=True, slots=True)
class Wire:
    """One channel.

    Attributes:
        ident: what ``picked`` says when it is chosen.
        origin, target: key of a server, or name of a source.
        health: FLOW flowing, WARN behind or gap, PENDING paused, FAILED broken, GONE lost, OK done and sealed.
        rate: bold word of the capsule ("412 rows/s"); note: the word after it ("lag 2 s").
        rate_bytes_s: decides the line's width and the chevrons' speed; 0 = nothing moves.
        fullness: 0..1 of the queue's room, None = not known.
    """

    ident: Hashable
    origin: End
    target: End
    health: Health = Health.FLOW
    rate: str = ""
    note: str = ""
    rate_bytes_s: float = 0.0
    fullness: float | None = None
