"""Source: where data comes from outside of all servers: a broker's topic, a drop folder."""

from __future__ import annotations

from .thing import Value


class Source(Value):
    """Payload of a Thing of kind ``sources``.

    Attributes:
        name: as a person calls it.
        place: what it is and where, in a few words: "Kafka · ztf-stream".
    """

    name: str
    place: str = ""
