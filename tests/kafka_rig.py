"""A real Kafka for tests: one process from jars, on ports that nobody else can get, with users and a TLS listener.

Use it by ``from tests.kafka_rig import broker  # noqa: F401`` in a module, and mark the module ``pytest.mark.island``.
It is up in about three seconds; the jars are fetched once by Spark's own resolver.
"""

from __future__ import annotations

import re
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import pytest
import trustme
from confluent_kafka import Consumer, Producer, TopicPartition
from confluent_kafka.admin import (
    AclBinding,
    AclOperation,
    AclPermissionType,
    AdminClient,
    NewTopic,
    ResourcePatternType,
    ResourceType,
)
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from astrolabnet_gui.island import jars, platform
from astrolabnet_gui.island.jre import choose

# Before a test has a home of its own: what was fetched once serves all runs of this user.
JARS = Path.home() / ".cache" / "astrolabnet" / "jars"
START_S = 90.0
# How each listener is reached; PLAINTEXT is for the tests' own hand.
LISTENERS = {"PLAINTEXT": "PLAINTEXT", "CONTROLLER": "PLAINTEXT", "SCRAM": "SASL_PLAINTEXT", "PLAIN": "SASL_PLAINTEXT",
             "TLS": "SSL", "SCRAMTLS": "SASL_SSL"}  # fmt: skip
# Alice may read topics and use groups that begin with her name, as brokers of the field bind their users.
USERS = {"alice": ("SCRAM-SHA-512", "alice-pw"), "bob": ("SCRAM-SHA-256", "bob-pw"), "carol": ("PLAIN", "carol-pw")}
_JAAS = "org.apache.kafka.common.security"


def spark_jars() -> tuple[Path, ...]:
    """What Spark needs to read Kafka and Avro."""
    return jars.jars(JARS, "kafka", jars.KAFKA)


def broker_jars() -> tuple[Path, ...]:
    """What a broker is made of."""
    return jars.jars(JARS, "broker", jars.BROKER, whole=True)


@dataclass
class Broker:
    """A running one.

    Attributes:
        folder: its work folder; ``ca`` the certificate of who signed its own.
        ports: by listener.
    """

    folder: Path
    ports: dict[str, int]
    held: list[socket.socket] = field(default_factory=list)
    process: subprocess.Popen[bytes] | None = None

    @property
    def ca(self) -> Path:
        """File of its authority."""
        return self.folder / "ca.pem"

    def address(self, listener: str = "PLAINTEXT") -> str:
        """Host and port of a listener."""
        return f"127.0.0.1:{self.ports[listener]}"

    def log(self) -> str:
        """What it has said so far."""
        file = self.folder / "broker.log"
        return file.read_text("utf-8", "replace") if file.exists() else ""

    def refusals(self) -> int:
        """Logins it refused so far."""
        return len(re.findall(r"Failed authentication", self.log()))

    # --- what tests do with it

    def admin(self) -> AdminClient:
        """For topics and groups; give it up after use."""
        return AdminClient({"bootstrap.servers": self.address()})

    def make(self, topic: str, partitions: int = 1, **config: str) -> None:
        """A new topic."""
        admin = self.admin()
        for made in admin.create_topics([NewTopic(topic, partitions, 1, config=config)]).values():
            made.result(30)

    def put(self, topic: str, messages: Sequence[tuple[bytes | None, bytes]], partition: int = -1) -> None:
        """Write messages (key, value), all of them before it returns."""
        producer = Producer({"bootstrap.servers": self.address(), "linger.ms": 5})
        for key, value in messages:
            where: dict[str, Any] = {} if partition < 0 else {"partition": partition}
            producer.produce(topic, value, key, **where)
            producer.poll(0)
        assert producer.flush(30) == 0, "the broker did not take all messages"

    def expire(self, topic: str) -> None:
        """Drop all that it holds, as retention would in time."""
        admin = self.admin()
        parts = admin.list_topics(topic, timeout=20).topics[topic].partitions
        for told in admin.delete_records([TopicPartition(topic, part, -1) for part in parts]).values():
            told.result(30)

    def groups(self) -> list[str]:
        """Consumer groups it knows."""
        admin = self.admin()  # held: of a client that is gone no answer comes
        found = admin.list_consumer_groups(request_timeout=20).result(30)
        return sorted(group.group_id for group in found.valid)

    def committed(self, group: str, topic: str) -> int:
        """Offset a group has committed; negative if none."""
        consumer = Consumer({"bootstrap.servers": self.address(), "group.id": group})
        try:
            return int(consumer.committed([TopicPartition(topic, 0)], timeout=20)[0].offset)
        finally:
            consumer.close()


def start(folder: Path) -> Broker:
    """Start one and wait until it is up; end it by ``stop``."""
    folder.mkdir(parents=True, exist_ok=True)
    # Bound but not listening: the kernel gives these ports to nobody else, yet Java, which sets SO_REUSEADDR as we
    # do, may listen on them.
    held = [_held() for _ in LISTENERS]
    made = Broker(folder, {name: s.getsockname()[1] for name, s in zip(LISTENERS, held, strict=True)}, held)
    try:
        _certify(folder)
        (folder / "server.properties").write_text(_properties(made), "utf-8")
        (folder / "log4j2.properties").write_text(_LOG.format(folder=folder), "utf-8")
        users = [word for name, (how, password) in USERS.items() if how.startswith("SCRAM")
                 for word in ("-S", f"{how}=[name={name},password={password}]")]  # fmt: skip
        told = subprocess.run(
            [*_java(folder), "kafka.tools.StorageTool", "format", "-t", "MkU3OEVBNTcwNTJENDM2Qg", "-c",
             str(folder / "server.properties"), *users],
            capture_output=True, text=True, check=False, timeout=START_S, stdin=subprocess.DEVNULL,
        )  # fmt: skip
        assert told.returncode == 0, told.stdout + told.stderr
        with (folder / "out.txt").open("wb") as out:
            made.process = _started(folder, out)
        _await(made)
        _bind(made)
    except BaseException:
        stop(made)
        raise
    return made


def stop(broker: Broker) -> None:
    """End it, however it takes it."""
    process, broker.process = broker.process, None
    if process is not None:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(10)
    for one in broker.held:
        one.close()


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """A broker for the tests of one module."""
    running = start(tmp_path_factory.mktemp("kafka"))
    yield running
    stop(running)


def _held() -> socket.socket:
    made = socket.socket()
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    made.bind(("127.0.0.1", 0))
    return made


def _started(folder: Path, out: IO[bytes]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [*_java(folder), "kafka.Kafka", str(folder / "server.properties")],
        stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT, preexec_fn=platform.die_with_parent,
    )  # fmt: skip


def _await(broker: Broker) -> None:
    end = time.monotonic() + START_S
    while "Kafka Server started" not in broker.log():
        assert broker.process is not None
        if broker.process.poll() is not None or time.monotonic() > end:
            pytest.fail(f"Kafka did not start: {(broker.folder / 'out.txt').read_text('utf-8', 'replace')[-3000:]}")
        time.sleep(0.02)


def _bind(broker: Broker) -> None:
    """What Alice may."""
    admin, kinds, fits = broker.admin(), ResourceType, ResourcePatternType
    bound = (
        AclBinding(kind, name, how, "User:alice", "*", AclOperation.READ, AclPermissionType.ALLOW)
        for kind, name, how in ((kinds.TOPIC, "*", fits.LITERAL), (kinds.GROUP, "alice-", fits.PREFIXED))
    )
    for made in admin.create_acls(list(bound)).values():
        made.result(30)


def _java(folder: Path) -> list[str]:
    path = ":".join(map(str, broker_jars()))
    return [
        str(choose().java), "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto",
        f"-Dlog4j2.configurationFile={folder}/log4j2.properties", f"-Dkafka.logs.dir={folder}", "-cp", path,
    ]  # fmt: skip


def _certify(folder: Path) -> None:
    """A certificate for 127.0.0.1; Kafka wants its key as PKCS#8."""
    authority = trustme.CA()
    cert = authority.issue_cert("127.0.0.1", "localhost")
    key = load_pem_private_key(cert.private_key_pem.bytes(), None)
    plain = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "server.pem").write_bytes(plain + b"".join(one.bytes() for one in cert.cert_chain_pems))
    authority.cert_pem.write_to_path(folder / "ca.pem")


def _properties(broker: Broker) -> str:
    reached = [f"{name}://{broker.address(name)}" for name in LISTENERS]
    scram = "\n".join(
        f"listener.name.{listener}.{how}.sasl.jaas.config={_JAAS}.scram.ScramLoginModule required;"
        for listener in ("scram", "scramtls")
        for how in ("scram-sha-256", "scram-sha-512")
    )
    return f"""process.roles=broker,controller
node.id=1
controller.quorum.voters=1@{broker.address("CONTROLLER")}
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAINTEXT
listeners={",".join(reached)}
advertised.listeners={",".join(one for one in reached if not one.startswith("CONTROLLER"))}
listener.security.protocol.map={",".join(f"{name}:{how}" for name, how in LISTENERS.items())}
log.dirs={broker.folder}/data
num.partitions=1
auto.create.topics.enable=false
offsets.topic.num.partitions=1
offsets.topic.replication.factor=1
transaction.state.log.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.num.partitions=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
log.cleaner.dedupe.buffer.size=2097152
log.retention.check.interval.ms=1000
log.segment.delete.delay.ms=100
num.network.threads=1
num.io.threads=2
background.threads=2
num.recovery.threads.per.data.dir=1
log.segment.bytes=67108864
log.index.size.max.bytes=1048576
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
super.users=User:ANONYMOUS;User:bob;User:carol
sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256,SCRAM-SHA-512
listener.name.scram.sasl.enabled.mechanisms=SCRAM-SHA-512,SCRAM-SHA-256
listener.name.scramtls.sasl.enabled.mechanisms=SCRAM-SHA-512,SCRAM-SHA-256
{scram}
listener.name.plain.sasl.enabled.mechanisms=PLAIN
listener.name.plain.plain.sasl.jaas.config={_JAAS}.plain.PlainLoginModule required user_carol="carol-pw";
ssl.keystore.type=PEM
ssl.keystore.location={broker.folder}/server.pem
"""


_LOG = """status=error
appender.f.type=File
appender.f.name=F
appender.f.fileName={folder}/broker.log
appender.f.layout.type=PatternLayout
appender.f.layout.pattern=%d %p %c{{1}} %m%n
rootLogger.level=info
rootLogger.appenderRef.f.ref=F
"""


if __name__ == "__main__":
    print(f"{len(broker_jars())} jars of the broker, {len(spark_jars())} for Spark in {JARS}")
