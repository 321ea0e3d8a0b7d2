"""Questions to Spark's catalogs: the SQL of each, and how its answer is read. Columns are read by position, for their
names differ between versions of Spark. Source: reference data, section 1.1."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from ..model.thing import Value
from .names import TableName, literal, quoted

Rows = Sequence[Sequence[Any]]

_PAGE = 1000
_CONF = re.compile(r"spark\.sql\.catalog\.([^.]+)")
_STATISTICS = re.compile(r"(\d+) bytes(?:, (\d+) rows)?")


class TableFacts(Value):
    """What a catalog says of a table for nothing; None or "" where it does not.

    Attributes:
        type: MANAGED, EXTERNAL or VIEW.
        provider: format: parquet, csv, iceberg.
        location: URI of its files.
        size_bytes, rows: as last analysed.
        partitioned_by: columns.
    """

    type: str = ""
    provider: str = ""
    location: str = ""
    owner: str = ""
    created: str = ""
    comment: str = ""
    size_bytes: int | None = None
    rows: int | None = None
    partitioned_by: tuple[str, ...] = ()


CATALOGS = "SHOW CATALOGS"
SETTINGS = "SET"


def namespaces_statement(catalog: str, parent: Sequence[str] = ()) -> str:
    """Namespaces of a catalog, or those within one."""
    return f"SHOW NAMESPACES IN {quoted(catalog, *parent)}"


def tables_statement(catalog: str, namespace: Sequence[str], like: str = "") -> str:
    """Tables and views of a namespace; ``like`` as Spark's pattern (``a*``)."""
    return f"SHOW TABLES IN {quoted(catalog, *namespace)}" + (f" LIKE {literal(like)}" if like else "")


def schema_statement(table: TableName) -> str:
    """No row, but Livy's answer carries the exact schema."""
    return f"SELECT * FROM {table.sql} LIMIT 0"


def describe_statement(table: TableName) -> str:
    """Facts that the catalog has anyhow."""
    return f"DESCRIBE TABLE EXTENDED {table.sql}"


def count_statement(table: TableName) -> str:
    """Rows; columnar files answer from their feet, others are read whole."""
    return f"SELECT count(*) FROM {table.sql}"


def views_statement(catalog: str, namespace: Sequence[str]) -> str:
    """Views of a namespace, which SHOW TABLES lists among the tables without a word."""
    return f"SHOW VIEWS IN {quoted(catalog, *namespace)}"


def files_statement(table: TableName) -> str:
    """Files, their bytes, rows and the moment of the last change, of tables that are files; every file is opened."""
    files = "SELECT max(_metadata.file_size) AS b, count(*) AS n, max(_metadata.file_modification_time) AS t"
    return (
        "SELECT count(*), sum(b), sum(n), cast(max(t) as string) "
        f"FROM ({files} FROM {table.sql} GROUP BY _metadata.file_path)"
    )


def partitions_statement(table: TableName, columns: Sequence[str]) -> str:
    """How many partitions have rows. Their columns lie in names of folders: no other is read."""
    return f"SELECT count(*) FROM (SELECT DISTINCT {', '.join(map(quoted, columns))} FROM {table.sql})"


def ddl_statement(table: TableName) -> str:
    """SQL that makes the table anew."""
    return f"SHOW CREATE TABLE {table.sql}"


def catalogs(shown: Rows, settings: Rows) -> tuple[str, ...]:
    """Catalogs that are loaded, and those that are only configured: SHOW CATALOGS does not list these."""
    loaded = [str(row[0]) for row in shown]
    configured = [found[1] for row in settings if (found := _CONF.fullmatch(str(row[0])))]
    return tuple(dict.fromkeys((*loaded, *configured)))


def namespaces(shown: Rows) -> tuple[tuple[str, ...], ...]:
    """Parts of each; Spark back-ticks the odd ones."""
    return tuple(_split(str(row[0])) for row in shown)


def tables(shown: Rows, catalog: str, namespace: Sequence[str]) -> tuple[TableName, ...]:
    """Tables and views; temporary views belong to the session and come without a namespace."""
    return tuple(
        TableName(catalog=catalog, namespace=tuple(namespace) if row[0] else (), name=str(row[1])) for row in shown
    )


def is_cut(shown: Rows) -> bool:
    """Livy gives at most 1 000 rows and does not say that there are more."""
    return len(shown) >= _PAGE


def facts(described: Rows) -> TableFacts:
    """What DESCRIBE TABLE EXTENDED says beside the columns."""
    section, partitions = "", list[str]()
    found: dict[str, str] = {}
    for row in described:
        name, value = str(row[0] or ""), str(row[1] or "")
        if name.startswith("# "):
            section = name if name != "# col_name" else section
        elif section == "# Partition Information" and name:
            partitions.append(name)
        elif section.startswith("# Detailed"):
            found.setdefault(name, value)
    size = _STATISTICS.match(found.get("Statistics", ""))
    return TableFacts(
        type=found.get("Type", ""), provider=found.get("Provider", ""), location=found.get("Location", ""),
        owner=found.get("Owner", ""), created=found.get("Created Time", ""), comment=found.get("Comment", ""),
        size_bytes=int(size[1]) if size else None, rows=int(size[2]) if size and size[2] else None,
        partitioned_by=tuple(partitions),
    )  # fmt: skip


def _split(shown: str) -> tuple[str, ...]:
    parts = re.findall(r"`((?:[^`]|``)*)`|([^.`]+)", shown)
    return tuple(quoted_part.replace("``", "`") or plain for quoted_part, plain in parts)
