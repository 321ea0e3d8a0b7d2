"""Schema: the exact tree of a table's types, read from Spark's own JSON of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..errors import Malformed
from ..model.thing import Value

MAX_DEPTH = 60


class Field(Value):
    """One column, or one part within a column.

    Attributes:
        name: its name; ``element``, ``key`` and ``value`` within arrays and maps.
        type: Spark's word: ``long``, ``decimal(10,2)``, ``struct``, ``array``, ``map``.
        nullable: may be null.
        unit: unit, and ``ucd`` what it means for astronomers, if its metadata say so.
        comment: what its owner wrote about it.
        parts: fields of a struct, the element of an array, key and value of a map.
    """

    name: str
    type: str
    nullable: bool = True
    unit: str = ""
    ucd: str = ""
    comment: str = ""
    parts: tuple[Field, ...] = ()

    @property
    def words(self) -> str:
        """Its type as a person reads it: ``array<struct<x: int>>``."""
        inner = ", ".join(f"{part.name}: {part.words}" for part in self.parts)
        match self.type:
            case "struct":
                return f"struct<{inner}>"
            case "array":
                return f"array<{self.parts[0].words}>"
            case "map":
                return f"map<{self.parts[0].words}, {self.parts[1].words}>"
        return self.type

    def walk(self) -> Iterator[Field]:
        """Itself and all below."""
        yield self
        for part in self.parts:
            yield from part.walk()


def fields(schema: Any, server: str = "") -> tuple[Field, ...]:
    """Columns of ``{"type": "struct", "fields": […]}``.

    Raises:
        Malformed: it is no schema, or nested deeper than ``MAX_DEPTH``.
    """
    try:
        found = _field("", schema, True, {}, 0)
    except (KeyError, TypeError, AttributeError) as exc:
        raise Malformed("the schema is not as Spark writes it.", server=server) from exc
    if found.type != "struct":
        raise Malformed("the schema is not as Spark writes it.", server=server)
    return found.parts


def _field(name: str, spark_type: Any, nullable: bool, metadata: Mapping[str, Any], depth: int) -> Field:
    if depth > MAX_DEPTH:
        raise TypeError("nested too deep")
    about = {word: str(metadata.get(word) or "") for word in ("unit", "ucd", "comment")}
    if isinstance(spark_type, str):
        return Field(name=name, type=spark_type, nullable=nullable, **about)
    kind = spark_type["type"]
    below = depth + 1
    parts: tuple[Field, ...]
    match kind:
        case "struct":
            parts = tuple(
                _field(str(f["name"]), f["type"], bool(f.get("nullable", True)), f.get("metadata") or {}, below)
                for f in spark_type["fields"]
            )
        case "array":
            parts = (_field("element", spark_type["elementType"], bool(spark_type["containsNull"]), {}, below),)
        case "map":
            parts = (
                _field("key", spark_type["keyType"], False, {}, below),
                _field("value", spark_type["valueType"], bool(spark_type["valueContainsNull"]), {}, below),
            )
        case "udt":
            return _field(name, spark_type["sqlType"], nullable, metadata, below)
        case _:
            raise TypeError(f"unknown type {kind!r}")
    return Field(name=name, type=kind, nullable=nullable, parts=parts, **about)
