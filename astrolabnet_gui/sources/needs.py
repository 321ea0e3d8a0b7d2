"""Needs: what a server lacks to read a source, by name, with the way to get it."""

from __future__ import annotations

from ..model.source import Origin, SourceKind
from ..model.thing import Value

SERVED = {"3.5.5": "3.5.7", "3.5.6": "3.5.7"}
"""Versions of the connector that were never served, and the next one, which runs with them."""


class Need(Value):
    """One thing that is missing.

    Attributes:
        what: its name; coordinates: of its package, for ``spark.jars.packages``; "" for a Python module.
        way: how it comes onto the server.
    """

    what: str
    coordinates: str = ""
    way: str


def coordinates(artifact: str, spark: str, scala: str = "2.12") -> str:
    """Package of a part of Spark that runs with that Spark."""
    return f"org.apache.spark:{artifact}_{scala}:{SERVED.get(spark, spark)}"


def needs(
    origin: Origin,
    *,
    sources: frozenset[str],
    modules: frozenset[str],
    spark: str,
    scala: str = "2.12",
    island: bool = False,
) -> tuple[Need, ...]:
    """What a server lacks.

    Args:
        sources: formats its Spark can read; modules: Python modules its workers have.
        spark, scala: versions, "3.5.6", "2.12".
        island: it is an island of our own, which can fetch its packages itself.
    """  # fmt: skip
    out: list[Need] = []
    if origin.kind is SourceKind.KAFKA:
        if "kafka" not in sources:
            package = coordinates("spark-sql-kafka-0-10", spark, scala)
            click = "Press Install on the island's page, or start" if island else "Start"
            way = f"{click} its sessions with spark.jars.packages={package}, or put the jars into the server's Spark."
            out.append(Need(what="Spark's connector for Kafka", coordinates=package, way=way))
        if "fastavro" not in modules:
            way = "On the server: pip install fastavro, into the Python that its workers use (PYSPARK_PYTHON)."
            out.append(Need(what="the Python module fastavro", way=way))
    if origin.kind is SourceKind.JDBC and not origin.table:
        out.append(Need(what="the name of a table", way="Edit the source and name the table or query."))
    return tuple(out)
