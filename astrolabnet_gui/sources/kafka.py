"""Kafka: a look at a broker that leaves no trace: no group is joined, no offset is committed. All calls block: they
belong in an offload pool. A refused login ends the look at once, where the library by itself would try for ever.
"""

from __future__ import annotations

import contextlib
import fnmatch
import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any

from ..errors import AstroLabNetError, BadInput, LoginNeeded, NotFound, Refused, Unreachable, Untrusted
from ..model.source import Origin, Security
from .decoding import no_kafka
from .packet import Packet, Tail, Topic

PATIENCE_S = 8.0
_SLICE_S = 0.2
_SPAN = 5.0
# However short a wait for messages: a connection with a login takes its time.
_REACH_S = 4.0
# One message may hold image stamps; all that wait here together stay below this.
_MESSAGE_BYTES, _WAITING_KB = 16 * 1024 * 1024, 32 * 1024
_INTERNAL = ("__consumer_offsets", "__transaction_state", "__share_group_state", "_schemas")

_logger = logging.getLogger(__name__)
Stop = Callable[[], bool]


class Looking:
    """One look at a broker: ``with Looking(origin, password) as look``.

    Args:
        password: None where none is needed.
        name: of the source, for the words of errors.
        stop: says that nobody waits any more.
    """

    def __init__(self, origin: Origin, password: str | None, name: str, stop: Stop = lambda: False) -> None:
        try:
            import confluent_kafka
        except ImportError as exc:
            raise no_kafka() from exc
        self._kafka = confluent_kafka
        self._name, self._stop = name, stop
        self._fatal: AstroLabNetError | None = None
        self._last = ""
        if not origin.servers.strip():
            raise BadInput("no broker is named.", field="servers", server=name)
        try:
            self._consumer = confluent_kafka.Consumer(settings(origin, password) | {"error_cb": self._heard})
        except (confluent_kafka.KafkaException, ValueError, TypeError) as exc:
            raise BadInput(f"this can not be a broker: {_words(exc)}.", field="servers", server=name) from exc

    def __enter__(self) -> Looking:
        return self

    def __exit__(self, *_exc: object) -> None:
        # It never subscribed, so there is no group to leave.
        with contextlib.suppress(RuntimeError):
            self._consumer.close()

    # --- what can be asked

    def topics(self, wait_s: float = PATIENCE_S) -> tuple[Topic, ...]:
        """All topics this login may see, by name."""
        found = self._patiently(lambda: self._consumer.list_topics(timeout=_SLICE_S), wait_s)
        return tuple(
            Topic(name=name, partitions=len(one.partitions), problem="" if one.error is None else _words(one.error))
            for name, one in sorted(found.topics.items())
            if name not in _INTERNAL
        )

    def tail(
        self, wanted: Sequence[str], most: int, *, after: Mapping[str, int] | None = None, wait_s: float = PATIENCE_S
    ) -> Tail:
        """The newest messages of topics (``*`` stands for any letters), or those since the last look.

        Args:
            most: messages at most.
            after: what the last ``Tail`` said; then it waits up to ``wait_s`` for a first message.

        Raises:
            NotFound: none of the topics is there.
        """
        reach_s = max(_REACH_S, wait_s)
        parts = self._partitions(wanted, reach_s)
        share = max(1, -(-most // max(1, len(parts))))
        begins: dict[tuple[str, int], int] = {}
        ends: dict[tuple[str, int], int] = {}
        kept = 0
        for topic, number in parts:
            low, high = self._patiently(partial(self._marks, topic, number), reach_s)
            kept += high - low
            known = (after or {}).get(f"{topic}/{number}")
            begins[topic, number] = max(low, high - share) if known is None else max(low, min(known, high))
            ends[topic, number] = high
        if after is None:
            parts = [part for part in parts if begins[part] < ends[part]]
        packets: list[Packet] = []
        if parts:
            self._consumer.assign([self._kafka.TopicPartition(t, n, begins[t, n]) for t, n in parts])
            for packet in self._messages(
                wait_s, most, {} if after is not None else {part: ends[part] for part in parts}
            ):
                packets.append(packet)
                begins[packet.topic, packet.partition] = packet.offset + 1
        # What was not read because there was too much of it is passed over: this is a look, not a copy.
        behind = after is None or len(packets) < most
        following = {f"{t}/{n}": max(at, ends[t, n]) if not behind else at for (t, n), at in begins.items()}
        packets.sort(key=lambda p: (p.at or datetime.min.replace(tzinfo=UTC), p.partition, p.offset))
        return Tail(packets=tuple(packets), after=following, kept=kept)

    def one(self, topic: str, partition: int, offset: int, wait_s: float = PATIENCE_S) -> Packet:
        """One message.

        Raises:
            NotFound: it is not kept any more, or not yet there.
        """
        low, high = self._patiently(lambda: self._marks(topic, partition), wait_s)
        if not low <= offset < high:
            raise NotFound(f"{topic} keeps {low}–{high - 1}; {offset} is not there (any more).", status=404,
                           server=self._name)  # fmt: skip
        self._consumer.assign([self._kafka.TopicPartition(topic, partition, offset)])
        for packet in self._messages(wait_s, 1, {(topic, partition): offset + 1}):
            return packet
        raise self._silent()

    # --- how

    def _partitions(self, wanted: Sequence[str], wait_s: float) -> list[tuple[str, int]]:
        there = self.topics(wait_s)
        found = [t for t in there if any(fnmatch.fnmatchcase(t.name, one) for one in wanted) and t.partitions]
        if not found:
            names = ", ".join(t.name for t in there[:6])
            known = f" It has: {names}{' …' if len(there) > 6 else ''}." if there else ""
            raise NotFound(
                f"there is no topic {', '.join(wanted)} that this login may read.{known}", status=404,
                server=self._name, remedy="Look at its topics, and write the name as it stands there.",
            )  # fmt: skip
        return [(topic.name, number) for topic in found for number in range(topic.partitions)]

    def _marks(self, topic: str, number: int) -> tuple[int, int]:
        part = self._kafka.TopicPartition(topic, number)
        low, high = self._consumer.get_watermark_offsets(part, timeout=_SPAN)
        return int(low), int(high)

    def _messages(self, wait_s: float, most: int, ends: Mapping[tuple[str, int], int]) -> Iterator[Packet]:
        """Messages as they come, up to the ends; without ends until there is one, and what comes with it."""
        end, open_ends, got = time.monotonic() + wait_s, dict(ends), 0
        while got < most and (open_ends or not ends) and not self._stop():
            message = self._consumer.poll(_SLICE_S)
            self._raise()
            if message is None:
                if (not ends and got) or time.monotonic() > end:
                    if ends and not got:
                        raise self._silent()
                    return
                continue
            error = message.error()
            if error is not None:
                self._judge(error)
                continue
            packet = _packet(message)
            where = (packet.topic, packet.partition)
            if ends and packet.offset >= ends.get(where, 0):
                open_ends.pop(where, None)
                continue
            got += 1
            yield packet
            if ends and packet.offset + 1 >= ends[where]:
                open_ends.pop(where, None)

    def _patiently(self, ask: Callable[[], Any], wait_s: float) -> Any:
        """Answer of a call, asked in slices so that a refusal is heard between them."""
        end = time.monotonic() + wait_s
        while True:
            self._consumer.poll(0)
            self._raise()
            if self._stop():
                raise AstroLabNetError("nobody waits for this look any more.", server=self._name)
            try:
                return ask()
            except self._kafka.KafkaException as exc:
                self._consumer.poll(0)
                self._raise()
                self._judge(exc.args[0])
                if time.monotonic() > end:
                    raise self._silent() from exc

    def _heard(self, error: Any) -> None:
        """What the library tells of connections, in the thread that polls."""
        codes = self._kafka.KafkaError
        words = _words(error)
        if error.code() == codes._AUTHENTICATION:
            self._fatal = LoginNeeded(
                f"the broker refused the login: {words}.", status=401, server=self._name,
                remedy="Mend user, password or mechanism; it was tried once, and is not tried again by itself.",
            )  # fmt: skip
        elif error.code() == codes._SSL:
            self._fatal = Untrusted(
                f"TLS with the broker failed: {words}.", server=self._name,
                remedy="Give the file of the authority that signed its certificate, or look at the address.",
            )  # fmt: skip
        elif error.code() != codes._ALL_BROKERS_DOWN or not self._last:
            self._last = words

    def _raise(self) -> None:
        if self._fatal is not None:
            raise self._fatal

    def _judge(self, error: Any) -> None:
        """An error of one call: fatal ones are raised, those of time pass."""
        codes = self._kafka.KafkaError
        if error.code() in (codes.TOPIC_AUTHORIZATION_FAILED, codes.GROUP_AUTHORIZATION_FAILED,
                            codes.CLUSTER_AUTHORIZATION_FAILED):  # fmt: skip
            what = f"this login may not read it: {_words(error)}."
            raise Refused(what, status=403, server=self._name, remedy="Ask the broker's people, or mend the group.")
        if error.code() in (codes.UNKNOWN_TOPIC_OR_PART, codes._UNKNOWN_TOPIC, codes._UNKNOWN_PARTITION):
            raise NotFound("the topic is not there (any more).", status=404, server=self._name)
        self._last = self._last or _words(error)

    def _silent(self) -> Unreachable:
        why = f" ({self._last})" if self._last else ""
        return Unreachable(
            f"the broker did not answer in time{why}.", server=self._name,
            remedy="Check the address, the VPN and the firewall; a broker that wants TLS or a login hangs up.",
        )  # fmt: skip


def settings(origin: Origin, password: str | None) -> dict[str, Any]:
    """What the library is told. Nothing in it lets it commit, and one refusal is one try."""
    told: dict[str, Any] = {
        "bootstrap.servers": origin.servers,
        "group.id": origin.group or f"{origin.user or 'astrolabnet'}-look",
        "client.id": "astrolabnet-look",
        "enable.auto.commit": False,
        "enable.auto.offset.store": False,
        "auto.offset.reset": "earliest",
        "allow.auto.create.topics": False,
        "security.protocol": origin.security.value,
        "reconnect.backoff.ms": 1500,
        "reconnect.backoff.max.ms": 5000,
        "socket.timeout.ms": 6000,
        "fetch.message.max.bytes": _MESSAGE_BYTES,
        "receive.message.max.bytes": 2 * _MESSAGE_BYTES + 1024,
        "fetch.max.bytes": 2 * _MESSAGE_BYTES,
        "queued.max.messages.kbytes": _WAITING_KB,
        "fetch.wait.max.ms": 100,
        "log_level": 0,
        "logger": _logger,
    }
    if origin.security.logs_in:
        told |= {
            "sasl.mechanism": origin.mechanism.value,
            "sasl.username": origin.user,
            "sasl.password": password or "",
        }
    if origin.security in (Security.SSL, Security.SASL_SSL) and origin.ca:
        told["ssl.ca.location"] = origin.ca
    return told


def _packet(message: Any) -> Packet:
    kind, stamp = message.timestamp()
    at = datetime.fromtimestamp(stamp / 1000, UTC) if kind and stamp >= 0 else None
    return Packet(
        topic=str(message.topic()), partition=int(message.partition()), offset=int(message.offset()), at=at,
        key=message.key(), value=message.value(),
    )  # fmt: skip


def _words(error: Any) -> str:
    """The library's words without its addresses of threads and its trailing state."""
    told = error.args[0] if isinstance(error, Exception) and error.args else error
    words = str(told.str()) if hasattr(told, "str") else str(told)
    return words.split(" (after ")[0].strip().rstrip(".")[:300]
