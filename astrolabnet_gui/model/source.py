"""Source: where data comes from outside of all servers: topics, a folder, a table, files, a database, a TAP service."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from .thing import Value


class SourceKind(StrEnum):
    """What it is."""

    KAFKA = "kafka"
    FOLDER = "folder"
    TABLE = "table"
    FILES = "files"
    JDBC = "jdbc"
    RATE = "rate"
    SKY = "sky"
    TAP = "tap"


class Security(StrEnum):
    """How a broker is spoken to, in Kafka's words."""

    PLAINTEXT = "PLAINTEXT"
    SSL = "SSL"
    SASL_PLAINTEXT = "SASL_PLAINTEXT"
    SASL_SSL = "SASL_SSL"

    @property
    def logs_in(self) -> bool:
        """It asks for a user and a password."""
        return self.startswith("SASL")


class Mechanism(StrEnum):
    """How the password is proved, in SASL's words."""

    PLAIN = "PLAIN"
    SCRAM_256 = "SCRAM-SHA-256"
    SCRAM_512 = "SCRAM-SHA-512"


class Origin(Value):
    """Described origin of data. Secrets are named here, never held.

    Attributes:
        kind: decides which of the rest means something.
        servers: Kafka: ``host:port``, several by commas.
        topics: Kafka: names, or one pattern with ``*``.
        security, mechanism, user, secret: Kafka: how to log in; ``secret`` is the password's name.
        group: Kafka: consumer group where the broker's rules bind one to it.
        ca: file of the authorities that sign the broker's certificate; "" = those of this computer.
        registry: address of a Confluent schema registry.
        avro_schema: Avro schema (JSON) of messages that bring none.
        place: folder, table, address of files (several by spaces) or JDBC address, as the reading server sees it;
            TAP: address of the service.
        format: of the files in a folder or at an address, as Spark calls it.
        table: JDBC: table or query.
        rows_s: rate and sky: rows a second.
    """

    kind: SourceKind = SourceKind.KAFKA
    servers: str = ""
    topics: tuple[str, ...] = ()
    security: Security = Security.PLAINTEXT
    mechanism: Mechanism = Mechanism.SCRAM_512
    user: str = ""
    secret: str = ""
    group: str = ""
    ca: str = ""
    registry: str = ""
    avro_schema: str = ""
    place: str = ""
    format: str = "json"
    table: str = ""
    rows_s: int = Field(default=10, ge=1, le=1_000_000)

    @property
    def words(self) -> str:
        """What it is and where, in a few words."""
        match self.kind:
            case SourceKind.KAFKA:
                first = self.servers.split(",")[0].strip()
                return f"Kafka · {first or ', '.join(self.topics)}"
            case SourceKind.RATE:
                return f"{self.rows_s} rows a second, for tests"
            case SourceKind.SKY:
                return f"sample sky, {self.rows_s} alerts a second"
            case SourceKind.TAP:
                return f"TAP · {self.place.partition('://')[2].rstrip('/') or self.place}"
            case SourceKind.JDBC:
                return f"database · {self.table}"
        return f"{self.kind.value} · {self.place}"


class Source(Value):
    """Payload of a Thing of kind ``sources``.

    Attributes:
        name: as a person calls it, and how channels name it; it is its identity.
        place: what it is and where, in a few words: "Kafka · ztf-stream".
        origin: the full description; None for a source that is only known from a channel of somebody else.
        preset: name of the preset it was made from.
    """

    name: str
    place: str = ""
    origin: Origin | None = None
    preset: str = ""
