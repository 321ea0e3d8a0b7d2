"""Packet: one message of a broker as it came; topics, and what a look at them found."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from pydantic import Field

from ..model.thing import Value


class Packet(Value):
    """One message.

    Attributes:
        at: when the broker says it was made, UTC.
        value: None where the message only deletes its key.
    """

    topic: str
    partition: int
    offset: int
    at: datetime | None = None
    key: bytes | None = None
    value: bytes | None = None

    @property
    def ident(self) -> str:
        """Where it is: ``topic/partition/offset``."""
        return f"{self.topic}/{self.partition}/{self.offset}"


class Topic(Value):
    """One topic.

    Attributes:
        messages: how many it keeps now; None = it was not asked.
        problem: why it can not be read.
    """

    name: str
    partitions: int
    messages: int | None = None
    problem: str = ""


class Tail(Value):
    """What a look at the end of topics found.

    Attributes:
        packets: newest last.
        after: partition (``topic/partition``) -> offset from which to look next.
        kept: messages these topics keep now.
    """

    packets: tuple[Packet, ...] = ()
    after: Mapping[str, int] = Field(default_factory=dict)
    kept: int = 0
