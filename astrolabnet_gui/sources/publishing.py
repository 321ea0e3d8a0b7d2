"""Publishing: puts messages into a topic, for trying things; the product itself only ever looks. It blocks."""

from __future__ import annotations

from collections.abc import Iterable

from ..errors import Unreachable
from .decoding import no_kafka

_PATIENCE_S = 30.0


def publish(servers: str, topic: str, messages: Iterable[bytes]) -> int:
    """Put messages into a topic, which the broker makes if it may; how many, all of them taken.

    Raises:
        Missing: the Kafka client is not installed. Unreachable: the broker did not take them all in 30 s.
    """
    try:
        import confluent_kafka
    except ImportError as exc:
        raise no_kafka() from exc
    producer = confluent_kafka.Producer({"bootstrap.servers": servers, "linger.ms": 5})
    count = 0
    for message in messages:
        producer.produce(topic, message)
        producer.poll(0)
        count += 1
    if left := producer.flush(_PATIENCE_S):
        raise Unreachable(f"{servers} did not take {left} of {count} messages.")
    return count
